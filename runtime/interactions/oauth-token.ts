// Interactions: access tokens that outside services ask for. A token is kept in this process alone, under a hash of all it
// was fetched with, and only where the tenant says so.
import { createHash } from 'node:crypto';
import type { OutgoingCall } from '#actions/outgoing-call.ts';
import type { Json } from '#storage/records.ts';
import type { OAuthAuthorization } from './interaction.ts';
import { isObject } from './json-bounds.ts';
import { type OutsidePlace, type OutsidePorts, type Unanswered, unanswered } from './outside.ts';

export type TokenGot = { ok: true; token: string } | ({ ok: false } & Unanswered);

const MOST_KEPT = 500;
/** Seconds before its end in which a token is not used any more, unless the tenant says how many. */
const BUFFER = 10;
/** RFC 6750 §2.1: what can stand after `Bearer`. */
const TOKEN = /^[\x21-\x7e]{1,16384}$/;

type Kept = { token: string; until: number };
/** `fetching`: requests that come meanwhile wait for the same token. */
type Shelf = { kept: Map<string, Kept>; fetching: Map<string, Promise<Fetched>> };

/** One for each running house: whoever has the way out has the tokens that were fetched through it. */
const shelves = new WeakMap<object, Shelf>();

/**
 * A token by the tenant's grant.
 * @param refused one that the service did not take: it is dropped, and a new one is fetched.
 */
export async function tokenFor(
  ports: OutsidePorts,
  place: OutsidePlace,
  configuration: OAuthAuthorization,
  { timeoutMs, refused }: { timeoutMs: number; refused?: string },
): Promise<TokenGot> {
  const { kept, fetching } = shelfOf(ports.egress);
  const key = createHash('sha256')
    .update(JSON.stringify([place.tenantId, configuration]))
    .digest('base64url');
  const known = kept.get(key);
  if (known && known.token !== refused && known.until > ports.now()) return { ok: true, token: known.token };
  kept.delete(key);
  const underway = fetching.get(key);
  const work = underway ?? fetchToken(ports, place, configuration, timeoutMs);
  if (!underway) fetching.set(key, work);
  try {
    const got = await work;
    if (!got.ok) return got;
    const until = lifetimeOf(configuration, got, ports.now());
    if (!underway && until !== undefined) {
      if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value ?? '');
      kept.set(key, { token: got.token, until });
    }
    return { ok: true, token: got.token };
  } finally {
    if (!underway) fetching.delete(key);
  }
}

type Fetched = { ok: true; token: string; expiresIn?: number } | ({ ok: false } & Unanswered);

async function fetchToken(
  { egress, log }: OutsidePorts,
  { tenantId }: OutsidePlace,
  configuration: OAuthAuthorization,
  timeoutMs: number,
): Promise<Fetched> {
  const outcome = await egress.request(tokenCall(configuration), { timeoutMs });
  if (!outcome.ok) {
    log.warn({ tenantId, fault: outcome.code, reason: outcome.message }, 'a token endpoint gave no answer');
    if (outcome.code === 'ERR_EGRESS_REFUSED') return { ok: false, ...unanswered('refused-address') };
    return { ok: false, ...unanswered(outcome.code === 'ETIMEDOUT' ? 'timeout' : 'token-unreachable') };
  }
  const { status, body } = outcome.answer;
  const answered = status < 400 && 'text' in body ? readJson(body.text) : null;
  const token = isObject(answered) ? answered.access_token : undefined;
  if (typeof token !== 'string' || !TOKEN.test(token)) {
    log.warn({ tenantId, status }, 'a token endpoint gave no token');
    return { ok: false, ...unanswered('token-refused') };
  }
  const given = isObject(answered) ? answered.expires_in : undefined;
  // Some write it as a text. Lists are not read: a number is made of one by going to its bottom, however deep that is.
  const expiresIn = typeof given === 'number' || typeof given === 'string' ? Number(given) : Number.NaN;
  return { ok: true, token, ...(expiresIn > 0 ? { expiresIn } : {}) };
}

/** RFC 6749 §4.3.2, §4.4.2, §2.3.1. A redirect is no answer: it would take the credentials somewhere else. */
function tokenCall(configuration: OAuthAuthorization): OutgoingCall {
  const { type, client_id, client_secret, username, password, scope, client_authentication_type } = configuration;
  const basic = type === 'client_credentials' && client_authentication_type === 'client_secret_basic';
  const form = new URLSearchParams({ grant_type: type });
  const fields = {
    ...(basic ? {} : { client_id, client_secret }),
    ...(type === 'password' ? { username, password } : {}),
    scope,
  };
  for (const [name, value] of Object.entries(fields)) if (typeof value === 'string') form.set(name, value);
  const pair = [client_id, client_secret].map((one) => encodeURIComponent(one ?? '')).join(':');
  return {
    url: configuration.token_endpoint,
    method: 'POST',
    headers: [
      ['content-type', 'application/x-www-form-urlencoded'],
      ['accept', 'application/json'],
      ...(basic ? [['authorization', `Basic ${Buffer.from(pair).toString('base64')}`] as [string, string]] : []),
    ],
    body: { text: form.toString() },
    redirect: 'error',
  };
}

/** The shorter of what the endpoint and the tenant say, less the buffer. Undefined: the token is not kept. */
function lifetimeOf(
  { cache_enabled, cache_ttl_seconds, cache_buffer_seconds }: OAuthAuthorization,
  { expiresIn }: { expiresIn?: number },
  now: number,
): number | undefined {
  const given = [expiresIn, cache_ttl_seconds].filter((one): one is number => typeof one === 'number' && one > 0);
  if (cache_enabled !== true || given.length === 0) return undefined;
  const buffer = typeof cache_buffer_seconds === 'number' ? cache_buffer_seconds : BUFFER;
  return now + (Math.min(...given) - buffer) * 1000;
}

function shelfOf(egress: object): Shelf {
  const known = shelves.get(egress);
  if (known) return known;
  const shelf: Shelf = { kept: new Map(), fetching: new Map() };
  shelves.set(egress, shelf);
  return shelf;
}

function readJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return null;
  }
}
