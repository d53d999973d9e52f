// The named buckets of attempts. Each gains one attempt every `refillSeconds` up to `capacity`; storage takes from them
// by one atomic statement, before anything is compared.
import { isIPv6 } from 'node:net';

export type Bucket = { capacity: number; refillSeconds: number };

/** Wrong one-time codes of one person, whatever the factor and the door: 10, then one every 6 minutes. */
export const CODE_ATTEMPTS: Bucket = { capacity: 10, refillSeconds: 360 };

export function codeAttemptsKey(userId: string): string {
  return `code ${userId}`;
}

/** Sign-ups from one address, at every door: 50, then one every 2 seconds. */
export const SIGN_UPS: Bucket = { capacity: 50, refillSeconds: 2 };

/** One household: an IPv4 address, or the 64 bits of an IPv6 address by which networks are told apart (RFC 4291 §2.5.4). */
export function signUpsKey(ip: string): string {
  return `sign-up ${isIPv6(ip) ? networkOf(ip) : ip}`;
}

function networkOf(ip: string): string {
  const [head = '', tail] = ip.split('::');
  const left = head.split(':').filter((group) => group !== '');
  const right = (tail ?? '').split(':').filter((group) => group !== '');
  const zeros = tail === undefined ? [] : new Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  return [...left, ...zeros, ...right]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, '').toLowerCase())
    .join(':');
}
