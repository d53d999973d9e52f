// Types for authors of Actions: the names of post-user-registration without an import, for a project with Actions of this trigger alone.
// `Event` joins the type of that name that browsers and Node have; the two share no member.

import type * as types from '../post-user-registration.d.ts';

declare global {
  /** What the function is handed first. */
  interface Event extends types.Event {}
  /** What the function is handed second. */
  type PostUserRegistrationAPI = types.PostUserRegistrationAPI;
  /** The function itself. */
  type PostUserRegistrationAction = types.PostUserRegistrationAction;
}
