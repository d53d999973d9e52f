// Types for authors of Actions: declarations alone, nothing here runs and nothing but its own room is imported.
// Ways of post-login to end a login for the application, and older ways to ask.

/** Refuses the login. */
export interface AccessAPI<Api> {
  /**
   * **Ends the login** after this Action: no later Action runs, no challenge is shown, whatever else was commanded. The
   * application gets `error=access_denied` with your words; metadata written before is kept. The function itself runs
   * on: `return` after it.
   * @param reason what the application is told; at most 1,024 characters arrive.
   * @throws `The reason given to api.access.deny must be a string.`
   */
  deny(reason: string): Api;
}

/** Refuses the login for what somebody filled in. */
export interface ValidationAPI<Api> {
  /**
   * **Ends the login** like `access.deny`; the application is told the message.
   * @param code your own word for it, at most 100 characters.
   * @param message what the application is told, at most 100 characters.
   * @throws `must have required property '…'`, or what is wrong with it, such as
   * `errorCode must NOT have more than 100 characters`.
   */
  error(code: string, message: string): Api;
}

/** Asks who does it: `guardian` this product's factors, `google-authenticator` an app, `any` whatever is enrolled. */
export type MfaProvider = 'any' | 'guardian' | 'google-authenticator' | 'duo' | 'none';

/** Access to a Duo account. */
export interface DuoOptions {
  /** Host of the account's API. */
  host: string;
  /** Integration key. */
  ikey: string;
  /** Secret key; keep it in `event.secrets`. */
  skey: string;
  /** Name of the person there. */
  username?: string;
}

/** Choices of `multifactor.enable`. */
export interface MultifactorOptions {
  /** Whether the person may have this browser remembered, for 30 days at most. Default `false`. */
  allowRememberBrowser?: boolean;
  /** Access to Duo; not looked at and not kept. */
  providerOptions?: DuoOptions;
}

/** Demands a second factor without naming it. */
export interface MultifactorAPI<Api> {
  /**
   * Demands that the person proves a second factor, or enrolls in one, **after the last Action**: it does not pause
   * here and no Action runs after it. The last call counts. Commands of `api.authentication` override it, and it
   * overrides the tenant's policy; `none` takes the demand away, a policy's too. With
   * `allowRememberBrowser: false`, called before a challenge command, that challenge offers no "remember this device".
   * @param provider who asks.
   * @param options whether this browser may be remembered.
   * @throws `The provider given to api.multifactor.enable must be one of any, none, …`
   */
  enable(provider: MfaProvider, options?: MultifactorOptions): Api;
}

/** Rules, which ran before Actions at Auth0. */
export interface RulesAPI {
  /**
   * Whether a rule ran in this login. There are no rules here.
   * @param ruleId identifier of the rule.
   * @returns always `false`.
   */
  wasExecuted(ruleId: string): boolean;
}
