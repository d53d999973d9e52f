// Server, hosted pages: what a browser is asked for, in its own words (Web Authentication Level 3, §5.4 and §5.5, as JSON by
// §5.1.8 and §5.1.9).
import { factorOf, usable } from '#runtime/factors/catalogue.ts';
import type { Person } from '#runtime/factors/factor.ts';
import { KEY_ALGORITHMS } from '#runtime/factors/verify-webauthn-response.ts';
import { relyingPartyOf } from '#runtime/factors/webauthn.ts';
import type { Ceremony, Challenge, Enrollment, Suggestion, WebAuthnFactor } from '#runtime/transaction/transaction.ts';
import type { CredentialRecord, TenantRecord, UserRecord } from '#storage/records.ts';

type Descriptor = { type: 'public-key'; id: string; transports?: string[] };
type Requirement = Ceremony['userVerification'];

export type RequestOptions = {
  challenge: string;
  rpId: string;
  userVerification: Requirement;
  allowCredentials: Descriptor[];
  hints: string[];
  /** Milliseconds. */
  timeout: number;
};

export type CreationOptions = {
  challenge: string;
  rp: { id: string; name: string };
  user: { id: string; name: string; displayName: string };
  pubKeyCredParams: { type: 'public-key'; alg: number }[];
  excludeCredentials: Descriptor[];
  authenticatorSelection: {
    authenticatorAttachment?: 'platform' | 'cross-platform';
    residentKey: 'required' | 'discouraged';
    requireResidentKey: boolean;
    userVerification: Requirement;
  };
  attestation: 'none';
  hints: string[];
  timeout: number;
};

/** A key or passkey in the making. */
export type Pending = Extract<Enrollment, { factor: WebAuthnFactor }> | Suggestion;

/** How long a browser waits where nothing of ours says when to stop. */
const PATIENCE_MS = 5 * 60_000;

/** For a challenge of the person's keys. `now`: so that the browser gives up when we would. */
export function challengeOptions(
  { factor, ceremony, expiresAt }: Challenge & { ceremony: Ceremony },
  person: Person,
  now: number,
): RequestOptions {
  const known = factorOf(factor);
  const keys = known ? usable(known, person) : [];
  return {
    ...request(ceremony, Math.max(0, expiresAt - now)),
    allowCredentials: keys.flatMap(({ credential }) => (credential ? [descriptor(credential)] : [])),
    hints: hintsFor(factor),
  };
}

/** For whoever comes with a passkey: the browser knows which there are. */
export function passkeyOptions(challenge: string, tenant: TenantRecord): RequestOptions {
  const ceremony: Ceremony = {
    challenge,
    relyingPartyId: relyingPartyOf(tenant, 'passkey'),
    userVerification: 'required',
  };
  return { ...request(ceremony, PATIENCE_MS), allowCredentials: [], hints: [] };
}

function request({ challenge, relyingPartyId: rpId, userVerification }: Ceremony, timeout: number) {
  return { challenge, rpId, userVerification, timeout };
}

/** @param site what people call the site. */
export function creationOptions(
  { factor, ceremony, userHandle }: Pending,
  { user, authenticators }: Person,
  site: string,
): CreationOptions {
  const { challenge, relyingPartyId, userVerification } = ceremony;
  const own = authenticators.filter(({ type, credential }) => {
    return type === factor && credential?.relyingPartyId === relyingPartyId;
  });
  const name = accountName(user);
  return {
    challenge,
    rp: { id: relyingPartyId, name: site },
    user: { id: userHandle, name, displayName: user.name ?? name },
    pubKeyCredParams: KEY_ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
    // The same key twice would be one key.
    excludeCredentials: own.flatMap(({ credential }) => (credential ? [descriptor(credential)] : [])),
    authenticatorSelection: {
      ...(factor === 'passkey' ? {} : { authenticatorAttachment: attachmentOf(factor) }),
      // A second factor is found by its id; one that browsers list by themselves would look like a passkey at the login page.
      residentKey: factor === 'passkey' ? 'required' : 'discouraged',
      requireResidentKey: factor === 'passkey',
      userVerification,
    },
    attestation: 'none',
    hints: hintsFor(factor),
    timeout: PATIENCE_MS,
  };
}

function attachmentOf(factor: WebAuthnFactor): 'platform' | 'cross-platform' {
  return factor === 'webauthn-platform' ? 'platform' : 'cross-platform';
}

/** Which of its dialogs a browser opens first (§5.8.7). */
function hintsFor(factor: Challenge['factor'] | Suggestion['factor']): string[] {
  if (factor === 'webauthn-roaming') return ['security-key'];
  return factor === 'webauthn-platform' ? ['client-device'] : [];
}

function descriptor({ id, transports }: CredentialRecord): Descriptor {
  return { type: 'public-key', id, ...(transports.length > 0 ? { transports } : {}) };
}

/** What an authenticator shows where somebody has several accounts. */
function accountName({ email, username, phoneNumber, name, id }: UserRecord): string {
  return email ?? username ?? phoneNumber ?? name ?? id;
}
