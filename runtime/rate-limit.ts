// The named buckets of attempts. Each gains one attempt every `refillSeconds` up to `capacity`; storage takes from them
// by one atomic statement, before anything is compared.

export type Bucket = { capacity: number; refillSeconds: number };

/** Wrong one-time codes of one person, whatever the factor and the door: 10, then one every 6 minutes. */
export const CODE_ATTEMPTS: Bucket = { capacity: 10, refillSeconds: 360 };

export function codeAttemptsKey(userId: string): string {
  return `code ${userId}`;
}

/** Logins of one person from one address, right ones too: 20, then one every 6 seconds. */
export const SAME_USER_LOGINS: Bucket = { capacity: 20, refillSeconds: 6 };
