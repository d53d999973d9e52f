// Server, JSON flow: the login that an address names, and whether this caller may go on with it. What a browser began is
// bound to that browser by a cookie; what a program began, programs go on with, and no page of anybody's does: a browser
// says in every request that it is one. The id is the only secret of a program's login.
import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import type { Reference, RestedLogin, Runtime } from '#runtime/runtime.ts';
import type { Deps, Env } from '../deps.ts';
import { readBinding } from '../hosted/binding.ts';
import { isWebOrigin } from '../oauth/registered-url.ts';
import { isForeign } from '../request.ts';
import { conflict, refuse, unknownLogin } from './refusals.ts';

export type FlowReference = Extract<Reference, { heldBy: 'flow' }>;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** No browser sends this: it would name itself, its cookies, or the page that asks. */
export function isHeadless(c: Context<Env>): boolean {
  return (
    c.req.header('cookie') === undefined &&
    c.req.header('origin') === undefined &&
    c.req.header('sec-fetch-site') === undefined &&
    !/\btext\/html\b/i.test(c.req.header('accept') ?? '')
  );
}

/** The login that the address names, or why this caller has none there. */
export async function referTo(
  c: Context<Env>,
  deps: Deps,
): Promise<{ ok: true; reference: FlowReference } | { ok: false; answer: Response }> {
  const id = c.req.param('id') ?? '';
  if (!UUID.test(id)) {
    return { ok: false, answer: refuse(c, 400, 'invalid_request', `Invalid UUID: ${id.slice(0, 100)}`) };
  }
  // Ids are made in lower case, and compared as they are written.
  const reference = {
    key: id.toLowerCase(),
    heldBy: 'flow',
    binding: readBinding(c),
    headless: isHeadless(c),
  } as const;
  c.header('vary', 'Origin');
  if (!isForeign(c, c.var.tenant.baseUrl)) return { ok: true, reference };
  const admitted = await admitOrigin(c, deps, reference);
  return admitted ? { ok: false, answer: admitted } : { ok: true, reference };
}

/** A page elsewhere may call where its origin is one of the client's own, and reads what it is told. */
async function admitOrigin(c: Context<Env>, deps: Deps, reference: FlowReference): Promise<Response | undefined> {
  const origin = c.req.header('origin');
  const found = await deps.runtime.read(c.var.tenant, reference);
  if (found.found === 'busy') return conflict(c);
  if (found.found === 'present' && origin !== undefined) {
    const client = await deps.store.clients.find(c.var.tenant.id, found.shown.login.request.clientId);
    if (client && isWebOrigin(client, origin)) {
      c.header('access-control-allow-origin', origin);
      c.header('access-control-allow-credentials', 'true');
      return undefined;
    }
  }
  return refuse(c, 403, 'access_denied', 'Pages of this origin may not call here');
}

type Missing = Exclude<Awaited<ReturnType<Runtime['submit']>>['outcome'], 'moved' | 'elsewhere'>;

/** Why there is nothing to go on with. */
export async function missing(
  c: Context<Env>,
  { store }: Pick<Deps, 'store'>,
  { key }: FlowReference,
  why: Missing,
): Promise<Response> {
  if (why === 'busy') return conflict(c);
  // Whoever knows an id of 122 random bits learns nothing by hearing that there is such a login, and its developer does.
  const isElsewhere = why === 'nothing' && (await store.handles.find(c.var.tenant.id, 'authorization', key));
  if (!isElsewhere) return unknownLogin(c, key);
  return refuse(
    c,
    401,
    'invalid_request',
    'auth_session_mismatch: This login was begun by another browser, or by a browser and not by a program',
  );
}

/**
 * Whether this very browser began the login: where a policy lets everybody go on who knows the id, others get no session
 * by it, or somebody could sign them in as somebody else.
 */
export function isItsBrowser({ binding }: RestedLogin, reference: FlowReference): boolean {
  if (binding === undefined || reference.binding === undefined) return false;
  return binding === createHash('sha256').update(reference.binding).digest('base64url');
}
