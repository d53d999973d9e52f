// What is wrong with a value, in the words authors know from JSON Schema checks: `errorCode must be string`.

/** What is wrong with a value; undefined when nothing is. */
export type Rule = (value: unknown) => string | undefined;

const { isArray } = Array;

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !isArray(value);

const pairs = /[\uD800-\uDBFF][\uDC00-\uDFFF]/g;
/** Characters, not UTF-16 units: as JSON Schema counts `maxLength`. */
const charactersOf = (text: string): number => text.replace(pairs, '_').length;

export const isText = (value: unknown): string | undefined =>
  typeof value === 'string' ? undefined : 'must be string';
export const isTrueOrFalse: Rule = (value) => (typeof value === 'boolean' ? undefined : 'must be boolean');
export const isNumber: Rule = (value) =>
  typeof value === 'number' && value - value === 0 ? undefined : 'must be number';
export const isRecord: Rule = (value) => (isObject(value) ? undefined : 'must be object');

/** A text of at most so many characters. */
export const textUpTo =
  (most: number): Rule =>
  (value) => {
    if (typeof value !== 'string') return 'must be string';
    if (value.length <= most || charactersOf(value) <= most) return undefined;
    return `must NOT have more than ${most} characters`;
  };

export const oneOf =
  (...values: string[]): Rule =>
  (value) =>
    values.some((known) => known === value) ? undefined : 'must be equal to one of the allowed values';

/** A list of at most so many entries, each by the rule. */
export const listUpTo =
  (most: number, rule: Rule): Rule =>
  (value) => {
    if (!isArray(value)) return 'must be array';
    if (value.length > most) return `must NOT have more than ${most} items`;
    for (const entry of value) {
      const complaint = rule(entry);
      if (complaint !== undefined) return complaint;
    }
    return undefined;
  };

/** Throws with what is wrong with each named value; a value that is missing is not looked at. */
export function refuseBad(values: readonly [name: string, value: unknown, rule: Rule][]): void {
  let complaints = '';
  for (const [name, value, rule] of values) {
    const complaint = value === undefined ? undefined : rule(value);
    if (complaint !== undefined) complaints += `${complaints === '' ? '' : '; '}${name} ${complaint}`;
  }
  if (complaints !== '') throw new Error(complaints);
}

/** Throws when a value is missing. */
export function refuseMissing(name: string, value: unknown): void {
  if (value === undefined) throw new Error(`must have required property '${name}'`);
}
