// Server, protocol: a client gets a token for itself, for an API and the scopes that a client grant gives it there.
import type { Exchanged } from '#runtime/runtime.ts';
import type { ClientRecord, ResourceServerRecord, TenantRecord } from '#storage/records.ts';
import type { Deps } from '../deps.ts';
import { boundTo, signForApi } from './access-token.ts';
import { findApi } from './apis.ts';
import { accessTokenClaims } from './custom-claims.ts';
import { refuseUnbound } from './dpop.ts';
import type { Granted, GrantRequest } from './grant.ts';
import { issuerOf } from './issuer.ts';
import { isOpenToClients } from './open-apis.ts';
import { missing, refusal, unknownApi } from './token-answer.ts';
import { tellsPermissions } from './token-signature.ts';

export async function grantToClient(request: GrantRequest): Promise<Granted> {
  const { deps, tenant, client, parameters, caller, keyThumbprint } = request;
  const audience = parameters.audience ?? tenant.defaultAudience;
  if (audience === undefined) return { answer: missing('audience') };
  const about = { audience };
  const api = await findApi(deps.store, tenant, audience);
  if (!api) return { answer: unknownApi(audience), about };
  const unbound = refuseUnbound(client, api, keyThumbprint);
  if (unbound) return { answer: unbound, about };
  const grant = await deps.store.clientGrants.findByKey(tenant.id, `${client.id} ${api.identifier}`);
  if (!grant || !isOpenToClients(api)) {
    return { answer: refusal(403, 'access_denied', noGrant(audience)), about };
  }
  // A token of a client is for no organization: where one is asked for, or required, there is none to give.
  if (parameters.organization !== undefined || grant.settings.organization_usage === 'require') {
    return {
      answer: refusal(400, 'invalid_request', 'Client credentials for an organization are not supported'),
      about,
    };
  }

  // A scope that the API no longer offers is not granted, though an old client grant names it.
  const offered = new Set(api.scopes.map(({ value }) => value));
  const allowed =
    grant.settings.allow_all_scopes === true && !api.isSystem
      ? [...offered]
      : grant.scope.filter((scope) => offered.has(scope));
  const asked = [...new Set((parameters.scope ?? '').split(' ').filter((scope) => scope !== ''))];
  const refused = asked.filter((scope) => !allowed.includes(scope));
  if (refused.length > 0) {
    return {
      answer: refusal(403, 'access_denied', `Client has not been granted scopes: ${refused.join(', ').slice(0, 1000)}`),
      about,
    };
  }
  const initial = asked.length === 0 ? allowed : asked;
  const exchange = { client, audience: api.identifier, requested: asked, scope: initial, body: parameters };
  const judged: Exchanged = isOperator(deps, tenant, client, api)
    ? { ok: true, scope: initial, claims: {}, details: {} }
    : await deps.runtime.exchangeCredentials(tenant, exchange, caller);
  if (!judged.ok) {
    const { code, reason, details } = judged;
    return { answer: refusal(REFUSAL_STATUS[code], code, reason), about, details };
  }
  // Scripts settle what a token carries, never more than the client was granted.
  const granted = judged.scope.filter((each) => allowed.includes(each));
  const scope = granted.join(' ');
  const iat = Math.floor(deps.clock.now() / 1000);
  const jti = deps.random.letters(22);
  const token = await signForApi(deps, tenant, api, {
    ...accessTokenClaims(judged.claims, { isSystem: api.isSystem }),
    iss: issuerOf(tenant),
    sub: `${client.id}@clients`,
    aud: api.identifier,
    iat,
    exp: iat + api.tokenLifetimeSeconds,
    azp: client.id,
    jti,
    gty: 'client-credentials',
    ...boundTo(keyThumbprint),
    ...(scope === '' ? {} : { scope }),
    ...(tellsPermissions(api) ? { permissions: granted } : {}),
  });
  return {
    answer: {
      ok: true,
      body: {
        access_token: token,
        token_type: keyThumbprint === undefined ? 'Bearer' : 'DPoP',
        expires_in: api.tokenLifetimeSeconds,
        ...(scope === '' || scope === parameters.scope ? {} : { scope }),
      },
    },
    about: { audience, scope },
    details: { access_token_jti: jti, ...judged.details },
  };
}

/** Of a script's denial; `server_error` is a script's own word, and answered as authors of such scripts know it. */
const REFUSAL_STATUS = { invalid_scope: 400, invalid_request: 400, server_error: 500, access_denied: 403 } as const;

/** A script that refuses everybody must leave one client able to take it away: the operator's, at our own API. */
function isOperator({ config }: Deps, tenant: TenantRecord, client: ClientRecord, api: ResourceServerRecord): boolean {
  return api.isSystem && tenant.name === config.tenantName && client.id === config.admin?.clientId;
}

function noGrant(audience: string): string {
  return (
    `Client is not authorized to access "${audience}". You need to create a "client-grant" associated to this API. ` +
    'See: https://auth0.com/docs/api/management/v2/client-grants/post-client-grants'
  );
}
