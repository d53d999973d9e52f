// `api.notification` of the scripts that carry messages: what becomes of one that could not be handed over. Without a call
// the message counts as sent; of several calls the last one counts.

import { isText, refuseBad } from './post-login/complaints.ts';
import type { ApiMethod } from './trigger.ts';

/** Characters of a reason that are kept; what is longer is cut, not refused. */
export const REASON_CHARACTERS = 1024;

/** What such a script can command, once the host has checked it. */
export type NotificationCommand =
  | { name: 'notification.drop'; reason: string }
  | { name: 'notification.retry'; reason: string }
  | { name: 'cache.set'; key: string; value: string; expiresAt: number }
  | { name: 'cache.delete'; key: string };

const giveUp = (name: 'drop' | 'retry'): ApiMethod => ({
  name,
  takes: 1,
  returns: 'nothing',
  check: ([reason]) => refuseBad([['reason', reason ?? null, isText]]),
  record: ([reason]) => [typeof reason === 'string' ? reason.slice(0, REASON_CHARACTERS) : reason],
});

export const notification = (): ApiMethod[] => [giveUp('drop'), giveUp('retry')];
