// Server, hosted pages: how a language counts, lists and dates. Making one of these takes longer than the rest of a page, so
// each is made once.
import type { Language } from './texts/catalogue.ts';

export const pluralRules = kept((language) => new Intl.PluralRules(language));
export const listFormat = kept((language) => new Intl.ListFormat(language));
/** Which zone the person is in, no page without a script knows. */
export const dayFormat = kept(
  (language) => new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' }),
);
export const momentFormat = kept(
  (language) => new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }),
);

function kept<Made>(make: (language: Language) => Made): (language: Language) => Made {
  const known = new Map<Language, Made>();
  return (language) => {
    const found = known.get(language) ?? make(language);
    known.set(language, found);
    return found;
  };
}
