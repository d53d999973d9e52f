// The face of this room: begin a login, read it, submit to it, finish it. Doors hold handles, never transactions:
// a handle is an opaque key that finds one login at one ask, and only in the browser that began it.
import type { ExchangeRefusal } from '#actions/credentials-exchange-command.ts';
import type { ClientRecord, JsonObject, SessionRecord, TenantRecord, UserRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import type { Notice } from './codes.ts';
import type { PasswordRule } from './lifecycle/password-policy.ts';
import type { LiveConsole } from './live-console.ts';
import type { Exchange } from './pipeline/credentials-exchange-event.ts';
import type { Caller } from './ports.ts';
import type { ScriptLimits } from './script-limits.ts';
import type { DoorInput } from './transaction/input.ts';
import type {
  DoorName,
  LoginRequest,
  LoginTransaction,
  Registration,
  Selection,
  StoredState,
} from './transaction/transaction.ts';

export type { Caller, Ports } from './ports.ts';

/** A login at rest, as doors may show it. */
export type RestedLogin = Omit<LoginTransaction, 'state'> & { state: StoredState };

/** What a door shows: the login, the key that finds it at its present ask, and why it stayed where it was. */
export type Shown = { login: RestedLogin; key: string; notice?: Notice };

/** The plain key of a handle and the plain value of the browser's binding cookie (if it sent one). */
export type Reference = { key: string; binding: string | undefined };

export type Opening = {
  door: DoorName;
  selection: Selection;
  request: LoginRequest;
  /** Plain value of the binding cookie that this browser has or is given with the answer. */
  binding: string;
  /** The live session of this browser, when the request may use it. */
  session?: SessionRecord;
};

export type Found =
  /** The login, at the ask the key was minted for. */
  | { found: 'present'; shown: Shown }
  /** The key belongs to an earlier ask; `shown.key` is a new one for the present ask. Redirect there. */
  | { found: 'stale'; shown: Shown }
  /** Somebody else's request is working on it right now. Show "One moment" and reload. */
  | { found: 'busy' }
  | { found: 'expired' }
  /** No such handle, another tenant's, another kind's, or another browser's: told apart nowhere. */
  | { found: 'nothing' };

export type Submitted =
  /** The step was taken (or refused with `shown.notice`, the login resting where it was). */
  | { outcome: 'moved'; shown: Shown }
  /** Not taken: the login has moved on, or this state does not take this input. Redirect to the present screen. */
  | { outcome: 'elsewhere'; shown: Shown }
  | { outcome: 'busy' }
  | { outcome: 'expired' }
  | { outcome: 'nothing' };

export type Finished =
  /** `code` is the authorization code; `sessionKey` the value of the session cookie. */
  | { outcome: 'finished'; login: RestedLogin; code: string; sessionKey: string; session: SessionRecord }
  | { outcome: 'elsewhere'; shown: Shown }
  | { outcome: 'busy' }
  | { outcome: 'expired' }
  | { outcome: 'nothing' };

/** Why there is no new account. */
export type SignUpRefusal =
  | { kind: 'throttled'; retryAfterSeconds: number }
  | { kind: 'no-connection' }
  | { kind: 'closed' }
  | { kind: 'invalid'; field: 'email' | 'username' | 'password'; missing: boolean }
  | { kind: 'weak-password'; rules: PasswordRule[] }
  | { kind: 'exists' }
  /** `userMessage` is empty where the script gave none. */
  | { kind: 'denied'; reason: string; userMessage: string }
  | { kind: 'validation'; code: string; message: string }
  | { kind: 'script-failed'; reason: string };

export type SignUpApplication = {
  tenant: TenantRecord;
  client: ClientRecord;
  /** By name. */
  connection: string;
  caller: Caller;
};

export type SignedUp = { ok: true; user: UserRecord } | { ok: false; refusal: SignUpRefusal };

/**
 * `scope`: what the scripts settled on, not yet held against what the client was granted. `details` are for the log line
 * about the exchange, without secrets. `access_denied`: a script failed.
 */
export type Exchanged = { details: JsonObject } & (
  | { ok: true; scope: string[]; claims: JsonObject }
  | { ok: false; code: ExchangeRefusal | 'access_denied'; reason: string }
);

export interface Runtime {
  /**
   * Opens a login. Without a usable session it rests in `identifying` (a silent one ends in `login_required`);
   * with one, the scripts run at once.
   */
  begin(tenant: TenantRecord, opening: Opening, caller: Caller): Promise<Shown>;
  read(tenant: TenantRecord, reference: Reference): Promise<Found>;
  submit(tenant: TenantRecord, reference: Reference, input: DoorInput, caller: Caller): Promise<Submitted>;
  /** Takes a completed login, once: the session's key and the code leave here and nowhere else. */
  finish(tenant: TenantRecord, reference: Reference, caller: Caller): Promise<Finished>;
  /**
   * The login an authorization code stands for, and the write that spends it. Undefined: unknown, spent or expired.
   * Nothing made from the login may leave before `spend` is committed: of two exchanges at once, one commit wins
   * (RFC 6749 §4.1.2).
   */
  redeem(tenant: TenantRecord, code: string): Promise<{ login: RestedLogin; spend: Change } | undefined>;
  /** The live session a cookie's value stands for. */
  recognise(tenant: TenantRecord, sessionKey: string): Promise<SessionRecord | undefined>;
  /** Delivers messages a crash left in the outbox and removes what has expired. Called now and then by `main.ts`. */
  tidy(): Promise<void>;
  /** Lets the tenant's scripts judge a token that a client asks for itself. */
  exchangeCredentials(tenant: TenantRecord, exchange: Exchange, caller: Caller): Promise<Exchanged>;
  /** Makes an account outside of any login. */
  signUp(application: SignUpApplication, registration: Registration): Promise<SignedUp>;
  /** Resolves when what follows answers already given has been done, or after `withinMs`. */
  drain(withinMs: number): Promise<void>;
  /** Where runs of Actions are told as they end. `main.ts` ends it before it closes the listener. */
  liveConsole: LiveConsole;
  /** The most that the operator allows any tenant's scripts. */
  scriptLimits: Readonly<ScriptLimits>;
}
