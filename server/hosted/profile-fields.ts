// Server, hosted pages: the fields of a sign-up beside address and password: names, a phone number with its country.
import { html } from 'hono/html';
import type { Notice } from '#runtime/codes.ts';
import { toInternational } from '#runtime/factors/country-codes.ts';
import type { Registration } from '#runtime/transaction/transaction.ts';
import { invalid } from './form.ts';
import type { Markup } from './page.ts';
import { choiceOf, countriesByName, countryOf, presentCountry } from './phone-country.ts';
import { PROFILE_FIELDS, type ProfileField } from './profile-field.ts';
import { type Fields, sentValue, type View } from './screen.ts';

type SayField = (key: (typeof PROFILE_FIELDS)[number]['text'] | 'countryText') => string;

export function profileFields(view: View, say: SayField): Markup[] {
  const asked = view.surroundings.signUp?.asksFor ?? [];
  return PROFILE_FIELDS.flatMap(({ name, text, autocomplete }) => {
    const field = asked.find((each) => each.name === name);
    if (!field) return [];
    const isWrong = wrongField(view.notice) === name;
    const common = html`maxlength="${name === 'phone' ? '40' : '150'}"${field.required ? html` aria-required="true"` : ''} value="${sentValue(view, name)}"${invalid(isWrong)}${isWrong ? ' autofocus' : ''}`;
    const input = html`<label for="${name}">${say(text)}</label>
<input id="${name}" name="${name}" type="${name === 'phone' ? 'tel' : 'text'}" autocomplete="${autocomplete}" ${common}>`;
    return [name === 'phone' ? html`${countryList(view, say('countryText'))}${input}` : input];
  });
}

/** A list, since another page would lose the password that stands on this one. */
function countryList(view: View, label: string): Markup {
  const { language } = view;
  const present = choiceOf(countryOf(sentValue(view, 'country')) ?? presentCountry(view));
  return html`<label for="country">${label}</label>
<select id="country" name="country" autocomplete="off">
${countriesByName(language).map((country) => {
  const choice = choiceOf(country);
  return html`<option value="${choice}"${choice === present ? ' selected' : ''}>${country.name} ${leftToRight(`+${country.callingCode}`)}</option>
`;
})}</select>
`;
}

/** The plus stays in front, in every language (Unicode TR9, isolates); an option takes no markup. */
const leftToRight = (text: string): string => `\u2066${text}\u2069`;

/** Which field of these a refusal is about. */
export function wrongField(notice: Notice | undefined): ProfileField['name'] | undefined {
  if (notice?.key === 'no-phone' || notice?.key === 'invalid-phone') return 'phone';
  return notice?.key === 'invalid-field' ? PROFILE_FIELDS.find(({ name }) => name === notice.field)?.name : undefined;
}

/** What was filled in, or why it cannot be taken. */
export function readProfileFields(
  fields: Fields,
  view: View,
): { ok: true; filled: Pick<Registration, 'profile' | 'phoneNumber'> } | { ok: false; notice: Notice } {
  const filled: Pick<Registration, 'profile' | 'phoneNumber'> = { profile: {} };
  for (const { name, required } of view.surroundings.signUp?.asksFor ?? []) {
    const text = fields[name]?.trim();
    if (!text) {
      if (required) return { ok: false, notice: name === 'phone' ? { key: 'no-phone' } : invalidField(name) };
    } else if (name === 'phone') {
      const { country } = countryOf(fields.country) ?? presentCountry(view);
      const phoneNumber = toInternational(text, country);
      if (phoneNumber === undefined) return { ok: false, notice: { key: 'invalid-phone' } };
      filled.phoneNumber = phoneNumber;
    } else if (text.length > 150) {
      return { ok: false, notice: invalidField(name) };
    } else {
      const key = name === 'given_name' ? 'givenName' : name === 'family_name' ? 'familyName' : name;
      filled.profile[key] = text;
    }
  }
  return { ok: true, filled };
}

function invalidField(field: string): Notice {
  return { key: 'invalid-field', field };
}
