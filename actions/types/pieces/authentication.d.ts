// Types for authors of Actions: declarations alone, nothing here runs and nothing but its own room is imported.
// What somebody has proven, and what they are allowed.

import type { FactorType } from './factor.d.ts';

/**
 * The first proof: `pwd` a password, `federated` an upstream, `passkey`, `sms` and `email` without password,
 * `phone_number` at a password reset, `mock` in trials. A URL is a proof of your own, by `recordMethod`.
 */
export interface FirstFactorMethod {
  /** How it was proven. */
  name:
    | 'federated'
    | 'pwd'
    | 'passkey'
    | 'sms'
    | 'email'
    | 'phone_number'
    | 'mock'
    | `https://${string}`
    | `http://${string}`;
  /** When, ISO 8601. */
  timestamp: string;
  /** Stands on `mfa` entries only. */
  type?: undefined;
}

/** A further proof. */
export interface MfaMethod {
  /** Always `mfa`. */
  name: 'mfa';
  /** When, ISO 8601. */
  timestamp: string;
  /** Which factor it was. */
  type: FactorType;
}

/** An entry of `event.authentication.methods`. */
export type AuthenticationMethod = FirstFactorMethod | MfaMethod;

/** How often an interaction of the JSON flow was called in this login, and how that ended. */
export interface InteractionCounter {
  /** What the interaction does. Asking for a code is a challenge and proves nothing. */
  operation_type: 'AUTHENTICATION' | 'CHALLENGE' | 'REGISTRATION';
  /** What it belongs to: `password`, `sms`, `email`, `initial-registration`, … */
  method: string;
  /** How often it was called. */
  call_count: number;
  /** How often it succeeded. */
  success_count: number;
  /** How often it failed. */
  failure_count: number;
  /** The last call, ISO 8601. */
  interaction_time: string;
}

/** What the person has proven. */
export interface ProvenMethods {
  /**
   * Everything proven in the person's session, oldest first: at a single sign-on the entries of earlier logins stand
   * here too, with their old timestamps. Read anew when each Action starts.
   */
  methods: AuthenticationMethod[];
}

/** What the person is allowed. */
export interface Authorization {
  /** Names of the person's roles; in an organization those the member has there. Empty without any. */
  roles: string[];
}

/** How often the person was here. */
export interface LoginStats {
  /** Logins of this person, this one included: 1 at the first. Counted once the first factor was right. */
  logins_count: number;
}
