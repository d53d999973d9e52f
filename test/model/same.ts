// Tests: whether what is seen is what should be seen.
import { isDeepStrictEqual } from 'node:util';
import { ANY_TEXT } from './rest.ts';

/** Where the product is not what the model says. */
export class Divergence extends Error {
  readonly what: string;
  readonly should: string;
  readonly is: string;

  constructor(what: string, should: string, is: string, visit?: number) {
    super(`${visit === undefined ? '' : `visit ${visit}: `}${what}\n    should be ${should}\n    but is    ${is}`);
    this.what = what;
    this.should = should;
    this.is = is;
  }

  /** Told with the visit in which it was seen. */
  on(visit: number): Divergence {
    return new Divergence(this.what, this.should, this.is, visit);
  }
}

/** `should` may stand `ANY_TEXT` where no reference fixes the words. */
export function expectSame(what: string, should: unknown, is: unknown): void {
  if (isDeepStrictEqual(should, filled(is, should))) return;
  throw new Divergence(what, JSON.stringify(should), JSON.stringify(is));
}

/** `is` with `ANY_TEXT` wherever `should` has it and there are words. */
function filled(is: unknown, should: unknown): unknown {
  if (should === ANY_TEXT) return typeof is === 'string' && is !== '' ? ANY_TEXT : is;
  if (Array.isArray(is) && Array.isArray(should)) return is.map((each, index) => filled(each, should[index]));
  if (!isObject(is) || !isObject(should)) return is;
  return Object.fromEntries(Object.entries(is).map(([key, value]) => [key, filled(value, should[key])]));
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
