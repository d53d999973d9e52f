// Mapping functions: the time it is, and days in one notation.
import { type Moment, writeMoment, writeOffset } from './date-pattern.ts';
import { type FunctionEntry, type MappingFunction, textArg, textOf } from './mapping-function.ts';

const MOST_ZONES = 100;
/** To make one takes longer than to use it a hundred times. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** Without a pattern: ISO 8601, to the millisecond, with the offset of the zone. */
const now: MappingFunction = (_input, args, means) => {
  const zone = textArg(args, 'zone') ?? 'UTC';
  const format = formatOf(zone);
  const moment = format && momentOf(means.now(), format, zone);
  if (!moment) return null;
  const pattern = textArg(args, 'pattern');
  if (pattern) return writeMoment(moment, pattern) ?? null;
  const ending = moment.offsetMinutes === 0 ? 'Z' : writeOffset(moment.offsetMinutes, true);
  return `${writeMoment(moment, "uuuu-MM-dd'T'HH:mm:ss.SSS")}${ending}`;
};

const NOTATIONS = [
  /^(\d{4})-(\d{1,2})-(\d{1,2})$/,
  /^(\d{4})\/(\d{1,2})\/(\d{1,2})$/,
  /^(\d{4})\.(\d{1,2})\.(\d{1,2})$/,
  /^(\d{4})(\d{2})(\d{2})$/,
  /^(\d{4})年(\d{1,2})月(\d{1,2})日$/,
];

/** A day, however it was written; null for what is no day, so that nobody mistakes what was not read for what was. */
const date: MappingFunction = (input, args) => {
  if (input === null) return null;
  const text = textOf(input);
  if (text.length > 100) return null;
  const folded = text.normalize('NFKC').trim();
  const found = NOTATIONS.map((notation) => notation.exec(folded)).find((match) => match !== null);
  if (!found) return null;
  const [year = 0, month = 0, day = 0] = found.slice(1).map(Number);
  const read = new Date(0);
  read.setUTCFullYear(year, month - 1, day);
  if (read.getUTCMonth() !== month - 1 || read.getUTCDate() !== day) return null;
  const midnight = { hour: 0, minute: 0, second: 0, millisecond: 0, offsetMinutes: 0, zone: 'UTC' };
  return writeMoment({ year, month, day, ...midnight }, textArg(args, 'format') ?? 'uuuu-MM-dd') ?? null;
};

export const DATE_FUNCTIONS: { readonly [name: string]: FunctionEntry } = {
  now: { apply: now, knows: ['zone', 'pattern'], costs: 1_000 },
  date: { apply: date, knows: ['format'], costs: 200 },
};

/** Undefined: no zone of that name. */
function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  const known = formats.get(zone);
  if (known) return known;
  if (zone.length > 60) return undefined;
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    if (formats.size >= MOST_ZONES) formats.clear();
    formats.set(zone, format);
    return format;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return undefined;
  }
}

function momentOf(at: number, format: Intl.DateTimeFormat, zone: string): Moment {
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  const [year, month, day] = [part('year'), part('month'), part('day')];
  const [hour, minute, second] = [part('hour'), part('minute'), part('second')];
  const local = Date.UTC(year, month - 1, day, hour, minute, second);
  const offsetMinutes = Math.round((local - Math.floor(at / 1000) * 1000) / 60_000);
  const millisecond = ((at % 1000) + 1000) % 1000;
  return { year, month, day, hour, minute, second, millisecond: Math.floor(millisecond), offsetMinutes, zone };
}
