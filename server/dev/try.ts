// Server, development: the dashboard's "Try", an ordinary application that happens to live here. It knows only what any
// client knows: it starts a code flow with PKCE, comes back with a code, and exchanges it at the token endpoint. Beside
// the answer it shows the way to what the server wrote down of the login.
import { createHash } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { ClientRecord } from '#storage/records.ts';
import { DEMO_API } from '../demo/people.ts';
import type { Deps, Env } from '../deps.ts';
import { sendTo } from '../hosted/page.ts';
import type { Ask } from './ask.ts';
import { demoCallback, findDemoApplication } from './demo-application.ts';
import { loginOfState } from './login-of-state.ts';
import { showFailure } from './try-failure-page.ts';
import { showTry } from './try-page.ts';
import { showTokens, type TokenAnswer } from './try-tokens-page.ts';

const LOGIN_LIFETIME_SECONDS = 60 * 60;

/** The start page, the start of a login, and where it comes back to. */
export function tryRoutes(deps: Deps, ask: Ask): Hono<Env> {
  return new Hono<Env>()
    .get('/dev/try', (c) => {
      // The callback lives at the base URL, and cookies do not cross from 127.0.0.1 to localhost.
      const { baseUrl } = c.var.tenant;
      return new URL(c.req.url).origin === new URL(baseUrl).origin ? showTry(c, deps) : sendTo(c, `${baseUrl}/dev/try`);
    })
    .get('/dev/try/start', (c) => start(c, deps))
    .get('/dev/try/callback', (c) => callback(c, deps, ask));
}

async function start(c: Context<Env>, deps: Deps): Promise<Response> {
  const client = await findDemoApplication(deps, c.var.tenant);
  if (!client) return sendTo(c, '/dev/try');
  const state = deps.random.letters(24);
  const nonce = deps.random.letters(24);
  const verifier = deps.random.key();
  // One cookie a login: several tabs may try at once.
  setCookie(c, cookieName(state), `${nonce}.${verifier}`, {
    path: `${c.var.base ?? ''}/dev/try`,
    httpOnly: true,
    sameSite: 'Lax',
    secure: c.var.tenant.baseUrl.startsWith('https:'),
    maxAge: LOGIN_LIFETIME_SECONDS,
  });
  const wanted = ['prompt', 'ui_locales', 'login_hint'].flatMap((name) => {
    const value = c.req.query(name);
    return value ? [[name, value]] : [];
  });
  const parameters = new URLSearchParams({
    response_type: 'code',
    client_id: client.id,
    redirect_uri: demoCallback(c.var.tenant),
    scope: 'openid profile email',
    audience: DEMO_API,
    state,
    nonce,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...Object.fromEntries(wanted),
  });
  return sendTo(c, `/authorize?${parameters}`);
}

async function callback(c: Context<Env>, deps: Deps, ask: Ask): Promise<Response> {
  const { code, error, error_description: description, state } = c.req.query();
  const kept = state === undefined ? undefined : getCookie(c, cookieName(state));
  if (state === undefined || kept === undefined) {
    return showFailure(c, {
      error: 'unknown_state',
      description: 'This browser did not start a login with that state.',
    });
  }
  deleteCookie(c, cookieName(state), { path: `${c.var.base ?? ''}/dev/try` });
  const login = await loginOfState(deps, c.var.tenant, state);
  const timeline = login === undefined ? {} : { timeline: `/dev/logins/${login}` };
  if (error !== undefined) return showFailure(c, { error, description: description ?? '', ...timeline });
  const client = await findDemoApplication(deps, c.var.tenant);
  if (!client || code === undefined)
    return showFailure(c, { error: 'invalid_answer', description: 'There is no code.', ...timeline });
  const [nonce = '', verifier = ''] = kept.split('.');
  return exchange(c, ask, client, { code, verifier, nonce, ...timeline });
}

async function exchange(
  c: Context<Env>,
  ask: Ask,
  client: ClientRecord,
  { code, verifier, nonce, ...timeline }: { code: string; verifier: string; nonce: string; timeline?: string },
): Promise<Response> {
  const { baseUrl } = c.var.tenant;
  const answer = await ask(
    new Request(`${baseUrl}/oauth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', host: new URL(baseUrl).host },
      body: JSON.stringify({
        grant_type: 'authorization_code',
        client_id: client.id,
        code,
        code_verifier: verifier,
        redirect_uri: demoCallback(c.var.tenant),
      }),
    }),
  );
  const body = (await answer.json()) as TokenAnswer & { error?: string; error_description?: string };
  if (body.error !== undefined) {
    return showFailure(c, { error: body.error, description: body.error_description ?? '', ...timeline });
  }
  return showTokens(c, body, { nonce, ...timeline });
}

/** The state goes into a cookie's name: only what we make ourselves fits. */
function cookieName(state: string): string {
  return `sallyport_try_${/^[A-Za-z0-9]{24}$/.test(state) ? state : 'none'}`;
}
