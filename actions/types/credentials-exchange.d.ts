// Types for authors of Actions: declarations alone, nothing here runs and nothing but its own room is imported.
// Trigger credentials-exchange, version 2: `onExecuteCredentialsExchange`, before a machine gets its token.

import type { CacheAPI } from './pieces/cache-api.d.ts';
import type { RequestWithBody } from './pieces/request.d.ts';
import type { Agent, Client, Correlation, EveryEvent, Organization, ResourceServer } from './pieces/surroundings.d.ts';
import type { ClaimsAPI } from './pieces/token-api.d.ts';

/** The token as it stands before the first Action. */
export interface IssuedAccessToken {
  /** The scopes it will carry. */
  scope: string[];
  /** Claims that are added to it; an empty object without any. */
  customClaims: { [claim: string]: unknown };
}

/** What was asked for. */
export interface ExchangeTransaction extends Correlation {
  /** The scopes asked for; empty without any. */
  requested_scopes: string[];
  /** The scopes that Actions settle on; what `api.transaction` says shows at once, in later Actions too. */
  target_scopes?: string[];
}

/** A certificate by which the application proved itself (mutual TLS). */
export interface ClientCertificate {
  /** The certificate, PEM. */
  raw?: string;
  /** Whom it names. */
  subject?: string;
  /** Further names. */
  subjectAltName?: string;
  /** SHA-256 of the certificate. */
  thumbprint256?: string;
}

/** How the application proved itself. */
export interface ClientProof {
  /** The way. */
  type: string;
  /** The certificate; at mutual TLS only. */
  certificate?: ClientCertificate;
}

/** The application that wants a token for itself. */
export interface ExchangeClient extends Client {
  /** How it proved itself; absent where it is not told. */
  authentication?: ClientProof;
}

/** An exchange. Optional members are absent when there is nothing to say. */
export interface Event extends EveryEvent {
  /** The token as it stands. */
  accessToken: IssuedAccessToken;
  /** The application that wants the token. */
  client: ExchangeClient;
  /** The API for which it is asked. */
  resource_server: ResourceServer;
  /** The request to `/oauth/token`. */
  request: RequestWithBody;
  /** What was asked for. */
  transaction: ExchangeTransaction;
  /** The organization it is for. */
  organization?: Organization;
  /** The agent that the application is. */
  agent?: Agent;
}

/** Refuses the token. */
export interface CredentialsAccessAPI {
  /**
   * **Ends the exchange** after this Action: `/oauth/token` answers with this error.
   * @param code the error.
   * @param reason its description.
   * @throws when the code is not one of the list.
   */
  deny(code: 'invalid_scope' | 'invalid_request' | 'server_error', reason?: string): CredentialsExchangeAPI;
}

/** Settles scopes; the client grant still has the last word: what is not in it is left out without a word. */
export interface TargetScopesAPI {
  /**
   * Adds a scope.
   * @throws when it is no string, empty, too long or has spaces inside; `Method not implemented.` where not supported.
   */
  addTargetScope(scope: string): void;
  /**
   * Takes a scope away.
   * @throws what `addTargetScope` throws.
   */
  removeTargetScope(scope: string): void;
  /**
   * Puts these scopes in place of all.
   * @throws what `addTargetScope` throws, for any of them.
   */
  setTargetScopes(scopes: readonly string[]): void;
  /**
   * Takes all scopes away.
   * @throws `Method not implemented.` where not supported.
   */
  clearTargetScopes(): void;
}

/** What an exchange can be told. It never pauses: nobody is there. A throw ends it with an error. */
export interface CredentialsExchangeAPI {
  /** Refuses the token. */
  readonly access: CredentialsAccessAPI;
  /** Adds claims. */
  readonly accessToken: ClaimsAPI<CredentialsExchangeAPI>;
  /** Small texts that Actions of this trigger keep for a while. */
  readonly cache: CacheAPI;
  /** Settles scopes. */
  readonly transaction: TargetScopesAPI;
}

/** `exports.onExecuteCredentialsExchange`: a real `async function`. What it resolves to is not looked at. */
export type CredentialsExchangeAction = (event: Event, api: CredentialsExchangeAPI) => Promise<unknown>;
