// Types for authors of Actions: the names of send-phone-message without an import, for a project with Actions of this trigger alone.
// `Event` joins the type of that name that browsers and Node have; the two share no member.

import type * as types from '../send-phone-message.d.ts';

declare global {
  /** What the function is handed first. */
  interface Event extends types.Event {}
  /** What the function is handed second. */
  type SendPhoneMessageAPI = types.SendPhoneMessageAPI;
  /** The function itself. */
  type SendPhoneMessageAction = types.SendPhoneMessageAction;
}
