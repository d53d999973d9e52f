// Server, log streams: what of a person a stream does not pass on. Values are masked or replaced by what tells only that two
// of them are the same.
import { createHash } from 'node:crypto';

export const HIDEABLE = ['first_name', 'last_name', 'username', 'email', 'phone', 'address'] as const;
type Hideable = (typeof HIDEABLE)[number];
export type Hiding = { fields: readonly Hideable[]; method: 'mask' | 'hash' };

/** Under which keys of a line such a value stands, at any depth. */
const KEYS: Readonly<Record<Hideable, readonly string[]>> = {
  first_name: ['first_name', 'given_name'],
  last_name: ['last_name', 'family_name'],
  username: ['username', 'user_name', 'nickname'],
  email: ['email', 'identifier'],
  phone: ['phone', 'phone_number', 'identifier'],
  address: ['address'],
};

/** What was typed, or where something went: any of three things, told apart by their looks. */
const TYPED = ['user_name', 'to'];
const LOOKS: Partial<Record<Hideable, RegExp>> = { email: /@/, phone: /^\+?[\d\s().-]{6,}$/ };

/** A copy of a line, or of a part of it, in which these values are hidden. */
export function hide<T>(value: T, hiding: Hiding): T {
  return hideAt(value, undefined, hiding) as T;
}

function hideAt(value: unknown, key: string | undefined, hiding: Hiding): unknown {
  if (Array.isArray(value)) return value.map((each) => hideAt(each, key, hiding));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, hideAt(inner, name, hiding)]));
  }
  if (typeof value !== 'string' || value === '' || key === undefined) return value;
  const isHidden = hiding.fields.some(
    (field) => KEYS[field].includes(key) || (TYPED.includes(key) && LOOKS[field]?.test(value)),
  );
  if (!isHidden) return value;
  return hiding.method === 'mask' ? '***' : createHash('sha256').update(value).digest('hex').slice(0, 16);
}
