// Server, protocol: an application signs a person out (OpenID Connect RP-Initiated Logout 1.0). Where it does not name the
// session of this browser, the person is asked: no other site signs somebody out unseen (§6).
import type { Context } from 'hono';
import { endSession } from '#runtime/sessions/end-session.ts';
import type { SessionRecord } from '#storage/records.ts';
import type { Deps, Env } from '../deps.ts';
import { errorPage } from '../hosted/error-page.ts';
import { isOwnForm } from '../hosted/own-form.ts';
import { sendTo } from '../hosted/page.ts';
import { isForeign, type Parameters, type ReadParameters, readParameters, readQuery } from '../request.ts';
import { logoutPage } from './logout-page.ts';
import { checkLogoutRequest, type LogoutRequest } from './rp-logout-request.ts';
import { clearSession, readSession } from './session-cookie.ts';

const QUESTION_PATH = '/u/logout';

/** `GET /oidc/logout` */
export function rpLogoutByQuery(c: Context<Env>, deps: Deps): Promise<Response> {
  return rpLogout(c, deps, readQuery(c));
}

/** `POST /oidc/logout`, a form. */
export async function rpLogoutByForm(c: Context<Env>, deps: Deps): Promise<Response> {
  const read = await readParameters(c, { json: false });
  // A form of another site comes without our cookies (SameSite=Lax); as a GET the same request brings them.
  if (read.ok && isForeign(c, c.var.tenant.baseUrl) && !(await readSession(c, deps))) {
    c.header('cache-control', 'no-store');
    return c.redirect(`/oidc/logout?${new URLSearchParams(read.parameters)}`, 303);
  }
  return rpLogout(c, deps, read);
}

async function rpLogout(c: Context<Env>, deps: Deps, read: ReadParameters): Promise<Response> {
  if (!read.ok) return refuse(c, 'invalid_request: the parameters could not be read');
  const { parameters } = read;
  const checked = await checkLogoutRequest(deps, c.var.tenant, parameters);
  if (!checked.ok) return refuse(c, checked.reason);
  const { request } = checked;
  const session = await readSession(c, deps);
  if (session && session.id !== request.sid) return sendTo(c, questionAddress(request, parameters));
  return finish(c, deps, request, session, parameters.ui_locales);
}

/** The question asks nothing that the request did not say; the hint stays behind, since it holds what a person is. */
function questionAddress({ client }: LogoutRequest, parameters: Parameters): string {
  const { post_logout_redirect_uri: uri, state, ui_locales: locales } = parameters;
  const kept = { client_id: client?.id, post_logout_redirect_uri: uri, state, ui_locales: locales };
  const given = Object.entries(kept).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length === 0 ? QUESTION_PATH : `${QUESTION_PATH}?${new URLSearchParams(given)}`;
}

/** `GET /u/logout`: showing the question changes nothing. */
export async function askLogout(c: Context<Env>, deps: Deps): Promise<Response> {
  const asked = await readAsked(c, deps);
  if (asked instanceof Response) return asked;
  const { request, parameters } = asked;
  if (!(await readSession(c, deps))) return finish(c, deps, request, undefined, parameters.ui_locales);
  const { client, target } = request;
  const page = {
    shows: 'question' as const,
    action: questionAddress(request, parameters),
    ...(client === undefined ? {} : { application: client.name }),
    ...(target === undefined ? {} : { target }),
  };
  return logoutPage(c, page, parameters.ui_locales);
}

/** `POST /u/logout`: the answer, by a form of ours only. */
export async function answerLogout(c: Context<Env>, deps: Deps): Promise<Response> {
  if (!isOwnForm(c)) return errorPage(c, { status: 403, key: 'foreign-form' });
  const body = await readParameters(c, { json: false });
  if (!body.ok) return errorPage(c, { status: body.problem === 'too-large' ? 413 : 400, key: 'bad-request' });
  const asked = await readAsked(c, deps);
  if (asked instanceof Response) return asked;
  const { request, parameters } = asked;
  switch (body.parameters.action) {
    case 'accept':
      return finish(c, deps, request, await readSession(c, deps), parameters.ui_locales);
    case 'decline':
      return logoutPage(c, { shows: 'kept' }, parameters.ui_locales);
    default:
      return errorPage(c, { status: 400, key: 'bad-request' });
  }
}

/** The question's own address is checked like every request: anybody may have written it. */
async function readAsked(
  c: Context<Env>,
  deps: Deps,
): Promise<{ request: LogoutRequest; parameters: Parameters } | Response> {
  const query = readQuery(c);
  if (!query.ok) return errorPage(c, { status: 400, key: 'bad-request' });
  const checked = await checkLogoutRequest(deps, c.var.tenant, query.parameters);
  return checked.ok ? { request: checked.request, parameters: query.parameters } : refuse(c, checked.reason);
}

async function finish(
  c: Context<Env>,
  deps: Deps,
  { client, target }: LogoutRequest,
  session: SessionRecord | undefined,
  uiLocales: string | undefined,
): Promise<Response> {
  const { tenant, caller } = c.var;
  if (session) {
    const ports = { store: deps.store, now: deps.clock.now, random: deps.random };
    await endSession(ports, { tenant, session, caller, ...(client ? { client } : {}) });
  }
  clearSession(c);
  return target === undefined ? logoutPage(c, { shows: 'done' }, uiLocales) : sendTo(c, target);
}

async function refuse(c: Context<Env>, reason: string): Promise<Response> {
  return errorPage(c, { status: 400, key: 'bad-application', reason });
}
