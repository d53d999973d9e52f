// Server: where a person comes back to from the site that a script sent them to, by link or by form. The key that was
// given along finds the login, in the browser that it belongs to; what else came is for the script's second handler.
import { type Context, Hono } from 'hono';
import type { Json } from '#storage/records.ts';
import type { Deps, Env } from './deps.ts';
import { show } from './door.ts';
import { readBinding } from './hosted/binding.ts';
import { errorPage } from './hosted/error-page.ts';
import { hostedDoor } from './hosted/hosted.ts';
import { chooseLanguage } from './hosted/language.ts';
import { isFromAnotherSite, relayPage } from './hosted/relay-page.ts';
import { addressAt } from './hosted/screen.ts';
import { showBusy } from './hosted/show-screen.ts';
import { mediaType, readFormValues, readJsonObject, readQueryValues, type Unreadable, type Values } from './request.ts';

/** What scripts see of a visit: a text, or a list where a parameter came more than once; of JSON, the values as sent. */
type Parameters = Record<string, Json>;

export function continueRoutes(deps: Deps): Hono<Env> {
  return new Hono<Env>()
    .get('/continue', (c) => byQuery(c, deps))
    .post('/continue', (c) => byBody(c, deps))
    .all('/continue', notAllowed);
}

function notAllowed(c: Context<Env>): Response {
  c.header('allow', 'GET, POST');
  return c.text('Method Not Allowed', 405);
}

async function byQuery(c: Context<Env>, deps: Deps): Promise<Response> {
  // A HEAD is a look, and this is no place to look at: it would take the visit.
  if (c.req.method !== 'GET') return notAllowed(c);
  const query = readQueryValues(c);
  return query.ok ? resume(c, deps, toParameters(query.values), {}) : unreadable(c, query);
}

async function byBody(c: Context<Env>, deps: Deps): Promise<Response> {
  const query = readQueryValues(c);
  if (!query.ok) return unreadable(c, query);
  if (mediaType(c.req.header('content-type')) === 'application/json') {
    const json = await readJsonObject(c);
    return json.ok ? resume(c, deps, toParameters(query.values), json.object) : unreadable(c, json);
  }
  const form = await readFormValues(c);
  if (!form.ok) return unreadable(c, form);
  if (readBinding(c) === undefined && isFromAnotherSite(c)) {
    return relayPage(c, `/continue${new URL(c.req.url).search}`, form.values);
  }
  return resume(c, deps, toParameters(query.values), toParameters(form.values));
}

async function resume(c: Context<Env>, deps: Deps, query: Parameters, body: Parameters): Promise<Response> {
  const { tenant, caller } = c.var;
  const key = keyOf(query.state, body.state);
  if (key === undefined) return lost(c);
  const reference = { key, binding: readBinding(c) };
  const found = await deps.runtime.read(tenant, reference);
  switch (found.found) {
    case 'present': {
      const { state } = found.shown.login;
      if (state.name !== 'redirected' || state.ask.kind !== 'redirect') {
        return show(hostedDoor, { c, deps }, found.shown);
      }
      break;
    }
    case 'busy':
      return busy(c, key);
    case 'expired':
      return errorPage(c, { status: 400, key: 'expired' });
    // A key that was used continues nothing a second time: a reload leads to where the login is.
    case 'stale':
      return show(hostedDoor, { c, deps }, found.shown);
    case 'nothing':
      return lost(c);
  }
  const visit = { kind: 'redirect', query, body } as const;
  const submitted = await deps.runtime.submit(tenant, reference, { kind: 'continued', visit }, caller);
  switch (submitted.outcome) {
    case 'moved':
    case 'elsewhere':
      return show(hostedDoor, { c, deps }, submitted.shown);
    case 'busy':
      return busy(c, key);
    case 'expired':
      return errorPage(c, { status: 400, key: 'expired' });
    case 'nothing':
      return lost(c);
  }
}

/** The address and the body may both carry the key, each once; then they must agree. */
function keyOf(...sent: (Json | undefined)[]): string | undefined {
  const given = new Set(sent.filter((state) => state !== undefined && state !== ''));
  const [key] = given;
  return given.size === 1 && typeof key === 'string' ? key : undefined;
}

function toParameters(values: Values): Parameters {
  return Object.fromEntries(
    [...values].map(([name, [first = '', ...more]]) => [name, more.length ? [first, ...more] : first]),
  );
}

/** No such login here: of another browser, or never begun. They are not told apart. */
function lost(c: Context<Env>): Response | Promise<Response> {
  return errorPage(c, { status: 400, key: 'unknown-login', reason: 'invalid_request' });
}

function unreadable(c: Context<Env>, { problem }: Unreadable): Response | Promise<Response> {
  const reason = 'invalid_request';
  return errorPage(c, { status: problem === 'too-large' ? 413 : 400, key: 'bad-request', reason });
}

/** Asks again by a page's address: it leads to wherever the login rests, and continues nothing. */
function busy(c: Context<Env>, key: string): Response | Promise<Response> {
  const locale = chooseLanguage(c.var.tenant.enabledLocales, [], c.req.header('accept-language'));
  return showBusy(c, locale, addressAt('/u/login', key));
}
