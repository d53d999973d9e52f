// Storage: which users somebody asks for, as conditions on what is kept of them. Both databases judge them alike: nothing
// is compared by the rules of a database's own language, and nothing that is absent is like or unlike anything.
import type { UserRow } from './tables.ts';

/** Texts of a user. E-mail address and names are compared without regard to case. */
export type UserText = keyof Pick<
  UserRow,
  | 'id'
  | 'connection'
  | 'email'
  | 'username'
  | 'phone_number'
  | 'name'
  | 'nickname'
  | 'given_name'
  | 'family_name'
  | 'picture'
  | 'last_ip'
>;
/** Whole numbers, times in milliseconds among them. */
export type UserNumber = keyof Pick<
  UserRow,
  'logins_count' | 'created_at' | 'updated_at' | 'last_login_at' | 'password_changed_at'
>;
export type UserFlag = keyof Pick<UserRow, 'email_verified' | 'phone_verified' | 'blocked'>;
export type UserDocument = keyof Pick<UserRow, 'identities' | 'user_metadata' | 'app_metadata'>;

export type Scalar = string | number | boolean;

export type UserFilter =
  /** `all` of nothing holds, `any` of nothing does not. */
  | { kind: 'all' | 'any'; of: readonly UserFilter[] }
  | { kind: 'not'; of: UserFilter }
  | { kind: 'text'; of: UserText; is: string }
  /** Texts with anything between them. */
  | { kind: 'like'; of: UserText; texts: readonly string[] }
  | { kind: 'given'; of: UserText }
  /** Both bounds belong to it; without any there is a number. */
  | { kind: 'number'; of: UserNumber; from?: number; to?: number }
  | { kind: 'flag'; of: UserFlag; is: boolean }
  /** What the path leads to, through lists as through their members; without `values` there is anything. */
  | { kind: 'document'; of: UserDocument; path: readonly string[]; values?: readonly Scalar[] }
  | { kind: 'member'; organizationId: string };

export type UserOrder = { by: UserText | UserNumber | UserFlag; descending: boolean };
