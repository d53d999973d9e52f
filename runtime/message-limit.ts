// How many messages one login may send, so that whoever can begin one cannot have any number sent to any address; and what
// is said where there were too many.
import type { Notice } from './codes.ts';

/** Whatever the factor: resends, second thoughts and numbers that were mistyped included. */
export const MESSAGES_PER_LOGIN = 10;

const KEYS = { sms: 'too-many-sms', voice: 'too-many-voice', email: 'too-many-email', push: 'too-many-push' } as const;

/** @param retryAfterSeconds where it is known when the next one may be sent. */
export function tooMany(channel: keyof typeof KEYS, retryAfterSeconds?: number): Notice {
  if (channel === 'push') return { key: KEYS[channel] };
  return { key: KEYS[channel], ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
}
