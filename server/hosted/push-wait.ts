// Server, hosted pages: what the pages have in common that wait for a phone. Their form is sent when the phone has answered:
// by a script that asks now and then, or by the button, which is all that people without scripts need.
import { html } from 'hono/html';
import type { EnrollmentOf } from '#runtime/transaction/transaction.ts';
import { enrollmentAddress } from '../push/push-paths.ts';
import { scriptPath } from './assets.ts';
import { form } from './form.ts';
import type { Markup } from './page.ts';
import { PUSH_STATUS_PATH } from './push-status.ts';
import { addressAt, presentChallenge, presentEnrollment, type View } from './screen.ts';

/** Scripts of a page that waits. */
export const waitScripts = (view: View): string[] => (isOver(view) ? [] : [scriptPath('wait-for-device')]);

/** Why a page waits no more: the phone said no, or nobody may answer any more. */
const ENDS: ReadonlySet<string> = new Set(['transaction-rejected', 'transaction-not-found']);

/** Nothing can come of what was asked. */
export function isOver({ login, notice }: View): boolean {
  return presentChallenge(login)?.refused === true || (notice !== undefined && ENDS.has(notice.key));
}

/** Says that the page waits; for those without scripts it would not be true. */
export function waiting(view: View, text: string): Markup | '' {
  if (isOver(view)) return '';
  const status = addressAt(PUSH_STATUS_PATH, view.state);
  return html`<p class="waiting" role="status" data-waits="${status}" hidden><span class="spinner"></span>${text}</p>`;
}

/** The form whose `continue` is pressed when the phone has answered. `others`: quieter buttons, actions and texts. */
export function waitForm(
  view: View,
  { above = '', texts }: { above?: Markup | ''; texts: { proceed: string; others: [string, string | undefined][] } },
): Markup {
  const proceed = html`<button type="submit" name="action" value="continue" autofocus>${texts.proceed}</button>`;
  return form(
    view,
    html`${above}
${isOver(view) ? '' : proceed}
${texts.others.map(([action, text], index) =>
  text === undefined
    ? ''
    : html`<button${isOver(view) && index === 0 ? html` autofocus` : html` class="quiet-button"`} type="submit" name="action" value="${action}">${text}</button>
`,
)}`,
  );
}

/** The phone that is being enrolled. */
function pushEnrollment({ login }: View): EnrollmentOf<'push-notification'> | undefined {
  const enrollment = presentEnrollment(login);
  return enrollment?.factor === 'push-notification' ? enrollment : undefined;
}

/** Where the phone goes: what the picture holds. */
export function phoneAddress(view: View): string {
  const { person } = view.surroundings;
  const key = pushEnrollment(view)?.key;
  return person && key !== undefined ? enrollmentAddress(person.tenant, key) : '';
}
