// Delivery: where a call goes, by the digits that a number begins with. Lists of tenants hold calling codes (`+44`), or longer
// beginnings of numbers where a country is one of several behind a code (`+1876`).
import { getCountries, getCountryCallingCode, parsePhoneNumberFromString } from 'libphonenumber-js';

/** Calling codes that belong to no country: satellites, international networks, shared-cost and free numbers (ITU E.164). */
const OF_NO_COUNTRY = ['800', '808', '870', '878', '881', '882', '883', '888', '979'];

const CALLING_CODES: ReadonlySet<string> = new Set([
  ...getCountries().map((country) => getCountryCallingCode(country)),
  ...OF_NO_COUNTRY,
]);

/** A plus, a calling code that exists, and at most eight digits in all. */
export function isPrefix(text: string): boolean {
  if (!/^\+[1-9][0-9]{0,7}$/.test(text)) return false;
  // No calling code begins with another one, and none is longer than three digits.
  return [1, 2, 3].some((length) => text.length > length && CALLING_CODES.has(text.slice(1, length + 1)));
}

export type PrefixLists = { allow: readonly string[]; deny: readonly string[] };

/**
 * Whether messages to a number may leave. The longest entry that the number begins with decides; of two that are the same
 * the denying one. A list of allowed ones that is not empty denies all others, and a number that cannot be read is denied
 * wherever there is a list.
 */
export function isAllowedTo(number: string, { allow, deny }: PrefixLists): boolean {
  if (allow.length === 0 && deny.length === 0) return true;
  const bare = bareNumber(number);
  if (!/^\+[1-9][0-9]+$/.test(bare)) return false;
  const longest = (list: readonly string[]) =>
    Math.max(0, ...list.filter((prefix) => bare.startsWith(prefix)).map((prefix) => prefix.length));
  const [allowed, denied] = [longest(allow), longest(deny)];
  if (denied > 0 && denied >= allowed) return false;
  return allow.length === 0 || allowed > 0;
}

/** One form for all ways to write a number: E.164 where it parses, otherwise its digits with the plus it has. */
export function bareNumber(number: string): string {
  const text = number.normalize('NFKC');
  return parsePhoneNumberFromString(text)?.number ?? text.replaceAll(/[^0-9+]/g, '').replace(/^00/, '+');
}
