// Server, protocol: a client gives up a refresh token (RFC 7009). All that came from the same login goes with it. A token
// that we do not know, or that is another client's, is told apart by nothing: the answer says only that it is not good any
// more, which is true of the one and none of the client's business of the other.
import type { Context } from 'hono';
import { tenantLog } from '#runtime/tenant-log.ts';
import type { Deps, Env } from '../deps.ts';
import { readParameters } from '../request.ts';
import { authenticateClient } from './client-authentication.ts';
import { sendRefusal } from './token.ts';
import { missing } from './token-answer.ts';
import { unreadable } from './unreadable-request.ts';

/** `POST /oauth/revoke` */
export async function revoke(c: Context<Env>, deps: Deps): Promise<Response> {
  const { tenant, caller } = c.var;
  const read = await readParameters(c, { json: true });
  if (!read.ok) return sendRefusal(c, unreadable(read));
  const { parameters } = read;
  const authenticated = await authenticateClient(deps, tenant, c.req.header('authorization'), parameters);
  if (!authenticated.ok) return sendRefusal(c, authenticated);
  const { client } = authenticated;
  if (parameters.token === undefined) return sendRefusal(c, missing('token'));
  const handle = await deps.store.handles.find(tenant.id, 'refresh-token', parameters.token);
  const token = handle && (await deps.store.refreshTokens.find(tenant.id, handle.targetId));
  if (token?.clientId === client.id) {
    const { id, userId } = token;
    const log = tenantLog(
      { type: 'srrt', description: 'Refresh token revoked', userId, details: { refresh_token_id: id } },
      {
        tenantId: tenant.id,
        now: deps.clock.now(),
        random: deps.random,
        clientId: client.id,
        clientName: client.name,
        ip: caller.ip,
      },
    );
    await deps.store.commit([
      { kind: 'refresh-token.remove', tenantId: tenant.id, id },
      { kind: 'log.insert', log },
    ]);
  }
  return c.body('', 200);
}
