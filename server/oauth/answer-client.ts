// Server, protocol: how the client hears of the end of a login on pages. Nobody may keep the answer: it may carry a code.
import type { Context } from 'hono';
import type { Reply } from '#runtime/transaction/transaction.ts';
import type { Deps, Env } from '../deps.ts';
import { devicePage } from '../hosted/device-pages.ts';
import { errorPage } from '../hosted/error-page.ts';
import { answerParameters, callbackUrl, type ReturnAddress } from './callback.ts';
import { decide } from './device-wait.ts';
import { issuerOf } from './issuer.ts';
import { formPostPage, webMessagePage } from './response-pages.ts';

type Answer = Response | Promise<Response>;
type Told = { c: Context<Env>; deps: Pick<Deps, 'store' | 'clock'> };
type Teller<By extends Reply['by']> = (
  told: Told,
  reply: Extract<Reply, { by: By }>,
  params: Record<string, string>,
) => Answer;

const TELLERS: { [By in Reply['by']]: Teller<By> } = {
  redirect: answerByBrowser,
  token: notHere,
  device: answerDevice,
  page: notHere,
};

/** @param params what is said beside `state` and `iss`. */
export function answerClient(told: Told, reply: Reply, params: Record<string, string>): Answer {
  const tell = TELLERS[reply.by] as (told: Told, reply: Reply, params: Record<string, string>) => Answer;
  return tell(told, reply, params);
}

function answerByBrowser({ c }: Told, reply: ReturnAddress, params: Record<string, string>): Answer {
  const said = answerParameters(reply, issuerOf(c.var.tenant), params);
  c.header('cache-control', 'no-store');
  switch (reply.responseMode) {
    case 'query':
    case 'fragment':
      return c.redirect(callbackUrl(reply, reply.responseMode, said), 302);
    case 'form_post':
      return formPostPage(c, reply.redirectUri, said);
    case 'web_message':
      return webMessagePage(c, new URL(reply.redirectUri).origin, said);
  }
}

/** A device hears of a refusal when it asks the next time; the person sees it at once. */
async function answerDevice(
  { c, deps }: Told,
  { ticketId }: Extract<Reply, { by: 'device' }>,
  { error, error_description: reason = '' }: Record<string, string>,
): Promise<Response> {
  // A device is granted by its own page alone: whoever comes to the end another way has not said that it is theirs.
  if (error === undefined) return errorPage(c, { status: 400, key: 'already-used' });
  await decide(deps, c.var.tenant, ticketId, { name: 'denied', reason });
  return devicePage(c, { shows: 'denied', reason });
}

function notHere(_told: Told, { by }: Reply): never {
  throw new Error(`a client that is answered by ${by} was to be told through the browser`);
}
