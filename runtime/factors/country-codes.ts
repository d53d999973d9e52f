// Countries and their calling codes, and numbers as people of a country write them. Pure; doors ask here before they
// hand the runtime a full number.
import { type CountryCode, getCountries, getCountryCallingCode, parsePhoneNumberFromString } from 'libphonenumber-js';

/** `country`: ISO 3166-1 alpha-2 (`JP`). `callingCode`: digits without a plus (`81`); several countries share one. */
export type CountryWithCode = { country: string; callingCode: string };

/** Every country that has telephone numbers, in no order that means anything. */
export function countriesWithCodes(): CountryWithCode[] {
  return getCountries().map((country) => ({ country, callingCode: getCountryCallingCode(country) }));
}

/**
 * A number as it is written in a country (`090-1234-5678`), or with its calling code in front (`+81 90 1234 5678`).
 * @param country alpha-2; what a number without a plus belongs to.
 * @returns E.164, or undefined when no phone has such a number.
 */
export function toInternational(text: string, country: string): string | undefined {
  const home = getCountries().find((known): known is CountryCode => known === country);
  const parsed = parsePhoneNumberFromString(text.normalize('NFKC'), home === undefined ? {} : { defaultCountry: home });
  return parsed?.isPossible() ? parsed.number : undefined;
}
