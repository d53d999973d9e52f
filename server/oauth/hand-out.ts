// Server, protocol: a login that was taken leaves the house, once: the session's cookie for the browser, the rest for the
// client.
import type { Context } from 'hono';
import type { Finished } from '#runtime/runtime.ts';
import { ACCOUNT_PATH } from '../account/paths.ts';
import type { Deps, Env } from '../deps.ts';
import { sendTo } from '../hosted/page.ts';
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
  const { reply } = login.request;
  // No application waits for it: the person goes back to the page of ours that asked who they are.
  if (reply.by === 'page') return sendTo(c, reply.resultUrl ?? ACCOUNT_PATH);
  return answerClient({ c, deps }, reply, await endOfLogin(deps, c.var.tenant, finished));
}
