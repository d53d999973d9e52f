// Server, protocol: the one way out of a completed login on pages. The session cookie and the code leave here, once.
import type { Context } from 'hono';
import type { Deps, Env } from '../deps.ts';
import { show } from '../door.ts';
import { readBinding } from '../hosted/binding.ts';
import { errorPage } from '../hosted/error-page.ts';
import { hostedDoor } from '../hosted/hosted.ts';
import { chooseLanguage } from '../hosted/language.ts';
import { showBusy } from '../hosted/show-screen.ts';
import { readQuery } from '../request.ts';
import { handOut } from './hand-out.ts';

/** `GET /authorize/resume?state=` */
export async function resume(c: Context<Env>, deps: Deps): Promise<Response> {
  // A HEAD is a look: it would take the login, and nobody would get its code.
  if (c.req.method !== 'GET') {
    c.header('allow', 'GET');
    return c.text('Method Not Allowed', 405);
  }
  const query = readQuery(c);
  const key = query.ok ? query.parameters.state : undefined;
  if (key === undefined) return errorPage(c, { status: 400, key: 'unknown-login' });
  return leave(c, deps, { key, binding: readBinding(c) });
}

/** Takes a completed login and answers its client; one that is not completed is shown where it is. */
export async function leave(
  c: Context<Env>,
  deps: Deps,
  reference: { key: string; binding: string | undefined },
): Promise<Response> {
  const { tenant } = c.var;
  const finished = await deps.runtime.finish(tenant, reference);
  switch (finished.outcome) {
    case 'finished':
      return handOut(c, deps, finished);
    case 'elsewhere':
      return show(hostedDoor, { c, deps }, finished.shown);
    case 'busy':
      return showBusy(c, chooseLanguage(tenant.enabledLocales, [], c.req.header('accept-language')));
    case 'expired':
      return errorPage(c, { status: 400, key: 'expired' });
    case 'nothing':
      return errorPage(c, { status: 400, key: 'unknown-login' });
  }
}
