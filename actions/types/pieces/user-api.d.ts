// Types for authors of Actions: declarations alone, nothing here runs and nothing but its own room is imported.
// `api.user`: metadata of the person, written once at the end.

/** Writes metadata of the person. All Actions together write once, when the trigger ends. */
export interface UserMetadataAPI<Api> {
  /**
   * Writes one key of `app_metadata`. `event.user` does not show it. Kept when the login is denied, dropped when the
   * script throws. One login can write 32 KB of JSON.
   * @param key name of the key; not empty.
   * @param value any JSON; `null` removes the key, `undefined` does nothing.
   * @throws `Unexpected app_metadata format. Must be a valid JSON object` when `event.user.app_metadata` is no object, or
   * `One login must not write more than 32 KB of app_metadata.`
   */
  setAppMetadata(key: string, value: unknown): Api;
  /**
   * Writes one key of `user_metadata`, by the rules of `setAppMetadata`.
   * @param key name of the key; not empty.
   * @param value any JSON; `null` removes the key, `undefined` does nothing.
   * @throws `Unexpected user_metadata format. Must be a valid JSON object.` when `event.user.user_metadata` is no object,
   * or `One login must not write more than 32 KB of user_metadata.`
   */
  setUserMetadata(key: string, value: unknown): Api;
}
