// Server, protocol: an id_token that an application hands back to say who signs out (OpenID Connect RP-Initiated Logout 1.0
// §2 and §4). It may be long out of date, but it is one of ours, unchanged.
import { decodeJwt } from 'jose';
import type { ClientRecord, TenantRecord } from '#storage/records.ts';
import { readIdTokenHint } from './id-token-hint.ts';
import { meansBadToken } from './jwt-fault.ts';
import type { KeyDeps } from './keys.ts';

/** Whose session the token was issued in, and to whom. */
type LogoutHint = { client: ClientRecord; sid: string };

/** Undefined for anything but an id_token of this tenant for one of its applications. */
export async function readLogoutHint(
  deps: KeyDeps,
  tenant: TenantRecord,
  token: string,
): Promise<LogoutHint | undefined> {
  const audience = readAudience(token);
  const client = audience === undefined ? undefined : await deps.store.clients.find(tenant.id, audience);
  if (!client) return undefined;
  const claims = await readIdTokenHint(deps, tenant, client, token);
  return typeof claims?.sid === 'string' ? { client, sid: claims.sid } : undefined;
}

/** Whom a token says it is for: nothing is believed before the signature has been checked. */
function readAudience(token: string): string | undefined {
  try {
    const { aud } = decodeJwt(token);
    return typeof aud === 'string' ? aud : undefined;
  } catch (cause) {
    if (meansBadToken(cause)) return undefined;
    throw cause;
  }
}
