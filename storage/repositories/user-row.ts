// Storage: how a user's record becomes a row and comes back. What a person signs in with is kept once more, folded in one
// way on both databases, in the columns it is compared in.

import { flag, given, indexed, parse } from '../columns.ts';
import type { JsonObject, UserRecord } from '../records.ts';
import type { UserRow } from '../tables.ts';

type StoredUser = Omit<UserRow, 'seq'>;

/** All columns of a user but its place in the order of creation. */
export const userColumns = [
  'tenant_id',
  'id',
  'connection',
  'email',
  'email_verified',
  'username',
  'phone_number',
  'phone_verified',
  'email_key',
  'username_key',
  'phone_key',
  'name',
  'nickname',
  'given_name',
  'family_name',
  'picture',
  'blocked',
  'identities',
  'linked_to',
  'attributes',
  'user_metadata',
  'app_metadata',
  'password_hash',
  'former_passwords',
  'password_changed_at',
  'logins_count',
  'last_login_at',
  'last_ip',
  'created_at',
  'updated_at',
] as const;

/**
 * An address in the form addresses are compared in, the same on both databases. Composed once more at the end: a small
 * letter may have a form with its mark where the large one has none (T with a diaeresis).
 */
export function foldEmail(email: string): string {
  return indexed(email.normalize('NFC').toLowerCase().normalize('NFC'));
}

/** The row of a user's record. */
export function toUserRow(user: UserRecord): StoredUser {
  return {
    tenant_id: user.tenantId,
    id: user.id,
    connection: user.connection,
    email: user.email ?? null,
    email_verified: flag(user.emailVerified),
    username: user.username ?? null,
    phone_number: user.phoneNumber ?? null,
    phone_verified: flag(user.phoneVerified),
    email_key: user.email === undefined ? null : foldEmail(user.email),
    username_key: user.username === undefined ? null : indexed(user.username),
    phone_key: user.phoneNumber === undefined ? null : indexed(user.phoneNumber),
    name: user.name ?? null,
    nickname: user.nickname ?? null,
    given_name: user.givenName ?? null,
    family_name: user.familyName ?? null,
    picture: user.picture ?? null,
    blocked: flag(user.blocked),
    identities: JSON.stringify(user.identities),
    linked_to: user.linkedTo ?? null,
    attributes: user.attributes === undefined ? null : JSON.stringify(user.attributes),
    user_metadata: JSON.stringify(user.userMetadata),
    app_metadata: JSON.stringify(user.appMetadata),
    password_hash: user.passwordHash ?? null,
    former_passwords: user.formerPasswordHashes?.length ? JSON.stringify(user.formerPasswordHashes) : null,
    password_changed_at: user.passwordChangedAt ?? null,
    logins_count: user.loginsCount,
    last_login_at: user.lastLoginAt ?? null,
    last_ip: user.lastIp ?? null,
    created_at: user.createdAt,
    updated_at: user.updatedAt,
  };
}

/** The record of a user's row. */
export function toUser(row: StoredUser): UserRecord {
  return {
    tenantId: row.tenant_id,
    id: row.id,
    connection: row.connection,
    emailVerified: row.email_verified === 1,
    phoneVerified: row.phone_verified === 1,
    blocked: row.blocked === 1,
    identities: parse(row.identities),
    userMetadata: parse(row.user_metadata),
    appMetadata: parse(row.app_metadata),
    loginsCount: row.logins_count,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    ...given({
      email: row.email,
      username: row.username,
      phoneNumber: row.phone_number,
      name: row.name,
      nickname: row.nickname,
      givenName: row.given_name,
      familyName: row.family_name,
      picture: row.picture,
      linkedTo: row.linked_to,
      attributes: row.attributes === null ? null : parse<JsonObject>(row.attributes),
      passwordHash: row.password_hash,
      formerPasswordHashes: row.former_passwords === null ? null : parse<string[]>(row.former_passwords),
      passwordChangedAt: row.password_changed_at,
      lastLoginAt: row.last_login_at,
      lastIp: row.last_ip,
    }),
  };
}
