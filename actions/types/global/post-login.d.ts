// Types for authors of Actions: the names of post-login without an import, for a project with Actions of this trigger alone.
// `Event` joins the type of that name that browsers and Node have; the two share no member.

import type * as types from '../post-login.d.ts';

declare global {
  /** What the function is handed first. */
  interface Event extends types.Event {}
  /** What the function is handed second. */
  type PostLoginAPI = types.PostLoginAPI;
  /** The function itself. */
  type PostLoginAction = types.PostLoginAction;
  /** What commands take as a factor. */
  type ChallengeFactor = types.ChallengeFactor;
  /** What enrollment commands take as a factor. */
  type EnrollFactor = types.EnrollFactor;
}
