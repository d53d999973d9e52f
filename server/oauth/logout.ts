// Server, protocol: Auth0's own address for signing out. Any site may lead a browser here, as at Auth0: that is what
// `/oidc/logout` asks the person about.
import type { Context } from 'hono';
import { endSession } from '#runtime/sessions/end-session.ts';
import type { Deps, Env } from '../deps.ts';
import { errorPage } from '../hosted/error-page.ts';
import { readQuery } from '../request.ts';
import { logoutPage } from './logout-page.ts';
import { firstReturnable, isReturnable, logoutUrls } from './returnable-url.ts';
import { clearSession, readSession } from './session-cookie.ts';

/** `GET /v2/logout?client_id&returnTo&federated`. There is no sign-in elsewhere that `federated` could end. */
export async function logout(c: Context<Env>, deps: Deps): Promise<Response> {
  const { tenant, caller } = c.var;
  const refuse = (reason: string) => errorPage(c, { status: 400, key: 'bad-application', reason });
  const query = readQuery(c);
  if (!query.ok) return refuse('invalid_request: the query could not be read');
  const { client_id: clientId, returnTo } = query.parameters;
  const client = clientId === undefined ? undefined : await deps.store.clients.find(tenant.id, clientId);
  if (clientId !== undefined && !client) return refuse('invalid_request: unknown client_id');
  const registered = logoutUrls(client ?? tenant);
  if (returnTo !== undefined && !isReturnable(registered, returnTo, 'query')) {
    return refuse(
      `invalid_request: returnTo is not in the Allowed Logout URLs of the ${client ? 'application' : 'tenant'}`,
    );
  }
  const session = await readSession(c, deps);
  if (session) {
    const ports = { store: deps.store, now: deps.clock.now, random: deps.random };
    await endSession(ports, { tenant, session, caller, ...(client ? { client } : {}) });
  }
  clearSession(c);
  const target = returnTo ?? firstReturnable(registered);
  return target === undefined ? logoutPage(c, { shows: 'done' }) : c.redirect(new URL(target).href, 302);
}
