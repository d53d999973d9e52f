// `external-api-authentication`: whatever a service of the tenant's can judge. The body names which of the configured
// interactions is meant; who the person is comes from the mapping, and once somebody is known it can be nobody else.
import { accountOf } from '../factors/account-of.ts';
import { connectionFor } from '../factors/password.ts';
import { type InteractionCall, type Refused, refuse, type Succeeded } from './call.ts';
import { subjectIn } from './newcomer.ts';
import { askOutside, prepared, requestContext } from './outside.ts';
import { resolvedUser, resolvesUser } from './resolve.ts';

export async function askExternal(call: InteractionCall): Promise<Succeeded | Refused> {
  const { ports, tx, world, body, caller, step } = call;
  // A success about nobody would count for whoever comes after it.
  if (step?.requires_user && tx.subject.kind === 'none') {
    return refuse('user_not_found', 'A user is required before this interaction.');
  }
  const before = await prepared(call, requestContext(call, body));
  const asked = before.ok ? await askOutside(call, before.reads) : before;
  if (!asked.ok) return asked;
  const done = {
    ok: true,
    contents: asked.reads,
    answer: { ...asked.said, interaction: body.interaction ?? null },
    kept: asked.kept,
  } as const;
  const at = ports.now();
  const method = { name: 'external', at, in: 'transaction' } as const;
  const known = tx.subject.kind === 'user' ? world.user : undefined;
  if (!resolvesUser(call)) return known ? { ...done, user: known, method } : done;
  const { tenant, client } = world;
  const connection = client && (await connectionFor(ports.store, tenant, client, tx.request.connection));
  const found = await resolvedUser(call, asked.reads, connection);
  const opened = found && (await accountOf(ports.store, found));
  if (known) {
    const isSame = opened?.ok === true && opened.account.id === known.id;
    if (!isSame) return refuse('user_identity_mismatch', 'The user is not the one of this login.', { user: known });
    return { ...done, user: known, method };
  }
  if (!found || !connection || !opened) return refuse('user_not_found', 'User not found.');
  if (!opened.ok) return refuse('access_denied', 'The user is not active.', { user: found });
  const { account } = opened;
  return {
    ...done,
    user: account,
    subject: subjectIn(connection, account.id),
    method,
    changes: [{ kind: 'user.logged-in', tenantId: tenant.id, id: account.id, at, ip: caller.ip }],
  };
}
