// `fido2-authentication-challenge` and `fido2-authentication`: one of the person's own keys signs what this login has posed.
// A browser does that, on a page of the tenant's own host; a program only carries it. Web Authentication Level 3, §7.2.
import type { AuthenticatorRecord, CredentialRecord, Json, JsonObject } from '#storage/records.ts';
import { credentialIdOf, judgeAssertion, KEY_FAULTS, type KeyFault } from '../factors/verify-webauthn-response.ts';
import { newCeremony, newCeremonyChallenge, originOf, relyingPartyOf } from '../factors/webauthn.ts';
import { WEBAUTHN_ATTEMPTS, webauthnAttemptsKey } from '../rate-limit.ts';
import type { ProvenMethod } from '../transaction/transaction.ts';
import { badRequest, type InteractionCall, type Refused, refuse, type Succeeded, tooMany } from './call.ts';

const KEPT = 'challenge of fido2';
const LIFETIME_MS = 5 * 60_000;
const KINDS = ['passkey', 'webauthn-platform', 'webauthn-roaming'] as const;

type Key = { record: AuthenticatorRecord; type: (typeof KINDS)[number]; credential: CredentialRecord };

export function challengeKeys(call: InteractionCall): Succeeded | Refused {
  const { ports, world } = call;
  const { user } = world;
  if (!user) return refuse('user_not_found', 'A user is required before this interaction.');
  const [first] = keysOf(call);
  if (!first) return refuse('invalid_request', 'User does not have a security key', { user });
  const { relyingPartyId } = first.credential;
  const challenge = newCeremonyChallenge(ports.random);
  // A page asks for keys of one domain at a time.
  const keys = keysOf(call).filter(({ credential }) => credential.relyingPartyId === relyingPartyId);
  const answer = {
    challenge,
    rpId: relyingPartyId,
    timeout: LIFETIME_MS,
    userVerification: 'preferred',
    allowCredentials: keys.map(({ credential }) => ({
      type: 'public-key',
      id: credential.id,
      transports: credential.transports,
    })),
  };
  return {
    ok: true,
    contents: answer,
    answer,
    user,
    kept: { [KEPT]: { challenge, relying_party_id: relyingPartyId, expires_at: ports.now() + LIFETIME_MS } },
  };
}

/** @param call whose body is what the browser gave (`PublicKeyCredential.toJSON`). */
export async function verifyKeys(call: InteractionCall): Promise<Succeeded | Refused> {
  const { ports, tx, world, body } = call;
  const { user } = world;
  if (!user) return refuse('user_not_found', 'A user is required before this interaction.');
  const { tenantId } = tx;
  const { challenge, relying_party_id: relyingPartyId, expires_at: expiresAt } = tx.kept[KEPT] ?? {};
  if (typeof challenge !== 'string' || typeof relyingPartyId !== 'string' || typeof expiresAt !== 'number') {
    return refuse('invalid_request', 'No challenge was requested');
  }
  const bucket = webauthnAttemptsKey(user.id);
  const taken = await ports.store.takeAttempt(tenantId, bucket, WEBAUTHN_ATTEMPTS, ports.now());
  if (!taken.taken) return tooMany('Too many security keys were tried. Please try again later.', { user });
  // What was posed is answered once, rightly or not.
  const spent = { kept: { [KEPT]: {} } };
  if (ports.now() >= expiresAt) return { ...notAccepted('too-late'), ...spent };
  const id = credentialIdOf(body);
  if (id === undefined) return { ...badRequest(call, ['id is missing']), ...spent };
  const key = keysOf(call).find(({ credential }) => credential.id === id);
  if (!key) return { ...notAccepted('unknown-key'), ...spent };
  const { userVerification } = newCeremony(world.tenant, key.type, ports.random);
  const expected = { challenge, relyingPartyId, userVerification, origin: originOf(world.tenant) };
  const judged = await judgeAssertion(body, expected, key.credential);
  if (!judged.ok) return { ...notAccepted(judged.fault), ...spent };
  const { counter, backedUp } = judged.made;
  const at = ports.now();
  return {
    ok: true,
    contents: {},
    answer: {},
    user,
    method: methodOf(key, at),
    ...spent,
    changes: [
      { kind: 'authenticator.count', tenantId, id: key.record.id, counter, backedUp, at },
      { kind: 'attempt.refund', tenantId, key: bucket, refillSeconds: WEBAUTHN_ATTEMPTS.refillSeconds },
    ],
    logs: [{ type: 'gd_auth_succeed', description: 'Multifactor authentication successful', details: about(key.type) }],
  };
}

/** Those that a browser finds on this tenant's pages. */
function keysOf({ world: { tenant, authenticators } }: InteractionCall): Key[] {
  return KINDS.flatMap((type) => {
    const relyingPartyId = relyingPartyOf(tenant, type);
    return authenticators.flatMap((record) => {
      const { credential, confirmed } = record;
      const isOpen = record.type === type && confirmed && credential?.relyingPartyId === relyingPartyId;
      return isOpen && credential ? [{ record, type, credential }] : [];
    });
  });
}

function methodOf({ type, record }: Key, at: number): ProvenMethod {
  const base = { authenticatorId: record.id, at, in: 'transaction' } as const;
  return type === 'passkey' ? { name: 'passkey', ...base } : { name: 'mfa', type, ...base };
}

function notAccepted(fault: KeyFault): Refused {
  const reason = `Security key not accepted: ${KEY_FAULTS[fault]}`;
  const logs = [{ type: 'gd_webauthn_challenge_failed', description: reason } as const];
  return refuse('invalid_grant', 'The security key was not accepted', {
    reason,
    logs,
    notice: { key: 'webauthn-not-accepted' },
  });
}

const about = (type: string): JsonObject => ({ authenticator: { type } as Record<string, Json> });
