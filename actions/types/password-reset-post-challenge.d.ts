// Types for authors of Actions: declarations alone, nothing here runs and nothing but its own room is imported.
// Trigger password-reset-post-challenge, version 1: `onExecutePostChallenge` and `onContinuePostChallenge`, when somebody
// has opened the link of a reset and has not yet set a password.

import type { Authorization, LoginStats, ProvenMethods } from './pieces/authentication.d.ts';
import type { CacheAPI } from './pieces/cache-api.d.ts';
import type { ChallengeAPI } from './pieces/challenge-api.d.ts';
import type { EnrolledFactor } from './pieces/factor.d.ts';
import type { PromptAnswers, PromptAPI, RedirectAPI } from './pieces/redirect-api.d.ts';
import type { LoginRequest } from './pieces/request.d.ts';
import type { Client, Connection, Correlation, EveryEvent, Organization } from './pieces/surroundings.d.ts';
import type { User } from './pieces/user.d.ts';

export type * from './pieces/factor.d.ts';

/** What was asked for when the reset began. */
export interface ResetTransaction extends Correlation {
  /** The language chosen for pages. */
  locale: string;
  /** Who the application thinks it is. */
  login_hint?: string;
  /** The application's own mark. */
  state?: string;
  /** What `ui_locales` held, split at spaces; empty without any. */
  ui_locales: string[];
}

/** Whose password is to be reset. */
export interface ResetUser extends User {
  /** What can be asked for; empty without any, absent when it could not be found out. */
  enrolledFactors?: EnrolledFactor[];
}

/** A reset. Optional members are absent when there is nothing to say. */
export interface Event extends EveryEvent {
  /** What the person has proven in this reset: `email` or `phone_number` first. */
  authentication: ProvenMethods;
  /** What the person is allowed. */
  authorization: Authorization;
  /** The application where the reset began. */
  client: Client;
  /** The database that keeps the password. */
  connection: Connection;
  /** The organization the person was about to sign in to. */
  organization?: Organization;
  /** Answers of a form; in `onContinuePostChallenge` after `api.prompt.render`. */
  prompt?: PromptAnswers;
  /** The request behind this run; a new one after each pause. */
  request: LoginRequest;
  /** How often the person was here. */
  stats: LoginStats;
  /** What was asked for when the reset began. */
  transaction: ResetTransaction;
  /** Whose password is to be reset. */
  user: ResetUser;
}

/** Refuses the reset. */
export interface ResetAccessAPI {
  /**
   * **Ends the reset** after this Action; the person is shown the reason on a page.
   * @param reason for the person.
   */
  deny(reason: string): void;
}

/** Where an address leads to. */
export interface ResultUrlOptions {
  /** Set on the address, in place of parameters of the same name. */
  query?: { [parameter: string]: string };
}

/** How the reset ends. */
export interface ResetTransactionAPI {
  /**
   * Sets where the person goes when the new password is set.
   * @param url an absolute http or https address of at most 32,768 characters. The last call counts.
   * @param options parameters to set on it.
   * @throws `Invalid URL`, or `The URL given to api.transaction.setResultUrl must be an http or https URL.`
   */
  setResultUrl(url: string, options?: ResultUrlOptions): void;
}

/** What a reset can be told. Pauses and their order are those of a login. No method can be chained. */
export interface PasswordResetPostChallengeAPI {
  /** Refuses the reset. */
  readonly access: ResetAccessAPI;
  /** Asks for further proof. */
  readonly authentication: ChallengeAPI;
  /** Small texts that Actions of this trigger keep for a while. */
  readonly cache: CacheAPI;
  /** Shows a stored form. */
  readonly prompt: PromptAPI;
  /** Sends the person to a page of yours. */
  readonly redirect: RedirectAPI<void>;
  /** How the reset ends. */
  readonly transaction: ResetTransactionAPI;
}

/**
 * `exports.onExecutePostChallenge` and `exports.onContinuePostChallenge`: a real `async function`. What it resolves to is
 * not looked at.
 */
export type PasswordResetPostChallengeAction = (event: Event, api: PasswordResetPostChallengeAPI) => Promise<unknown>;
