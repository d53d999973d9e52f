// Management: a user on the wire. The password hash stays behind; empty metadata is absent.
import type { UserRecord } from '#storage/records.ts';
import { iso, optional } from './fields.ts';

export function showUser(user: UserRecord): Record<string, unknown> {
  return {
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
    identities: user.identities.map(({ connection, provider, userId, isSocial }) => ({
      connection,
      user_id: userId,
      provider,
      isSocial,
    })),
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

/** A user in a list of members. */
export function showMember(user: UserRecord): Record<string, unknown> {
  return {
    user_id: user.id,
    ...optional('email', user.email),
    ...optional('picture', user.picture),
    ...optional('name', user.name),
  };
}
