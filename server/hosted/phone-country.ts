// Server, hosted pages: the country whose code goes in front of a phone number. The choice lives in the address of the
// page, as the wire writes it (`JP81`): choosing it is no step of the login.
import { type CountryWithCode, countriesWithCodes } from '#runtime/factors/country-codes.ts';
import type { View } from './screen.ts';
import type { Language } from './texts/catalogue.ts';

const COUNTRIES: ReadonlyMap<string, CountryWithCode> = new Map(
  countriesWithCodes().map((country) => [choiceOf(country), country]),
);

/** Where people of a language most likely have their number. */
const HOME: Record<Language, string> = {
  ar: 'SA966',
  de: 'DE49',
  en: 'US1',
  es: 'ES34',
  fr: 'FR33',
  he: 'IL972',
  it: 'IT39',
  ja: 'JP81',
  ko: 'KR82',
  nl: 'NL31',
  pl: 'PL48',
  pt: 'BR55',
  tr: 'TR90',
  zh: 'CN86',
};

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
  return namesIn(language).of(country) ?? country;
}

/** All of them by their names, in the order of a dictionary of the language. */
export function countriesByName(language: Language): readonly NamedCountry[] {
  const known = sorted.get(language);
  if (known) return known;
  const named = [...COUNTRIES.values()].map((each) => ({ ...each, name: nameOf(each, language) }));
  const { compare } = new Intl.Collator(language);
  named.sort((a, b) => compare(a.name, b.name));
  sorted.set(language, named);
  return named;
}

/** What a language calls countries, and their order in it: found once, since both take longer than a page may. */
const names = new Map<Language, Intl.DisplayNames>();
const sorted = new Map<Language, readonly NamedCountry[]>();

function namesIn(language: Language): Intl.DisplayNames {
  const known = names.get(language) ?? new Intl.DisplayNames([language], { type: 'region' });
  names.set(language, known);
  return known;
}
