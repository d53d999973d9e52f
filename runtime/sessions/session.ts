// What a session is when a login completes: a new one, or the same one with what this login and its scripts added.
import type { SessionRecord, TenantRecord } from '#storage/records.ts';
import type { Caller } from '../ports.ts';
import type { LogDraft } from '../transaction/input.ts';
import {
  type LoginTransaction,
  type ProvenMethod,
  type SessionChanges,
  toSessionMethods,
} from '../transaction/transaction.ts';

/** @returns the session with the warnings about what a script asked for and the tenant does not grant. */
export function completeSession(
  tx: LoginTransaction,
  tenant: TenantRecord,
  former: SessionRecord | undefined,
  caller: Caller,
  now: number,
): { session: SessionRecord; logs: LogDraft[] } {
  if (tx.subject.kind !== 'user') throw new Error('a session needs a user');
  const changes = tx.outcome.session;
  const proven = tx.methods.some(
    ({ name, in: where }) => (name === 'pwd' || name === 'passkey') && where === 'transaction',
  );
  const device = {
    lastIp: caller.ip,
    ...(caller.userAgent === undefined ? {} : { lastUserAgent: caller.userAgent }),
  };
  const { expiresAt, idleExpiresAt, logs } = limitsOf(changes, tenant, former, now);
  const cookieMode = changes.cookieMode ?? former?.cookieMode;
  const metadata = sessionMetadata(former?.metadata, changes);
  const recorded = changes.recordedMethods.map((name): ProvenMethod => ({ name, at: now, in: 'session' }));
  const session: SessionRecord = {
    tenantId: tx.tenantId,
    id: tx.sessionId,
    userId: tx.subject.userId,
    methods: toSessionMethods(latest([...tx.methods, ...recorded]).slice(-METHODS_KEPT)),
    clients: [...new Set([...(former?.clients ?? []), tx.request.clientId])],
    device: {
      initialIp: former?.device.initialIp ?? caller.ip,
      ...initialAgent(former, caller),
      ...device,
    },
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
    ...(cookieMode === undefined ? {} : { cookieMode }),
    createdAt: former?.createdAt ?? now,
    updatedAt: now,
    authenticatedAt: proven ? now : (former?.authenticatedAt ?? now),
    expiresAt,
    idleExpiresAt,
  };
  return { session, logs };
}

/** Of a session; a script that records another method at each login would have it grow for ever. */
const METHODS_KEPT = 50;

/** A script may shorten what the tenant grants, or give a session back what an earlier one took; never more. */
function limitsOf(changes: SessionChanges, tenant: TenantRecord, former: SessionRecord | undefined, now: number) {
  const { lifetimeSeconds, idleLifetimeSeconds } = tenant.session;
  const latestEnd = (former?.createdAt ?? now) + lifetimeSeconds * 1000;
  const latestIdle = now + idleLifetimeSeconds * 1000;
  const logs: LogDraft[] = [];
  const clamp = (asked: number | undefined, most: number, what: string): number | undefined => {
    if (asked === undefined || asked <= most) return asked;
    logs.push({
      type: 'w',
      description: `A script set the ${what} of the session beyond the tenant's limit, which stands.`,
    });
    return most;
  };
  const expiresAt = clamp(changes.expiresAt, latestEnd, 'absolute expiry') ?? former?.expiresAt ?? latestEnd;
  const idle = clamp(changes.idleExpiresAt, latestIdle, 'idle expiry') ?? latestIdle;
  return { expiresAt, idleExpiresAt: Math.min(expiresAt, idle), logs };
}

/** What is left after scripts have set, deleted and evicted keys. */
export function sessionMetadata(
  former: Record<string, string> | undefined,
  { metadata, evicted }: Pick<SessionChanges, 'metadata' | 'evicted'>,
): Record<string, string> {
  const kept = new Map(Object.entries(evicted ? {} : (former ?? {})));
  for (const [key, value] of Object.entries(metadata)) {
    if (value === null) kept.delete(key);
    else kept.set(key, value);
  }
  return Object.fromEntries(kept);
}

/** Alive: neither its absolute nor its idle limit has passed. */
export function isAlive(session: SessionRecord, now: number): boolean {
  return now < session.expiresAt && now < session.idleExpiresAt;
}

/** Methods of a session, as a login that begins from it starts with. */
export function fromSession(session: Pick<SessionRecord, 'methods'>): ProvenMethod[] {
  return session.methods.map((method) => ({ ...(method as Omit<ProvenMethod, 'in'>), in: 'session' }));
}

/** A session in which more was shown, outside of a login to an application. */
export function withMethods(session: SessionRecord, shown: ProvenMethod[]): SessionRecord {
  const methods = latest([...fromSession(session), ...shown]).slice(-METHODS_KEPT);
  return { ...session, methods: toSessionMethods(methods) };
}

/** A session logged in to for months keeps the newest proof of each kind, not every one. */
function latest(methods: ProvenMethod[]): ProvenMethod[] {
  return methods.filter(
    (method, index) =>
      !methods.slice(index + 1).some((later) => later.name === method.name && later.type === method.type),
  );
}

function initialAgent(former: SessionRecord | undefined, caller: Caller): { initialUserAgent?: string } {
  const initialUserAgent = former ? former.device.initialUserAgent : caller.userAgent;
  return initialUserAgent === undefined ? {} : { initialUserAgent };
}
