// Server, protocol: the authorization endpoint. It checks the request, opens a login and shows where that rests: a page,
// or with `prompt=none` an answer for the client. A live session stands in for the password, never for the scripts.
import type { Context } from 'hono';
import type { Deps, Env } from '../deps.ts';
import { show } from '../door.ts';
import { ensureBinding, readBinding } from '../hosted/binding.ts';
import { errorPage } from '../hosted/error-page.ts';
import { hostedDoor } from '../hosted/hosted.ts';
import { chooseLanguage } from '../hosted/language.ts';
import { openPagesOf } from '../hosted/open-pages.ts';
import { isForeign, type ReadParameters, readParameters, readQuery } from '../request.ts';
import { answerClient } from './answer-client.ts';
import { checkAuthorizationRequest } from './authorization-request.ts';
import { leave } from './resume.ts';
import { authorizeSilently } from './silent.ts';
import { usableSession } from './usable-session.ts';

/** `GET /authorize` */
export async function authorizeByQuery(c: Context<Env>, deps: Deps): Promise<Response> {
  // A HEAD is a look, and this is no place to look at: it would begin a login, and use up what was pushed for one.
  if (c.req.method !== 'GET') {
    c.header('allow', 'GET, POST');
    return c.text('Method Not Allowed', 405);
  }
  const read = readQuery(c);
  const { id, client_id: clientId } = read.ok ? read.parameters : {};
  if (id !== undefined && clientId === undefined) return openPagesOf(c, deps, id);
  return authorize(c, deps, read);
}

/** `POST /authorize`, a form (OpenID Connect Core §3.1.2.1). */
export async function authorizeByForm(c: Context<Env>, deps: Deps): Promise<Response> {
  const read = await readParameters(c, { json: false });
  // A form of another site comes without our cookies (SameSite=Lax): acted on at once it would replace this browser's
  // binding and end the logins of its other tabs. As a GET the same request brings them.
  if (read.ok && isForeign(c, c.var.tenant.baseUrl) && readBinding(c) === undefined) {
    c.header('cache-control', 'no-store');
    return c.redirect(`/authorize?${new URLSearchParams(read.parameters)}`, 303);
  }
  return authorize(c, deps, read);
}

async function authorize(c: Context<Env>, deps: Deps, read: ReadParameters): Promise<Response> {
  const { tenant, caller } = c.var;
  const locale = (uiLocales: string[]) =>
    chooseLanguage(tenant.enabledLocales, uiLocales, c.req.header('accept-language'));
  const checked = await checkAuthorizationRequest(deps, tenant, read, locale);
  if (!checked.ok) {
    return checked.to === 'page'
      ? errorPage(c, { status: 400, key: 'bad-application', reason: checked.reason })
      : answerClient({ c, deps }, checked.address, { error: checked.error, error_description: checked.description });
  }
  const { request } = checked;
  if (request.prompt.includes('none')) return authorizeSilently(c, deps, request);
  const session = await usableSession(c, deps, request);
  const binding = ensureBinding(c, deps);
  const shown = await deps.runtime.begin(
    tenant,
    { door: 'hosted', selection: 'server', request, binding, ...session },
    caller,
  );
  // Nobody was asked anything: a session was enough, and there is no page to come back from.
  if (shown.login.state.name === 'completed') return leave(c, deps, { key: shown.key, binding });
  return show(hostedDoor, { c, deps }, shown);
}
