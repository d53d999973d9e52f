// Types for authors of Actions: declarations alone, nothing here runs and nothing but its own room is imported.
// `api.notification` of the providers of messages: what becomes of a message that could not be handed over.

import type { CacheAPI } from './cache-api.d.ts';

/** Without a call the message counts as sent. The last call counts. */
export interface NotificationAPI {
  /**
   * Gives the message up: the failure is logged and it is never tried again.
   * @param reason for the log; cut at 1,024 characters.
   */
  drop(reason: string): void;
  /**
   * Has the message tried again, up to five times within the next minutes; each failure is logged.
   * @param reason for the log; cut at 1,024 characters.
   */
  retry(reason: string): void;
}

/** What the providers of messages have in common: everything. */
export interface ProviderAPI {
  /** Small texts that Actions of this trigger keep for a while. */
  readonly cache: CacheAPI;
  /** What becomes of a message that could not be handed over. */
  readonly notification: NotificationAPI;
}
