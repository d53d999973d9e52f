// What follows the last Action: a second factor that `multifactor.enable` or the tenant's policy still calls for, or the
// end of the login with everything that is remembered of it. Commands of scripts come before both (Actions reference, §3.5).
import { SESSION_METADATA_KEYS } from '#actions/post-login/sessions.ts';
import type { TenantRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import { hasOnlyEmail } from './factors/catalogue.ts';
import { rememberedChanges } from './factors/remembered-browser.ts';
import type { Circumstances } from './pipeline/risk.ts';
import { personOf, type World } from './pipeline/world.ts';
import type { Caller } from './ports.ts';
import { coordinatesOf } from './risk/geography.ts';
import { completeSession } from './sessions/session.ts';
import type { WorkInput } from './transaction/input.ts';
import { isProven, type LoginTransaction } from './transaction/transaction.ts';

export function settle(
  tx: LoginTransaction,
  world: World,
  circumstances: Circumstances,
  caller: Caller,
  now: number,
): WorkInput {
  const owed = demand(tx, world.tenant, isRisky(world.tenant, circumstances));
  if (owed) return { kind: 'demanded', ...owed };
  const { session, logs } = completeSession(tx, world.tenant, world.session, caller, now);
  // The sandbox says so first; only a script that has bent it gets here.
  if (Object.keys(session.metadata ?? {}).length > SESSION_METADATA_KEYS) {
    const reason = `Failed to set session metadata: a session holds at most ${SESSION_METADATA_KEYS} keys.`;
    return { kind: 'barred', code: 'access_denied', reason, logs: [{ type: 'f', description: reason }] };
  }
  const { subject } = tx;
  const formerUserId = subject.kind === 'user' ? subject.formerUserId : undefined;
  // A mailbox alone makes no remembered browser: it would stand in for a factor that is enrolled later.
  const isMailboxAlone = world.user !== undefined && hasOnlyEmail(personOf(world));
  const browser = isMailboxAlone ? [] : rememberedChanges(tx, world.remembered, now);
  const changes = [...deviceChanges(tx, circumstances, caller, now), ...browser];
  return { kind: 'settled', session, ...(formerUserId === undefined ? {} : { formerUserId }), changes, logs };
}

/** The adaptive policy calls for a factor where confidence in the login is low. */
export function isRisky({ policies }: TenantRecord, { risk }: Circumstances): boolean {
  return policies.includes('confidence-score') && risk.confidence === 'low';
}

type Demand = Pick<Extract<WorkInput, { kind: 'demanded' }>, 'provider' | 'adaptive'>;

/** Met by any factor that was shown or enrolled in this login, and by a browser that stood in for one. */
function demand(tx: LoginTransaction, { policies }: TenantRecord, risky: boolean): Demand | undefined {
  const { enable, remembered } = tx.mfa;
  if (enable?.provider === 'none') return undefined;
  if (isProven(tx.methods)) return undefined;
  if (remembered && !risky) return undefined;
  if (risky && !policies.includes('all-applications') && !enable) return { provider: 'any', adaptive: true };
  if (enable) return { provider: enable.provider, adaptive: false };
  return policies.includes('all-applications') ? { provider: 'any', adaptive: false } : undefined;
}

/** The next login is compared with this browser and this place. */
function deviceChanges(tx: LoginTransaction, { place }: Circumstances, caller: Caller, now: number): Change[] {
  if (tx.subject.kind !== 'user') return [];
  const coordinates = coordinatesOf(place);
  const countryCode = place?.countryCode;
  const location = coordinates && { ...coordinates, ...(countryCode === undefined ? {} : { countryCode }) };
  const device = {
    tenantId: tx.tenantId,
    userId: tx.subject.userId,
    device: tx.binding,
    userAgent: caller.userAgent ?? '',
    ip: caller.ip,
    firstSeenAt: now,
    seenAt: now,
    ...(location ? { location } : {}),
  };
  return [{ kind: 'device.seen', device }];
}
