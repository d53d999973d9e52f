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
import { answerClient } from './answer-client.ts';
import { endOfLogin } from './front-channel.ts';
import { writeSession } from './session-cookie.ts';

/** `GET /authorize/resume?state=` */
export async function resume(c: Context<Env>, deps: Deps): Promise<Response> {
  const { tenant, caller } = c.var;
  const query = readQuery(c);
  const key = query.ok ? query.parameters.state : undefined;
  if (key === undefined) return errorPage(c, { status: 400, key: 'unknown-login' });
  const finished = await deps.runtime.finish(tenant, { key, binding: readBinding(c) }, caller);
  switch (finished.outcome) {
    case 'finished':
      writeSession(c, deps, finished.sessionKey, finished.session);
      return answerClient(c, finished.login.request.reply, await endOfLogin(deps, tenant, finished));
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
