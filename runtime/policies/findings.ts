// Policies: what is found while something that a tenant wrote is read: errors, for which it is refused, and warnings, with
// which it is kept. Each begins with the place it is about.
import type { Json, JsonObject } from '#storage/records.ts';
import { type Budget, createBudget } from '../interactions/budget.ts';

export type Findings = { errors: string[]; warnings: string[] };

/** At most so many of each are told: a body that is all wrong is answered by a page, not a book. */
const MOST = 50;
const LONGEST_TEXT = 500;

/** What a field may hold. */
export type Shape = 'text' | 'number' | 'boolean' | 'list' | 'object' | 'any';

export function createFindings(): Findings & Reading {
  const errors: string[] = [];
  const warnings: string[] = [];
  const add = (list: string[], line: string) => {
    if (list.length < MOST && !list.includes(line)) list.push(line);
  };
  const reading: Reading = {
    budget: createBudget(),
    error: (line) => add(errors, line),
    warn: (line) => add(warnings, line),
    object(value, place, fields, unread = []) {
      if (!isObject(value)) {
        reading.error(`${place} must be an object`);
        return undefined;
      }
      for (const name of Object.keys(value)) {
        if (unread.includes(name)) reading.warn(`${place}.${name} has no effect`);
        else if (!Object.hasOwn(fields, name)) reading.warn(`${place}.${cut(name)} is not known and has no effect`);
      }
      let isRight = true;
      for (const [name, shape] of Object.entries(fields)) {
        const given = value[name];
        if (given === undefined || given === null || shape === 'any' || isOf(given, shape)) continue;
        reading.error(`${place}.${name} must be ${NAMES[shape]}`);
        isRight = false;
      }
      return isRight ? value : undefined;
    },
    texts(value, place) {
      if (value === undefined || value === null) return [];
      if (!Array.isArray(value) || !value.every((each) => isOf(each, 'text'))) {
        reading.error(`${place} must be a list of texts`);
        return [];
      }
      return value.filter((each) => typeof each === 'string');
    },
  };
  return { errors, warnings, ...reading };
}

export type Reading = {
  /** Of patterns, all of them together: each takes its time to be compiled. */
  budget: Budget;
  error(line: string): void;
  warn(line: string): void;
  /** @returns undefined where it is none, or where a field is of another shape. `unread`: known, and read by nobody. */
  object(
    value: Json | undefined,
    place: string,
    fields: { readonly [name: string]: Shape },
    unread?: readonly string[],
  ): JsonObject | undefined;
  texts(value: Json | undefined, place: string): string[];
};

const NAMES: { readonly [S in Exclude<Shape, 'any'>]: string } = {
  text: `a text of at most ${LONGEST_TEXT} characters`,
  number: 'a number',
  boolean: 'true or false',
  list: 'a list',
  object: 'an object',
};

function isOf(value: Json, shape: Exclude<Shape, 'any'>): boolean {
  switch (shape) {
    case 'text':
      return typeof value === 'string' && value.length <= LONGEST_TEXT;
    case 'number':
      return typeof value === 'number';
    case 'boolean':
      return typeof value === 'boolean';
    case 'list':
      return Array.isArray(value);
    case 'object':
      return isObject(value);
  }
}

const cut = (name: string): string => (name.length > 60 ? `${name.slice(0, 60)}…` : name);

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
