// The commands a post-login script can record, once the host has checked them. Scripts record; the runtime acts.

/** A factor as a script names it; `type` may be anything the script wrote. */
export type RequestedFactor = { type: string; options?: Record<string, unknown> };

/** What `api.multifactor.enable` takes as provider. */
export const MFA_PROVIDERS = ['any', 'none', 'guardian', 'google-authenticator', 'duo'] as const;
export type MfaProvider = (typeof MFA_PROVIDERS)[number];

export type CookieMode = 'persistent' | 'non-persistent';

/** `name` is the method of `api` that recorded it. Times are milliseconds since 1970. */
export type PostLoginCommand =
  | { name: 'access.deny'; reason: string }
  | { name: 'accessToken.setCustomClaim'; key: string; value: unknown }
  | { name: 'accessToken.addScope'; scope: string }
  | { name: 'accessToken.removeScope'; scope: string }
  | { name: 'authentication.challengeWith'; factor: RequestedFactor; additionalFactors: RequestedFactor[] }
  | { name: 'authentication.challengeWithAny'; factors: RequestedFactor[] }
  | { name: 'authentication.enrollWith'; factor: RequestedFactor; additionalFactors: RequestedFactor[] }
  | { name: 'authentication.enrollWithAny'; factors: RequestedFactor[] }
  | { name: 'authentication.recordMethod'; url: string }
  | { name: 'authentication.setPrimaryUser'; userId: string }
  | { name: 'cache.set'; key: string; value: string; expiresAt: number }
  | { name: 'cache.delete'; key: string }
  | { name: 'idToken.setCustomClaim'; key: string; value: unknown }
  | { name: 'multifactor.enable'; provider: MfaProvider; allowRememberBrowser: boolean }
  | { name: 'prompt.render'; formId: string; fields: Record<string, unknown>; vars: Record<string, unknown> }
  /** `query` is already in `url`. */
  | { name: 'redirect.sendUserTo'; url: string }
  | { name: 'refreshToken.revoke'; reason: string }
  | { name: 'refreshToken.setExpiresAt'; at: number }
  | { name: 'refreshToken.setIdleExpiresAt'; at: number }
  /** A value of null removes the key. */
  | { name: 'refreshToken.setMetadata'; key: string; value: string | null }
  | { name: 'refreshToken.deleteMetadata'; key: string }
  | { name: 'refreshToken.evictMetadata' }
  /** Settings of a SAML answer, by the name of their setter: kept with the execution until there is SAML. */
  | { name: `samlResponse.${string}`; args: unknown[] }
  | { name: 'session.revoke'; reason: string; preserveRefreshTokens: boolean }
  | { name: 'session.setExpiresAt'; at: number }
  | { name: 'session.setIdleExpiresAt'; at: number }
  | { name: 'session.setCookieMode'; mode: CookieMode }
  /** A value of null removes the key. */
  | { name: 'session.setMetadata'; key: string; value: string | null }
  | { name: 'session.deleteMetadata'; key: string }
  | { name: 'session.evictMetadata' }
  /** A value of null removes the key. */
  | { name: 'transaction.setMetadata'; key: string; value: string | number | boolean | null }
  /** A value of null removes the key. */
  | { name: 'user.setAppMetadata'; key: string; value: unknown }
  | { name: 'user.setUserMetadata'; key: string; value: unknown }
  | { name: 'validation.error'; code: string; message: string };
