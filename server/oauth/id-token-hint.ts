// Server, protocol: an id_token of ours that a client gives back, to say whom it means. One that has expired still says so
// (OpenID Connect Core §3.1.2.1); one that we did not sign says nothing.
import { decodeProtectedHeader, type JWTPayload } from 'jose';
import type { ClientRecord, TenantRecord } from '#storage/records.ts';
import { issuerOf } from './issuer.ts';
import { claimsOf } from './jwt-claims.ts';
import { meansBadToken } from './jwt-fault.ts';
import { type KeyDeps, verifyingKey } from './keys.ts';
import { idTokenSignature } from './token-signature.ts';

/** Its claims, when it is an id_token that this tenant made for this client, however long ago. */
export async function readIdTokenHint(
  deps: KeyDeps,
  tenant: TenantRecord,
  client: ClientRecord,
  hint: string,
): Promise<(JWTPayload & { sub: string }) | undefined> {
  try {
    const claims = await open(deps, tenant, client, hint);
    // An access token is signed by the same key: it names its client as `azp`, and an API as its audience.
    if (claims?.iss !== issuerOf(tenant) || typeof claims.sub !== 'string' || claims.aud !== client.id)
      return undefined;
    return { ...claims, sub: claims.sub };
  } catch (cause) {
    if (meansBadToken(cause)) return undefined;
    throw cause;
  }
}

async function open(
  deps: KeyDeps,
  tenant: TenantRecord,
  client: ClientRecord,
  hint: string,
): Promise<JWTPayload | undefined> {
  const { alg, kid, typ } = decodeProtectedHeader(hint);
  if (typ !== 'JWT') return undefined;
  const own = idTokenSignature(client);
  if (alg === 'HS256') {
    // Only where this client's id_tokens are made with its secret; never with a public key in the place of one.
    return own.algorithm === 'HS256' && kid === undefined ? claimsOf(hint, own.secret, alg) : undefined;
  }
  const key = kid === undefined ? undefined : await verifyingKey(deps, tenant, kid);
  return key && claimsOf(hint, key.publicKey, key.algorithm);
}
