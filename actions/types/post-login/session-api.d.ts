// Types for authors of Actions: declarations alone, nothing here runs and nothing but its own room is imported.
// `api.session` and `api.refreshToken` of post-login: how long they live, what is kept in them, their end.

import type { CookieMode } from '../pieces/session.d.ts';

/** Sets ends. Several calls: the earliest counts. */
export interface ExpiryAPI {
  /**
   * Sets when it ends in any case. A time beyond what the tenant or application allows is cut to that, with a `w` log.
   * @param absolute milliseconds since 1970.
   * @throws `Either inactivity or absolute expiration time must be provided` for 0 or no number.
   */
  setExpiresAt(absolute: number): void;
  /**
   * Sets when it ends unless it is used. Cut like `setExpiresAt`.
   * @param idle milliseconds since 1970.
   * @throws `Either inactivity or absolute expiration time must be provided` for 0 or no number.
   */
  setIdleExpiresAt(idle: number): void;
}

/** Keeps short texts. A refusal here **fails the login** unless the script catches it. */
export interface ShortMetadataAPI {
  /**
   * Writes one key; `event` shows it at once. At most 25 keys.
   * @param key 1 to 255 letters, digits, `_` and `-`.
   * @param value at most 255 characters; `null` removes the key.
   * @throws `Failed to set session metadata: <why>` or `Failed to set refresh token metadata: <why>`.
   */
  setMetadata(key: string, value: string | null): void;
  /**
   * Removes one key; does nothing when there is none.
   * @param key name of the key.
   */
  deleteMetadata(key: string): void;
  /** Removes all keys. */
  evictMetadata(): void;
}

/** Choices of `session.revoke`. */
export interface RevokeSessionOptions {
  /** Whether refresh tokens of the session stay good. Default `false`. */
  preserveRefreshTokens?: boolean;
}

/** The browser's session. */
export interface SessionAPI extends ExpiryAPI, ShortMetadataAPI {
  /**
   * **Ends the login** like `access.deny`, and the session with it. No later Action runs.
   * @param reason what the application is told.
   * @param options whether refresh tokens stay.
   * @throws what is wrong with an argument, such as `message must be string`.
   */
  revoke(reason: string, options?: RevokeSessionOptions): void;
  /**
   * Sets how the browser keeps the cookie. The last call counts; `event.session.cookie.mode` shows it at once.
   * @param mode `non-persistent` ends with the browser.
   * @throws `Invalid cookie mode: <mode>. Valid values are 'persistent' and 'non-persistent'.` or
   * `Cookie mode must be provided`.
   */
  setCookieMode(mode: CookieMode): void;
}

/**
 * The application's refresh token: the one being exchanged, or the one this login will issue. Its life can only be cut.
 * On a token that ends with its session (`access: 'online'`) everything but `revoke` throws
 * `Cannot call <method> on an online refresh token.`
 */
export interface RefreshTokenAPI extends ExpiryAPI, ShortMetadataAPI {
  /**
   * **Ends the exchange** of a refresh token: `/oauth/token` answers 403 `access_denied`, and the token is revoked. Only
   * where a refresh token is exchanged.
   * @param reason what the application is told, at most 1,024 characters.
   * @throws what is wrong with the reason, such as `message must be string`.
   */
  revoke(reason: string): void;
}
