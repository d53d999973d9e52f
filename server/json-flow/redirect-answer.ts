// Server, JSON flow: the end of a login, as an address that its caller sends the person to.
import type { Context } from 'hono';
import type { LoginRequest } from '#runtime/transaction/transaction.ts';
import type { Env } from '../deps.ts';
import { answerParameters, callbackUrl } from '../oauth/callback.ts';
import { issuerOf } from '../oauth/issuer.ts';
import { send } from './refusals.ts';

/** @param said beside `state` and `iss`: the code, or an error. */
export function answerRedirect(c: Context<Env>, { reply }: LoginRequest, said: Record<string, string>): Response {
  // Requests that are answered otherwise begin no login here.
  if (reply.by !== 'redirect') throw new Error(`a login of the JSON flow is answered by ${reply.by}`);
  const at = reply.responseMode === 'fragment' ? 'fragment' : 'query';
  const redirectUri = callbackUrl(reply, at, answerParameters(reply, issuerOf(c.var.tenant), said));
  return send(c, { status: 200, body: { redirect_uri: redirectUri } });
}
