// Server, protocol: the authorization endpoint. It checks the request, opens a login and shows where that rests: a page,
// or with `prompt=none` an answer for the client. A live session stands in for the password, never for the scripts.
import type { Context } from 'hono';
import type { LoginRequest } from '#runtime/transaction/transaction.ts';
import type { SessionRecord } from '#storage/records.ts';
import type { Deps, Env } from '../deps.ts';
import { show } from '../door.ts';
import { ensureBinding, readBinding } from '../hosted/binding.ts';
import { errorPage } from '../hosted/error-page.ts';
import { hostedDoor } from '../hosted/hosted.ts';
import { chooseLanguage } from '../hosted/language.ts';
import { isForeign, type ReadParameters, readParameters, readQuery } from '../request.ts';
import { answerClient } from './answer-client.ts';
import { checkAuthorizationRequest } from './authorization-request.ts';
import { leave } from './resume.ts';
import { readSession } from './session-cookie.ts';
import { silentDoor } from './silent.ts';

/** `GET /authorize` */
export async function authorizeByQuery(c: Context<Env>, deps: Deps): Promise<Response> {
  // A HEAD is a look, and this is no place to look at: it would begin a login, and use up what was pushed for one.
  if (c.req.method !== 'GET') {
    c.header('allow', 'GET, POST');
    return c.text('Method Not Allowed', 405);
  }
  return authorize(c, deps, readQuery(c));
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
  const live = await readSession(c, deps);
  const session = live && mayUse(live, request, deps.clock.now()) ? { session: live } : {};

  if (request.prompt.includes('none')) {
    // Bound like every login, but a browser without the cookie is not given one: nobody will come back with it.
    const binding = readBinding(c) ?? deps.random.key();
    const shown = await deps.runtime.begin(
      tenant,
      { door: 'silent', selection: 'nobody', request, binding, ...session },
      caller,
    );
    return show(silentDoor, { c, deps, binding }, shown);
  }
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

/** OpenID Connect Core §3.1.2.1: a new sign-in where `prompt`, `max_age` (seconds) or `id_token_hint` asks for one. */
function mayUse(session: SessionRecord, { prompt, maxAge, hintedUserId }: LoginRequest, now: number): boolean {
  if (hintedUserId !== undefined && hintedUserId !== session.userId) return false;
  if (prompt.includes('login') || prompt.includes('select_account')) return false;
  // An age of nothing is asked for by whoever wants a new one, however fast it follows the last.
  return maxAge === undefined || (maxAge > 0 && now - session.authenticatedAt <= maxAge * 1000);
}
