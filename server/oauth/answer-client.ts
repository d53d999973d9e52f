// Server, protocol: the redirect that ends a login at the client. Nobody may keep it: it may carry a code.
import type { Context } from 'hono';
import type { Env } from '../deps.ts';
import type { ReturnAddress } from './authorization-request.ts';
import { callbackUrl } from './callback.ts';
import { issuerOf } from './issuer.ts';

export function answerClient(c: Context<Env>, address: ReturnAddress, params: Record<string, string>): Response {
  c.header('cache-control', 'no-store');
  return c.redirect(callbackUrl(address, issuerOf(c.var.tenant), params), 302);
}
