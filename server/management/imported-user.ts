// Management: one user of a file of users. Each is judged for itself, and everything that is wrong with it is said.
// Source: Auth0's bulk import schema.
import { z } from 'zod';
import type { ImportEntry, ImportedFactor } from '#runtime/import-users.ts';
import type { JsonObject } from '#storage/records.ts';
import { isKeepable } from './body.ts';
import { bcryptHash, customPasswordHash } from './custom-password-hash.ts';
import { optional } from './fields.ts';
import { phoneNumber, profile } from './user-schema.ts';
import { complaints } from './validation.ts';

const { password: _, verify_email: __, verify_phone_number: ___, ...plain } = profile;

const schema = z.strictObject({
  ...plain,
  user_id: z
    .string()
    .regex(/^[a-zA-Z0-9@._+-]{1,255}$/)
    .optional(),
  password_hash: bcryptHash.optional(),
  custom_password_hash: customPasswordHash.optional(),
  mfa_factors: z
    .array(
      z.union([
        z.strictObject({ totp: z.strictObject({ secret: z.string().regex(/^[A-Z2-7]{16,128}=*$/) }) }),
        z.strictObject({ phone: z.strictObject({ value: phoneNumber }) }),
        z.strictObject({ email: z.strictObject({ value: profile.email.unwrap() }) }),
      ]),
    )
    .max(10)
    .optional(),
});

/** What an import does with one entry of its file, the `index`-th. */
export function readImportedUser(entry: unknown, index: number): ImportEntry {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry) || !isKeepable(entry)) {
    const message = `Entry ${index} of the file is no object, or holds what no database keeps`;
    return { shown: {}, errors: [{ code: 'INVALID_TYPE', message, path: `[${index}]` }] };
  }
  const shown = withoutSecrets(entry);
  const parsed = schema.safeParse(entry);
  if (!parsed.success) return { shown, errors: complaints(parsed.error, entry, shown) };
  const user = parsed.data;
  if (user.password_hash !== undefined && user.custom_password_hash !== undefined) {
    const message = 'password_hash and custom_password_hash exclude each other';
    return { shown, errors: [{ code: 'ONE_OF_MULTIPLE', message, path: 'custom_password_hash' }] };
  }
  return {
    shown,
    user: {
      ...optional('id', user.user_id),
      ...optional('email', user.email),
      ...optional('emailVerified', user.email_verified),
      ...optional('username', user.username),
      ...optional('phoneNumber', user.phone_number),
      ...optional('phoneVerified', user.phone_verified),
      ...optional('name', user.name),
      ...optional('nickname', user.nickname),
      ...optional('givenName', user.given_name),
      ...optional('familyName', user.family_name),
      ...optional('picture', user.picture),
      ...optional('blocked', user.blocked),
      ...optional('passwordHash', user.custom_password_hash ?? user.password_hash),
      userMetadata: user.user_metadata ?? {},
      appMetadata: user.app_metadata ?? {},
    },
    factors: (user.mfa_factors ?? []).map(factorOf),
  };
}

function factorOf(factor: NonNullable<z.output<typeof schema>['mfa_factors']>[number]): ImportedFactor {
  if ('totp' in factor) return { type: 'totp', secret: factor.totp.secret.replace(/=+$/, '') };
  if ('phone' in factor) return { type: 'phone', phoneNumber: factor.phone.value };
  return { type: 'email', email: factor.email.value };
}

/** What holds no secret. What nobody knows may be a hash by a mistaken name. */
const SHOWN: ReadonlySet<string> = new Set([...Object.keys(plain), 'user_id']);

/** The entry as an answer may show it: errors are kept, and read by more people than the file. */
function withoutSecrets(entry: object): JsonObject {
  const masked = Object.entries(entry).map(([name, value]) => {
    if (name === 'password_hash' || name === 'password') return [name, '*****'];
    return [name, SHOWN.has(name) ? value : mask(value)];
  });
  return Object.fromEntries(masked) as JsonObject;
}

/** What says how a hash was made, and nothing of the password. */
const PLAIN: ReadonlySet<string> = new Set(['algorithm', 'digest', 'encoding', 'position']);

/** Whatever shape it has: a mistake in it is why it is shown. */
function mask(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (name, inner) =>
    typeof inner === 'string' && !PLAIN.has(name) ? '*****' : inner,
  );
}
