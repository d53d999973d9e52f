// Server, protocol: access tokens, made and read. For an API it is a JWT that the API verifies by our JWKS; without an
// API only we read it, so it is encrypted and tells its holder nothing.
import { compactDecrypt, decodeProtectedHeader, EncryptJWT, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import type { ClientRecord, ResourceServerRecord, TenantRecord } from '#storage/records.ts';
import { issuerOf } from './issuer.ts';
import { type KeyDeps, signingKey, verifyingKey } from './keys.ts';
import { apiSignature, hasRfc9068Profile, idTokenSignature, type Signature } from './token-signature.ts';

/** Audience of tokens that are good for our own userinfo endpoint. */
export const userinfoAudience = (tenant: TenantRecord): string => `${tenant.baseUrl}/userinfo`;

/** What a JWT of ours says it is (RFC 8725 §3.11): no kind is taken for another. */
type TokenType = 'JWT' | 'at+jwt' | 'logout+jwt';

/** Signs a JWT: with the tenant's current key for the algorithm, or with a shared secret, which has no `kid`. */
export async function sign(
  deps: KeyDeps,
  tenant: TenantRecord,
  claims: JWTPayload,
  { signature = { algorithm: 'RS256' }, typ = 'JWT' }: { signature?: Signature; typ?: TokenType } = {},
): Promise<string> {
  const { algorithm: alg } = signature;
  if (alg === 'HS256') return new SignJWT(claims).setProtectedHeader({ alg, typ }).sign(signature.secret);
  const key = await signingKey(deps, tenant, alg);
  return new SignJWT(claims).setProtectedHeader({ alg, typ, kid: key.id }).sign(key.privateKey);
}

/** Signs an access token as its API reads it; `claims` name the client as `azp`. */
export function signForApi(
  deps: KeyDeps,
  tenant: TenantRecord,
  api: ResourceServerRecord,
  { azp, ...claims }: JWTPayload & { azp: string },
): Promise<string> {
  const signature = apiSignature(api);
  return hasRfc9068Profile(api)
    ? sign(deps, tenant, { ...claims, client_id: azp }, { signature, typ: 'at+jwt' })
    : sign(deps, tenant, { ...claims, azp }, { signature });
}

/** Signs an id_token as its client reads it. */
export function signForClient(
  deps: KeyDeps,
  tenant: TenantRecord,
  client: ClientRecord,
  claims: JWTPayload,
): Promise<string> {
  return sign(deps, tenant, claims, { signature: idTokenSignature(client) });
}

/** Encrypts claims under a key that never leaves this house. */
export async function conceal(deps: KeyDeps, tenant: TenantRecord, claims: JWTPayload): Promise<string> {
  const key = await signingKey(deps, tenant, 'RS256');
  const header = { alg: 'dir', enc: 'A256GCM', iss: issuerOf(tenant), kid: key.id };
  return new EncryptJWT(claims).setProtectedHeader(header).encrypt(key.secretKey);
}

export type AccessClaims = {
  sub: string;
  azp: string;
  aud: string[];
  scope: string[];
  /** Seconds since 1970. */
  issuedAt: number;
  /** The key it is bound to (RFC 9449 §6.1): without a proof of that key it opens nothing. */
  keyThumbprint?: string;
};

/** The claim that binds a token to a key. */
export const boundTo = (keyThumbprint: string | undefined): { cnf?: { jkt: string } } =>
  keyThumbprint === undefined ? {} : { cnf: { jkt: keyThumbprint } };

/**
 * Reads an access token of this tenant that a live key made. What it is good for is the caller's question: look at `aud`
 * and `scope`. One for an API of HS256 opens nothing here: that API could have written it itself.
 */
export async function verifyAccessToken(
  deps: KeyDeps,
  tenant: TenantRecord,
  token: string,
): Promise<{ ok: true; claims: AccessClaims } | { ok: false }> {
  const claims = await openAccessToken(deps, tenant, token);
  // An id_token is signed by the same key and issuer; only access tokens say who they were issued to.
  if (!claims || typeof claims.sub !== 'string' || typeof claims.azp !== 'string' || claims.aud === undefined)
    return { ok: false };
  const scope = typeof claims.scope === 'string' ? claims.scope.split(' ') : [];
  const { sub, azp, aud, iat: issuedAt = 0 } = claims;
  const keyThumbprint = readBinding(claims);
  return {
    ok: true,
    claims: { sub, azp, aud: [aud].flat(), scope, issuedAt, ...(keyThumbprint === undefined ? {} : { keyThumbprint }) },
  };
}

function readBinding({ cnf }: JWTPayload): string | undefined {
  if (typeof cnf !== 'object' || cnf === null || !('jkt' in cnf)) return undefined;
  return typeof cnf.jkt === 'string' ? cnf.jkt : undefined;
}

/** Every claim of an access token of this tenant; undefined for anything else, and for one that has run out. */
export async function openAccessToken(
  deps: KeyDeps,
  tenant: TenantRecord,
  token: string,
): Promise<JWTPayload | undefined> {
  const checks = {
    issuer: issuerOf(tenant),
    currentDate: new Date(deps.clock.now()),
    requiredClaims: ['exp', 'iat', 'sub'],
  };
  try {
    const { kid, typ } = decodeProtectedHeader(token);
    const key = kid === undefined ? undefined : await verifyingKey(deps, tenant, kid);
    if (!key) return undefined;
    if (token.split('.').length === 3) {
      if (typ !== 'JWT' && typ !== 'at+jwt') return undefined;
      // The key says which algorithm it is for, never the token (RFC 8725 §3.1).
      const { payload } = await jwtVerify(token, key.publicKey, { ...checks, algorithms: [key.algorithm] });
      // Only where the type says so: in an id_token `client_id` may be a script's own claim.
      return typ === 'at+jwt' ? { ...payload, azp: payload.client_id } : payload;
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
