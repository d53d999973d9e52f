// Test: which language a page speaks.
import { expect, test } from 'vitest';
import { chooseLanguage } from '#server/hosted/language.ts';

const rows: [enabled: string[], ui: string[], header: string | undefined, chosen: string][] = [
  [['en', 'ja'], [], undefined, 'en'],
  [['ja', 'en'], [], undefined, 'ja'],
  [['en', 'ja'], ['ja'], 'en', 'ja'],
  [['en', 'ja'], ['fr', 'ja-JP'], 'en', 'ja'],
  [['en', 'ja'], ['fr'], 'de, ja;q=0.9, en;q=0.8', 'ja'],
  [['en', 'pt-BR'], [], 'pt-PT, en;q=0.5', 'pt'],
  [['en', 'zh-CN'], ['zh-Hans'], undefined, 'zh'],
  [['en', 'zh'], [], 'ZH-tw', 'zh'],
  [['en', 'he'], [], 'iw-IL', 'he'],
  [['en', 'ar'], ['ar-EG'], 'en', 'ar'],
  [['en', 'ja'], [], 'en;q=0.3, ja;q=0.7', 'ja'],
  [['en', 'ja'], [], 'ja;q=0, en', 'en'],
  [['en', 'ja'], [], '*', 'en'],
  [['en', 'ja'], [], ';;q=,,=', 'en'],
  [['en'], ['ja'], 'ja', 'en'],
  [['fi'], [], 'fi', 'en'],
  [['fi', 'ja'], [], 'en', 'ja'],
  [['fr'], [], 'en', 'fr'],
  [[], ['ja'], undefined, 'en'],
];

test.each(rows)('%j, ui_locales %j, Accept-Language %j: %s', (enabled, ui, header, chosen) => {
  expect(chooseLanguage(enabled, ui, header)).toBe(chosen);
});
