// Types for authors of Actions: declarations alone, nothing here runs and nothing but its own room is imported.
// The person: profile, metadata, identities, enrolled factors.

import type { EnrolledFactor } from './factor.d.ts';

/** An account by which the person can sign in: the first one and those linked to it. */
export interface Identity {
  /** Name of the connection. */
  connection: string;
  /** Kind of the connection, such as `auth0` or `google-oauth2`. */
  provider: string;
  /** Identifier within the connection, without the provider before it. */
  user_id: string;
  /** The same as `user_id`, as older scripts read it. */
  userId: string;
  /** Whether it is a social connection. */
  isSocial: boolean;
  /** What the upstream said of the person; on linked accounts. */
  profileData?: { [attribute: string]: unknown };
  /** More that the upstream gave. */
  [attribute: string]: unknown;
}

/** What is known of somebody before they have an identifier, and of everybody after. Absent when it is not known. */
export interface ProfileFields {
  /** E-mail address. */
  email?: string;
  /** Name at sign-in, for connections that have such names. */
  username?: string;
  /** Phone number, in E.164 where it parses: `+81312345678`. */
  phone_number?: string;
  /** Full name. */
  name?: string;
  /** Given name. */
  given_name?: string;
  /** Family name. */
  family_name?: string;
  /** What they like to be called. */
  nickname?: string;
  /** Address of a picture. */
  picture?: string;
}

/** Who somebody is, as every trigger with a user says it. */
export interface Profile extends ProfileFields {
  /** Identifier in the tenant, such as `auth0|65f…`. */
  user_id: string;
  /** Whether the e-mail address is known to be theirs. */
  email_verified: boolean;
  /**
   * What administrators keep about the person, for decisions; 32 KB as JSON can be written in one login. What this
   * login wrote is not in here yet.
   */
  app_metadata: { [key: string]: unknown };
  /** What the person chose for themselves; 32 KB as JSON can be written in one login. Never decide access by it. */
  user_metadata: { [key: string]: unknown };
}

/** A complete profile with its accounts. Attributes that an upstream gave stand beside the known ones. */
export interface User extends Profile {
  /** When the profile was made, ISO 8601. */
  created_at: string;
  /** When it was last changed, ISO 8601. */
  updated_at: string;
  /** Whether the phone number is known to be theirs; absent without a number. */
  phone_verified?: boolean;
  /** When the password was last changed, ISO 8601; absent before the first change and without a password. */
  last_password_reset?: string;
  /** The accounts of the person, the one that the profile began with first. */
  identities: Identity[];
  /** An attribute that an upstream gave, such as `groups`. */
  [attribute: string]: unknown;
}

/** Somebody whose factors are known. */
export interface UserWithFactors extends User {
  /**
   * What can be asked for now: factors that are active and switched on for the tenant, a verified e-mail address
   * included while that factor is on. Read anew when each Action starts.
   */
  enrolledFactors: EnrolledFactor[];
  /** `["guardian"]` for whoever enrolled in anything, otherwise empty. It is blind to e-mail: use `enrolledFactors`. */
  multifactor: string[];
}
