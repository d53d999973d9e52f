// Types for authors of Actions: declarations alone, nothing here runs and nothing but its own room is imported.
// Sending somebody to a page of yours and taking them back, and pages made of forms.

/** Parameters for the address. */
export interface RedirectOptions {
  /** Set on the address, in place of parameters of the same name. */
  query?: { [parameter: string]: string };
}

/** What goes into a token for a page of yours. */
export interface EncodeTokenOptions {
  /** The secret that both sides share; keep it in `event.secrets`. */
  secret: string;
  /** Members of the token. They win over those that are set for you (`iss`, `sub`, `iat`, `exp`, `ip`). */
  payload?: { [member: string]: unknown };
  /** How long the token is good for, in seconds. Default 900. */
  expiresInSeconds?: number;
}

/** How a token that comes back is found and checked. */
export interface ValidateTokenOptions {
  /** The secret that both sides share. */
  secret: string;
  /** The parameter of `/continue` that holds the token. Default `session_token`. */
  tokenParameterName?: string;
}

/** Members of a token that came back and was found right. */
export interface TokenPayload {
  /** Whom it speaks of: the person's `user_id`. */
  sub: string;
  /** Who it is from: the tenant's host name. */
  iss: string;
  /** When it ends, in seconds since 1970; absent when the page set no end. */
  exp?: number;
  /** When it was made, in seconds since 1970. */
  iat?: number;
  /** The `state` that came back with it; the token is refused when the two differ. */
  state?: string;
  /** What else the page put in. */
  [member: string]: unknown;
}

/** Sends the person to a page of yours. `Chain` is what `sendUserTo` returns. */
export interface RedirectAPI<Chain> {
  /**
   * **Pauses** after this Action, when its MFA commands have been met, and sends the browser away; metadata is
   * written before. The page sends the person back to `/continue` of this tenant with the parameter `state` that is
   * added to the address, and then the `onContinue…` function of **this** Action runs. The last call counts; a form in
   * the same Action fails the login. Do not use it beside an MFA command: put it in a last Action of its own.
   * @param url an absolute http or https address of at most 32,768 characters.
   * @param options parameters to set on it.
   * @throws `Invalid URL`, or `The URL given to api.redirect.sendUserTo must be an http or https URL.`
   */
  sendUserTo(url: string, options?: RedirectOptions): Chain;
  /**
   * Makes a signed token (JWT, HS256) to hand to the page as a parameter. It says `iss` the tenant's host name, `sub`
   * the person's `user_id`, `iat`, `exp`, `ip`, and then your payload. Anybody who has it can read it.
   * @returns the token.
   * @throws a TypeError that names the member of `options` that is not as it should be.
   */
  encodeToken(options: EncodeTokenOptions): string;
  /**
   * In `onContinue…`: takes the token of the page from body or query of `/continue` (the body wins) and checks its
   * signature (HS256 alone), its end, and that `iss`, `sub` and `state` are of this login.
   * @returns what the token holds.
   * @throws `There is no parameter called '<name>' available in either the POST body or query string.` or
   * `The session token is invalid: <why>`, where the reason is `invalid signature`, `jwt expired`, `jwt malformed` and
   * the like.
   */
  validateToken(options: ValidateTokenOptions): TokenPayload;
}

/** What a form starts with. As JSON at most 24 KiB, 24 entries each. */
export interface RenderOptions {
  /** First values of fields, hidden ones included. Names are 1 to 50 letters, digits and `_`, no digit first. */
  fields?: { [field: string]: unknown };
  /** Values that the form's texts show. */
  vars?: { [variable: string]: unknown };
}

/** Shows a stored form. */
export interface PromptAPI {
  /**
   * **Pauses** after this Action and shows a stored form; then the `onContinue…` function of this Action runs and finds
   * the answers in `event.prompt`. Once per Action: a second call fails the login with
   * `Only 1 render command per action is allowed.`, a redirect beside it with
   * `Redirect and render commands cannot be used in the same action.`
   * Both fail it whatever the script catches.
   * @param formId identifier of the form, at most 48 characters.
   * @param options what the form starts with.
   * @throws when an argument is of the wrong kind or too large.
   */
  render(formId: string, options?: RenderOptions): void;
}

/** Answers of a form; in `onContinue…` after it. */
export interface PromptAnswers {
  /** Identifier of the form. */
  id: string;
  /** What was filled in, hidden fields included. */
  fields?: { [field: string]: unknown };
  /** The form's variables. */
  vars?: { [variable: string]: unknown };
}
