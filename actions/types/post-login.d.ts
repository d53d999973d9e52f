// Types for authors of Actions: declarations alone, nothing here runs and nothing but its own room is imported.
// Trigger post-login, version 3: `onExecutePostLogin` and `onContinuePostLogin`.

import type { Authorization, InteractionCounter, LoginStats, ProvenMethods } from './pieces/authentication.d.ts';
import type { CacheAPI } from './pieces/cache-api.d.ts';
import type { PromptAnswers, PromptAPI, RedirectAPI } from './pieces/redirect-api.d.ts';
import type { LoginRequest, SecurityContext } from './pieces/request.d.ts';
import type { RiskAssessment } from './pieces/risk-assessment.d.ts';
import type { AnonymousSession, RefreshToken, Session, SessionTransferToken } from './pieces/session.d.ts';
import type { Agent, Client, Connection, EveryEvent, Organization, ResourceServer } from './pieces/surroundings.d.ts';
import type { ClaimsAPI } from './pieces/token-api.d.ts';
import type { LoginTransaction } from './pieces/transaction.d.ts';
import type { UserWithFactors } from './pieces/user.d.ts';
import type { UserMetadataAPI } from './pieces/user-api.d.ts';
import type { AccessAPI, MultifactorAPI, RulesAPI, ValidationAPI } from './post-login/access-api.d.ts';
import type { AuthenticationAPI } from './post-login/authentication-api.d.ts';
import type { GroupsAPI, RolesAPI } from './post-login/membership-api.d.ts';
import type { SamlResponseAPI } from './post-login/saml-response-api.d.ts';
import type { RefreshTokenAPI, SessionAPI } from './post-login/session-api.d.ts';
import type { AccessTokenAPI, TransactionAPI } from './post-login/token-api.d.ts';

export type * from './pieces/factor.d.ts';

/** What the person has proven, and how much it looks like them. */
export interface Authentication extends ProvenMethods {
  /**
   * What authentication policies judge the login by: each interaction that was called, by its name, such as
   * `password-authentication`. In the JSON flow only, where it is read anew when each Action starts.
   */
  interactions?: { [interaction: string]: InteractionCounter };
  /** How much this login looks like the person. Always there; opinions that cannot be had are `neutral`. */
  riskAssessment: RiskAssessment;
}

/** A trial that this login takes part in. */
export interface Experiment {
  /** Identifier of the trial. */
  experiment_id: string;
  /** Identifier of the variation. */
  variation_id: string;
  /** Name of the variation. */
  variation_name: string;
  /** What the variation is. */
  variation_description: string;
  /** Settings of the variation. */
  config: { [setting: string]: { value: unknown } };
  /** Whether it is the one that changes nothing. */
  is_control: boolean;
}

/** The redirects of post-login. */
export interface PostLoginRedirectAPI extends RedirectAPI<PostLoginAPI> {
  /**
   * Whether a redirect can be made: there is a browser, and it may be shown something.
   * @returns `false` with `prompt=none` and at grants without a browser.
   * @deprecated A redirect that cannot be made ends the login with `interaction_required`.
   */
  canRedirect(): boolean;
}

/**
 * What a login is. Each Action gets a new one, so changing it changes nothing outside your function. While the function
 * runs, calls of `api` update `transaction.metadata`, `session.metadata`, `session.cookie.mode` and
 * `refresh_token.metadata`, and nothing else. Optional members are absent when there is nothing to say.
 */
export interface Event extends EveryEvent {
  /** What the person has proven, and how much it looks like them. */
  authentication: Authentication;
  /** What the person is allowed. */
  authorization: Authorization;
  /** The application that wants tokens. */
  client: Client;
  /** The connection by which the person came. */
  connection: Connection;
  /** The organization the person signs in to. */
  organization?: Organization;
  /** The request behind this run; a new one after each pause. */
  request: LoginRequest;
  /** The API for which an access token is asked. */
  resource_server?: ResourceServer;
  /** How the TLS connection looked; only where a trusted proxy says so. */
  security_context?: SecurityContext;
  /** The browser's session. At a login that is not a single sign-on it is about to be made. */
  session: Session;
  /** How often the person was here. */
  stats: LoginStats;
  /** What was asked for, and what Actions of this login tell each other. */
  transaction: LoginTransaction;
  /** The person. */
  user: UserWithFactors;
  /** Answers of a form; in `onContinuePostLogin` after `api.prompt.render`. */
  prompt?: PromptAnswers;
  /** The refresh token being exchanged, or one that exists already. */
  refresh_token?: RefreshToken;
  /** The agent that the application is. */
  agent?: Agent;
  /** What the person did before they signed in. */
  anonymous_session?: AnonymousSession;
  /** The trial that this login takes part in. */
  experiment?: Experiment;
  /** The token by which a native application opened this session. */
  session_transfer_token?: SessionTransferToken;
}

/**
 * What a login can be told. Methods record what you want and return at once; it is carried out after your function has
 * settled, in the order of the calls. When the function throws, everything it recorded is dropped and the login
 * **fails** with the error's message. At most 256 commands of 1 MB together in one run. Methods that return the whole
 * `api` can be chained.
 */
export interface PostLoginAPI {
  /** Refuses the login. */
  readonly access: AccessAPI<PostLoginAPI>;
  /** Changes the access token. */
  readonly accessToken: AccessTokenAPI<PostLoginAPI>;
  /** Asks for further proof, lets people enroll, and says who they are. */
  readonly authentication: AuthenticationAPI<PostLoginAPI>;
  /** Small texts that Actions of this trigger keep for a while. */
  readonly cache: CacheAPI;
  /** The groups of the person. */
  readonly groups: GroupsAPI;
  /** Changes the ID token. */
  readonly idToken: ClaimsAPI<PostLoginAPI>;
  /** Demands a second factor without naming it. */
  readonly multifactor: MultifactorAPI<PostLoginAPI>;
  /** Shows a stored form. */
  readonly prompt: PromptAPI;
  /** Sends the person to a page of yours. */
  readonly redirect: PostLoginRedirectAPI;
  /** The application's refresh token. */
  readonly refreshToken: RefreshTokenAPI;
  /** The roles of the person. */
  readonly roles: RolesAPI;
  /** Rules, which ran before Actions at Auth0. */
  readonly rules: RulesAPI;
  /** Settings of the SAML answer. */
  readonly samlResponse: SamlResponseAPI<PostLoginAPI>;
  /** The browser's session. */
  readonly session: SessionAPI;
  /** Tells later Actions of this login something. */
  readonly transaction: TransactionAPI;
  /** Writes metadata of the person. */
  readonly user: UserMetadataAPI<PostLoginAPI>;
  /** Refuses the login for what somebody filled in. */
  readonly validation: ValidationAPI<PostLoginAPI>;
}

/**
 * `exports.onExecutePostLogin` and `exports.onContinuePostLogin`: a real `async function`. What it resolves to is not
 * looked at. All Actions of a login have 20 seconds between two pauses.
 */
export type PostLoginAction = (event: Event, api: PostLoginAPI) => Promise<unknown>;
