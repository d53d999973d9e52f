// The commands a pre-user-registration script can record, once the host has checked them. Scripts record; the runtime acts.

/** `name` is the method of `api` that recorded it. Times are milliseconds since 1970. */
export type PreUserRegistrationCommand =
  /** `reason` is for the tenant's log, `userMessage` for the person; it is empty where the script gave none. */
  | { name: 'access.deny'; reason: string; userMessage: string }
  | { name: 'cache.set'; key: string; value: string; expiresAt: number }
  | { name: 'cache.delete'; key: string }
  /** A value of null removes the key. */
  | { name: 'user.setAppMetadata'; key: string; value: unknown }
  | { name: 'user.setUserMetadata'; key: string; value: unknown }
  /** Without the provider in front. */
  | { name: 'user.setUserId'; userId: string }
  | { name: 'validation.error'; code: string; message: string };

/** What `api.user.setUserId` takes. */
export const OWN_USER_ID = /^[a-zA-Z0-9@._+-]{1,255}$/;
