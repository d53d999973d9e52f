// Server, hosted pages: the countries of phone numbers. Choosing one leads back to the number and changes nothing else.
import { html } from 'hono/html';
import { form } from '../form.ts';
import { choiceOf, countriesByName, countryOf, presentCountry } from '../phone-country.ts';
import { refused, type Screen } from '../screen.ts';
import { COUNTRY_CODES_PATH, SMS_ENROLLMENT_PATH } from './mfa-sms-enrollment.ts';

const SELECTION = 'selection-action::';

export const mfaCountryCodesScreen: Screen = {
  path: COUNTRY_CODES_PATH,
  title: ({ texts }) => texts.enrollment.countries,
  body: (view) => {
    const { texts, language } = view;
    const present = choiceOf(presentCountry(view));
    return html`<h1>${texts.enrollment.countries}</h1>
<p class="lead">${texts.enrollment.countriesLead}</p>
${form(
  view,
  html`<button class="quiet-button" type="submit" name="action" value="back-action">${texts.picker.back}</button>
<ul class="countries">
${countriesByName(language).map((country) => {
  const choice = choiceOf(country);
  // The list begins at the present choice: whoever types goes on from there.
  const chosen = choice === present ? html` aria-current="true" autofocus` : '';
  return html`<li><button class="country" type="submit" name="action" value="${SELECTION}${choice}"${chosen}>${country.name} <span>+${country.callingCode}</span></button></li>
`;
})}</ul>`,
)}`;
  },
  read: ({ action = '' }, view) => {
    const back = choiceOf(presentCountry(view));
    if (action === 'back-action') return { ok: true, turnTo: SMS_ENROLLMENT_PATH, query: { country: back } };
    if (!action.startsWith(SELECTION)) return refused('authenticator-error');
    const country = countryOf(action.slice(SELECTION.length));
    return country
      ? { ok: true, turnTo: SMS_ENROLLMENT_PATH, query: { country: choiceOf(country) } }
      : refused('authenticator-error');
  },
};
