// Server, hosted pages: the phone number to enroll, as people of a country write it or with its country code.
import { html } from 'hono/html';
import { toInternational } from '#runtime/factors/country-codes.ts';
import { form, invalid } from '../form.ts';
import { choiceOf, nameOf, presentCountry } from '../phone-country.ts';
import { hasOthers, presentEnrollment, refused, type Screen, sentValue, type View } from '../screen.ts';

export const SMS_ENROLLMENT_PATH = '/u/mfa-sms-enrollment';
export const COUNTRY_CODES_PATH = '/u/mfa-country-codes';

export const mfaSmsEnrollmentScreen: Screen = {
  path: SMS_ENROLLMENT_PATH,
  title: ({ texts }) => texts.enrollment.title,
  body: (view) => {
    const { texts, notice, language } = view;
    const { enrollment } = texts;
    const country = presentCountry(view);
    return html`<h1>${enrollment.title}</h1>
<p class="lead">${enrollment.phoneLead}</p>
${form(
  view,
  html`<label for="phone">${enrollment.phone}</label>
<div class="with-prefix"><span class="prefix" id="prefix"><span class="unseen">${enrollment.country}: ${nameOf(country, language)} </span>${country.country} +${country.callingCode}</span>
<input id="phone" name="phone" type="tel" autocomplete="tel" maxlength="40" aria-required="true" value="${numberIn(view)}" ${invalid(notice !== undefined, 'prefix')} autofocus></div>
<button type="submit" name="action" value="default">${enrollment.sendCode}</button>
<button class="quiet-button" type="submit" name="action" value="pick-country-code">${enrollment.changeCountry}</button>
${hasOthers(view.login) ? html`<button class="quiet-button" type="submit" name="action" value="pick-authenticator">${texts.challenges.other}</button>` : ''}`,
)}`;
  },
  read: ({ action = 'default', phone }, view) => {
    const country = presentCountry(view);
    switch (action) {
      case 'pick-country-code':
        return { ok: true, turnTo: COUNTRY_CODES_PATH, query: { country: choiceOf(country) } };
      case 'pick-authenticator':
        return { ok: true, input: { kind: 'reconsidered' } };
      case 'default': {
        if (!phone?.trim()) return refused('no-phone');
        const phoneNumber = toInternational(phone, country.country);
        return phoneNumber === undefined
          ? refused('invalid-phone')
          : { ok: true, input: { kind: 'addressed', address: phoneNumber } };
      }
      default:
        return refused('authenticator-error');
    }
  },
};

/** What was typed, or the number that the person came back to change. */
function numberIn(view: View): string {
  if (view.sent.has('phone')) return sentValue(view, 'phone');
  const enrollment = presentEnrollment(view.login);
  return enrollment?.factor === 'phone' ? (enrollment.phoneNumber ?? '') : '';
}
