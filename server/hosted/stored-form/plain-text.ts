// Server, stored forms: texts of a tenant as plain words. Markup is taken off, never passed on; values are put in after
// that, so that no value can become markup or take a part of the text with it. Every scan is linear in the text.
import type { Json, JsonObject } from '#storage/records.ts';

export type TextBlock = { kind: 'heading' | 'paragraph' | 'list-entry'; text: string };

/** What may stand in a text as `{{fields.name}}` and `{{vars.name}}`. */
export type Known = { fields: JsonObject; vars: JsonObject };

/** A text without tags, with its values, on one line. */
export function plainText(markup: string, known: Known): string {
  return plainBlocks(markup, known)
    .map(({ text }) => text)
    .join(' ');
}

/** A text parted where its markup begins a heading, a paragraph, a line or an entry of a list. */
export function plainBlocks(markup: string, known: Known): TextBlock[] {
  const blocks: TextBlock[] = [];
  let kind: TextBlock['kind'] = 'paragraph';
  let text = '';
  /** The element whose content is no text at all. */
  let skipped: string | undefined;
  const end = () => {
    const words = fillIn(decode(text).replace(/\s+/g, ' ').trim(), known);
    if (words !== '') blocks.push({ kind, text: words });
    text = '';
    kind = 'paragraph';
  };
  let from = 0;
  // A tag cannot hold another "<": a lone one is a character of the text.
  for (const tag of markup.matchAll(/<(\/?)([A-Za-z][A-Za-z0-9]*)(?![A-Za-z0-9])[^<>]*>|<!--|<![^<>]*>/g)) {
    if (skipped === undefined) text += markup.slice(from, tag.index);
    from = tag.index + tag[0].length;
    const name = tag[2]?.toLowerCase() ?? '';
    const closes = tag[1] === '/';
    if (skipped !== undefined) {
      if (closes && name === skipped) skipped = undefined;
    } else if (!closes && SILENT.has(name)) {
      skipped = name;
    } else if (BLOCKS.has(name)) {
      end();
      if (!closes) kind = kindOf(name);
    }
  }
  if (skipped === undefined) text += markup.slice(from);
  end();
  return blocks;
}

/** Puts values in; what is not known leaves nothing. */
export function fillIn(text: string, known: Known): string {
  return text.replace(
    /\{\{\s{0,9}([A-Za-z]{1,30})\.([\w.-]{1,200})\s{0,9}\}\}/g,
    (_whole, source: string, name: string) => {
      const values = source === 'vars' ? known.vars : source === 'fields' ? known.fields : {};
      return Object.hasOwn(values, name) ? shown(values[name]) : '';
    },
  );
}

function shown(value: Json | undefined): string {
  return value === null || value === undefined || typeof value === 'object' ? '' : String(value);
}

const SILENT: ReadonlySet<string> = new Set(['script', 'style', 'template', 'title']);
const HEADINGS = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'];
const BLOCKS: ReadonlySet<string> = new Set(
  ['p', 'div', 'br', 'hr', 'ul', 'ol', 'li', 'blockquote', 'pre', 'table', 'tr', 'section'].concat(HEADINGS),
);

function kindOf(name: string): TextBlock['kind'] {
  if (HEADINGS.includes(name)) return 'heading';
  return name === 'li' ? 'list-entry' : 'paragraph';
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

function decode(text: string): string {
  return text.replace(/&(#\d{1,7}|#x[0-9A-Fa-f]{1,6}|[a-z]{2,6});/g, (whole, entity: string) => {
    if (!entity.startsWith('#')) return ENTITIES[entity] ?? whole;
    const code = entity.startsWith('#x') ? Number.parseInt(entity.slice(2), 16) : Number(entity.slice(1));
    // Neither beyond Unicode nor half a character.
    const isCharacter = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
    return isCharacter ? String.fromCodePoint(code) : whole;
  });
}
