// Lifecycle: what a user is made of: ids, defaults, and how metadata is merged. Nothing here sees a password in clear
// beyond the call that hashes it.
import { createHash } from 'node:crypto';
import type { ConnectionRecord, JsonObject, UserRecord } from '#storage/records.ts';
import type { LifecyclePorts } from './ports.ts';

export type UserInput = Partial<
  Pick<
    UserRecord,
    | 'email'
    | 'emailVerified'
    | 'username'
    | 'phoneNumber'
    | 'phoneVerified'
    | 'name'
    | 'nickname'
    | 'givenName'
    | 'familyName'
    | 'picture'
    | 'blocked'
    | 'userMetadata'
    | 'appMetadata'
    | 'passwordHash'
  >
> & {
  /** Without the provider in front. */
  id?: string;
};

/** A user of `connection` with everything that was not given filled in. */
export function newUser(ports: LifecyclePorts, connection: ConnectionRecord, input: UserInput): UserRecord {
  const now = ports.now();
  const own = input.id ?? ports.random.hex(24);
  const provider = connection.strategy;
  const { id: _own, ...given } = input;
  const shown = input.email ?? input.username ?? input.phoneNumber ?? own;
  return {
    emailVerified: false,
    phoneVerified: false,
    blocked: false,
    name: shown,
    nickname: input.username ?? localPart(shown),
    picture: pictureOf(shown),
    userMetadata: {},
    appMetadata: {},
    ...given,
    tenantId: connection.tenantId,
    id: `${provider}|${own}`,
    connection: connection.name,
    identities: [{ connection: connection.name, provider, userId: own, isSocial: false }],
    loginsCount: 0,
    createdAt: now,
    updatedAt: now,
  };
}

/** First level, key by key; null removes a key, and an empty object removes them all. */
export function mergeMetadata(current: JsonObject, given: JsonObject): JsonObject {
  if (Object.keys(given).length === 0) return {};
  const merged = new Map(Object.entries(current));
  for (const [key, value] of Object.entries(given)) {
    if (value === null) merged.delete(key);
    else merged.set(key, value);
  }
  return Object.fromEntries(merged);
}

const localPart = (text: string): string => text.slice(0, text.includes('@') ? text.lastIndexOf('@') : undefined);

/** An address of the usual shape; nothing is fetched from it here. */
function pictureOf(text: string): string {
  const digest = createHash('md5').update(text.trim().toLowerCase()).digest('hex');
  return `https://s.gravatar.com/avatar/${digest}?s=480&r=pg&d=identicon`;
}
