// How many messages one login may send, so that whoever can begin one cannot have any number sent to any address.
import type { Notice } from '../codes.ts';

/** Whatever the factor: resends, second thoughts and numbers that were mistyped included. */
export const MESSAGES_PER_LOGIN = 10;

export const tooMany = (channel: 'sms' | 'email'): Notice => ({
  key: channel === 'sms' ? 'too-many-sms' : 'too-many-email',
});
