// Types for authors of Actions: declarations alone, nothing here runs and nothing but its own room is imported.
// Access token, scopes and target scopes of post-login, and metadata that lives as long as the login.

import type { ClaimsAPI } from '../pieces/token-api.d.ts';

/** Changes the access token. */
export interface AccessTokenAPI<Api> extends ClaimsAPI<Api> {
  /**
   * Adds a scope. At most 1,000 in one run; of several calls for the same scope the last one counts.
   * @param scope without spaces inside, at most 280 characters; spaces around it are cut.
   * @throws `The value for the scope must be a string.`, `The value for the scope is required.` when nothing is left of
   * it, `The value for the scope must not have whitespace.`,
   * `The value for the scope exceeds the allowed maximum of 280 characters.` or
   * `The number of scopes exceeds the allowed maximum of 1000.`
   */
  addScope(scope: string): void;
  /**
   * Takes a scope away, by the rules of `addScope`.
   * @param scope without spaces inside, at most 280 characters; spaces around it are cut.
   * @throws what `addScope` throws.
   */
  removeScope(scope: string): void;
}

/** Tells later Actions of this login something, and settles scopes. */
export interface TransactionAPI {
  /**
   * Writes one key of `event.transaction.metadata`, to be seen at once and by every later Action of this login, across
   * pauses. All of it together is at most 16 KB.
   * @param key 1 to 64 characters.
   * @param value at most 8 KB; whole numbers must be safe integers; `null` removes the key.
   * @throws a text that names the limit, such as `A value of transaction metadata must not exceed 8 KB.`
   */
  setMetadata(key: string, value: string | number | boolean | null): void;
  /**
   * Not supported.
   * @throws `Method not implemented.`
   */
  addTargetScope(scope: string): void;
  /**
   * Not supported.
   * @throws `Method not implemented.`
   */
  removeTargetScope(scope: string): void;
  /**
   * Not supported.
   * @throws `Method not implemented.`
   */
  setTargetScopes(scopes: readonly string[]): void;
  /**
   * Not supported.
   * @throws `Method not implemented.`
   */
  clearTargetScopes(): void;
}
