// Server, protocol: a login that was taken leaves the house, once: the session's cookie for the browser, the rest for the
// client.
import type { Context } from 'hono';
import type { Finished } from '#runtime/runtime.ts';
import type { Deps, Env } from '../deps.ts';
import { answerClient } from './answer-client.ts';
import { endOfLogin } from './front-channel.ts';
import { writeSession } from './session-cookie.ts';

export async function handOut(
  c: Context<Env>,
  deps: Deps,
  finished: Extract<Finished, { outcome: 'finished' }>,
): Promise<Response> {
  const { sessionKey, session, login } = finished;
  writeSession(c, deps, sessionKey, session);
  return answerClient({ c, deps }, login.request.reply, await endOfLogin(deps, c.var.tenant, finished));
}
