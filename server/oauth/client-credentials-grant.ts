// Server, protocol: a client gets a token for itself, for an API and the scopes that a client grant gives it there.
import { sign } from './access-token.ts';
import { findApi } from './apis.ts';
import type { Granted, GrantRequest } from './grant.ts';
import { issuerOf } from './issuer.ts';
import { missing, refusal, unknownApi } from './token-answer.ts';

export async function grantToClient({ deps, tenant, client, parameters }: GrantRequest): Promise<Granted> {
  const audience = parameters.audience ?? tenant.defaultAudience;
  if (audience === undefined) return { answer: missing('audience') };
  const about = { audience };
  const api = await findApi(deps.store, tenant, audience);
  if (!api) return { answer: unknownApi(audience), about };
  const grant = await deps.store.clientGrants.findByKey(tenant.id, `${client.id} ${api.identifier}`);
  if (!grant) return { answer: refusal(403, 'access_denied', noGrant(audience)), about };

  // A scope that the API no longer offers is not granted, though an old client grant names it.
  const offered = new Set(api.scopes.map(({ value }) => value));
  const allowed = grant.scope.filter((scope) => offered.has(scope));
  const asked = [...new Set((parameters.scope ?? '').split(' ').filter((scope) => scope !== ''))];
  const refused = asked.filter((scope) => !allowed.includes(scope));
  if (refused.length > 0) {
    return {
      answer: refusal(403, 'access_denied', `Client has not been granted scopes: ${refused.join(', ')}`),
      about,
    };
  }
  const scope = (asked.length === 0 ? allowed : asked).join(' ');
  const iat = Math.floor(deps.clock.now() / 1000);
  const jti = deps.random.letters(22);
  const token = await sign(deps, tenant, {
    iss: issuerOf(tenant),
    sub: `${client.id}@clients`,
    aud: api.identifier,
    iat,
    exp: iat + api.tokenLifetimeSeconds,
    azp: client.id,
    jti,
    gty: 'client-credentials',
    ...(scope === '' ? {} : { scope }),
  });
  return {
    answer: {
      ok: true,
      body: {
        access_token: token,
        token_type: 'Bearer',
        expires_in: api.tokenLifetimeSeconds,
        ...(scope === '' || scope === parameters.scope ? {} : { scope }),
      },
    },
    about: { audience, scope },
    details: { access_token_jti: jti },
  };
}

function noGrant(audience: string): string {
  return (
    `Client is not authorized to access "${audience}". You need to create a "client-grant" associated to this API. ` +
    'See: https://auth0.com/docs/api/management/v2/client-grants/post-client-grants'
  );
}
