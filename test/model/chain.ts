// Tests, the reference model: the words that cases are told in. A case is a tenant, a person, a chain of Actions and the
// person's visits, one after the other. Nothing here knows how the product works; names of factors are those of scripts.

/** The strings of `user.enrolledFactors[].type` that can be used in this release. */
export type Factor = 'otp' | 'phone' | 'email';

export type Tenant = {
  otp: boolean;
  sms: boolean;
  email: boolean;
  messageTypes: ('sms' | 'voice')[];
  policies: ('all-applications' | 'confidence-score')[];
  /** `customize_mfa_in_postlogin_action`. */
  customizeMfa: boolean;
};

/** What somebody has of a factor: an authenticator that works, one never confirmed, or nothing. */
export type Having = 'confirmed' | 'unconfirmed' | 'none';

export type Person = {
  otp: Having;
  phone: Having;
  /** An e-mail authenticator of its own, at another address than the profile's. */
  mailbox: Having;
  /** The profile's address: verified, it enrolls itself while the tenant's factor is on. */
  emailVerified: boolean;
  roles: string[];
};

export type Condition =
  | { is: 'proven'; factor: Factor }
  | { is: 'anyMfa' }
  | { is: 'enrolled'; factor: Factor }
  | { is: 'noted'; key: string; value: string }
  | { is: 'stored'; key: string; value: string }
  | { is: 'role'; name: string }
  | { is: 'lowConfidence' }
  | { is: 'stepUp' }
  | { is: 'method'; url: string };

/** Factors as a script writes them, or the list it read from the event. */
export type Factors = string[] | 'enrolledFactors';

/** How a script wants a phone to be reached; `both`: as the person says. */
export type Preferred = 'sms' | 'voice' | 'both';

export type Statement =
  | { say: 'challengeWith' | 'enrollWith'; factor: string; additional?: string[]; preferred?: Preferred }
  | { say: 'challengeWithAny' | 'enrollWithAny'; factors: Factors }
  | { say: 'enable'; provider: Provider; allowRememberBrowser?: boolean }
  | { say: 'deny' | 'revokeSession'; reason: string }
  | { say: 'validationError'; code: string; message: string }
  | { say: 'throw'; message: string }
  | { say: 'sendUserTo'; url: string }
  | { say: 'render' }
  | { say: 'setAppMetadata' | 'setUserMetadata' | 'note'; key: string; value: string | null }
  | { say: 'recordMethod'; url: string }
  | { say: 'if'; when: Condition; body: Statement[]; otherwise: Statement[] };

export type Provider = 'any' | 'none' | 'guardian' | 'google-authenticator' | 'duo';

/** `resume`: the body of `onContinuePostLogin`; absent when the script exports none. */
export type Action = { execute: Statement[]; resume?: Statement[]; broken?: 'not async' | 'top level' };

/** What somebody does where a login rests. Where it makes no sense it is what a stale or forged form would send. */
export type Move =
  /** The right code, the right password, the first or the `pick`ed offer, the way back from where a script sent them. */
  | { act: 'on'; pick?: number; remember?: boolean }
  | { act: 'wrong' }
  /** A factor that is not on offer. */
  | { act: 'forge' }
  /** Another method: by the picker, or at a client the next one that is offered. */
  | { act: 'another' }
  | { act: 'back' }
  | { act: 'resend' }
  /** The tab is closed. */
  | { act: 'leave' };

export type Visit = {
  /** Milliseconds since the last one. */
  after: number;
  /** At pages, or in the hands of a client: with a password, or with the refresh token of an earlier login. */
  by: 'browser' | 'password' | 'refresh';
  /** The client brings a wrong password, or a key of the refresh token that was exchanged before. */
  stale: boolean;
  browser: 'a' | 'b';
  userAgent: 'alpha' | 'beta';
  /** Uses the session of this browser, if there is one. */
  session: boolean;
  /** `prompt=none`. */
  silent: boolean;
  /** `acr_values` holds the multi-factor policy of PAPE. */
  stepUp: boolean;
  /** The audience is the MFA API. */
  mfaAudience: boolean;
  /** Once there are no more, the person goes on. */
  moves: Move[];
};

export type Case = { tenant: Tenant; person: Person; actions: Action[]; visits: Visit[] };

export const MULTI_FACTOR = 'http://schemas.openid.net/pape/policies/2007/06/multi-factor';
