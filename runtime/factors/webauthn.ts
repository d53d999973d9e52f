// Keys that sign for this site alone: security keys that people carry, and the authenticator of the device itself. What is
// asked of them here, and how; `verify-webauthn.ts` judges what they signed. Web Authentication Level 3.
import { createHash } from 'node:crypto';
import type { TenantRecord, UserRecord } from '#storage/records.ts';
import type { Random } from '../ports.ts';
import type { Ceremony, WebAuthnFactor } from '../transaction/transaction.ts';
import { confirmed, type Factor } from './factor.ts';

/** §13.4.3 asks for at least 16 bytes. */
const CHALLENGE_HEX_DIGITS = 64;
/** How long a browser may take (§15.1 recommends 5 to 10 minutes where a person is verified). */
const CEREMONY_MS = 5 * 60_000;

export const webauthnRoaming = keyFactor('webauthn-roaming');
export const webauthnPlatform = keyFactor('webauthn-platform');

function keyFactor(type: WebAuthnFactor): Factor {
  return {
    type,
    switch: type,
    enrolled: (person) => {
      const relyingPartyId = relyingPartyOf(person.tenant, type);
      return confirmed(person, type).flatMap((record) => {
        const { credential } = record;
        // A browser finds keys of the present site only.
        return credential?.relyingPartyId === relyingPartyId ? [{ id: record.id, credential, record }] : [];
      });
    },
    pose: ({ blank, tenant, at, random }) => ({
      challenge: { ...blank, ceremony: newCeremony(tenant, type, random), expiresAt: at + CEREMONY_MS },
      changes: [],
    }),
    enroll: {
      onPagesOnly: true,
      begin: (authenticatorId, { tenant, user }, random, createdAt) => ({
        factor: type,
        authenticatorId,
        createdAt,
        ceremony: newCeremony(tenant, type, random),
        userHandle: userHandleOf(user, type),
      }),
    },
    describe: ({ record }) => record?.name,
  };
}

/** The domain that keys are bound to: the tenant's own host, or the one that its settings name. */
export function relyingPartyOf({ baseUrl, webauthn }: TenantRecord, type: WebAuthnFactor | 'passkey'): string {
  const settings = type === 'passkey' ? undefined : webauthn?.[type === 'webauthn-roaming' ? 'roaming' : 'platform'];
  const own = settings?.overrides ? settings.relyingPartyId : undefined;
  return own ?? new URL(baseUrl).hostname;
}

/** Where keys of a tenant are used: no other page may ask for them. As browsers write it (RFC 6454 §6.2). */
export const originOf = ({ baseUrl }: Pick<TenantRecord, 'baseUrl'>): string => new URL(baseUrl).origin;

/** A device's own authenticator and a passkey verify the person; a security key does as the tenant says. */
export function newCeremony(tenant: TenantRecord, type: WebAuthnFactor | 'passkey', random: Random): Ceremony {
  const roaming = tenant.webauthn?.roaming?.userVerification ?? 'discouraged';
  return {
    challenge: newCeremonyChallenge(random),
    relyingPartyId: relyingPartyOf(tenant, type),
    userVerification: type === 'webauthn-roaming' ? roaming : 'required',
  };
}

export function newCeremonyChallenge(random: Random): string {
  return Buffer.from(random.hex(CHALLENGE_HEX_DIGITS), 'hex').toString('base64url');
}

/**
 * §14.6.1: it tells nothing of the person, and is the same each time. One of its own for each kind: an authenticator keeps
 * one credential per site and handle, so a passkey would otherwise take the place of a second factor.
 */
export function userHandleOf(
  { tenantId, id }: Pick<UserRecord, 'tenantId' | 'id'>,
  type: WebAuthnFactor | 'passkey',
): string {
  return createHash('sha256').update(`${tenantId} ${id} ${type}`).digest('base64url');
}
