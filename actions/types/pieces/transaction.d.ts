// Types for authors of Actions: declarations alone, nothing here runs and nothing but its own room is imported.
// What was asked for: the parameters of the authorization request, and what Actions of one login tell each other.

import type { Correlation } from './surroundings.d.ts';

/** How tokens were asked for. */
export type Protocol =
  | 'oidc-basic-profile'
  | 'oidc-implicit-profile'
  | 'oidc-hybrid-profile'
  | 'oidc-ciba'
  | 'oidc-ciba-web-link'
  | 'oauth2-device-code'
  | 'oauth2-resource-owner'
  | 'oauth2-resource-owner-jwt-bearer'
  | 'oauth2-password'
  | 'oauth2-webauthn'
  | 'oauth2-access-token'
  | 'oauth2-refresh-token'
  | 'oauth2-token-exchange'
  | 'samlp'
  | 'wsfed'
  | 'wstrust-usernamemixed';

/** Somebody who acts for the person, and for whom they act in turn; at most five levels. */
export interface Actor {
  /** Who acts. */
  sub: string;
  /** The one before in the chain. */
  act?: Actor;
  /** At most five more members a level. */
  [member: string]: unknown;
}

/** One entry of `authorization_details` (RFC 9396). */
export interface AuthorizationDetail {
  /** Says what the other members mean. */
  type: string;
  /** What is asked for. */
  [member: string]: unknown;
}

/** What was asked for when somebody set out to sign in or sign up. */
export interface AuthorizationParameters extends Correlation {
  /** What `acr_values` held, split at spaces; empty without any. */
  acr_values: string[];
  /** The language chosen for pages, among those of the tenant. */
  locale: string;
  /** Who the application thinks it is. */
  login_hint?: string;
  /** What `prompt` held, split at spaces. */
  prompt?: string[];
  /** How tokens are asked for. */
  protocol: Protocol;
  /** Where the answer goes. */
  redirect_uri?: string;
  /** The scopes asked for; empty without any. */
  requested_scopes: string[];
  /** How the answer travels. */
  response_mode?: 'query' | 'fragment' | 'form_post' | 'web_message';
  /** What the answer holds. */
  response_type?: ('code' | 'token' | 'id_token')[];
  /** The application's own mark, which it gets back. */
  state?: string;
  /** What `ui_locales` held, split at spaces; empty without any. */
  ui_locales: string[];
}

/** What Actions of one login tell each other, and what was asked for. */
export interface LoginTransaction extends AuthorizationParameters {
  /** Identifier of this login. */
  id: string;
  /** What links this login to something outside; absent without it. */
  linking_id?: string;
  /**
   * What `api.transaction.setMetadata` wrote in this login, at once and in every later Action, pauses included; an
   * empty object before. Gone when the login has ended.
   */
  metadata: { [key: string]: string | number | boolean };
  /** What is asked for in detail (RFC 9396). */
  requested_authorization_details?: AuthorizationDetail[];
  /** Type of the subject token; at a token exchange only. */
  subject_token_type?: string;
  /** Who acts for the person; at a token exchange with an actor only. */
  actor?: Actor;
  /** Type of the actor token; at a token exchange with an actor only. */
  actor_token_type?: string;
  /** The scopes that Actions settle on; absent while target scopes are not supported. */
  target_scopes?: string[];
}
