// Server, hosted pages: a list within one factor: which of several numbers, mailboxes or devices is meant.
import { html } from 'hono/html';
import type { FactorType } from '#actions/post-login.ts';
import { form } from './form.ts';
import { type IconName, icon } from './icons.ts';
import type { Markup } from './page.ts';
import { type Fields, hasOthers, type Reading, refused, type View } from './screen.ts';
import { targetsOf } from './targets.ts';

const SELECTION = 'selection-action::';

/**
 * @param picture beside each row.
 * @param say the texts of the screen: what is chosen, and the way back, which stands above.
 * @param unnamed what a device is called that has no name.
 */
export function targetList(
  view: View,
  factor: FactorType,
  picture: IconName,
  say: (key: 'title' | 'backText') => string,
  unnamed = '',
): Markup {
  return form(
    view,
    html`${leadsBack(view) ? html`<button class="back" type="submit" name="action" value="back-action">${icon('back')}${say('backText')}</button>` : ''}
<h1>${say('title')}</h1>
<ul class="picks">
${targetsOf(view, factor).map(
  ({ index, text }) =>
    html`<li><button class="pick" type="submit" name="action" value="${SELECTION}${index}">${icon(picture)}<span class="pick-text"><bdi>${text ?? unnamed}</bdi></span>${icon('forward')}</button></li>
`,
)}</ul>`,
  );
}

/** To the challenge that the person came from, or to every method where there is another. */
const leadsBack = ({ login }: View): boolean =>
  login.state.name === 'choosing' && (login.state.back !== undefined || hasOthers(login));

export function readTargetList({ action = '' }: Fields, view: View, factor: FactorType): Reading {
  const { state } = view.login;
  if (action === 'back-action') {
    const returns = state.name === 'choosing' && state.back !== undefined;
    return { ok: true, input: { kind: returns ? 'returned' : 'reconsidered' } };
  }
  // Of rows that are gone meanwhile none is another one.
  const target = targetsOf(view, factor).find(({ index }) => action === `${SELECTION}${index}`);
  return target
    ? { ok: true, input: { kind: 'chosen', factor, authenticatorId: target.authenticatorId } }
    : refused('authenticator-error');
}
