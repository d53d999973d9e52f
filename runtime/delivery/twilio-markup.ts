// Delivery: what a call says, as TwiML. Texts are data: nothing in them becomes an element.
import { languageOf, spell } from './code-texts.ts';

/** What `{{pause}}` of a template leaves in a text; three dots of an author are one too. */
export const PAUSE = '...';

type Voice = readonly [language: string, voice: string];
const ENGLISH: Voice = ['en-US', 'Polly.Joanna'];
/** The vendor's usual voice speaks five languages only; a language and a voice that do not fit end the call. */
const VOICES: ReadonlyMap<string, Voice> = new Map([
  ['ar', ['arb', 'Polly.Zeina']],
  ['de', ['de-DE', 'Polly.Vicki']],
  ['es', ['es-ES', 'Polly.Lucia']],
  ['fr', ['fr-FR', 'Polly.Lea']],
  ['he', ['he-IL', 'Google.he-IL-Standard-A']],
  ['it', ['it-IT', 'Polly.Bianca']],
  ['ja', ['ja-JP', 'Polly.Mizuki']],
  ['ko', ['ko-KR', 'Polly.Seoyeon']],
  ['nl', ['nl-NL', 'Polly.Lotte']],
  ['pl', ['pl-PL', 'Polly.Ewa']],
  ['pt', ['pt-BR', 'Polly.Camila']],
  ['tr', ['tr-TR', 'Polly.Filiz']],
  ['zh', ['cmn-CN', 'Polly.Zhiyu']],
]);

/** A text that holds the code once is said twice: nobody has a pencil ready the first time. */
export function callMarkup(text: string, { code, locale }: { code?: string | undefined; locale: string }): string {
  const times = code !== undefined && text.split(spell(code)).length > 2 ? 1 : 2;
  const [language, voice] = VOICES.get(languageOf(locale)) ?? ENGLISH;
  const said = text
    .split(PAUSE)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => `<Say language="${language}" voice="${voice}">${escaped(part)}</Say>`);
  const parts = Array.from({ length: times }, () => said).flat();
  return `<?xml version="1.0" encoding="UTF-8"?><Response>${parts.join('<Pause length="1"/>')}</Response>`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Characters that XML 1.0 cannot hold (§2.2) are left out. */
function escaped(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '')
    .replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? '');
}
