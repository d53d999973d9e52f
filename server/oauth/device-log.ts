// Server, protocol: what the tenant's log is told of a device before there are tokens. Never a code of it.
import type { Context } from 'hono';
import { tenantLog } from '#runtime/tenant-log.ts';
import type { LogDraft } from '#runtime/transaction/input.ts';
import type { ClientRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import type { Deps, Env } from '../deps.ts';

/** @param client the application that the device runs, where it is known. */
export function deviceLog(
  c: Context<Env>,
  { clock, random }: Pick<Deps, 'clock' | 'random'>,
  draft: LogDraft,
  client?: Pick<ClientRecord, 'id' | 'name'>,
): Change {
  const { tenant, caller } = c.var;
  const log = tenantLog(draft, {
    tenantId: tenant.id,
    now: clock.now(),
    random,
    ...(client ? { clientId: client.id, clientName: client.name } : {}),
    ip: caller.ip,
    hostname: new URL(tenant.baseUrl).host,
    ...(caller.userAgent === undefined ? {} : { userAgent: caller.userAgent }),
  });
  return { kind: 'log.insert', log };
}
