// Types for authors of Actions: the names of custom-phone-provider without an import, for a project with Actions of this trigger alone.
// `Event` joins the type of that name that browsers and Node have; the two share no member.

import type * as types from '../custom-phone-provider.d.ts';

declare global {
  /** What the function is handed first. */
  interface Event extends types.Event {}
  /** What the function is handed second. */
  type CustomPhoneProviderAPI = types.CustomPhoneProviderAPI;
  /** The function itself. */
  type CustomPhoneProviderAction = types.CustomPhoneProviderAction;
}
