// How many messages one login may send, so that whoever can begin one cannot have any number sent to any address.
import type { Notice } from '../codes.ts';

/** Whatever the factor: resends, second thoughts and numbers that were mistyped included. */
export const MESSAGES_PER_LOGIN = 10;

const KEYS = { sms: 'too-many-sms', voice: 'too-many-voice', email: 'too-many-email', push: 'too-many-push' } as const;

export const tooMany = (channel: keyof typeof KEYS): Notice => ({ key: KEYS[channel] });
