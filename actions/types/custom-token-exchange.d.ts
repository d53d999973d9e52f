// Types for authors of Actions: declarations alone, nothing here runs and nothing but its own room is imported.
// Trigger custom-token-exchange, version 1: `onExecuteCustomTokenExchange`, which says whose a token from elsewhere is.

import type { CacheAPI } from './pieces/cache-api.d.ts';
import type { RequestWithBody } from './pieces/request.d.ts';
import type { Client, EveryEvent, Organization, ResourceServer } from './pieces/surroundings.d.ts';
import type { Actor } from './pieces/transaction.d.ts';
import type { ProfileFields, UserWithFactors } from './pieces/user.d.ts';
import type { UserMetadataAPI } from './pieces/user-api.d.ts';

/** What is exchanged for what. */
export interface TokenExchangeTransaction {
  /** The token from elsewhere, unchecked: checking it is this Action's work. */
  subject_token: string;
  /** Its type, a URI. */
  subject_token_type: string;
  /** The token of somebody who acts for the subject, unchecked. */
  actor_token?: string;
  /** Its type, a URI. */
  actor_token_type?: string;
  /** Whose the actor token is; only when it is a good ID token of this tenant. */
  actor_token_user?: UserWithFactors;
  /** The scopes asked for; empty without any. */
  requested_scopes: string[];
  /** The type of token asked for; null without any. */
  requested_token_type: string | null;
}

/** An exchange. Optional members are absent when there is nothing to say. */
export interface Event extends EveryEvent {
  /** The application that wants the exchange. */
  client: Client;
  /** The API for which it is; where none was named, the address of `/userinfo`. */
  resource_server: ResourceServer;
  /** The organization it is for. */
  organization?: Organization;
  /** The request to `/oauth/token`. */
  request: RequestWithBody;
  /** What is exchanged for what. */
  transaction: TokenExchangeTransaction;
}

/** Refuses the exchange. */
export interface TokenExchangeAccessAPI {
  /**
   * **Ends the exchange**: `/oauth/token` answers with this error.
   * @param code `invalid_request`, `server_error` or a word of yours: 1 to 100 printable ASCII characters without `"` and
   * `\\`.
   * @param reason its description.
   * @throws when the code is anything else or the reason is no string.
   */
  deny(code: string, reason: string): void;
  /**
   * **Ends the exchange** with `invalid_request` because the subject token is bad. Counted against guessing: use it
   * for bad tokens and `deny` for everything else.
   * @param reason the description.
   * @throws when the reason is no string.
   */
  rejectInvalidSubjectToken(reason: string): void;
}

/** Attributes of somebody within a connection. */
export interface ConnectionUser extends ProfileFields {
  /** Identifier within the connection. */
  user_id: string;
  /** Whether the e-mail address is known to be theirs. */
  email_verified?: boolean;
  /** Whether the phone number is known to be theirs. */
  phone_verified?: boolean;
  /** Whether somebody new gets a message to verify the address. Without it, they do unless it is verified. */
  verify_email?: boolean;
  /** A further attribute. */
  [attribute: string]: unknown;
}

/** What to do with somebody new, and with somebody known. */
export interface ConnectionUserOptions {
  /** Somebody new is made, or the exchange fails. */
  creationBehavior: 'create_if_not_exists' | 'none';
  /** Attributes of somebody known are replaced, or stay. E-mail, phone and user name never change. */
  updateBehavior: 'replace' | 'none';
}

/**
 * Says whose the token is: exactly one of `setUserById` and `setUserByConnection` must be called, once, unless the exchange
 * is refused.
 */
export interface TokenExchangeAuthenticationAPI {
  /**
   * Issues tokens for somebody who exists.
   * @param userId `user_id` in the tenant, at most 128 characters.
   * @throws when it is anything else, or when somebody was set before.
   */
  setUserById(userId: string): void;
  /**
   * Issues tokens for somebody of a connection, who may be new.
   * @param connectionName name of the connection.
   * @param attributes who it is: at most 100 members, 16 KB as JSON together with the other arguments.
   * @param options what to do with somebody new or known.
   * @throws when an argument is of the wrong kind or too large, or when somebody was set before.
   */
  setUserByConnection(connectionName: string, attributes: ConnectionUser, options: ConnectionUserOptions): void;
  /**
   * Issues tokens for an organization.
   * @param organization its identifier or name.
   * @throws when it is no string of 1 to 255 characters.
   */
  setOrganization(organization: string): void;
  /**
   * Says who acts for the subject. At most once; at most five levels with five more members each, which are strings of
   * at most 64 characters, numbers or booleans. No refresh token is issued then.
   * @param actor who acts; `sub` has at most 512 characters.
   * @throws when it is anything else, or at a second call.
   */
  setActor(actor: Actor): void;
}

/** What an exchange can be told. It never pauses; Actions of post-login run after it. A throw ends it with an error. */
export interface CustomTokenExchangeAPI {
  /** Refuses the exchange. */
  readonly access: TokenExchangeAccessAPI;
  /** Says whose the token is. */
  readonly authentication: TokenExchangeAuthenticationAPI;
  /** Small texts that Actions of this trigger keep for a while. */
  readonly cache: CacheAPI;
  /** Writes metadata of the person who was set. */
  readonly user: UserMetadataAPI<void>;
}

/** `exports.onExecuteCustomTokenExchange`: a real `async function`. What it resolves to is not looked at. */
export type CustomTokenExchangeAction = (event: Event, api: CustomTokenExchangeAPI) => Promise<unknown>;
