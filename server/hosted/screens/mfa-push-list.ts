// Server, hosted pages: the phones of somebody who has several.
import { html } from 'hono/html';
import { factorOf, usable } from '#runtime/factors/catalogue.ts';
import { form } from '../form.ts';
import { icon } from '../icons.ts';
import { refused, type Screen, type View } from '../screen.ts';
import { speak } from '../speak.ts';

export const mfaPushListScreen: Screen = {
  prompt: 'mfa-push',
  name: 'mfa-push-list',
  body: (view) => {
    const say = speak(view, 'mfa-push', 'mfa-push-list');
    const rows = phonesOf(view).map(
      (id, index) =>
        html`<li><button class="pick" type="submit" name="action" value="selection-action::${index}">${icon('push')}<span class="pick-text"><bdi>${nameOf(view, id)}</bdi></span>${icon('forward')}</button></li>
`,
    );
    return form(
      view,
      html`<button class="back" type="submit" name="action" value="back-action">${icon('back')}${say('backText')}</button>
<h1>${say('title')}</h1>
<ul class="picks">${rows}</ul>`,
    );
  },
  read: ({ action = '' }, view) => {
    if (action === 'back-action') return { ok: true, input: { kind: 'returned' } };
    const index = /^selection-action::([0-9]{1,3})$/.exec(action)?.[1];
    const authenticatorId = index === undefined ? undefined : phonesOf(view)[Number(index)];
    return authenticatorId === undefined
      ? refused('authenticator-error')
      : { ok: true, input: { kind: 'chosen', factor: 'push-notification', authenticatorId } };
  },
};

function phonesOf({ login: { state } }: View): string[] {
  const offers = state.name === 'choosing' ? state.offers : [];
  return offers.find(({ factor }) => factor === 'push-notification')?.authenticators ?? [];
}

function nameOf({ surroundings: { person } }: View, id: string): string {
  const factor = factorOf('push-notification');
  const device = factor && person && usable(factor, person).find((each) => each.id === id);
  return (device && factor.describe(device)) ?? '';
}
