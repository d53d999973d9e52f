// The named buckets of attempts. Each gains one attempt every `refillSeconds` up to `capacity`; storage takes from them
// by one atomic statement, before anything is compared.

export type Bucket = { capacity: number; refillSeconds: number };

/** Wrong one-time codes of one person, whatever the factor and the door: 10, then one every 6 minutes. */
export const CODE_ATTEMPTS: Bucket = { capacity: 10, refillSeconds: 360 };

export function codeAttemptsKey(userId: string): string {
  return `code ${userId}`;
}

/** Sign-ups from one address, at every door: 50, then one every 2 seconds. */
export const SIGN_UPS: Bucket = { capacity: 50, refillSeconds: 2 };

/** @param network whoever shares an address with others: see `networkOf` of `risk/address.ts`. */
export function signUpsKey(network: string): string {
  return `sign-up ${network}`;
}
