// Server, account: what the tenant's log is told of a person who changes something of their own.
import { tenantLog } from '#runtime/tenant-log.ts';
import type { LogDraft } from '#runtime/transaction/input.ts';
import type { Change } from '#storage/store.ts';
import type { HostedContext } from '../hosted/show-screen.ts';
import type { Visit } from './visit.ts';

export function accountLog(
  { c, deps: { clock, random } }: HostedContext,
  { session, person: { user }, connection }: Visit,
  draft: LogDraft,
): Change {
  const { tenant, caller } = c.var;
  const { email } = user;
  const log = tenantLog(
    { ...draft, details: { session_id: session.id, ...draft.details } },
    {
      tenantId: tenant.id,
      now: clock.now(),
      random,
      userId: user.id,
      ...(email === undefined ? {} : { userName: email }),
      connection: connection.name,
      connectionId: connection.id,
      ip: caller.ip,
      hostname: new URL(tenant.baseUrl).host,
      ...(caller.userAgent === undefined ? {} : { userAgent: caller.userAgent }),
    },
  );
  return { kind: 'log.insert', log };
}
