// Server, protocol: what an id_token says about a person, by the scopes that were granted (OpenID Connect Core §5.4).
import type { UserRecord } from '#storage/records.ts';

export function personClaims(user: UserRecord, scopes: string[]): Record<string, string | boolean> {
  return present({
    ...(scopes.includes('profile')
      ? {
          name: user.name,
          nickname: user.nickname,
          given_name: user.givenName,
          family_name: user.familyName,
          picture: user.picture,
          // Clients of Auth0 read a date text here, not the number of the specification.
          updated_at: new Date(user.updatedAt).toISOString(),
        }
      : {}),
    ...(scopes.includes('email') && user.email !== undefined
      ? { email: user.email, email_verified: user.emailVerified }
      : {}),
    ...(scopes.includes('phone') && user.phoneNumber !== undefined
      ? { phone_number: user.phoneNumber, phone_number_verified: user.phoneVerified }
      : {}),
  });
}

function present(claims: Record<string, string | boolean | undefined>): Record<string, string | boolean> {
  const known = Object.entries(claims).filter((entry): entry is [string, string | boolean] => entry[1] !== undefined);
  return Object.fromEntries(known);
}
