// Types for authors of Actions: the names of password-reset-post-challenge without an import, for a project with Actions of this trigger alone.
// `Event` joins the type of that name that browsers and Node have; the two share no member.

import type * as types from '../password-reset-post-challenge.d.ts';

declare global {
  /** What the function is handed first. */
  interface Event extends types.Event {}
  /** What the function is handed second. */
  type PasswordResetPostChallengeAPI = types.PasswordResetPostChallengeAPI;
  /** The function itself. */
  type PasswordResetPostChallengeAction = types.PasswordResetPostChallengeAction;
  /** What commands take as a factor. */
  type ChallengeFactor = types.ChallengeFactor;
}
