// Server, hosted pages: the countries of phone numbers. Choosing one leads back to the number and changes nothing else.
import { html } from 'hono/html';
import { form } from '../form.ts';
import { icon } from '../icons.ts';
import { choiceOf, countriesByName, countryOf, presentCountry } from '../phone-country.ts';
import { phoneFormScreen } from '../phone-form.ts';
import { type Reading, refused, type Screen, type View } from '../screen.ts';
import { speak } from '../speak.ts';

const SELECTION = 'selection-action::';

export const mfaCountryCodesScreen: Screen = {
  prompt: 'mfa-sms',
  name: 'mfa-country-codes',
  isOpen: ({ person, passwordless }) => person !== undefined || passwordless?.sms !== undefined,
  body: (view) => {
    const { language } = view;
    const say = speak(view, 'mfa-sms', 'mfa-country-codes');
    const present = choiceOf(presentCountry(view));
    return form(
      view,
      html`<button class="back" type="submit" name="action" value="back-action">${icon('back')}${say('backText')}</button>
<h1>${say('title')}</h1>
<p class="lead">${say('description')}</p>
<ul class="picks short">
${countriesByName(language).map((country) => {
  const choice = choiceOf(country);
  // The list begins at the present choice: whoever types goes on from there.
  const chosen = choice === present ? html` aria-current="true" autofocus` : '';
  // Hundreds of rows: each says no more than it must.
  return html`<li><button name="action" value="${SELECTION}${choice}"${chosen}>${country.name} <b>+${country.callingCode}</b></button>`;
})}</ul>`,
    );
  },
  read: ({ action = '' }, view) => {
    if (action === 'back-action') return backTo(view, choiceOf(presentCountry(view)));
    if (!action.startsWith(SELECTION)) return refused('authenticator-error');
    const country = countryOf(action.slice(SELECTION.length));
    return country ? backTo(view, choiceOf(country)) : refused('authenticator-error');
  },
};

/** To the page that the person came from, with what they had ticked there. */
function backTo({ login, surroundings, query }: View, country: string): Reading {
  if (login.state.name === 'identifying') return { ok: true, turnTo: 'login-passwordless-sms', query: { country } };
  const { person } = surroundings;
  if (!person) return refused('authenticator-error');
  const { type } = query;
  return {
    ok: true,
    turnTo: phoneFormScreen(person.tenant),
    query: { country, ...(type === undefined ? {} : { type }) },
  };
}
