// Types for authors of Actions: declarations alone, nothing here runs and nothing but its own room is imported.
// Trigger post-user-registration, version 2: `onExecutePostUserRegistration`, after somebody signed up.

import type { CacheAPI } from './pieces/cache-api.d.ts';
import type { RequestOrigin, SecurityContext } from './pieces/request.d.ts';
import type { Connection, EveryEvent } from './pieces/surroundings.d.ts';
import type { AuthorizationParameters } from './pieces/transaction.d.ts';
import type { User } from './pieces/user.d.ts';

/** A sign-up that has happened. Optional members are absent when there is nothing to say. */
export interface Event extends EveryEvent {
  /** The connection that knows the person. */
  connection: Connection;
  /** The sign-up request; absent when there was none, as at an import. */
  request?: RequestOrigin;
  /** How the TLS connection looked; only where a trusted proxy says so. */
  security_context?: SecurityContext;
  /** What the application asked for; absent when the sign-up did not belong to a login. */
  transaction?: AuthorizationParameters;
  /** The new person. */
  user: User;
}

/** What can be told after a sign-up: nothing. The run is on its own; a throw is logged and changes nothing. */
export interface PostUserRegistrationAPI {
  /** Small texts that Actions of this trigger keep for a while. */
  readonly cache: CacheAPI;
}

/** `exports.onExecutePostUserRegistration`: a real `async function`. What it resolves to is not looked at. */
export type PostUserRegistrationAction = (event: Event, api: PostUserRegistrationAPI) => Promise<unknown>;
