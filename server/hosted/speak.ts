// Server, hosted pages: how a page says something: in its language, in the tenant's words where it has its own, with
// names and numbers put in. What comes out is text, which the template escapes like any other.
import type { Notice } from '#runtime/codes.ts';
import { pluralRules } from './formats.ts';
import { directionOf, type Language, TEXTS } from './texts/catalogue.ts';
import type { Placeholder, Plural, Text } from './texts/text.ts';
import type { Catalogue, KeyOf, Prompt, ScreenName, ScreenOf } from './texts/texts.ts';

/** How one page speaks to one person. */
export type Voice = {
  language: Language;
  /** The screen that is shown: it may have its own words for a refusal. */
  at: ScreenName;
  /** What the tenant wrote instead, of the prompts that the page speaks from; a prompt without any is empty. */
  custom: CustomTexts;
  names: Names;
};

/** Names that stand in any text: the application, and the organization or tenant that the person deals with. */
export type Names = { clientName: string; companyName: string };

/** Prompt, screen, key, text: as tenants write them, so that any of them may be missing. */
export type CustomTexts = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;

type Values = Readonly<Record<string, string | number>>;

/** What a text needs beside the names that all may use. */
type Needed<T> = Exclude<Placeholder<T>, keyof Names>;
type Given<T> = [Needed<T>] extends [never] ? [] : [values: Readonly<Record<Needed<T>, string | number>>];

/** Says a text of one screen; what stands in `${…}` of it is given along. */
export type Say<P extends Prompt, S extends ScreenOf<P>> = <K extends KeyOf<P, S>>(
  key: K,
  ...given: Given<Catalogue[P][S][K]>
) => string;

/** How a page speaks the texts of a screen: `const say = speak(view, 'mfa-otp', 'mfa-otp-challenge')`, then `say('title')`. */
export function speak<P extends Prompt, S extends ScreenOf<P>>(voice: Voice, prompt: P, screen: S): Say<P, S> {
  return (key, ...[values]) => put(voice, textOf(voice, prompt, screen, key) ?? '', values);
}

/** What the window of a page is called. Who only hears the page is told first of an error. */
export function pageTitle(voice: Voice, notice?: Notice, title = ownTitle(voice)): string {
  return notice === undefined ? title : `${speak(voice, 'common', 'errors')('errorPrefix')}: ${title}`;
}

function ownTitle(voice: Voice): string {
  const { prompt, name } = voice.at;
  return put(voice, textOf(voice, prompt, name, 'pageTitle') ?? '');
}

/** What a refusal says to the person: in the words of the screen if it has any, otherwise in those of all screens. */
export function noticeText(voice: Voice, notice: Notice): string {
  const { prompt, name } = voice.at;
  const key: KeyOf<'common', 'errors'> = notice.key;
  const text = textOf(voice, prompt, name, key) ?? textOf(voice, 'common', 'errors', key) ?? '';
  return put(voice, text, valuesOf(notice));
}

function valuesOf(notice: Notice): Values {
  return 'retryAfterSeconds' in notice
    ? { count: Math.max(1, Math.ceil(notice.retryAfterSeconds / 60)) }
    : { ...notice };
}

/** The tenant's own text, or else ours. An empty one would leave a button without a name. */
function textOf(voice: Voice, prompt: Prompt, screen: string, key: string): Text | undefined {
  const written = voice.custom[prompt];
  if (!written) throw new Error(`The page of ${voice.at.name} did not load the texts of the prompt ${prompt}.`);
  const twin = own(own(voice.custom['reset-password'], `reset-password-${screen}`), key);
  const custom = twin || own(own(written, screen), key);
  if (custom) return custom;
  const texts: Readonly<Record<string, Readonly<Record<string, Text>>>> = TEXTS[voice.language][prompt];
  return own(own(texts, screen), key);
}

/** A property that tenants' keys name: what objects inherit is none. */
function own<T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return record && Object.hasOwn(record, key) ? record[key] : undefined;
}

/** Puts values where their names stand, in one pass: what a value holds is not looked at again. */
function put({ language, names }: Voice, text: Text, values: Values = {}): string {
  const known: Values = { ...names, ...values };
  const form = typeof text === 'string' ? text : pluralForm(language, text, values.count);
  return form.replaceAll(/\$\{(\w+)\}/g, (written, name: string) => {
    const value = own(known, name);
    return value === undefined ? written : shown(language, value);
  });
}

function pluralForm(language: Language, text: Plural, count: string | number | undefined): string {
  return text[pluralRules(language).select(Number(count))] ?? text.other;
}

/**
 * A number as the language writes it, in the digits that codes and phone numbers have. In lines that run from right to
 * left, addresses and phone numbers are set apart (Unicode UAX #9 §2.3), or their parts would change places. Signs that turn
 * a text round are left out: the name of an application must not rewrite the sentence that asks whether to let it in.
 */
function shown(language: Language, value: string | number): string {
  const text =
    typeof value === 'number'
      ? value.toLocaleString(`${language}-u-nu-latn`)
      : value.replaceAll(/[\u202a-\u202e\u2066-\u2069]/g, '');
  return directionOf(language) === 'rtl' ? `\u2068${text}\u2069` : text;
}
