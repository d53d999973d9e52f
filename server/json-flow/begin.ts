// Server, JSON flow: an authorization request begins a login, and its answer is the address that names it. A program reads
// the id from there; a browser is shown pages there that complete the same login.
import type { Context } from 'hono';
import type { Deps, Env } from '../deps.ts';
import { ensureBinding, readBinding } from '../hosted/binding.ts';
import { errorPage } from '../hosted/error-page.ts';
import { chooseLanguage } from '../hosted/language.ts';
import { answerClient } from '../oauth/answer-client.ts';
import { checkAuthorizationRequest } from '../oauth/authorization-request.ts';
import { authorizeSilently } from '../oauth/silent.ts';
import { isForeign, type ReadParameters, readParameters, readQuery } from '../request.ts';
import { isHeadless } from './find-login.ts';
import { type RefusalCode, refuse } from './refusals.ts';

/** `GET /{tenant}/v1/authorizations` */
export async function beginByQuery(c: Context<Env>, deps: Deps): Promise<Response> {
  // A HEAD is a look, and this is no place to look at: it would begin a login.
  if (c.req.method !== 'GET') {
    c.header('allow', 'GET, POST');
    return c.text('Method Not Allowed', 405);
  }
  return begin(c, deps, readQuery(c));
}

/** `POST /{tenant}/v1/authorizations`, a form (OpenID Connect Core §3.1.2.1). */
export async function beginByForm(c: Context<Env>, deps: Deps): Promise<Response> {
  const read = await readParameters(c, { json: false });
  // A form of another site comes without our cookies (SameSite=Lax): as a GET the same request brings them.
  if (read.ok && readBinding(c) === undefined && isForeign(c, c.var.tenant.baseUrl)) {
    c.header('cache-control', 'no-store, private');
    return c.redirect(`${c.req.path}?${new URLSearchParams(read.parameters)}`, 303);
  }
  return begin(c, deps, read);
}

async function begin(c: Context<Env>, deps: Deps, read: ReadParameters): Promise<Response> {
  const { tenant, caller } = c.var;
  const locale = (uiLocales: string[]) =>
    chooseLanguage(tenant.enabledLocales, uiLocales, c.req.header('accept-language'));
  c.header('cache-control', 'no-store, private');
  const checked = await checkAuthorizationRequest(deps, tenant, read, locale);
  if (!checked.ok) {
    return checked.to === 'page'
      ? refuseHere(c, 'invalid_request', checked.reason)
      : answerClient({ c, deps }, checked.address, { error: checked.error, error_description: checked.description });
  }
  const { request } = checked;
  const client = await deps.store.clients.find(tenant.id, request.clientId);
  if (client?.settings.json_flow === false) {
    return refuseHere(c, 'unauthorized_client', 'The JSON flow is switched off for this client');
  }
  if (request.reply.by !== 'redirect' || !['query', 'fragment'].includes(request.reply.responseMode)) {
    return refuseHere(c, 'invalid_request', 'Parameter response_mode must be query or fragment here');
  }
  if (request.prompt.includes('none')) return authorizeSilently(c, deps, request);
  const whose = isHeadless(c) ? { headless: true as const } : { binding: ensureBinding(c, deps) };
  const { login, key } = await deps.runtime.begin(
    tenant,
    { door: 'json', selection: 'client', request, ...whose },
    caller,
  );
  if (login.state.name === 'denied') {
    const { code, reason } = login.state;
    return answerClient({ c, deps }, request.reply, { error: code, error_description: reason });
  }
  return c.redirect(`${tenant.baseUrl}/authorize?id=${key}`, 302);
}

/** Nothing says that the callback is the client's: a program is told, a person is shown a page. */
function refuseHere(c: Context<Env>, error: RefusalCode, reason: string): Response | Promise<Response> {
  return isHeadless(c)
    ? refuse(c, 400, error, reason)
    : errorPage(c, { status: 400, key: 'bad-application', reason: `${error}: ${reason}` });
}
