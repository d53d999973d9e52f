// What a session is when a login completes: a new one, or the same one with what this login added.
import type { SessionRecord, TenantRecord } from '#storage/records.ts';
import type { Caller } from '../ports.ts';
import { type LoginTransaction, type ProvenMethod, toSessionMethods } from '../transaction/transaction.ts';

export function completeSession(
  tx: LoginTransaction,
  tenant: TenantRecord,
  former: SessionRecord | undefined,
  caller: Caller,
  now: number,
): SessionRecord {
  if (tx.subject.kind !== 'user') throw new Error('a session needs a user');
  const { lifetimeSeconds, idleLifetimeSeconds } = tenant.session;
  const proven = tx.methods.some(({ name, in: where }) => name === 'pwd' && where === 'transaction');
  const device = {
    lastIp: caller.ip,
    ...(caller.userAgent === undefined ? {} : { lastUserAgent: caller.userAgent }),
  };
  const expiresAt = former?.expiresAt ?? now + lifetimeSeconds * 1000;
  return {
    tenantId: tx.tenantId,
    id: tx.sessionId,
    userId: tx.subject.userId,
    methods: toSessionMethods(latest(tx.methods)),
    clients: [...new Set([...(former?.clients ?? []), tx.request.clientId])],
    device: {
      initialIp: former?.device.initialIp ?? caller.ip,
      ...initialAgent(former, caller),
      ...device,
    },
    createdAt: former?.createdAt ?? now,
    updatedAt: now,
    authenticatedAt: proven ? now : (former?.authenticatedAt ?? now),
    expiresAt,
    idleExpiresAt: Math.min(expiresAt, now + idleLifetimeSeconds * 1000),
  };
}

/** Alive: neither its absolute nor its idle limit has passed. */
export function isAlive(session: SessionRecord, now: number): boolean {
  return now < session.expiresAt && now < session.idleExpiresAt;
}

/** Methods of a session, as a login that begins from it starts with. */
export function fromSession(session: SessionRecord): ProvenMethod[] {
  return session.methods.map((method) => ({ ...(method as Omit<ProvenMethod, 'in'>), in: 'session' }));
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
