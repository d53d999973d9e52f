// Server, hosted pages: which of our languages a page speaks. Pages, error pages and the login itself ask here.
import { LANGUAGES, type Language } from './texts/catalogue.ts';

/**
 * The first known of `uiLocales`, then of `Accept-Language`, among the tenant's enabled locales; otherwise the first
 * enabled one that we speak, otherwise English.
 * @param uiLocales OpenID Connect `ui_locales`, most wanted first.
 * @param acceptLanguage the header as sent (RFC 9110 §12.5.4).
 */
export function chooseLanguage(
  enabledLocales: readonly string[],
  uiLocales: readonly string[],
  acceptLanguage: string | undefined,
): Language {
  const enabled = enabledLocales.map(spoken).filter((language) => language !== undefined);
  const wanted = [...uiLocales, ...accepted(acceptLanguage)].map(spoken);
  return wanted.find((language) => language !== undefined && enabled.includes(language)) ?? enabled[0] ?? 'en';
}

/** Our language for a tag (RFC 5646) such as `ja-JP`, `pt-BR` or `zh-Hans-CN`: regions and scripts are not told apart. */
export function spoken(tag: string): Language | undefined {
  const [subtag = ''] = tag.toLowerCase().split('-', 1);
  const primary = FORMER_SUBTAGS.get(subtag) ?? subtag;
  return LANGUAGES.find((language) => language === primary);
}

/** Old systems still ask for Hebrew by the code that it had until 1989. */
const FORMER_SUBTAGS: ReadonlyMap<string, string> = new Map([['iw', 'he']]);

/** Tags of the header, best first. A weight of 0 means "not this one". */
function accepted(header: string | undefined): string[] {
  return (header ?? '')
    .slice(0, 1000)
    .split(',')
    .map((entry) => {
      const [tag = '', ...parameters] = entry.split(';').map((part) => part.trim());
      const weight = parameters.find((parameter) => /^q=/i.test(parameter))?.slice(2);
      return { tag, weight: weight === undefined ? 1 : Number(weight) };
    })
    .filter(({ tag, weight }) => tag !== '' && weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag);
}
