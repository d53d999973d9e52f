// Server, protocol: the token endpoint. One strict reader for both bodies, one client authentication, then the grant.
// The tenant's log line is committed before the answer leaves.
import type { Context } from 'hono';
import { LOG_TYPES } from '#runtime/codes.ts';
import { tenantLog } from '#runtime/tenant-log.ts';
import type { ClientRecord } from '#storage/records.ts';
import type { Deps, Env } from '../deps.ts';
import { calledAddress, readParameters } from '../request.ts';
import { authenticateClient } from './client-authentication.ts';
import { badProof, verifyProof } from './dpop.ts';
import { endUserOf } from './end-user-address.ts';
import type { Grant, Granted, GrantRequest } from './grant.ts';
import { GRANTS } from './grants.ts';
import { badCode, missing, refusal, type TokenAnswer, type TokenRefusal } from './token-answer.ts';
import { unreadable } from './unreadable-request.ts';

/** `POST /oauth/token` */
export async function token(c: Context<Env>, deps: Deps): Promise<Response> {
  const answer = await answerToken(c, deps);
  c.header('cache-control', 'no-store');
  c.header('pragma', 'no-cache');
  return answer.ok ? c.json(answer.body) : sendRefusal(c, answer);
}

/** A refusal as every address that clients authenticate at sends it. */
export function sendRefusal(c: Context<Env>, answer: TokenRefusal): Response {
  // RFC 6749 §5.2: whoever tried the header is told which scheme there is.
  if (answer.status === 401 && c.req.header('authorization') !== undefined) {
    c.header('www-authenticate', 'Basic realm="token"');
  }
  if (answer.retryAfterSeconds !== undefined) c.header('retry-after', String(answer.retryAfterSeconds));
  return c.json({ error: answer.error, error_description: answer.description, ...answer.more }, answer.status);
}

async function answerToken(c: Context<Env>, deps: Deps): Promise<TokenAnswer> {
  const { tenant, caller } = c.var;
  const read = await readParameters(c, { json: true });
  if (!read.ok) return unreadable(read);
  const { parameters } = read;
  const { grant_type: name } = parameters;
  if (name === undefined) return missing('grant_type');
  const grant = GRANTS.get(name);
  if (!grant) return refusal(403, 'unsupported_grant_type', `Unsupported grant type: ${name.slice(0, 200)}`);
  const authorization = c.req.header('authorization');
  const authenticated = await authenticateClient(deps, tenant, authorization, parameters);
  if (!authenticated.ok) return authenticated;
  const { client } = authenticated;
  const endUser = endUserOf(caller, client, c.req.header('auth0-forwarded-for'));
  const proof = c.req.header('dpop');
  const proven =
    proof === undefined
      ? undefined
      : await verifyProof(deps, tenant, proof, { method: 'POST', address: calledAddress(c) });
  if (proven && !proven.ok) return badProof(proven.description);
  const bound = proven ? { keyThumbprint: proven.keyThumbprint } : {};
  const request: GrantRequest = { deps, tenant, client, parameters, caller: endUser, ...bound };
  const granted = mayUse(client, name, grant)
    ? await grant.run(request)
    : { answer: refusal(403, 'unauthorized_client', `Grant type '${name}' not allowed for the client.`) };
  return conclude(request, grant, granted);
}

/** Writes what a grant spends with its log line, and answers. */
export async function conclude(request: GrantRequest, grant: Grant, granted: Granted): Promise<TokenAnswer> {
  if (await settle(request, grant, granted)) return granted.answer;
  // Somebody else was first between our look and our write: what was made meanwhile stays here.
  const late: Granted = { answer: granted.lost ?? badCode(), ...(granted.about ? { about: granted.about } : {}) };
  await settle(request, grant, late);
  return late.answer;
}

/** RFC 6749 §4.4: the client credentials grant is for clients that can keep a secret. */
export function mayUse(client: ClientRecord, name: string, grant: Grant): boolean {
  const isOpen = grant.isOpenTo ? grant.isOpenTo(client) : client.grantTypes.includes(name);
  return isOpen && (grant.public || client.authMethod !== 'none');
}

/** Writes what the grant spends together with its log line; false when the spending lost. */
async function settle(
  { deps, tenant, client, caller }: GrantRequest,
  grant: Grant,
  granted: Granted,
): Promise<boolean> {
  const { answer, about, details } = granted;
  if (granted.isNoEvent) return true;
  const type = granted.logType ?? (answer.ok ? grant.log.succeeded : grant.log.failed);
  const description = answer.ok ? LOG_TYPES[type] : answer.description;
  // Where a script failed, it is known how.
  const { error: known } = details ?? {};
  const cause = typeof known === 'object' && !Array.isArray(known) ? known : {};
  const failure = answer.ok ? {} : { error: { ...cause, message: answer.description, oauthError: answer.error } };
  const line = tenantLog(
    { type, description, details: { ...details, ...failure } },
    {
      tenantId: tenant.id,
      now: deps.clock.now(),
      random: deps.random,
      clientId: client.id,
      clientName: client.name,
      ip: caller.ip,
      hostname: new URL(tenant.baseUrl).host,
      ...(caller.userAgent === undefined ? {} : { userAgent: caller.userAgent }),
      ...about,
    },
  );
  return (await deps.store.commit([...(granted.writes ?? []), { kind: 'log.insert', log: line }])).ok;
}
