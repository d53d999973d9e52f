// The named buckets of attempts. Each gains one attempt every `refillSeconds` up to `capacity`; storage takes from them
// by one atomic statement, before anything is compared.

export type Bucket = { capacity: number; refillSeconds: number };

/** Wrong one-time codes of one person, whatever the factor and the door: 10, then one every 6 minutes. */
export const CODE_ATTEMPTS: Bucket = { capacity: 10, refillSeconds: 360 };

export function codeAttemptsKey(userId: string): string {
  return `code ${userId}`;
}

/** Sign-ins that one person's devices are asked about (wire reference, §2.7): 5, then one every 12 seconds. */
export const PUSHES: Bucket = { capacity: 5, refillSeconds: 12 };

export function pushesKey(userId: string): string {
  return `push ${userId}`;
}

/** Requests for a new password by one name from one address: 10, then one every minute. */
export const RESET_REQUESTS: Bucket = { capacity: 10, refillSeconds: 60 };

/** Mails with a reset link to one mailbox, wherever they were asked for: 20, then one every minute. */
export const RESET_MAILS: Bucket = { capacity: 20, refillSeconds: 60 };

/** Mails with a link that lifts a block to one mailbox, wherever somebody guesses: 5, then one every hour. */
export const UNBLOCK_MAILS: Bucket = { capacity: 5, refillSeconds: 3600 };

/** Mails about a leaked password to one person: one a day. */
export const LEAK_MAILS: Bucket = { capacity: 1, refillSeconds: 86_400 };

/** Requests for a new password from one address, whoever it is for: 100, then one every 10 seconds. */
export const RESET_REQUESTS_OF_ADDRESS: Bucket = { capacity: 100, refillSeconds: 10 };

/** New passwords that one person tries behind reset links: 20, then one every minute. Each is compared with former ones. */
export const NEW_PASSWORDS: Bucket = { capacity: 20, refillSeconds: 60 };

/** Messages that prove a further authenticator of one person: 10, then one every 6 minutes. */
export const FURTHER_ENROLLMENTS: Bucket = { capacity: 10, refillSeconds: 360 };

/** How often one reset link is opened: 10, then once every minute. Opening it may send codes. */
export const RESET_OPENINGS: Bucket = { capacity: 10, refillSeconds: 60 };

/** Proofs that one person begins on the pages of their account: 10, then one every minute. Each may send a message. */
export const ACCOUNT_PROOFS: Bucket = { capacity: 10, refillSeconds: 60 };

/** How often one link to set up a factor is opened: 10, then once every minute. */
export const ENROLLMENT_OPENINGS: Bucket = { capacity: 10, refillSeconds: 60 };

/** Logins of one person from one address, right ones too: 20, then one every 6 seconds. */
export const SAME_USER_LOGINS: Bucket = { capacity: 20, refillSeconds: 6 };

/** Keys that one person tries and that are not accepted: 15, then one every 4 seconds. */
export const WEBAUTHN_ATTEMPTS: Bucket = { capacity: 15, refillSeconds: 4 };

export function webauthnAttemptsKey(userId: string): string {
  return `webauthn ${userId}`;
}
