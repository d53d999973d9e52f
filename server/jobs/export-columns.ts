// Server, jobs: what an export says of a user: values by the paths that were asked for, as a line of JSON or of CSV (RFC 4180).

export type ExportField = { name: string; exportAs?: string };

/** Where nobody asks for others: what a list of users says of each in one value. */
export const DEFAULT_FIELDS: readonly ExportField[] = [
  'user_id',
  'email',
  'email_verified',
  'username',
  'phone_number',
  'phone_verified',
  'name',
  'nickname',
  'given_name',
  'family_name',
  'picture',
  'blocked',
  'created_at',
  'updated_at',
  'last_login',
  'logins_count',
].map((name) => ({ name }));

const PATH = /^[^.[\]]+(\.[^.[\]]+|\[\d{1,4}\])*$/;

/** `identities[0].connection`, `user_metadata.address.city`. */
export const isFieldPath = (name: string): boolean => PATH.test(name);

type Shown = Record<string, unknown>;

const headingOf = ({ name, exportAs }: ExportField): string => exportAs ?? name;

/** What is there of a user under a path; undefined where nothing is. */
function valueAt(user: Shown, path: string): unknown {
  let value: unknown = user;
  for (const [, name, index] of path.matchAll(/(?:^|\.)([^.[\]]+)|\[(\d+)\]/g)) {
    const key = name ?? index ?? '';
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Shown)[key];
  }
  return value;
}

/** One line of newline-delimited JSON, its end included. What is not there is left out. */
export function jsonLine(user: Shown, fields: readonly ExportField[]): string {
  // Entries, since a heading may be `__proto__`.
  const entries = fields.map((field) => [headingOf(field), valueAt(user, field.name)] as const);
  return `${JSON.stringify(Object.fromEntries(entries.filter(([, value]) => value !== undefined)))}\n`;
}

/** The first line of CSV. */
export const csvHeading = (fields: readonly ExportField[]): string =>
  `${fields.map((field) => cell(headingOf(field))).join(',')}\r\n`;

export const csvLine = (user: Shown, fields: readonly ExportField[]): string =>
  `${fields.map((field) => cell(valueAt(user, field.name))).join(',')}\r\n`;

/**
 * A text that begins like a formula is run by whoever opens the file in a spreadsheet, and people choose their own names: an
 * apostrophe makes a text of it. Numbers, those of phones too, are no formulas.
 */
const FORMULA = /^[=+\-@\t\r\n\u{ff0b}\u{ff0d}\u{ff1d}\u{ff20}]/u;
const NUMBER = /^[+-]?\d+(\.\d+)?$/;

function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const harmless = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
