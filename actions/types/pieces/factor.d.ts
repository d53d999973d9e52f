// Types for authors of Actions: declarations alone, nothing here runs and nothing but its own room is imported.
// Factors: what a script may ask for, what a person may be enrolled in, what each takes as options.

/** Names of the kinds of proof beside the first one. The same words stand on `mfa` entries of `methods`. */
export type FactorType =
  | 'otp'
  | 'email'
  | 'phone'
  | 'push-notification'
  | 'webauthn-roaming'
  | 'webauthn-platform'
  | 'recovery-code';

/** Choices of the `phone` factor. */
export interface PhoneOptions {
  /**
   * How the code travels. A way that is switched off for the tenant gives way to the other; `both` lets the person
   * choose. Without it, a text message is sent and a call offered where both are on.
   */
  preferredMethod?: 'sms' | 'voice' | 'both';
}

/** Choices of the `push-notification` factor. They belong into the factor, not into the second argument of a command. */
export interface PushOptions {
  /** Whether a code from the same app may be typed in instead of answering the push. Default `true`. */
  otpFallback?: boolean;
}

/** Options of a factor that has no choices: may be given, and are not looked at. */
export interface NoChoices {
  /** Not looked at. */
  [option: string]: unknown;
}

/** A code from an authenticator app (TOTP). */
export interface OtpFactor {
  /** The name of the factor. */
  type: 'otp';
  /** Not looked at. */
  options?: NoChoices;
}

/** A code sent to the person's verified address. It enrolls itself, so it can be asked for and not be enrolled. */
export interface EmailFactor {
  /** The name of the factor. */
  type: 'email';
  /** Not looked at. */
  options?: NoChoices;
}

/** A code by text message or call. */
export interface PhoneFactor {
  /** The name of the factor. */
  type: 'phone';
  /** How the code travels. */
  options?: PhoneOptions;
}

/** A question on the person's enrolled device. */
export interface PushFactor {
  /** The name of the factor. */
  type: 'push-notification';
  /** Whether there is a way round the push. */
  options?: PushOptions;
}

/** The same under its short name, which commands take too; events always say `push-notification`. */
export interface ShortPushFactor {
  /** The short name of `push-notification`. */
  type: 'push';
  /** Whether there is a way round the push. */
  options?: PushOptions;
}

/** A security key that moves between devices. */
export interface RoamingKeyFactor {
  /** The name of the factor. */
  type: 'webauthn-roaming';
  /** Not looked at. */
  options?: NoChoices;
}

/** What is built into this device: fingerprint, face, PIN. The browser must support it. */
export interface PlatformKeyFactor {
  /** The name of the factor. */
  type: 'webauthn-platform';
  /** Not looked at. */
  options?: NoChoices;
}

/** The code the person wrote down for the day everything else is lost. */
export interface RecoveryCodeFactor {
  /** The name of the factor. */
  type: 'recovery-code';
  /** Not looked at. */
  options?: NoChoices;
}

/**
 * What `challengeWith` and `challengeWithAny` take. A factor or list that is kept in a variable needs this type written
 * to it, because TypeScript otherwise takes `type` for any string.
 */
export type ChallengeFactor =
  | OtpFactor
  | EmailFactor
  | PhoneFactor
  | PushFactor
  | ShortPushFactor
  | RoamingKeyFactor
  | PlatformKeyFactor
  | RecoveryCodeFactor;

/** What `enrollWith` and `enrollWithAny` take: every factor but `email`. */
export type EnrollFactor = Exclude<ChallengeFactor, EmailFactor>;

/** An entry of `event.user.enrolledFactors`; the whole list can be handed to `challengeWithAny` as it is. */
export type EnrolledFactor = Exclude<ChallengeFactor, ShortPushFactor>;
