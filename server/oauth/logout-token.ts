// Server, protocol: what an application is told when a session of its people has ended (OpenID Connect Back-Channel Logout
// 1.0 §2.4). Its type and the missing nonce keep it from being taken for an id_token.
import type { ClientRecord, LogoutNoticeRecord, TenantRecord } from '#storage/records.ts';
import { sign } from './access-token.ts';
import { issuerOf } from './issuer.ts';
import type { KeyDeps } from './keys.ts';
import { idTokenSignature } from './token-signature.ts';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

/** §4: two minutes at most. */
const LIFETIME_SECONDS = 120;

/** Signed as the client's id_tokens are. Each try has a token of its own: an application may refuse one that it has seen. */
export function logoutToken(
  deps: KeyDeps,
  tenant: TenantRecord,
  client: ClientRecord,
  { userId, sessionId }: LogoutNoticeRecord,
): Promise<string> {
  const iat = Math.floor(deps.clock.now() / 1000);
  const claims = {
    iss: issuerOf(tenant),
    aud: client.id,
    iat,
    exp: iat + LIFETIME_SECONDS,
    jti: deps.random.uuid(),
    sub: userId,
    sid: sessionId,
    events: { [EVENT]: {} },
  };
  return sign(deps, tenant, claims, { signature: idTokenSignature(client), typ: 'logout+jwt' });
}
