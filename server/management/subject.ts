// Management: what a write is about: the route that shows what it changes. Audits and rehearsals look through it before and
// after the write, so that no family has to say by itself what it changed.
import type { JsonObject } from '#storage/records.ts';
import { diffOf } from './diff.ts';
import { maskWithin } from './mask.ts';
import type { Incoming, Route } from './route.ts';

/**
 * `view`: shows what is changed. `made`: nothing is there before, and the answer is what is there after. `unseen`: nothing
 * shows it.
 */
export type Subject = { kind: 'view'; view: Route } | { kind: 'made' } | { kind: 'unseen' };

/** @param routes the whole table. */
export function subjectOf(write: Route, routes: readonly Route[]): Subject {
  if (write.subject === 'none') return { kind: 'unseen' };
  if (typeof write.subject === 'object') return { kind: 'view', view: write.subject };
  const shows = new Map(routes.filter(({ method }) => method === 'GET').map((view) => [unnamed(view.path), view]));
  const at = (path: string): Route | undefined => shows.get(unnamed(path));
  const named = write.subject === undefined ? undefined : at(write.subject);
  if (named) return { kind: 'view', view: named };
  if (write.method === 'POST' && at(`${write.path}/:item`)) return { kind: 'made' };
  // What is done to a thing changes the thing: `/users/:id/identities` has no view of its own, `/users/:id` has.
  for (let path = write.path; path.includes('/:') || path === write.path; path = path.slice(0, path.lastIndexOf('/'))) {
    const view = at(path);
    if (view) return { kind: 'view', view };
  }
  return write.method === 'POST' ? { kind: 'made' } : { kind: 'unseen' };
}

/** Where a parameter has different names in the routes of one thing, it is the same parameter. */
const unnamed = (path: string): string => path.replaceAll(/:\w+/g, ':');

/** What a view shows now; undefined where there is nothing. */
export async function look(view: Route, write: Route, incoming: Incoming): Promise<JsonObject | undefined> {
  // A tenant's own settings are read by whoever is asked; ours may be those from before the write.
  const tenant = (await incoming.deps.store.tenants.find(incoming.tenant.id)) ?? incoming.tenant;
  const names = (path: string) => path.match(/:\w+/g)?.map((name) => name.slice(1)) ?? [];
  const theirs = names(write.path);
  const param = (name: string) => incoming.param(theirs[names(view.path).indexOf(name)] ?? name);
  const most = { per_page: '100' };
  const query = view.query?.safeParse(most).success ? most : {};
  const seen = await view.run({ ...incoming, tenant, param }, query, undefined);
  if (!seen.ok || typeof seen.body !== 'object' || seen.body === null) return undefined;
  // As the wire has it: what is undefined is not there.
  const wire: unknown = JSON.parse(JSON.stringify(seen.body));
  return Array.isArray(wire) ? keyed(wire) : (wire as JsonObject);
}

const KEYS = ['id', 'user_id', 'client_id', 'connection_id', 'name', 'kid', 'permission_name'] as const;

/** A list as an object, so that what is taken out of it does not move all that follows. */
function keyed(list: readonly unknown[]): JsonObject {
  const key = (entry: unknown, index: number): string => {
    if (typeof entry !== 'object' || entry === null) return String(entry);
    const name = KEYS.find((candidate) => typeof (entry as JsonObject)[candidate] === 'string');
    return name === undefined ? String(index) : String((entry as JsonObject)[name]);
  };
  return Object.fromEntries(list.map((entry, index) => [key(entry, index), entry])) as JsonObject;
}

/** What is different, property by property of the whole, without secrets. */
export type Difference = { before?: JsonObject; after?: JsonObject };

/** Whole properties: what is kept must be enough to put the thing back as it was. */
export function difference(before: JsonObject | undefined, after: JsonObject | undefined): Difference {
  const moved = (mine: JsonObject, other: JsonObject | undefined): JsonObject =>
    Object.fromEntries(
      Object.entries(mine).filter(
        ([name, value]) =>
          other === undefined || !Object.hasOwn(other, name) || JSON.stringify(other[name]) !== JSON.stringify(value),
      ),
    );
  return {
    ...(before === undefined ? {} : { before: maskWithin(moved(before, after)) as JsonObject }),
    ...(after === undefined ? {} : { after: maskWithin(moved(after, before)) as JsonObject }),
  };
}

/** The same as a tree, for people. */
export const treeOf = (before: JsonObject | undefined, after: JsonObject | undefined): JsonObject =>
  diffOf(before ?? {}, after ?? {});
