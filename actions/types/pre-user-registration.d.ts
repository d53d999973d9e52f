// Types for authors of Actions: declarations alone, nothing here runs and nothing but its own room is imported.
// Trigger pre-user-registration, version 2: `onExecutePreUserRegistration`, before somebody who signs up exists.

import type { CacheAPI } from './pieces/cache-api.d.ts';
import type { RequestWithBody, SecurityContext } from './pieces/request.d.ts';
import type { Client, Connection, EveryEvent } from './pieces/surroundings.d.ts';
import type { AuthorizationParameters } from './pieces/transaction.d.ts';
import type { ProfileFields } from './pieces/user.d.ts';
import type { UserMetadataAPI } from './pieces/user-api.d.ts';

/** Somebody who wants to sign up: no identifier yet. */
export interface FutureUser extends ProfileFields {
  /** What administrators will keep about them; absent without any. */
  app_metadata?: { [key: string]: unknown };
  /** What they gave about themselves; absent without any. */
  user_metadata?: { [key: string]: unknown };
}

/** A sign-up that has not happened. Optional members are absent when there is nothing to say. */
export interface Event extends EveryEvent {
  /** The application where they sign up. */
  client?: Client;
  /** The connection that will know them: a database, or one without password. */
  connection: Connection;
  /** The sign-up request; fields that were added to the page begin with `ulp-` in its body. */
  request: RequestWithBody;
  /** How the TLS connection looked; only where a trusted proxy says so. */
  security_context?: SecurityContext;
  /** What the application asked for; absent when the sign-up does not belong to a login. */
  transaction?: AuthorizationParameters;
  /** Who wants to sign up. */
  user: FutureUser;
}

/** Refuses the sign-up. */
export interface RegistrationAccessAPI {
  /**
   * **Ends the sign-up** after this Action: no later Action runs, nobody is made.
   * @param reason for the tenant's log.
   * @param userMessage for the person.
   */
  deny(reason: string, userMessage: string): PreUserRegistrationAPI;
}

/** Refuses the sign-up for what was filled in. */
export interface RegistrationValidationAPI {
  /**
   * **Ends the sign-up** after this Action.
   * @param code your own word for it, at most 100 characters.
   * @param message for the person, at most 100 characters.
   * @throws when one of them is no string or longer.
   */
  error(code: string, message: string): PreUserRegistrationAPI;
}

/** Says more about the person to be. */
export interface FutureUserAPI extends UserMetadataAPI<PreUserRegistrationAPI> {
  /**
   * Chooses the identifier within the connection.
   * @param userId 1 to 255 letters, digits and `@._+-`.
   * @throws when it is anything else.
   */
  setUserId(userId: string): PreUserRegistrationAPI;
}

/** What a sign-up can be told. It never pauses. A throw ends it with an error. */
export interface PreUserRegistrationAPI {
  /** Refuses the sign-up. */
  readonly access: RegistrationAccessAPI;
  /** Small texts that Actions of this trigger keep for a while. */
  readonly cache: CacheAPI;
  /** Says more about the person to be. Metadata cannot be set for people without password. */
  readonly user: FutureUserAPI;
  /** Refuses the sign-up for what was filled in. */
  readonly validation: RegistrationValidationAPI;
}

/** `exports.onExecutePreUserRegistration`: a real `async function`. What it resolves to is not looked at. */
export type PreUserRegistrationAction = (event: Event, api: PreUserRegistrationAPI) => Promise<unknown>;
