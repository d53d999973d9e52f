// Server, protocol: the tokens of a login that is over: who, for whom, proven how, and what the scripts added. What
// scripts set never replaces what the protocol says.
import type { JWTPayload } from 'jose';
import type { RestedLogin } from '#runtime/runtime.ts';
import type {
  ClientRecord,
  OrganizationRecord,
  ResourceServerRecord,
  TenantRecord,
  UserRecord,
} from '#storage/records.ts';
import type { Deps } from '../deps.ts';
import { boundTo, conceal, signForApi, signForClient, userinfoAudience } from './access-token.ts';
import { grantedScopes } from './apis.ts';
import { accessTokenClaims, idTokenClaims } from './custom-claims.ts';
import { issuerOf } from './issuer.ts';
import { personClaims } from './person-claims.ts';
import type { TokenBody } from './token-answer.ts';
import { idTokenSeconds, tellsPermissions } from './token-signature.ts';

const USERINFO_TOKEN_SECONDS = 86_400;
/** What `acr` says after MFA: the multi-factor policy of PAPE 1.0. */
const MULTI_FACTOR = 'http://schemas.openid.net/pape/policies/2007/06/multi-factor';

export type LoginToMint = {
  tenant: TenantRecord;
  client: ClientRecord;
  login: RestedLogin;
  user: UserRecord;
  /** Absent: a token for userinfo alone. */
  api?: ResourceServerRecord;
  /** Every scope of the API that the person has, where it asks for permissions. */
  permissions?: string[];
  organization?: OrganizationRecord;
  /** Scopes of administration that this person may get. */
  administration?: string[];
  /** A refresh token may be issued. */
  offline: boolean;
  /** Of the key that the access token is bound to. */
  keyThumbprint?: string;
};

type Needs = Pick<Deps, 'store' | 'clock' | 'random'>;

/** What the token endpoint answers about a login. */
export async function mintLoginTokens(
  deps: Needs,
  mint: LoginToMint,
): Promise<{ body: TokenBody; accessTokenId: string; scopes: string[] }> {
  const seconds = mint.api?.tokenLifetimeSeconds ?? USERINFO_TOKEN_SECONDS;
  const { body, accessTokenId, scopes } = await mintAccessToken(deps, mint, seconds);
  const { scope, ...access } = body;
  return {
    accessTokenId,
    scopes,
    body: {
      ...access,
      ...(mayHaveIdToken(mint, scopes) ? { id_token: await mintIdToken(deps, mint, scopes) } : {}),
      ...(scope === undefined ? {} : { scope }),
    },
  };
}

/** The access token alone, good for `seconds`, with the scopes that were granted. */
export async function mintAccessToken(
  deps: Needs,
  mint: LoginToMint,
  seconds: number,
): Promise<{ body: Omit<TokenBody, 'id_token'>; accessTokenId: string; scopes: string[] }> {
  const { tenant, login, user, api } = mint;
  const scopes = scopesOf(mint);
  const iat = Math.floor(deps.clock.now() / 1000);
  const accessTokenId = deps.random.letters(22);
  const accessClaims = {
    ...accessTokenClaims(login.outcome.accessTokenClaims, { isSystem: api?.isSystem ?? false }),
    iss: issuerOf(tenant),
    sub: user.id,
    iat,
    aud: audienceOf(tenant, api, scopes),
    exp: iat + seconds,
    azp: login.request.clientId,
    jti: accessTokenId,
    ...(login.request.protocol === 'oauth2-password' ? { gty: 'password' } : {}),
    ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
    ...(login.request.actor ? { act: login.request.actor } : {}),
    ...(api && mint.permissions && tellsPermissions(api) ? { permissions: mint.permissions } : {}),
    ...organizationClaims(mint.organization),
    ...boundTo(mint.keyThumbprint),
  };
  const access = api ? await signForApi(deps, tenant, api, accessClaims) : await conceal(deps, tenant, accessClaims);
  const asked = [...new Set(login.request.scope)].join(' ');
  return {
    accessTokenId,
    scopes,
    body: {
      access_token: access,
      token_type: mint.keyThumbprint === undefined ? 'Bearer' : 'DPoP',
      expires_in: seconds,
      ...(asked === scopes.join(' ') ? {} : { scope: scopes.join(' ') }),
    },
  };
}

/**
 * The id_token alone. `hashes`: of what leaves beside it by the browser, so that nobody on the way can exchange it (OpenID
 * Connect Core §3.3.2.11).
 */
export async function mintIdToken(
  deps: Needs,
  mint: LoginToMint,
  scopes: string[],
  hashes: { at_hash?: string; c_hash?: string } = {},
): Promise<string> {
  const { tenant, client, user } = mint;
  const iat = Math.floor(deps.clock.now() / 1000);
  const issued = { iss: issuerOf(tenant), sub: user.id, iat, exp: iat + idTokenSeconds(client) };
  return signForClient(deps, tenant, client, { ...idClaims(mint, scopes, issued), ...hashes });
}

/** The scopes that this login gets. */
export function scopesOf({
  login,
  api,
  offline,
  administration = [],
}: Pick<LoginToMint, 'login' | 'api' | 'offline' | 'administration'>): string[] {
  return grantedScopes(login.request.scope, api, { changes: login.outcome.scopes, offline, administration });
}

/** A script may take `openid` away, and cannot make a request of OpenID Connect out of one that was none. */
export function mayHaveIdToken({ login }: Pick<LoginToMint, 'login'>, scopes: string[]): boolean {
  return scopes.includes('openid') && login.request.scope.includes('openid');
}

function idClaims({ login, user, organization }: LoginToMint, scopes: string[], issued: JWTPayload): JWTPayload {
  const { request, methods, sessionId, selection, door, gate } = login;
  // Tokens of the MFA API say nothing of it: only what was shown on our own pages, or to a policy.
  const isTold = selection === 'server' || door === 'json';
  const proven = isTold && methods.some((method) => method.name === 'mfa' && method.in === 'transaction');
  const acr = gate.kind === 'policy' ? gate.acr : undefined;
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
    // What the tenant's policy calls it.
    ...(acr === undefined ? {} : { acr }),
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
  // What an API could have written itself opens nothing of ours, so it does not say so either.
  const opensUserinfo = scopes.includes('openid') && api.signingAlg !== 'HS256';
  return opensUserinfo ? [api.identifier, userinfo] : api.identifier;
}

function organizationClaims(organization: OrganizationRecord | undefined): { org_id?: string; org_name?: string } {
  return organization ? { org_id: organization.id, org_name: organization.name } : {};
}
