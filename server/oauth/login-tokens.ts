// Server, protocol: the tokens of a login that is over: who, for whom, proven how, and what the scripts added. What
// scripts set never replaces what the protocol says.
import type { JWTPayload } from 'jose';
import type { RestedLogin } from '#runtime/runtime.ts';
import type { OrganizationRecord, ResourceServerRecord, TenantRecord, UserRecord } from '#storage/records.ts';
import type { Deps } from '../deps.ts';
import { conceal, sign, userinfoAudience } from './access-token.ts';
import { grantedScopes } from './apis.ts';
import { accessTokenClaims, idTokenClaims } from './custom-claims.ts';
import { issuerOf } from './issuer.ts';
import { personClaims } from './person-claims.ts';
import type { TokenBody } from './token-answer.ts';

const ID_TOKEN_SECONDS = 36_000;
const USERINFO_TOKEN_SECONDS = 86_400;
/** What `acr` says after MFA: the multi-factor policy of PAPE 1.0. */
const MULTI_FACTOR = 'http://schemas.openid.net/pape/policies/2007/06/multi-factor';

export type LoginToMint = {
  tenant: TenantRecord;
  login: RestedLogin;
  user: UserRecord;
  /** Absent: a token for userinfo alone. */
  api?: ResourceServerRecord;
  organization?: OrganizationRecord;
};

export async function mintLoginTokens(
  deps: Pick<Deps, 'store' | 'clock' | 'random'>,
  mint: LoginToMint,
): Promise<{ body: TokenBody; accessTokenId: string }> {
  const { tenant, login, user, api } = mint;
  const scopes = grantedScopes(login.request.scope, api, login.outcome.scopes);
  const iat = Math.floor(deps.clock.now() / 1000);
  const seconds = api?.tokenLifetimeSeconds ?? USERINFO_TOKEN_SECONDS;
  const accessTokenId = deps.random.letters(22);
  const issued = { iss: issuerOf(tenant), sub: user.id, iat };
  const accessClaims: JWTPayload = {
    ...accessTokenClaims(login.outcome.accessTokenClaims, { isSystem: api?.isSystem ?? false }),
    ...issued,
    aud: audienceOf(tenant, api, scopes),
    exp: iat + seconds,
    azp: login.request.clientId,
    jti: accessTokenId,
    ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
    ...organizationClaims(mint.organization),
  };
  const access = api ? await sign(deps, tenant, accessClaims) : await conceal(deps, tenant, accessClaims);
  const asked = [...new Set(login.request.scope)].join(' ');
  return {
    accessTokenId,
    body: {
      access_token: access,
      token_type: 'Bearer',
      expires_in: seconds,
      ...(scopes.includes('openid') && login.request.scope.includes('openid')
        ? { id_token: await sign(deps, tenant, idClaims(mint, scopes, { ...issued, exp: iat + ID_TOKEN_SECONDS })) }
        : {}),
      ...(asked === scopes.join(' ') ? {} : { scope: scopes.join(' ') }),
    },
  };
}

function idClaims({ login, user, organization }: LoginToMint, scopes: string[], issued: JWTPayload): JWTPayload {
  const { request, methods, sessionId } = login;
  const proven = methods.some((method) => method.name === 'mfa' && method.in === 'transaction');
  return {
    ...personClaims(user, scopes),
    ...idTokenClaims(login.outcome.idTokenClaims),
    ...issued,
    aud: request.clientId,
    sid: sessionId,
    ...(request.nonce === undefined ? {} : { nonce: request.nonce }),
    ...(request.maxAge === undefined ? {} : { auth_time: authenticatedAt(login) }),
    ...organizationClaims(organization),
    // A factor of an earlier login in this session says nothing about this one.
    ...(proven ? { amr: ['mfa'], acr: MULTI_FACTOR } : {}),
  };
}

/** Seconds: when the person last gave a password, in this login or in its session. */
function authenticatedAt({ methods, createdAt }: RestedLogin): number {
  const given = methods.filter(({ name }) => name === 'pwd').map(({ at }) => at);
  return Math.floor((given.length === 0 ? createdAt : Math.max(...given)) / 1000);
}

function audienceOf(tenant: TenantRecord, api: ResourceServerRecord | undefined, scopes: string[]): string | string[] {
  const userinfo = userinfoAudience(tenant);
  if (!api) return [userinfo];
  return scopes.includes('openid') ? [api.identifier, userinfo] : api.identifier;
}

function organizationClaims(organization: OrganizationRecord | undefined): { org_id?: string; org_name?: string } {
  return organization ? { org_id: organization.id, org_name: organization.name } : {};
}
