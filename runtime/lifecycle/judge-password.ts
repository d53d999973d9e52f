// A password that somebody wants to have, wherever they ask for it: what its connection says to it. The cheap questions
// come first; whether it was had before is asked of every hash that is kept.
import type { Json, JsonObject, UserRecord } from '#storage/records.ts';
import type { Notice } from '../codes.ts';
import type { Passwords } from '../ports.ts';
import { isCommon } from './common-passwords.ts';
import { olderPasswordOptions } from './password-options.ts';
import { passwordRules } from './password-policy.ts';
import { meets, type PasswordRule } from './password-rule.ts';

/** Why a connection does not take it. */
export type PasswordFlaw =
  | { kind: 'weak'; rules: PasswordRule[] }
  /** Everybody tries it first, or the tenant's own dictionary holds it. */
  | { kind: 'common' }
  /** It holds the person's name, or the like. */
  | { kind: 'personal' }
  /** It is, or was, the person's. */
  | { kind: 'used' };

/** Whose it is to be: all of it optional, because an account may have no name, or may not be there yet. */
export type PasswordOwner = Partial<
  Pick<
    UserRecord,
    'email' | 'username' | 'name' | 'nickname' | 'userMetadata' | 'passwordHash' | 'formerPasswordHashes'
  >
>;

/** Argon2 takes any length; nobody types more than this. */
export const PASSWORD_LENGTH = 1024;

/** More are never compared, nor kept: each is as slow as a login. */
const MOST_KEPT = 24;
const KEPT_UNLESS_SAID = 5;

/** Shorter ones are found in any text. */
const SHORTEST_NAME = 3;

/** @param options of the connection. */
export async function judgePassword(
  passwords: Pick<Passwords, 'verify'>,
  options: JsonObject,
  password: string,
  owner: PasswordOwner,
): Promise<PasswordFlaw | undefined> {
  const rules = passwordRules(options);
  if (password.length > PASSWORD_LENGTH || !rules.every((rule) => meets(rule, password)))
    return { kind: 'weak', rules };
  const older = olderPasswordOptions(options);
  if (isInDictionary(older, password)) return { kind: 'common' };
  if (enabled(older.password_no_personal_info) && isPersonal(password, owner)) return { kind: 'personal' };
  const { passwordHash, formerPasswordHashes = [] } = owner;
  const had = passwordHash === undefined ? formerPasswordHashes : [passwordHash, ...formerPasswordHashes];
  for (const hash of had.slice(0, historyOf(options))) {
    if ((await passwords.verify(password, hash)).ok) return { kind: 'used' };
  }
  return undefined;
}

const NOTICES = {
  weak: { key: 'password-too-weak' },
  common: { key: 'password-too-common' },
  personal: { key: 'password-contains-user-information' },
  used: { key: 'password-previously-used' },
} as const satisfies Record<PasswordFlaw['kind'], Notice>;

/** How a page says it. */
export function passwordNotice({ kind }: PasswordFlaw): Notice {
  return NOTICES[kind];
}

/** How many hashes of former passwords a user of the connection keeps, once the present one has become one of them. */
export function formerPasswordsKept(options: JsonObject): number {
  return Math.max(0, historyOf(options) - 1);
}

/** The hashes that are kept when `user` gets another password. */
export function formerPasswords(options: JsonObject, user: UserRecord): string[] {
  const { passwordHash, formerPasswordHashes = [] } = user;
  const had = passwordHash === undefined ? formerPasswordHashes : [passwordHash, ...formerPasswordHashes];
  return had.slice(0, formerPasswordsKept(options));
}

/** How many passwords nobody may take again, the present one among them. */
function historyOf(options: JsonObject): number {
  const { password_history: history } = olderPasswordOptions(options);
  if (!enabled(history)) return 0;
  const { size } = history;
  return typeof size === 'number' && size >= 0 ? Math.min(MOST_KEPT, Math.floor(size)) : KEPT_UNLESS_SAID;
}

function isInDictionary({ password_dictionary: dictionary }: JsonObject, password: string): boolean {
  if (!enabled(dictionary)) return false;
  const own = Array.isArray(dictionary.dictionary) ? dictionary.dictionary : [];
  const lower = password.toLowerCase();
  return isCommon(password) || own.some((entry) => typeof entry === 'string' && entry.toLowerCase() === lower);
}

function isPersonal(password: string, { email, username, name, nickname, userMetadata = {} }: PasswordOwner): boolean {
  const { name: own, first, last } = userMetadata;
  const texts = [email?.slice(0, email.lastIndexOf('@')), username, name, nickname, own, first, last];
  const lower = password.toLowerCase();
  return texts
    .flatMap((text) => (typeof text === 'string' ? text.toLowerCase().split(/\s+/) : []))
    .some((part) => part.length >= SHORTEST_NAME && lower.includes(part));
}

function enabled(option: Json | undefined): option is JsonObject {
  return typeof option === 'object' && option !== null && !Array.isArray(option) && option.enable === true;
}
