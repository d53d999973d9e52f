// Server, protocol: access tokens, made and read. For an API it is a JWT that the API verifies by our JWKS; without an
// API only we read it, so it is encrypted and tells its holder nothing.
import { compactDecrypt, decodeProtectedHeader, EncryptJWT, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import type { TenantRecord } from '#storage/records.ts';
import type { Deps } from '../deps.ts';
import { issuerOf } from './issuer.ts';
import { signingKey, tenantKeys } from './keys.ts';

/** Audience of tokens that are good for our own userinfo endpoint. */
export const userinfoAudience = (tenant: TenantRecord): string => `${issuerOf(tenant)}userinfo`;

/** Signs a JWT with the tenant's newest key. */
export async function sign(
  deps: Pick<Deps, 'store' | 'clock'>,
  tenant: TenantRecord,
  claims: JWTPayload,
): Promise<string> {
  const key = await signingKey(deps, tenant);
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: key.id }).sign(key.privateKey);
}

/** Encrypts claims under a key that never leaves this house. */
export async function conceal(
  deps: Pick<Deps, 'store' | 'clock'>,
  tenant: TenantRecord,
  claims: JWTPayload,
): Promise<string> {
  const key = await signingKey(deps, tenant);
  const header = { alg: 'dir', enc: 'A256GCM', iss: issuerOf(tenant), kid: key.id };
  return new EncryptJWT(claims).setProtectedHeader(header).encrypt(key.secretKey);
}

export type AccessClaims = { sub: string; azp: string; aud: string[]; scope: string[] };

/** Reads an access token of this tenant. What it is good for is the caller's question: look at `aud` and `scope`. */
export async function verifyAccessToken(
  deps: Pick<Deps, 'store' | 'clock'>,
  tenant: TenantRecord,
  token: string,
): Promise<{ ok: true; claims: AccessClaims } | { ok: false }> {
  const claims = await open(deps, tenant, token);
  // An id_token is signed by the same key and issuer; only access tokens say who they were issued to.
  if (!claims || typeof claims.sub !== 'string' || typeof claims.azp !== 'string' || claims.aud === undefined)
    return { ok: false };
  const scope = typeof claims.scope === 'string' ? claims.scope.split(' ') : [];
  return { ok: true, claims: { sub: claims.sub, azp: claims.azp, aud: [claims.aud].flat(), scope } };
}

async function open(
  deps: Pick<Deps, 'store' | 'clock'>,
  tenant: TenantRecord,
  token: string,
): Promise<JWTPayload | undefined> {
  const checks = {
    issuer: issuerOf(tenant),
    currentDate: new Date(deps.clock.now()),
    requiredClaims: ['exp', 'iat', 'sub'],
  };
  try {
    const { kid } = decodeProtectedHeader(token);
    const key = (await tenantKeys(deps, tenant)).find(({ id }) => id === kid);
    if (!key) return undefined;
    if (token.split('.').length === 3) {
      return (await jwtVerify(token, key.publicKey, { ...checks, algorithms: ['RS256'], typ: 'JWT' })).payload;
    }
    const options = { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] };
    const { plaintext } = await compactDecrypt(token, key.secretKey, options);
    return current(JSON.parse(new TextDecoder().decode(plaintext)) as JWTPayload, checks);
  } catch (cause) {
    // jose's own errors and TypeErrors mean: not a token of ours. Anything else is a fault of ours.
    if (cause instanceof TypeError || cause instanceof SyntaxError || isJoseError(cause)) return undefined;
    throw cause;
  }
}

function current(
  claims: JWTPayload,
  { issuer, currentDate }: { issuer: string; currentDate: Date },
): JWTPayload | undefined {
  const alive = typeof claims.exp === 'number' && claims.exp > currentDate.getTime() / 1000;
  return claims.iss === issuer && alive ? claims : undefined;
}

function isJoseError(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' && /^ERR_J/.test(cause.code);
}
