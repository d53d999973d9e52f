// Management: how a change is put back: by the same call with the body that makes its view what it was, or by another call
// that its route names. Nothing here does anything: bodies and calls are made of what views showed.
import { z } from 'zod';
import type { Json, JsonObject } from '#storage/records.ts';
import { isNode } from './mask.ts';

/** A call of the Management API. `path` is below `/api/v2`. `notes`: what it does not bring back, for people. */
export type BackCall = { method: string; path: string; body?: Json; notes?: string[] };

/** What a route says of putting back what it did. */
export type WayBack =
  /** The same call again. `body`: what makes a view what it is. `notes`: what it does not bring back. */
  | {
      body(view: JsonObject, param: (name: string) => string): Json;
      notes?(before: JsonObject, after: JsonObject): string[];
    }
  /**
   * Another call, or why there is none. `holds`: what of the view it is about; when that has changed since, somebody else
   * has been there.
   */
  | {
      holds(view: JsonObject): Json;
      back(views: { former: JsonObject; made: JsonObject }, param: (name: string) => string): BackCall | string;
    };

/** What a body schema takes of a view: properties of the same names, and everything where it names none. */
export function bodyFrom(schema: z.ZodType, view: JsonObject): Json {
  if (schema instanceof z.ZodArray) return Object.values(view);
  if (!(schema instanceof z.ZodObject)) return view;
  const known = Object.keys(schema.shape);
  return Object.fromEntries(Object.entries(view).filter(([name]) => known.includes(name)));
}

export const isSame = (one: Json | undefined, other: Json | undefined): boolean =>
  one === other || JSON.stringify(one) === JSON.stringify(other);

/** The names under which two bodies differ; of lists, `body`. */
export function differing(one: Json, other: Json): string[] {
  if (!isNode(one) || !isNode(other)) return isSame(one, other) ? [] : ['body'];
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].filter((name) => !isSame(one[name], other[name]));
}

/** Without what is as good as absent: a switch that is off, and null. */
export function bare(value: Json): Json {
  if (Array.isArray(value)) return value.map(bare);
  if (!isNode(value)) return value;
  const kept = Object.entries(value)
    .filter(([, inner]) => inner !== null && inner !== false)
    .map(([name, inner]) => [name, bare(inner)] as const)
    .filter(([, inner]) => !(isNode(inner) && Object.keys(inner).length === 0));
  return Object.fromEntries(kept);
}

/**
 * Bodies that may bring `former` back where `now` is, the plainest first: APIs differ in what takes a property out of another.
 * @param whole it replaces, and does not merge.
 */
export function bodiesBack(former: Json, now: Json, whole: boolean): Json[] {
  if (whole || !isNode(former) || !isNode(now)) return [former];
  const changed = differing(former, now);
  const with_ = (of: (name: string) => Json): Json => Object.fromEntries(changed.map((name) => [name, of(name)]));
  const all = [
    with_((name) => former[name] ?? null),
    with_((name) => filled(former[name], now[name], () => null)),
    with_((name) => filled(former[name], now[name], (gone) => (typeof gone === 'boolean' ? false : null))),
  ];
  return all.filter((body, at) => all.findIndex((other) => isSame(other, body)) === at);
}

/** What `former` lacks is named, so that it goes. */
function filled(former: Json | undefined, now: Json | undefined, empty: (gone: Json) => Json): Json {
  if (former === undefined) return now === undefined || isNode(now) ? null : empty(now);
  if (!isNode(former) || !isNode(now)) return former;
  const gone = Object.keys(now).filter((name) => !Object.hasOwn(former, name));
  return {
    ...Object.fromEntries(Object.entries(former).map(([name, value]) => [name, filled(value, now[name], empty)])),
    ...Object.fromEntries(gone.map((name) => [name, empty(now[name] ?? null)])),
  };
}

/** Whether a secret stands there as stars: it cannot be written back. */
export function holdsStars(value: Json | undefined): boolean {
  if (value === '***') return true;
  if (Array.isArray(value)) return value.some(holdsStars);
  return isNode(value) && Object.values(value).some(holdsStars);
}
