// Types for authors of Actions: declarations alone, nothing here runs and nothing but its own room is imported.
// Trigger post-change-password, version 2: `onExecutePostChangePassword`, after a password was changed or reset.

import type { CacheAPI } from './pieces/cache-api.d.ts';
import type { RequestOrigin } from './pieces/request.d.ts';
import type { Connection, Correlation, EveryEvent } from './pieces/surroundings.d.ts';

/** Whose password it is. */
export interface PasswordOwner {
  /** Identifier in the tenant. */
  user_id?: string;
  /** E-mail address. */
  email?: string;
  /** Whether the e-mail address is known to be theirs. */
  email_verified?: boolean;
  /** Phone number. */
  phone_number?: string;
  /** Whether the phone number is known to be theirs. */
  phone_verified?: boolean;
  /** Name at sign-in. */
  username?: string;
  /** When the password was changed, ISO 8601. */
  last_password_reset?: string;
}

/** A new password, whether the person or an administrator set it. The password itself is not told. */
export interface Event extends EveryEvent {
  /** The database that keeps the password. */
  connection: Connection;
  /** The request that changed it. */
  request: RequestOrigin;
  /** Marks for logs; absent without any. */
  transaction?: Correlation;
  /** Whose password it is. */
  user: PasswordOwner;
}

/** What can be told after a change: nothing. A throw is logged and changes nothing. */
export interface PostChangePasswordAPI {
  /** Small texts that Actions of this trigger keep for a while. */
  readonly cache: CacheAPI;
}

/** `exports.onExecutePostChangePassword`: a real `async function`. What it resolves to is not looked at. */
export type PostChangePasswordAction = (event: Event, api: PostChangePasswordAPI) => Promise<unknown>;
