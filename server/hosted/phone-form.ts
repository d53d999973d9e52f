// Server, hosted pages: the phone number to enroll, as people of a country write it or with its country code. Three screens
// ask for it, one for each way in which a tenant reaches phones.
import { html } from 'hono/html';
import { toInternational } from '#runtime/factors/country-codes.ts';
import type { MessageType } from '#runtime/transaction/transaction.ts';
import type { TenantRecord } from '#storage/records.ts';
import { form, invalid } from './form.ts';
import { type MessageTypeKey, messageTypeRadios, readMessageType } from './message-type-radios.ts';
import type { Markup } from './page.ts';
import { choiceOf, nameOf, presentCountry } from './phone-country.ts';
import { type Fields, hasOthers, presentEnrollment, type Reading, refused, sentValue, type View } from './screen.ts';

export type PhoneFormScreen = 'mfa-phone-enrollment' | 'mfa-sms-enrollment' | 'mfa-voice-enrollment';

/** Where a tenant's people give their number. */
export function phoneFormScreen({ messageTypes }: Pick<TenantRecord, 'messageTypes'>): PhoneFormScreen {
  const [first = 'sms', second] = messageTypes;
  return second === undefined ? `mfa-${first}-enrollment` : 'mfa-phone-enrollment';
}

type Say = (
  key: 'title' | 'description' | 'placeholder' | 'countryText' | 'changeCountryText' | 'pickAuthenticatorText',
) => string;

/**
 * @param say the texts of the screen.
 * @param submit what the button says.
 * @param sayTypes where the person says how they are to be reached.
 */
export function phoneForm(view: View, say: Say, submit: string, sayTypes?: (key: MessageTypeKey) => string): Markup {
  const { notice, language, login } = view;
  const country = presentCountry(view);
  const typed = numberIn(view);
  return html`<h1>${say('title')}</h1>
<p class="lead">${say('description')}</p>
${form(
  view,
  html`<label for="phone">${say('placeholder')}</label>
<div class="with-prefix"><span class="prefix" id="prefix"><span class="unseen">${say('countryText')}: ${nameOf(country, language)} </span>${country.country} +${country.callingCode}</span>
<input id="phone" name="phone" type="tel" autocomplete="tel" maxlength="40" aria-required="true" value="${typed}" ${invalid(notice !== undefined, 'prefix')} autofocus></div>
${sayTypes ? messageTypeRadios(presentType(view), sayTypes) : ''}
<button type="submit" name="action" value="default">${submit}</button>
<button class="quiet-button" type="submit" name="action" value="pick-country-code">${say('changeCountryText')}</button>
${hasOthers(login) ? html`<button class="quiet-button" type="submit" name="action" value="pick-authenticator">${say('pickAuthenticatorText')}</button>` : ''}`,
)}`;
}

/** @param hasTypes the person says how they are to be reached. */
export function readPhoneForm(
  { action = 'default', phone, type }: Fields,
  view: View,
  { hasTypes }: { hasTypes?: true } = {},
): Reading {
  const country = presentCountry(view);
  const via = hasTypes ? readMessageType(type ?? 'sms') : undefined;
  if (hasTypes && !via) return refused('authenticator-error');
  switch (action) {
    case 'pick-country-code':
      return {
        ok: true,
        turnTo: 'mfa-country-codes',
        query: { country: choiceOf(country), ...(via === undefined ? {} : { type: via }) },
      };
    case 'pick-authenticator':
      return { ok: true, input: { kind: 'reconsidered' } };
    case 'default': {
      if (!phone?.trim()) return refused('no-phone');
      const address = toInternational(phone, country.country);
      return address === undefined
        ? refused('invalid-phone')
        : { ok: true, input: { kind: 'addressed', address, ...(via === undefined ? {} : { via }) } };
    }
    default:
      return refused('authenticator-error');
  }
}

/** What was typed, or the number that the person came back to change. */
function numberIn(view: View): string {
  if (view.sent.has('phone')) return sentValue(view, 'phone');
  const { state, request } = view.login;
  // What the application knows of the person, where it is a number.
  if (state.name === 'identifying') return /^\+[0-9]/.test(request.loginHint ?? '') ? (request.loginHint ?? '') : '';
  const enrollment = presentEnrollment(view.login);
  return enrollment?.factor === 'phone' ? (enrollment.phoneNumber ?? '') : '';
}

/** What was ticked, here or before the country was chosen, or said the last time. */
function presentType(view: View): MessageType {
  const ticked = readMessageType(sentValue(view, 'type')) ?? readMessageType(view.query.type ?? '');
  if (ticked) return ticked;
  const enrollment = presentEnrollment(view.login);
  return (enrollment?.factor === 'phone' ? enrollment.via : undefined) ?? 'sms';
}
