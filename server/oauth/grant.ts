// Server, protocol: what a grant is: one way to get tokens, asked once the client is known.
import type { LogType } from '#runtime/codes.ts';
import type { Caller } from '#runtime/runtime.ts';
import type { ClientRecord, JsonObject, LogRecord, TenantRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import type { Deps } from '../deps.ts';
import type { Parameters } from '../request.ts';
import type { TokenAnswer, TokenRefusal } from './token-answer.ts';

export type GrantRequest = {
  deps: Deps;
  tenant: TenantRecord;
  client: ClientRecord;
  parameters: Parameters;
  caller: Caller;
  /** Of the key that the request proved to hold: its tokens are bound to it (RFC 9449 §5). */
  keyThumbprint?: string;
};

/** The answer, and what the tenant's log says beside it. */
export type Granted = {
  answer: TokenAnswer;
  about?: Partial<
    Pick<
      LogRecord,
      | 'userId'
      | 'userName'
      | 'connection'
      | 'connectionId'
      | 'audience'
      | 'scope'
      | 'organizationId'
      | 'organizationName'
    >
  >;
  details?: JsonObject;
  /**
   * Committed with the log line, before the answer leaves. When a guard fails, somebody else was first (a code was spent):
   * the answer is thrown away, and `lost` is given instead.
   */
  writes?: Change[];
  lost?: TokenRefusal;
  /** Nothing has happened, and nothing is written: a device asks every few seconds, and no log wants to hear of it. */
  isNoEvent?: true;
  /** What is logged in place of the grant's own word. */
  logType?: LogType;
};

export type Grant = {
  run(request: GrantRequest): Promise<Granted>;
  log: { succeeded: LogType; failed: LogType };
  /** Public clients may use it. */
  public: boolean;
  /** Whether it is open to a client, where its list of grants does not say so. */
  isOpenTo?(client: ClientRecord): boolean;
};
