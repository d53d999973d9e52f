// Server, passwordless: `/passwordless/verify`, by which clients from before the grant of the token endpoint exchange a code.
// It does what that grant does, and refuses in words of its own (wire reference, §5.3).
import type { Context } from 'hono';
import type { Deps, Env } from '../deps.ts';
import { authenticateClient } from '../oauth/client-authentication.ts';
import { endUserOf } from '../oauth/end-user-address.ts';
import type { GrantRequest } from '../oauth/grant.ts';
import { GRANTS } from '../oauth/grants.ts';
import { logInByCode, PASSWORDLESS_GRANT, sendsCodes } from '../oauth/passwordless-grant.ts';
import { conclude, mayUse, sendRefusal } from '../oauth/token.ts';
import { refusal, type TokenAnswer, type TokenRefusal } from '../oauth/token-answer.ts';
import { unreadable } from '../oauth/unreadable-request.ts';
import { readParameters } from '../request.ts';

/** `POST /passwordless/verify` */
export async function verify(c: Context<Env>, deps: Deps): Promise<Response> {
  const answer = await answerTo(c, deps);
  c.header('cache-control', 'no-store');
  return answer.ok ? c.json(answer.body) : sendRefusal(c, answer);
}

const invalid = (description: string): TokenRefusal => refusal(400, 'invalid_request', description);
const NOT_YOURS = refusal(403, 'unauthorized_client', 'invalid client');

async function answerTo(c: Context<Env>, deps: Deps): Promise<TokenAnswer> {
  const { tenant, caller } = c.var;
  const read = await readParameters(c, { json: true });
  if (!read.ok) {
    const isScope = read.problem === 'not-text' && read.name === 'scope';
    return isScope ? invalid('scope parameter must be a string') : unreadable(read);
  }
  const { parameters } = read;
  const { username, password: code, connection: name } = parameters;
  for (const needed of ['username', 'password', 'connection', 'client_id'] as const) {
    if (parameters[needed] === undefined) return invalid(`missing ${needed} parameter`);
  }
  const authenticated = await authenticateClient(deps, tenant, c.req.header('authorization'), parameters);
  const grant = GRANTS.get(PASSWORDLESS_GRANT);
  if (!authenticated.ok || !grant) return NOT_YOURS;
  const { client } = authenticated;
  if (!mayUse(client, PASSWORDLESS_GRANT, grant)) return NOT_YOURS;
  const connection = await deps.store.connections.findByKey(tenant.id, name ?? '');
  if (!connection) return invalid('the connection was not found');
  if (!sendsCodes(connection)) return invalid('specified strategy does not support requested operation');
  if (!connection.enabledClients.includes(client.id)) return invalid('the connection was disabled');
  const endUser = endUserOf(caller, client, c.req.header('auth0-forwarded-for'));
  const request: GrantRequest = { deps, tenant, client, parameters, caller: endUser };
  const granted = await logInByCode(request, { connection, address: username ?? '', code: code ?? '' });
  return inOldWords(await conclude(request, grant, granted));
}

/** Clients of this address match on other statuses and codes than those of the token endpoint. */
function inOldWords(answer: TokenAnswer): TokenAnswer {
  if (answer.ok) return answer;
  const { error, description } = answer;
  if (error === 'invalid_grant') return refusal(401, 'invalid_user_password', 'Wrong email or password.');
  if (error === 'unauthorized') return refusal(401, 'unauthorized', description);
  if (error === 'password_leaked') return refusal(401, 'password_leaked', description);
  return answer;
}
