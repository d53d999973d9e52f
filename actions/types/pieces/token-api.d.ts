// Types for authors of Actions: declarations alone, nothing here runs and nothing but its own room is imported.
// Claims of the tokens that a run leads to.

/** Adds claims to a token. */
export interface ClaimsAPI<Api> {
  /**
   * Adds a claim to the token, in place of an earlier one of that name. All custom claims of one token are at most
   * 100 KB of JSON. Names that belong to the protocol (`sub`, `aud`, `exp`, …) and to Auth0's namespaces are left out
   * of the token without a word; an access token takes the profile claims of OpenID Connect and names of your own.
   * @param key name of the claim, best a URL of yours; not empty.
   * @param value any JSON; `undefined` does nothing.
   * @throws `The "scope" claim cannot be set.` for the name `scope`, or
   * `The custom claims of a token must not exceed 100 KB.`
   */
  setCustomClaim(key: string, value: unknown): Api;
}
