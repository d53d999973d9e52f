// `password-authentication`: by our own passwords, under the same protections as on every page, or by a service of the
// tenant's that knows them and says whose they are.
import type { JsonObject, UserRecord } from '#storage/records.ts';
import { accountOf } from '../factors/account-of.ts';
import { connectionFor, verifyPassword } from '../factors/password.ts';
import { admitSignIn, noteFailure } from '../protection/sign-in.ts';
import type { WorkInput } from '../transaction/input.ts';
import { type InteractionCall, type Refused, refuse, type Succeeded } from './call.ts';
import { subjectIn } from './newcomer.ts';
import { askOutside, prepared, requestContext, runsOutside } from './outside.ts';
import { resolvedUser } from './resolve.ts';

export const PASSWORD_SCHEMA: JsonObject = {
  type: 'object',
  required: ['username', 'password'],
  properties: {
    username: { type: 'string', minLength: 1, maxLength: 256 },
    password: { type: 'string', minLength: 1, maxLength: 128 },
    provider_id: { type: 'string', minLength: 1, maxLength: 100 },
  },
};

export async function checkPassword(call: InteractionCall): Promise<Succeeded | Refused> {
  const { tx, world, step, body } = call;
  if (step?.requires_user && tx.subject.kind === 'none') {
    return refuse('user_not_found', 'A user is required before this interaction.');
  }
  // Whose it is is known already: the request does not say so again.
  const own = step?.requires_user ? nameOf(world.user) : undefined;
  const username = own ?? body.username;
  const { password } = body;
  if (typeof username !== 'string' || typeof password !== 'string') return wrong();
  const before = await prepared(call, requestContext(call, { ...body, username }));
  if (!before.ok) return before;
  if (runsOutside(call)) return byService(call, username, before.reads);
  const judged = await byUs(call, { identifier: username, password }, before.reads);
  return judged.ok ? judged : { ...judged, userName: username };
}

async function byUs(
  call: InteractionCall,
  credential: { identifier: string; password: string },
  reads: JsonObject,
): Promise<Succeeded | Refused> {
  const { ports, stage, tx, world, caller } = call;
  const { tenant, client } = world;
  if (!client) throw new Error('a password was judged without a client');
  const { connection, locale } = tx.request;
  const door = { tenant, client, locale, ...(connection === undefined ? {} : { connectionName: connection }) };
  const fact = await verifyPassword(ports, stage, credential, door, caller);
  if (fact.kind !== 'verified') return refusalOf(call, fact);
  const { subject, method, changes, logs } = fact;
  if (subject?.kind !== 'user') throw new Error('a password was right and is nobody’s');
  const user = await ports.store.users.find(tenant.id, subject.userId);
  const contents = { user_id: subject.userId, username: credential.identifier };
  return {
    ok: true,
    contents: { ...reads, ...contents },
    answer: contents,
    ...(user ? { user } : {}),
    subject,
    method,
    changes,
    logs,
  };
}

async function refusalOf({ ports, tx }: InteractionCall, fact: WorkInput): Promise<Refused> {
  if (fact.kind !== 'rejected' && fact.kind !== 'barred') throw new Error(`a password ends in ${fact.kind}`);
  const { logs } = fact;
  // The tenant's log knows whose it would have been.
  const userId = logs.find((log) => log.userId !== undefined)?.userId;
  const tried = userId === undefined ? undefined : await ports.store.users.find(tx.tenantId, userId);
  const more = { logs, ...(tried ? { user: tried } : {}) };
  if (fact.kind === 'barred') return refuse('access_denied', 'The user is not active.', more);
  const { notice } = fact;
  switch (notice.key) {
    case 'wrong-credentials':
      return wrong(more);
    case 'password-breached':
      return refuse('invalid_credentials', 'The password is known to others and has to be changed.', {
        ...more,
        notice,
      });
    default:
      return refuse('too_many_attempts', 'Too many failed attempts. Please try again later.', { ...more, notice });
  }
}

/** The service decides; whoever guesses through us meets the same limits as at our own passwords. */
async function byService(call: InteractionCall, username: string, reads: JsonObject): Promise<Succeeded | Refused> {
  const { ports, stage, tx, world, caller } = call;
  const { tenant, client } = world;
  const signIn = { tenant, identifier: username, ip: caller.ip, locale: tx.request.locale };
  const admitted = await admitSignIn(ports, signIn);
  if (!admitted.ok) {
    const { notice, logs } = admitted;
    return refuse('too_many_attempts', 'Too many failed attempts. Please try again later.', {
      notice,
      logs,
      userName: username,
    });
  }
  const asked = await askOutside(call, reads);
  if (!asked.ok) {
    if (asked.status >= 500) return { ...asked, userName: username, changes: admitted.forgiven };
    const logs = noteFailure(ports, stage, signIn, admitted, undefined);
    return { ...asked, userName: username, logs: [...(asked.logs ?? []), ...logs] };
  }
  const connection = client && (await connectionFor(ports.store, tenant, client, tx.request.connection));
  const found = await resolvedUser(call, asked.reads, connection);
  if (!found || !connection) return refuse('user_not_found', 'User not found.', { userName: username });
  const opened = await accountOf(ports.store, found, username);
  if (!opened.ok) return refuse('access_denied', 'The user is not active.', { user: found });
  const { account } = opened;
  const at = ports.now();
  return {
    ok: true,
    contents: asked.reads,
    answer: asked.said,
    kept: asked.kept,
    user: account,
    subject: subjectIn(connection, account.id),
    method: { name: 'pwd', at, in: 'transaction' },
    changes: [...admitted.forgiven, { kind: 'user.logged-in', tenantId: tenant.id, id: account.id, at, ip: caller.ip }],
  };
}

const nameOf = (user: UserRecord | undefined): string | undefined => user?.email ?? user?.username ?? user?.phoneNumber;

function wrong(more: Parameters<typeof refuse>[2] = {}): Refused {
  return refuse('invalid_credentials', 'Invalid username or password', {
    notice: { key: 'wrong-credentials' },
    ...more,
  });
}
