// The commands a custom-token-exchange script can record, once the host has checked them. Scripts record; the runtime acts.

/** Somebody who acts for the subject, and for whom they act in turn (RFC 8693 §4.1). */
export type Actor = { sub: string; act?: Actor; [member: string]: unknown };

/** Who somebody is within a connection, under wire names: the known fields of a profile and whatever the script adds. */
export type ConnectionUser = {
  /** Without the provider in front. */
  user_id: string;
  email?: string;
  email_verified?: boolean;
  username?: string;
  phone_number?: string;
  phone_verified?: boolean;
  name?: string;
  given_name?: string;
  family_name?: string;
  nickname?: string;
  picture?: string;
  /** Whether somebody new is sent a message to verify the address. */
  verify_email?: boolean;
  [attribute: string]: unknown;
};

export const CREATION_BEHAVIORS = ['create_if_not_exists', 'none'] as const;
export const UPDATE_BEHAVIORS = ['replace', 'none'] as const;

/** `name` is the method of `api` that recorded it. Times are milliseconds since 1970. */
export type CustomTokenExchangeCommand =
  | { name: 'access.deny'; code: string; reason: string }
  | { name: 'access.rejectInvalidSubjectToken'; reason: string }
  | { name: 'authentication.setActor'; actor: Actor }
  /** By its id or its name. */
  | { name: 'authentication.setOrganization'; organization: string }
  | {
      name: 'authentication.setUserByConnection';
      /** By name. */
      connection: string;
      attributes: ConnectionUser;
      creationBehavior: (typeof CREATION_BEHAVIORS)[number];
      updateBehavior: (typeof UPDATE_BEHAVIORS)[number];
    }
  | { name: 'authentication.setUserById'; userId: string }
  | { name: 'cache.set'; key: string; value: string; expiresAt: number }
  | { name: 'cache.delete'; key: string }
  /** A value of null removes the key. */
  | { name: 'user.setAppMetadata'; key: string; value: unknown }
  | { name: 'user.setUserMetadata'; key: string; value: unknown };
