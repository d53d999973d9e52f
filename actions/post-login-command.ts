// The commands a post-login script can record, once the host has checked them. Scripts record; the runtime acts.

/** A factor as a script names it; `type` may be anything the script wrote. */
export type RequestedFactor = { type: string; options?: Record<string, unknown> };

/** `name` is the method of `api` that recorded it. */
export type PostLoginCommand =
  | { name: 'access.deny'; reason: string }
  | { name: 'accessToken.setCustomClaim'; key: string; value: unknown }
  | { name: 'idToken.setCustomClaim'; key: string; value: unknown }
  | { name: 'authentication.challengeWith'; factor: RequestedFactor; additionalFactors: RequestedFactor[] }
  | { name: 'authentication.challengeWithAny'; factors: RequestedFactor[] }
  /** A value of null removes the key. */
  | { name: 'user.setAppMetadata'; key: string; value: unknown }
  | { name: 'user.setUserMetadata'; key: string; value: unknown };
