// Server, command line, development: one step of a login with what belongs to it: who it was, the messages that it sent with
// their codes (development shows them), lines of the log that say what went wrong, and at the end the claims that scripts set.
import type { ExecutionResult, Json, JsonObject, LoginStepRecord, TenantRecord } from '#storage/records.ts';
import type { Deps } from '../../deps.ts';
import { authenticatorCode } from '../../dev/authenticator-code.ts';

export type ToldMessage = { channel: string; to: string; code?: string };

export type ToldStep = {
  step: LoginStepRecord;
  results: readonly ExecutionResult[];
  /** An address or a name; absent until it is known. */
  person?: string;
  messages: readonly ToldMessage[];
  /** What the person's authenticator app shows, when it is asked for. */
  appCode?: string;
  /** Of the types that name a fault: a failure, a warning, a factor that could not be used. */
  warnings: readonly { type: string; description: string }[];
  /** Of a login that was completed. */
  claims?: { idToken: JsonObject; accessToken: JsonObject };
};

type Claims = NonNullable<ToldStep['claims']>;

/** Logins whose claims are kept in mind; older ones are taken for given up. */
const LOGINS_KEPT = 200;

const SETTERS: Readonly<Record<string, keyof Claims>> = {
  'idToken.setCustomClaim': 'idToken',
  'accessToken.setCustomClaim': 'accessToken',
};

/** Remembers what scripts of a login have set until the login is over. */
export function createStepReader({ store, clock }: Pick<Deps, 'store' | 'clock'>, tenant: TenantRecord) {
  const claimsOf = new Map<string, Claims>();
  return async (step: LoginStepRecord, results: readonly ExecutionResult[]): Promise<ToldStep> => {
    const claims = claimsOf.get(step.transactionId) ?? { idToken: {}, accessToken: {} };
    for (const { name, args = [] } of results.flatMap(({ commands }) => commands)) {
      const token = Object.hasOwn(SETTERS, name) ? SETTERS[name] : undefined;
      const [claim, value] = args;
      if (token !== undefined && typeof claim === 'string') claims[token][claim] = (value ?? null) as Json;
    }
    const isOver = step.to.state === 'completed' || step.to.state === 'denied';
    claimsOf.delete(step.transactionId);
    if (!isOver) claimsOf.set(step.transactionId, claims);
    const [oldest] = claimsOf.keys();
    if (claimsOf.size > LOGINS_KEPT && oldest !== undefined) claimsOf.delete(oldest);

    const user = step.userId === undefined ? undefined : await store.users.find(tenant.id, step.userId);
    const person = user?.email ?? user?.username ?? user?.phoneNumber ?? step.userId;
    const messages = await Promise.all(step.messageIds.map((id) => store.messages.find(tenant.id, id)));
    const lines = await Promise.all(step.logIds.map((id) => store.logs.find(tenant.id, id)));
    const asksForApp = step.to.state === 'challenging' && step.to.factor === 'otp' && user !== undefined;
    const devices = asksForApp ? await store.authenticators.ofUser(tenant.id, user.id) : [];
    const key = devices.find(({ type, confirmed }) => type === 'totp' && confirmed)?.secret;
    return {
      step,
      results,
      ...(person === undefined ? {} : { person }),
      messages: messages.flatMap((message) =>
        message === undefined
          ? []
          : [
              {
                channel: message.channel,
                to: message.to,
                ...(message.code === undefined ? {} : { code: message.code }),
              },
            ],
      ),
      ...(key === undefined ? {} : { appCode: authenticatorCode(key, clock.now()) }),
      warnings: lines.flatMap((line) =>
        line && /^(f|w|mfar|limit)/.test(line.type) ? [{ type: line.type, description: line.description ?? '' }] : [],
      ),
      ...(step.to.state === 'completed' ? { claims } : {}),
    };
  };
}
