// Server, hosted pages: the country whose code goes in front of a phone number. The choice lives in the address of the
// page, as the wire writes it (`JP81`): choosing it is no step of the login.
import { type CountryWithCode, countriesWithCodes } from '#runtime/factors/country-codes.ts';
import type { View } from './screen.ts';
import type { Language } from './texts/texts.ts';

const COUNTRIES: ReadonlyMap<string, CountryWithCode> = new Map(
  countriesWithCodes().map((country) => [choiceOf(country), country]),
);

/** Where people of a language most likely have their number. */
const HOME: Record<Language, string> = { en: 'US1', ja: 'JP81' };

/** How a country is written in forms and addresses. */
export function choiceOf({ country, callingCode }: CountryWithCode): string {
  return `${country}${callingCode}`;
}

export function countryOf(choice: string | undefined): CountryWithCode | undefined {
  return choice === undefined ? undefined : COUNTRIES.get(choice);
}

/** The country that was chosen, or else the language's own. */
export function presentCountry({ query, language }: Pick<View, 'query' | 'language'>): CountryWithCode {
  return countryOf(query.country) ?? COUNTRIES.get(HOME[language]) ?? { country: 'US', callingCode: '1' };
}

export type NamedCountry = CountryWithCode & { name: string };

export function nameOf({ country }: CountryWithCode, language: Language): string {
  return new Intl.DisplayNames([language], { type: 'region' }).of(country) ?? country;
}

/** All of them by their names, in the order of a dictionary of the language. */
export function countriesByName(language: Language): NamedCountry[] {
  const names = new Intl.DisplayNames([language], { type: 'region' });
  const named = [...COUNTRIES.values()].map((each) => ({ ...each, name: names.of(each.country) ?? each.country }));
  return named.sort((a, b) => a.name.localeCompare(b.name, language));
}
