// Server, protocol: the endpoint at which a device without a browser asks for a person (RFC 8628 §3.1). It gets a key to poll
// with, a short code to show, and the address where the person types that code.
import type { Context } from 'hono';
import { withoutCredentials } from '#runtime/pipeline/without-credentials.ts';
import type { ClientRecord, TenantRecord } from '#storage/records.ts';
import type { Deps, Env } from '../deps.ts';
import { ACTIVATION_PATH } from '../hosted/device-pages.ts';
import { readParameters } from '../request.ts';
import { checkFormats } from './authorize-parameters.ts';
import { authenticateClient } from './client-authentication.ts';
import { DEVICE_GRANT } from './device-grant.ts';
import { deviceLog } from './device-log.ts';
import { beginWait, DEVICE_CODE_SECONDS, POLL_SECONDS } from './device-wait.ts';
import { findApiForPeople } from './open-apis.ts';
import { sendRefusal } from './token.ts';
import { refusal, type TokenRefusal, unknownApi } from './token-answer.ts';
import { unreadable } from './unreadable-request.ts';

/** `POST /oauth/device/code` */
export async function authorizeDevice(c: Context<Env>, deps: Deps): Promise<Response> {
  const { tenant } = c.var;
  c.header('cache-control', 'no-store');
  const read = await readParameters(c, { json: true });
  if (!read.ok) return sendRefusal(c, unreadable(read));
  const { parameters } = read;
  const authenticated = await authenticateClient(deps, tenant, c.req.header('authorization'), parameters);
  if (!authenticated.ok) return sendRefusal(c, authenticated);
  const { client } = authenticated;
  const { scope, audience = tenant.defaultAudience } = parameters;

  const refused = await refuseAsked(deps, tenant, client, { scope, audience });
  if (refused) return refuse(c, deps, client, refused);

  const { deviceCode, userCode } = await beginWait(deps, tenant, client, {
    scope: [...new Set(scope?.split(' '))],
    ...(audience === undefined ? {} : { audience }),
    body: withoutCredentials(parameters),
  });
  const address = tenant.baseUrl + ACTIVATION_PATH;
  return c.json({
    device_code: deviceCode,
    user_code: userCode,
    verification_uri: address,
    verification_uri_complete: `${address}?user_code=${encodeURIComponent(userCode)}`,
    expires_in: DEVICE_CODE_SECONDS,
    interval: POLL_SECONDS,
  });
}

async function refuseAsked(
  { store }: Deps,
  tenant: TenantRecord,
  { id, grantTypes, settings }: ClientRecord,
  { scope, audience }: { scope: string | undefined; audience: string | undefined },
): Promise<TokenRefusal | undefined> {
  if (!grantTypes.includes(DEVICE_GRANT)) {
    return refusal(403, 'unauthorized_client', `Grant type '${DEVICE_GRANT}' not allowed for the client.`);
  }
  // There is no way to name one here, so whoever came this way would be of none.
  if (settings.organization_usage === 'require') {
    return refusal(400, 'invalid_request', 'parameter organization is required for this client');
  }
  const bad = checkFormats(Object.fromEntries(Object.entries({ scope, audience }).filter(isGiven)));
  if (bad) return refusal(400, bad.error, bad.description);
  const isOpen = audience === undefined || (await findApiForPeople(store, tenant, audience, id)) !== undefined;
  return isOpen ? undefined : unknownApi(audience);
}

const isGiven = (entry: [string, string | undefined]): entry is [string, string] => entry[1] !== undefined;

/** Of a client that is known, the tenant's log is told. */
async function refuse(c: Context<Env>, deps: Deps, client: ClientRecord, answer: TokenRefusal): Promise<Response> {
  const { description, error: oauthError } = answer;
  const details = { error: { message: description, oauthError } };
  await deps.store.commit([deviceLog(c, deps, { type: 'fdeaz', description, details }, client)]);
  return sendRefusal(c, answer);
}
