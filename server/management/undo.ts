// Management: undoes a change from its line in the tenant's log. The line says what was there before; the way back is found
// by the description of the route that was called, tried in a rehearsal, and then done as any write is: by its scopes,
// logged with before and after, and so undone in turn.
import { z } from 'zod';
import type { Json, JsonObject, LogRecord } from '#storage/records.ts';
import { NOT_FOUND, type Refusal, refuse } from './answer.ts';
import { refuseScopes } from './authenticate.ts';
import { isMadeAnew } from './made-anew.ts';
import { isNode, maskWithin } from './mask.ts';
import { boolean } from './paging.ts';
import { type Incoming, type Meant, type Method, type Route, route } from './route.ts';
import { look, subjectOf } from './subject.ts';
import { parse } from './validation.ts';
import { type BackCall, bare, bodiesBack, bodyFrom, differing, holdsStars, isSame, type WayBack } from './way-back.ts';
import { tryOut } from './write.ts';

const BASE = '/api/v2';

const query = z.strictObject({ force: boolean.optional() });

const undo = z.strictObject({
  log_id: z.string(),
  method: z.string(),
  path: z.string(),
  /** What it does not bring back, in words. */
  notes: z.array(z.string()),
});

const undone = z
  .strictObject({
    undo,
    /** Of the line that this wrote: by it the undoing is undone. */
    log_id: z.string(),
    status: z.int(),
    result: z.unknown().optional(),
  })
  .meta({ id: 'Undone' });

const rehearsedUndo = z
  .strictObject({
    undo,
    dry_run: z.literal(true),
    status: z.int(),
    result: z.unknown().optional(),
    diff: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'RehearsedUndo' });

const cannot = (why: string): Refusal => refuse(400, `This cannot be undone: ${why}`, 'undo_unsupported');

const noSecret = (what: string): string => `${what} holds a secret, which no log keeps.`;

export const undoRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/logs/:id/undo',
    // Those of the call that puts it back are asked for when it is known.
    scopes: ['read:logs'],
    summary: 'Undo a change from its log line',
    query,
    answers: { 200: z.union([undone, rehearsedUndo]) },
    standsFor: findWayBack,
    // What is done is another write; this one is never run.
    handle: async () => NOT_FOUND.log,
  }),
];

async function findWayBack(incoming: Incoming, given: unknown, routes: readonly Route[]): Promise<Meant> {
  const asked = parse('query', query, given);
  if (!asked.ok) return asked.refusal;
  const { deps, tenant, param } = incoming;
  const log = await deps.store.logs.find(tenant.id, param('id'));
  if (!log) return NOT_FOUND.log;
  const change = changeOf(log, routes);
  if ('ok' in change) return change;
  const force = asked.value.force === true;
  const there = { ...incoming, param: change.param };
  const subject = subjectOf(change.route, routes);
  const usual = usualWay(change, subject.kind === 'view' ? subject.view : undefined, routes);
  // What is made or goes has a way of its own, whatever a change of it has.
  const way = usual && 'back' in usual ? usual : (change.route.undo ?? usual);
  if (!way) return cannot(`nothing is known that takes ${change.route.method} ${change.route.path} back.`);
  // Whoever may not write there tries nothing there.
  const denied = 'back' in way ? undefined : refuseScopes(incoming.operator, change.route.scopes);
  if (denied) return denied;
  const made = subject.kind === 'view' ? undefined : viewOfMade(change.route, routes);
  const now = await (subject.kind === 'view'
    ? look(subject.view, change.route, there)
    : made && lookAtMade(made, change, there));
  const seen: Seen = { ...change, now, force, log };
  const call = 'back' in way ? otherCall(way, seen) : await sameCall(way, seen, { routes, there });
  if ('ok' in call) return call;
  const view = subject.kind === 'view' && call.method === 'POST' && !seen.after ? subject.view : undefined;
  if (view && !force && (await isMadeAnew(view, call, { log, there }))) return changedSince('it has been made anew');
  return meantBy(call, { incoming, routes, log });
}

type Change = {
  route: Route;
  path: string;
  param: (name: string) => string;
  before: JsonObject | undefined;
  after: JsonObject | undefined;
};
type Seen = Change & { now: JsonObject | undefined; force: boolean; log: LogRecord };

/** What a line says that was done, if it says so. */
function changeOf({ type, details }: LogRecord, routes: readonly Route[]): Change | Refusal {
  const { request, before, after } = details ?? {};
  if (type !== 'sapi' || !isNode(request)) return cannot('the line is not about a change by this API that was made.');
  const { method, path: called } = request;
  if (typeof method !== 'string' || typeof called !== 'string') return cannot('the line does not say what was called.');
  const path = called.slice(called.indexOf(BASE) + BASE.length);
  const found = routeAt(routes, method, path);
  if (!found) return cannot('there is no such call any more.');
  const sides = { before: isNode(before) ? before : undefined, after: isNode(after) ? after : undefined };
  if (!sides.before && !sides.after) return cannot('the line does not say what was there before.');
  return { ...found, path, ...sides };
}

/** The route that a call reaches, as the server finds it: the first of the table. */
function routeAt(routes: readonly Route[], method: string, path: string): Pick<Change, 'route' | 'param'> | undefined {
  for (const each of routes) {
    if (each.method !== method) continue;
    const names = each.path.match(/:\w+/g)?.map((name) => name.slice(1)) ?? [];
    const values = new RegExp(`^${each.path.replaceAll(/:\w+/g, '([^/]+)')}$`).exec(path)?.slice(1);
    if (!values) continue;
    return { route: each, param: (name) => decoded(values[names.indexOf(name)] ?? '') };
  }
  return undefined;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Nobody can take back what they have done, or seen, meanwhile. */
const PEOPLE = /^\/(users|sessions|refresh-tokens)\b/;

/**
 * What a PATCH or a PUT changed where its own path shows it, the same call with the view before it puts back. What such a call
 * made there is deleted, and what was deleted there is put.
 */
function usualWay(
  { route: called, path, before, after }: Change,
  view: Route | undefined,
  routes: readonly Route[],
): WayBack | undefined {
  const { method, body } = called;
  if (!view || unnamed(view) !== unnamed(called) || PEOPLE.test(called.path)) return undefined;
  const beside = (other: Method) => routes.find((each) => each.method === other && unnamed(each) === unnamed(called));
  const bodyOf = ({ undo, body: schema }: Route, seen: JsonObject): Json =>
    undo && 'body' in undo ? undo.body(seen, () => '') : schema ? bodyFrom(schema, seen) : seen;
  if (method === 'DELETE') {
    if (after) return undefined;
    const put = beside('PUT');
    return put && { holds: (seen) => seen, back: ({ former }) => ({ method: 'PUT', path, body: bodyOf(put, former) }) };
  }
  if (!body || (method !== 'PATCH' && method !== 'PUT')) return undefined;
  if (!before && beside('DELETE')) return { holds: (seen) => seen, back: () => ({ method: 'DELETE', path }) };
  return { body: (seen) => bodyFrom(body, seen) };
}

const unnamed = ({ path }: Route): string => path.replaceAll(/:\w+/g, ':');

/** Of a creation: what shows the thing that was made. */
const viewOfMade = (made: Route, routes: readonly Route[]): Route | undefined =>
  routes.find(
    ({ method, path }) => method === 'GET' && path.replace(/\/:\w+$/, '') === made.path && path !== made.path,
  );

/** The thing that was made is found by the id that it got. */
function lookAtMade(view: Route, { after }: Change, there: Incoming): Promise<JsonObject | undefined> {
  const id = typeof after?.id === 'string' ? after.id : '';
  return look(view, view, { ...there, param: () => id });
}

const without = (view: JsonObject, names: JsonObject | undefined, others: JsonObject | undefined): JsonObject =>
  Object.fromEntries(
    Object.entries(view).filter(
      ([name]) => !(names && Object.hasOwn(names, name)) || (others && Object.hasOwn(others, name)),
    ),
  );

/** The view as it was before the change, and as the change left it, taking what it left alone from now. */
function views({ before, after }: Change, now: JsonObject): { former: JsonObject; left: JsonObject } {
  return {
    former: { ...without(now, after, before), ...before },
    left: { ...without(now, before, after), ...after },
  };
}

const changedSince = (what: string): Refusal =>
  refuse(409, `It has changed since (${what}). With force=true it is put back all the same.`, 'changed_since');

function otherCall(way: Extract<WayBack, { back: unknown }>, seen: Seen): BackCall | Refusal {
  const { before, after, now, force, param } = seen;
  if (after && !now) return refuse(409, 'It has changed since: it is not there any more.', 'changed_since');
  const shown = now && (maskWithin(now) as JsonObject);
  const { former, left } = views(seen, shown ?? {});
  if (after && shown && !force && !isSame(way.holds(left), way.holds(shown))) return changedSince('by another write');
  if (!after && now && !force) return changedSince('it is there again');
  const call = way.back({ former: before ? former : {}, made: after ?? {} }, param);
  if (typeof call === 'string') return cannot(call);
  return holdsStars(call.body) ? cannot(noSecret('what it writes')) : call;
}

type Place = { routes: readonly Route[]; there: Incoming };

async function sameCall(
  way: Extract<WayBack, { body: unknown }>,
  seen: Seen,
  place: Place,
): Promise<BackCall | Refusal> {
  const { route: changed, path, before = {}, after = {}, now, force, param } = seen;
  if (!now) return refuse(409, 'It has changed since: it is not there any more.', 'changed_since');
  const shown = maskWithin(now) as JsonObject;
  const { former, left } = views(seen, shown);
  const notes = way.notes?.(before, after) ?? [];
  const [was, leftBody, is] = [former, left, shown].map((view) => way.body(view, param)) as [Json, Json, Json];
  const changes = differing(was, leftBody);
  // Stars on both sides are two secrets, or there would be no difference.
  const starred = Object.keys({ ...before, ...after }).filter(
    (name) => (holdsStars(before[name]) || holdsStars(after[name])) && (!isNode(was) || Object.hasOwn(was, name)),
  );
  if (starred.length > 0) return cannot(noSecret(starred.join(', ')));
  if (changes.length === 0) return cannot(`of what it changed, nothing can be written. ${notes.join(' ')}`.trim());
  const moved = differing(leftBody, is).filter((name) => name === 'body' || changes.includes(name));
  if (moved.length > 0 && !force) return changedSince(moved.join(', '));
  // What it left alone is written as it is, secrets too, where a whole is replaced.
  const open = way.body(views(seen, now).former, param);
  if (holdsStars(open)) return cannot(noSecret('what it writes'));
  const bodies = bodiesBack(open, way.body(now, param), changed.method === 'PUT');
  const tried = await firstThatFits(bodies, { way, was, seen }, place);
  if ('body' in tried) return { method: changed.method, path, body: tried.body, notes };
  if (!tried.refusal) return cannot(`it would not bring back ${changes.join(', ')}.`);
  return cannot(tried.refusal.message);
}

/** Each is rehearsed: the first after which the view is what it was. */
async function firstThatFits(
  bodies: readonly Json[],
  { way, was, seen }: { way: Extract<WayBack, { body: unknown }>; was: Json; seen: Seen },
  { routes, there }: Place,
): Promise<{ body: Json } | { refusal?: Refusal }> {
  const { route: changed, path, param } = seen;
  const subject = subjectOf(changed, routes);
  let refusal: Refusal | undefined;
  for (const body of bodies) {
    if (changed.unrehearsed !== undefined) return { body };
    const played = await tryOut(there, { route: changed, subject, path: `${BASE}${path}`, query: {}, body });
    // Too long for a rehearsal: it is for the write itself to succeed.
    if (played === 'over') return { body };
    if (!played.result.ok) {
      refusal ??= played.result;
      continue;
    }
    const now = played.after && (maskWithin(played.after) as JsonObject);
    if (now && isSame(sorted(bare(way.body(now, param))), sorted(bare(was)))) return { body };
  }
  return refusal ? { refusal } : {};
}

/** Keys have no order. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isNode(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((name) => [name, sorted(value[name] ?? null)]),
  );
}

function meantBy(
  { method, path, body, notes = [] }: BackCall,
  { incoming, routes, log }: { incoming: Incoming; routes: readonly Route[]; log: LogRecord },
): Meant {
  const found = routeAt(routes, method, path);
  if (!found) throw new Error(`there is no ${method} ${path} to undo by`);
  const denied = refuseScopes(incoming.operator, found.route.scopes);
  if (denied) return denied;
  const told = { undo: { log_id: log.id, method, path: `${BASE}${path}`, notes } };
  return {
    ok: true,
    incoming: { ...incoming, param: found.param },
    write: { route: found.route, path: `${BASE}${path}`, query: {}, body, undoes: { logId: log.id, told } },
  };
}
