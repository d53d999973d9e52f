// Test: what pages say: every language says everything, and each text becomes a sentence with what was put into it.
import { describe, expect, test } from 'vitest';
import { noticeText, pageTitle, speak, type Voice } from '#server/hosted/speak.ts';
import { directionOf, LANGUAGES, type Language, TEXTS } from '#server/hosted/texts/catalogue.ts';
import { en } from '#server/hosted/texts/en.ts';
import type { Text } from '#server/hosted/texts/text.ts';

type Loose = Record<string, Record<string, Record<string, Text>>>;

const rowsOf = (texts: Loose): [path: string, text: Text][] =>
  Object.entries(texts).flatMap(([prompt, screens]) =>
    Object.entries(screens).flatMap(([screen, keys]) =>
      Object.entries(keys).map(([key, text]): [string, Text] => [`${prompt} ${screen} ${key}`, text]),
    ),
  );

const ENGLISH = new Map(rowsOf(en as Loose));
const forms = (text: Text): string[] => (typeof text === 'string' ? [text] : Object.values(text));
const placeholders = (text: string) => [...new Set(text.match(/\$\{\w*\}/g))].sort();

/** Names and words that a language shares with English. */
const SHARED: Record<string, readonly Language[] | 'all'> = {
  SMS: 'all',
  '${kinds}': 'all',
  '${text}': 'all',
  Browser: ['de', 'it', 'nl'],
  Error: ['es'],
  No: ['es', 'it'],
  Passkey: ['de', 'it'],
  Password: ['it'],
};

describe.each(LANGUAGES.filter((language) => language !== 'en'))('%s', (language) => {
  const texts = new Map(rowsOf(TEXTS[language] as Loose));

  test('says everything and nothing else', () => {
    expect([...texts.keys()].sort()).toEqual([...ENGLISH.keys()].sort());
  });

  test('asks for the same names', () => {
    for (const [path, english] of ENGLISH) {
      const wanted = placeholders(forms(english).at(-1) ?? '');
      const text = texts.get(path) ?? '';
      const last = typeof text === 'string' ? text : text.other;
      expect([path, placeholders(last)]).toEqual([path, wanted]);
      for (const form of forms(text)) {
        // "One minute" needs no number.
        const missing = wanted.filter((name) => !form.includes(name));
        expect([path, missing.filter((name) => name !== '${count}')]).toEqual([path, []]);
      }
    }
  });

  test('has a form for every number', () => {
    const rules = new Intl.PluralRules(language);
    const needed = new Set(Array.from({ length: 201 }, (_, n) => rules.select(n)));
    for (const [path, text] of texts) {
      if (typeof text === 'string') continue;
      expect([path, [...needed].filter((category) => text[category] === undefined)]).toEqual([path, []]);
    }
  });

  test('is not English, not empty and not too long', () => {
    const wrong: string[] = [];
    for (const [path, english] of ENGLISH) {
      const longest = Math.max(...forms(english).map(({ length }) => length));
      for (const text of forms(texts.get(path) ?? '')) {
        const shared = SHARED[text];
        const isShared = shared === 'all' || shared?.includes(language);
        if (text === '' || text !== text.trim()) wrong.push(`${path}: "${text}"`);
        if (forms(english).includes(text) && !isShared) wrong.push(`${path} is English: ${text}`);
        if (text.length > Math.max(3 * longest, 24)) wrong.push(`${path} is long: ${text}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe('a text', () => {
  const voice = (language: Language, more: Partial<Voice> = {}): Voice => ({
    language,
    at: { prompt: 'common', name: 'errors' },
    custom: { common: {}, 'mfa-sms': {} },
    names: { clientName: 'App', companyName: 'Acme' },
    ...more,
  });
  const written = (text: string) => ({ common: { errors: { 'invalid-field': text } } });
  const invalidField = (text: string, field = 'x') =>
    speak(voice('en', { custom: written(text) }), 'common', 'errors')('invalid-field', { field });

  test.each<[written: string, field: string, said: string]>([
    ['${field}!', 'Name', 'Name!'],
    ['${field} ${field}', '$&', '$& $&'],
    ['${field}', '${clientName}', '${clientName}'],
    ['${clientName} of ${companyName}', '', 'App of Acme'],
    ['${field} asks', 'Shop\u202e\u2066', 'Shop asks'],
    ['${constructor} ${toString} ${} ${a b}', '', '${constructor} ${toString} ${} ${a b}'],
    ['', 'Name', 'Please check: Name'],
    [' ', 'Name', ' '],
  ])('%j with %j says %j', (text, field, said) => {
    expect(invalidField(text, field)).toBe(said);
  });

  test.each<[language: Language, seconds: number, said: string]>([
    ['en', 1, 'Too many tries. Wait 1 minute, then try again.'],
    ['en', 61, 'Too many tries. Wait 2 minutes, then try again.'],
    ['pl', 60 * 5, 'Zbyt wiele prób. Poczekaj 5 minut i spróbuj ponownie.'],
    ['pl', 60 * 22, 'Zbyt wiele prób. Poczekaj 22 minuty i spróbuj ponownie.'],
    ['he', 60 * 2, 'יותר מדי ניסיונות. המתינו שתי דקות ונסו שוב.'],
    ['ar', 60 * 3, 'محاولات كثيرة. انتظر \u20683\u2069 دقائق ثم حاول مرة أخرى.'],
    ['ja', 600, '試行回数が多すぎます。10 分ほど待ってから、もう一度お試しください。'],
  ])('in %s after %i seconds: %s', (language, retryAfterSeconds, said) => {
    expect(noticeText(voice(language), { key: 'too-many-failures', retryAfterSeconds })).toBe(said);
  });

  test('a screen’s own word for a refusal comes before that of all screens, and a reset’s before both', () => {
    const at = { prompt: 'mfa-sms', name: 'mfa-sms-challenge' } as const;
    const said = (custom: Voice['custom']) => noticeText(voice('en', { at, custom }), { key: 'no-code' });
    const all = { common: { errors: { 'no-code': 'all' } }, 'mfa-sms': {} };
    expect(said({ common: {}, 'mfa-sms': {} })).toBe('Please enter the code.');
    expect(said(all)).toBe('all');
    const own = { ...all, 'mfa-sms': { 'mfa-sms-challenge': { 'no-code': 'own' } } };
    expect(said(own)).toBe('own');
    const reset = { 'reset-password': { 'reset-password-mfa-sms-challenge': { 'no-code': 'reset' } } };
    expect(said({ ...own, ...reset })).toBe('reset');
  });

  test('a page that speaks from a prompt whose texts it did not load is a fault', () => {
    expect(() => speak(voice('en'), 'login', 'login')('title')).toThrow('did not load');
  });

  test('who hears a page is told first of an error', () => {
    const here = voice('en', { at: { prompt: 'mfa-sms', name: 'mfa-sms-challenge' } });
    expect(pageTitle(here)).toBe('Verify your identity');
    expect(pageTitle(here, { key: 'no-code' })).toBe('Error: Verify your identity');
    expect(pageTitle(here, undefined, 'Mine')).toBe('Mine');
  });
});

test('every language has a direction', () => {
  const rtl = LANGUAGES.filter((language) => directionOf(language) === 'rtl');
  expect(rtl).toEqual(LANGUAGES.filter((language) => ['ar', 'he'].includes(language)));
});
