// Sessions: a person signs out. The session goes with everything that finds it, and the tenant's log is told in the same
// commit. Refresh tokens stay: whoever asked for them wants to act for a person who is not there (OpenID Connect Core §11).
import type { ClientRecord, SessionRecord, TenantRecord } from '#storage/records.ts';
import type { Caller, Ports } from '../ports.ts';
import { tenantLog } from '../tenant-log.ts';

type SigningOut = {
  tenant: TenantRecord;
  session: SessionRecord;
  /** The application that the person signs out from, where one is known. */
  client?: ClientRecord;
  caller: Caller;
};

/** Ends a session; one that somebody else has just ended is told of once. */
export async function endSession(
  { store, now, random }: Pick<Ports, 'store' | 'now' | 'random'>,
  { tenant, session, client, caller }: SigningOut,
): Promise<void> {
  const log = tenantLog(
    {
      type: 'slo',
      description: 'User successfully logged out',
      userId: session.userId,
      details: { session_id: session.id },
    },
    {
      tenantId: tenant.id,
      now: now(),
      random,
      ip: caller.ip,
      hostname: new URL(tenant.baseUrl).host,
      ...(caller.userAgent === undefined ? {} : { userAgent: caller.userAgent }),
      ...(client === undefined ? {} : { clientId: client.id, clientName: client.name }),
    },
  );
  await store.commit([
    { kind: 'session.end', tenantId: tenant.id, id: session.id, because: 'rp-logout' },
    { kind: 'log.insert', log },
  ]);
}
