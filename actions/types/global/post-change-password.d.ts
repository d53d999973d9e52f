// Types for authors of Actions: the names of post-change-password without an import, for a project with Actions of this trigger alone.
// `Event` joins the type of that name that browsers and Node have; the two share no member.

import type * as types from '../post-change-password.d.ts';

declare global {
  /** What the function is handed first. */
  interface Event extends types.Event {}
  /** What the function is handed second. */
  type PostChangePasswordAPI = types.PostChangePasswordAPI;
  /** The function itself. */
  type PostChangePasswordAction = types.PostChangePasswordAction;
}
