// Server, stored forms: what a person filled in, judged field by field and turned into the values that scripts get.
import type { Json, JsonObject } from '#storage/records.ts';
import type { Values } from '../../request.ts';
import type { FormField, StoredForm } from './definition.ts';

export type Answers = { ok: true; fields: JsonObject } | { ok: false; field: FormField };

/** Where a form does not say how long a text may be. */
const MOST_CHARACTERS = 10_000;

/** The values of all fields, or the first field that does not hold what it should. */
export function readAnswers({ parts, hidden }: StoredForm, sent: Values): Answers {
  const fields: [string, Json][] = Object.entries(hidden);
  for (const part of parts) {
    if (part.kind !== 'field') continue;
    const given = (sent.get(part.name) ?? []).filter((value) => value.trim() !== '');
    if (given.length === 0) {
      if (part.isRequired) return { ok: false, field: part };
      // A box that is not ticked is an answer; an empty field is none.
      if (part.type === 'legal') fields.push([part.id, false]);
      continue;
    }
    const value = part.isMultiple ? severalOf(part, given) : singleOf(part, given);
    if (value === undefined) return { ok: false, field: part };
    fields.push([part.id, value]);
  }
  return { ok: true, fields: Object.fromEntries(fields) };
}

function severalOf(field: FormField, given: string[]): Json | undefined {
  const isOffered = (value: string) => field.options.some((option) => option.value === value);
  return given.every(isOffered) ? [...new Set(given)] : undefined;
}

function singleOf(field: FormField, [first = '', ...others]: string[]): Json | undefined {
  if (others.length > 0) return undefined;
  const text = field.type === 'password' ? first : first.trim();
  switch (field.type) {
    case 'number':
      return numberOf(field, text.normalize('NFKC'));
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined;
    case 'legal':
      return text === 'true' ? true : undefined;
    case 'choice':
    case 'dropdown':
      return field.options.some(({ value }) => value === first) ? first : undefined;
    case 'email':
      return /^[^\s@<>"]{1,64}@[^\s@<>"]{1,255}$/.test(text) ? text : undefined;
    case 'url':
      return URL.canParse(text) && /^https?:/i.test(text) ? fitting(field, text) : undefined;
    case 'tel':
      return /^\+?[\d\s().-]{3,30}$/.test(text.normalize('NFKC')) ? text : undefined;
    case 'date':
      return isDate(text) ? text : undefined;
    case 'time':
      return /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/.test(text) ? text : undefined;
    case 'text':
    case 'password':
      return fitting(field, text);
  }
}

function numberOf({ least = -Infinity, most = Infinity }: FormField, text: string): number | undefined {
  if (!/^[+-]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})$/.test(text)) return undefined;
  const value = Number(text);
  return value >= least && value <= most ? value : undefined;
}

function fitting({ least = 0, most = MOST_CHARACTERS }: FormField, text: string): string | undefined {
  const { length } = [...text];
  return length >= least && length <= most ? text : undefined;
}

/** A day of the calendar: the 30th of February is none. */
function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}
