// Server, JSON flow: the calls that move a login: an interaction by its name, `authorize`, which asks to be let through,
// and `deny`. What an interaction answers is decided below; this door adds what became of a message of ours.
import type { Context } from 'hono';
import type { RestedLogin, Shown } from '#runtime/runtime.ts';
import type { DoorInput } from '#runtime/transaction/input.ts';
import type { Json } from '#storage/records.ts';
import type { Deps, Env } from '../deps.ts';
import { show } from '../door.ts';
import { mediaType, readJsonObject } from '../request.ts';
import { missing, referTo } from './find-login.ts';
import { type Called, jsonDoor } from './json-door.ts';
import { refuse, unreadable } from './refusals.ts';

/** `POST …/{id}/{interaction}` */
export async function callInteraction(c: Context<Env>, deps: Deps): Promise<Response> {
  if (mediaType(c.req.header('content-type')) !== 'application/json') {
    return refuse(c, 400, 'invalid_request', 'The request is malformed or contains invalid parameters');
  }
  const read = await readJsonObject(c);
  if (!read.ok) return unreadable(c, read);
  const interaction = c.req.param('interaction') ?? '';
  return step(c, deps, 'interaction', { kind: 'called', interaction, body: read.object });
}

/** `POST …/{id}/authorize`. There need be nothing to read; what is no JSON says nothing. */
export async function authorizeLogin(c: Context<Env>, deps: Deps): Promise<Response> {
  const read = await readJsonObject(c);
  if (!read.ok && read.problem !== 'malformed') return unreadable(c, read);
  const { denied_scopes: scopes = [], denied_claims: claims = [] } = read.ok ? read.object : {};
  if (!isTexts(scopes)) return refuse(c, 400, 'invalid_request', 'denied_scopes must be a list of scopes');
  // Whoever says no to something must not find it given.
  if (!isTexts(claims) || claims.length > 0) {
    return refuse(c, 400, 'invalid_request', 'denied_claims is not supported: deny the scope that gives the claim');
  }
  return step(c, deps, 'authorize', { kind: 'authorized', ...(scopes.length > 0 ? { denied: scopes } : {}) });
}

const isTexts = (value: Json): value is string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');

/** `POST …/{id}/deny` */
export async function denyLogin(c: Context<Env>, deps: Deps): Promise<Response> {
  return step(c, deps, 'deny', { kind: 'consented', allowed: false });
}

async function step(c: Context<Env>, deps: Deps, called: Called, input: DoorInput): Promise<Response> {
  const referred = await referTo(c, deps);
  if (!referred.ok) return referred.answer;
  const { reference } = referred;
  const { tenant, caller } = c.var;
  const submitted = await deps.runtime.submit(tenant, reference, input, caller);
  if (!('shown' in submitted)) return missing(c, deps, reference, submitted.outcome);
  const { shown } = submitted;
  return show(
    jsonDoor,
    { c, deps, reference, called },
    input.kind === 'called' ? withDelivery(shown, input.interaction) : shown,
  );
}

/** A code of ours that could not be sent, or of which nobody knows whether it was. */
function withDelivery(shown: Shown, interaction: string): Shown {
  const { answer, login } = shown;
  const sent = answer && answer.status < 400 ? sentBy(login, interaction) : undefined;
  if (!answer || !sent) return shown;
  if (sent.undelivered) return { ...shown, answer: UNREACHABLE };
  return sent.unconfirmed
    ? { ...shown, answer: { ...answer, body: { ...answer.body, delivery: 'unconfirmed' } } }
    : shown;
}

function sentBy({ interactions, posed }: RestedLogin, interaction: string) {
  const count = interactions[interaction];
  return count?.operation === 'CHALLENGE' ? posed[count.method] : undefined;
}

/** What is said of an outside service that does not answer is said of ours too. */
const UNREACHABLE = {
  status: 503,
  body: { error: 'server_error', error_description: 'Failed to connect to external authentication service' },
};
