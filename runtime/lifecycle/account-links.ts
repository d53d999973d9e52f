// Lifecycle: two accounts of one person become one. The secondary keeps its row, so that what signs in with it is still
// found and proved by its own password; who is signed in then is the primary. Source: actions-api reference, section 1.3.
import type { IdentityRecord, JsonObject, UserRecord } from '#storage/records.ts';
import type { LifecyclePorts } from './ports.ts';

export type LinkRefusal =
  /** There is no such primary, or it is itself linked to another. */
  | 'missing-primary'
  | 'missing-secondary'
  | 'same-account'
  /** The secondary is linked to somebody already. */
  | 'already-linked'
  /** The secondary has identities linked to it: chains would have no end. */
  | 'has-identities';

export type Linked = { linked: true; identities: IdentityRecord[] } | { linked: false; reason: LinkRefusal };

/**
 * Links an account to another. Sessions and refresh tokens of the secondary end; open logins do not, for it may be a script of one of them
 * that links. The secondary's row is written first: who is cut off between the two writes is hidden from the Management
 * API until the same call is made again, and never signs in to an account that does not list it.
 */
export async function linkAccounts(
  ports: LifecyclePorts,
  tenantId: string,
  { primaryId, secondaryId }: { primaryId: string; secondaryId: string },
): Promise<Linked> {
  const refuse = (reason: LinkRefusal): Linked => ({ linked: false, reason });
  if (primaryId === secondaryId) return refuse('same-account');
  const { store, now } = ports;
  const primary = await store.users.find(tenantId, primaryId);
  if (!primary || primary.linkedTo !== undefined) return refuse('missing-primary');

  let reason: LinkRefusal | undefined;
  const secondary = await store.users.update(tenantId, secondaryId, (current) => {
    reason = refuseSecondary(current, primary);
    return reason === undefined ? { ...current, linkedTo: primaryId, updatedAt: now() } : current;
  });
  if (reason !== undefined) return refuse(reason);
  if (secondary === 'missing') return refuse('missing-secondary');
  // The primary went away meanwhile.
  if (secondary === 'conflict') return refuse('missing-primary');

  const identity = identityOf(secondary);
  const edited = await store.users.update(tenantId, primaryId, (current) =>
    // It may have been linked to another account meanwhile.
    current.linkedTo !== undefined || lists(current, identity)
      ? current
      : { ...current, identities: [...current.identities, identity], updatedAt: now() },
  );
  if (typeof edited === 'string' || edited.linkedTo !== undefined) {
    await release(ports, tenantId, secondaryId, primaryId);
    return refuse('missing-primary');
  }
  await store.sessions.removeOfUser(tenantId, secondaryId, 'session-revoked');
  // No login of this account comes to its end any more, so they would lie there and open nothing.
  await store.refreshTokens.removeOfUser(tenantId, secondaryId);
  return { linked: true, identities: edited.identities };
}

export type Unlinked =
  | { unlinked: true; identities: IdentityRecord[] }
  | { unlinked: false; reason: 'missing-primary' | 'missing-identity' | 'own-identity' };

/**
 * Gives a linked account back to itself. Whoever is signed in to the primary may have come by the identity that no longer
 * opens it, and nothing tells them apart: all of its sessions and open logins end. The secondary's row is written first:
 * cut off between the two writes, the same call ends the work.
 */
export async function unlinkAccount(
  ports: LifecyclePorts,
  tenantId: string,
  { primaryId, provider, userId }: { primaryId: string; provider: string; userId: string },
): Promise<Unlinked> {
  const { store, now } = ports;
  const primary = await store.users.find(tenantId, primaryId);
  if (!primary || primary.linkedTo !== undefined) return { unlinked: false, reason: 'missing-primary' };
  const secondaryId = accountId(provider, userId);
  if (secondaryId === primaryId) return { unlinked: false, reason: 'own-identity' };
  const isMeant = (each: IdentityRecord) =>
    each.provider === provider && accountId(provider, each.userId) === secondaryId;
  if (!primary.identities.some(isMeant)) return { unlinked: false, reason: 'missing-identity' };

  await release(ports, tenantId, secondaryId, primaryId);
  const edited = await store.users.update(tenantId, primaryId, (current) => ({
    ...current,
    identities: current.identities.filter((each) => !isMeant(each)),
    updatedAt: now(),
  }));
  if (typeof edited === 'string') return { unlinked: false, reason: 'missing-primary' };
  await store.users.endLogins(tenantId, primaryId, 'session-revoked');
  return { unlinked: true, identities: edited.identities };
}

/** The id of the account that an identity belongs to. Some callers give the whole id where its second half is asked for. */
export const accountId = (provider: string, userId: string): string =>
  userId.startsWith(`${provider}|`) ? userId : `${provider}|${userId}`;

function refuseSecondary(secondary: UserRecord, primary: UserRecord): LinkRefusal | undefined {
  // A call that was cut off half-way left it so.
  const halfLinked = secondary.linkedTo === primary.id && !lists(primary, identityOf(secondary));
  if (secondary.linkedTo !== undefined && !halfLinked) return 'already-linked';
  return secondary.identities.length > 1 ? 'has-identities' : undefined;
}

const lists = ({ identities }: UserRecord, { provider, userId }: IdentityRecord): boolean =>
  identities.some((identity) => identity.provider === provider && identity.userId === userId);

/** The secondary's own identity with what is known of it, as the primary lists it. */
function identityOf(secondary: UserRecord): IdentityRecord {
  const separator = secondary.id.indexOf('|');
  const own: IdentityRecord = secondary.identities[0] ?? {
    connection: secondary.connection,
    provider: secondary.id.slice(0, separator),
    userId: secondary.id.slice(separator + 1),
    isSocial: false,
  };
  const { email, emailVerified, username, phoneNumber, phoneVerified } = secondary;
  const { name, nickname, givenName, familyName, picture } = secondary;
  const known = {
    ...(email === undefined ? {} : { email, email_verified: emailVerified }),
    username,
    ...(phoneNumber === undefined ? {} : { phone_number: phoneNumber, phone_verified: phoneVerified }),
    name,
    nickname,
    given_name: givenName,
    family_name: familyName,
    picture,
  };
  const profileData: JsonObject = { ...secondary.attributes };
  for (const [key, value] of Object.entries(known)) if (value !== undefined) profileData[key] = value;
  return { ...own, profileData };
}

async function release(ports: LifecyclePorts, tenantId: string, secondaryId: string, from: string): Promise<void> {
  await ports.store.users.update(tenantId, secondaryId, (current) => {
    if (current.linkedTo !== from) return current;
    const { linkedTo: _ended, ...own } = current;
    return { ...own, updatedAt: ports.now() };
  });
}
