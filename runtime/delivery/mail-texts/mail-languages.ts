// Delivery, words of our mails: every language that pages have. What we have no words in is written in English.
import { ar } from './ar.ts';
import { de } from './de.ts';
import { en } from './en.ts';
import { es } from './es.ts';
import { fr } from './fr.ts';
import { he } from './he.ts';
import { it } from './it.ts';
import { ja } from './ja.ts';
import { ko } from './ko.ts';
import type { MailTexts } from './mail-text.ts';
import { nl } from './nl.ts';
import { pl } from './pl.ts';
import { pt } from './pt.ts';
import { tr } from './tr.ts';
import { zh } from './zh.ts';

const LANGUAGES = { ar, de, en, es, fr, he, it, ja, ko, nl, pl, pt, tr, zh } as const;
const RIGHT_TO_LEFT = ['ar', 'he'];

export type MailLanguage = { tag: string; direction: 'ltr' | 'rtl'; texts: MailTexts };

/** @param locale BCP 47; its region says nothing here. */
export function mailLanguage(locale: string): MailLanguage {
  const wanted = locale.toLowerCase().split(/[-_]/)[0];
  const [tag, texts] = Object.entries(LANGUAGES).find(([name]) => name === wanted) ?? ['en', en];
  return { tag, direction: RIGHT_TO_LEFT.includes(tag) ? 'rtl' : 'ltr', texts };
}
