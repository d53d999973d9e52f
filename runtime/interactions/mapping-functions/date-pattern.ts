// Mapping functions: writes a point in time by a pattern of letters, in the notation of java.time as far as it is in use.
// Names of months and days are English.

/** What patterns can show. */
export type Moment = {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  millisecond: number;
  /** East of Greenwich. */
  offsetMinutes: number;
  zone: string;
};

const LONGEST_PATTERN = 100;
const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');
const PIECES = /'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']/g;

/** Undefined: the pattern holds a letter that says nothing here. */
export function writeMoment(moment: Moment, pattern: string): string | undefined {
  if (pattern.length > LONGEST_PATTERN || (pattern.split("'").length - 1) % 2 !== 0) return undefined;
  let written = '';
  for (const [piece, literal, letter] of pattern.matchAll(PIECES)) {
    if (letter === undefined) {
      written += literal === undefined ? piece : literal === '' ? "'" : literal.replaceAll("''", "'");
      continue;
    }
    const put = WRITERS[letter]?.(moment, piece.length);
    if (put === undefined) return undefined;
    written += put;
  }
  return written;
}

/** The hours and minutes east of Greenwich: `+09:00`. */
export function writeOffset(minutes: number, colon: boolean): string {
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `${minutes < 0 ? '-' : '+'}${padded(hours, 2)}${colon ? ':' : ''}${padded(rest, 2)}`;
}

type Writer = (moment: Moment, length: number) => string | undefined;

const year: Writer = ({ year }, length) => (length === 2 ? padded(year % 100, 2) : padded(year, length));
const offset: Writer = ({ offsetMinutes }, length) => {
  if (length === 1 && offsetMinutes % 60 === 0) return writeOffset(offsetMinutes, false).slice(0, 3);
  return writeOffset(offsetMinutes, length === 3 || length === 5);
};

const WRITERS: { readonly [letter: string]: Writer } = {
  y: year,
  u: year,
  M: named(({ month }) => month, MONTHS, 1),
  L: named(({ month }) => month, MONTHS, 1),
  d: number(({ day }) => day),
  H: number(({ hour }) => hour),
  h: number(({ hour }) => hour % 12 || 12),
  m: number(({ minute }) => minute),
  s: number(({ second }) => second),
  S: ({ millisecond }, length) => padded(millisecond, 3).padEnd(9, '0').slice(0, length),
  a: ({ hour }) => (hour < 12 ? 'AM' : 'PM'),
  E: ({ year, month, day }, length) => {
    const name = DAYS[new Date(Date.UTC(year, month - 1, day)).getUTCDay()] ?? '';
    return length > 3 ? name : name.slice(0, 3);
  },
  X: (moment, length) => (moment.offsetMinutes === 0 ? 'Z' : offset(moment, length)),
  x: offset,
  Z: ({ offsetMinutes }, length) => writeOffset(offsetMinutes, length === 5),
  V: ({ zone }) => zone,
  z: ({ zone }) => zone,
};

function number(of: (moment: Moment) => number): Writer {
  return (moment, length) => (length > 2 ? undefined : padded(of(moment), length));
}

function named(of: (moment: Moment) => number, names: readonly string[], first: number): Writer {
  return (moment, length) => {
    const name = names[of(moment) - first] ?? '';
    if (length < 3) return padded(of(moment), length);
    return length === 3 ? name.slice(0, 3) : name;
  };
}

function padded(number: number, length: number): string {
  return String(number).padStart(Math.min(length, 19), '0');
}
