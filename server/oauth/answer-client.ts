// Server, protocol: how the client hears of the end of a login on pages. Nobody may keep the answer: it may carry a code.
import type { Context } from 'hono';
import type { Reply } from '#runtime/transaction/transaction.ts';
import type { Env } from '../deps.ts';
import { answerParameters, callbackUrl, type ReturnAddress } from './callback.ts';
import { issuerOf } from './issuer.ts';
import { formPostPage, webMessagePage } from './response-pages.ts';

type Answer = Response | Promise<Response>;
type Teller<By extends Reply['by']> = (
  c: Context<Env>,
  reply: Extract<Reply, { by: By }>,
  params: Record<string, string>,
) => Answer;

const TELLERS: { [By in Reply['by']]: Teller<By> } = {
  redirect: answerByBrowser,
  token: notHere,
  device: notHere,
  page: notHere,
};

/** @param params what is said beside `state` and `iss`. */
export function answerClient(c: Context<Env>, reply: Reply, params: Record<string, string>): Answer {
  const tell = TELLERS[reply.by] as (c: Context<Env>, reply: Reply, params: Record<string, string>) => Answer;
  return tell(c, reply, params);
}

function answerByBrowser(c: Context<Env>, reply: ReturnAddress, params: Record<string, string>): Answer {
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

function notHere(_c: Context<Env>, { by }: Reply): never {
  throw new Error(`a client that is answered by ${by} was to be told through the browser`);
}
