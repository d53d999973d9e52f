// Management: a user on the wire. The password hash stays behind; empty metadata is absent.
import { z } from 'zod';
import type { IdentityRecord, UserRecord } from '#storage/records.ts';
import { iso, optional } from './fields.ts';

const given = z.string();
const metadata = z.record(given, z.unknown());

export const identityShape = z
  .strictObject({
    connection: given,
    user_id: given,
    provider: given,
    isSocial: z.boolean(),
    profileData: z.looseObject({}).optional(),
  })
  .meta({ id: 'UserIdentity' });

/** Beside these there is what an upstream provider said of them. */
export const userShape = z
  .looseObject({
    user_id: given,
    email: given.optional(),
    email_verified: z.boolean(),
    username: given.optional(),
    phone_number: given.optional(),
    phone_verified: z.boolean().optional(),
    name: given.optional(),
    nickname: given.optional(),
    given_name: given.optional(),
    family_name: given.optional(),
    picture: given.optional(),
    blocked: z.boolean(),
    identities: z.array(identityShape),
    user_metadata: metadata.optional(),
    app_metadata: metadata.optional(),
    logins_count: z.int().optional(),
    last_login: given.optional(),
    last_ip: given.optional(),
    last_password_reset: given.optional(),
    created_at: given,
    updated_at: given,
  })
  .meta({ id: 'User' });

/** What a user is shown with. An upstream attribute of the same name must not pass for one of these. */
const OWN_NAMES: ReadonlySet<string> = new Set([
  'user_id',
  'email',
  'email_verified',
  'username',
  'phone_number',
  'phone_verified',
  'name',
  'nickname',
  'given_name',
  'family_name',
  'picture',
  'blocked',
  'identities',
  'user_metadata',
  'app_metadata',
  'logins_count',
  'last_login',
  'last_ip',
  'last_password_reset',
  'multifactor',
  'created_at',
  'updated_at',
  // An object literal would take it for something else.
  '__proto__',
]);

export function showUser(user: UserRecord): Record<string, unknown> {
  return {
    ...Object.fromEntries(Object.entries(user.attributes ?? {}).filter(([name]) => !OWN_NAMES.has(name))),
    user_id: user.id,
    ...optional('email', user.email),
    email_verified: user.emailVerified,
    ...optional('username', user.username),
    ...optional('phone_number', user.phoneNumber),
    ...(user.phoneNumber === undefined ? {} : { phone_verified: user.phoneVerified }),
    ...optional('name', user.name),
    ...optional('nickname', user.nickname),
    ...optional('given_name', user.givenName),
    ...optional('family_name', user.familyName),
    ...optional('picture', user.picture),
    blocked: user.blocked,
    identities: user.identities.map(showIdentity),
    ...(Object.keys(user.userMetadata).length === 0 ? {} : { user_metadata: user.userMetadata }),
    ...(Object.keys(user.appMetadata).length === 0 ? {} : { app_metadata: user.appMetadata }),
    ...(user.loginsCount === 0 ? {} : { logins_count: user.loginsCount }),
    ...(user.lastLoginAt === undefined ? {} : { last_login: iso(user.lastLoginAt) }),
    ...optional('last_ip', user.lastIp),
    ...(user.passwordChangedAt === undefined ? {} : { last_password_reset: iso(user.passwordChangedAt) }),
    created_at: iso(user.createdAt),
    updated_at: iso(user.updatedAt),
  };
}

/** `profileData` is there for identities that were linked. */
export function showIdentity({ connection, provider, userId, isSocial, profileData }: IdentityRecord) {
  return { connection, user_id: userId, provider, isSocial, ...optional('profileData', profileData) };
}

export const memberShape = z
  .strictObject({
    user_id: z.string(),
    email: z.string().optional(),
    picture: z.string().optional(),
    name: z.string().optional(),
  })
  .meta({ id: 'Member' });

/** A user in a list of members. */
export function showMember(user: UserRecord): Record<string, unknown> {
  return {
    user_id: user.id,
    ...optional('email', user.email),
    ...optional('picture', user.picture),
    ...optional('name', user.name),
  };
}
