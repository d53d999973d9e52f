// What the log lines of one login have in common: who, with which client, from where.
import type { Change } from '#storage/store.ts';
import { strategyOf } from '../passwordless/connection.ts';
import type { Caller, Ports } from '../ports.ts';
import type { LogPlace } from '../tenant-log.ts';
import type { LoginTransaction } from '../transaction/transaction.ts';
import type { World } from './world.ts';

export function placeOf({ now, random }: Ports, tx: LoginTransaction, world: World, caller: Caller): LogPlace {
  const { client, connection, user, organization, tenant } = world;
  return {
    tenantId: tx.tenantId,
    now: now(),
    random,
    clientId: tx.request.clientId,
    ip: caller.ip,
    hostname: new URL(tenant.baseUrl).host,
    ...(client ? { clientName: client.name } : {}),
    ...(connection
      ? {
          connection: connection.name,
          connectionId: connection.id,
          strategy: connection.strategy,
          strategyType: strategyOf(connection) === undefined ? 'database' : 'passwordless',
        }
      : {}),
    ...(tx.subject.kind === 'user' ? { userId: tx.subject.userId } : {}),
    ...(user ? { userName: user.email ?? user.username ?? user.phoneNumber ?? user.id } : {}),
    ...(caller.userAgent === undefined ? {} : { userAgent: caller.userAgent }),
    ...(tx.request.audience === undefined ? {} : { audience: tx.request.audience }),
    ...(tx.request.scope.length === 0 ? {} : { scope: tx.request.scope.join(' ') }),
    ...(organization ? { organizationId: organization.id, organizationName: organization.name } : {}),
  };
}

/** A message tells where it was asked for: its log line is written by whoever delivers it. */
export function withPlace(
  change: Change,
  { tenantId: _, now: _at, random: _random, ...place }: LogPlace,
  { method, language, ja3, ja4 }: Caller,
): Change {
  if (change.kind !== 'message.insert' || !change.message.about || change.message.about.place) return change;
  const { audience: _audience, scope: _scope, ...kept } = place;
  const { message } = change;
  const prints = { ...(ja3 === undefined ? {} : { ja3 }), ...(ja4 === undefined ? {} : { ja4 }) };
  const asked = language === undefined ? {} : { language };
  const about = { ...change.message.about, place: kept, origin: { method, ...prints }, ...asked };
  return { ...change, message: { ...message, about } };
}
