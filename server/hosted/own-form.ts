// Server, hosted pages: did one of our own pages send this form?
import type { Context } from 'hono';
import type { Env } from '../deps.ts';

/**
 * False when the browser says that a page of another origin sent the form. Pages under `no-referrer` send `Origin: null`
 * (Fetch §3.2), so for these the browser's own word on the site decides; a client that sends neither is no browser, and
 * the binding cookie is what counts.
 */
export function isOwnForm(c: Context<Env>): boolean {
  const origin = c.req.header('origin');
  const site = c.req.header('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  if (origin === undefined || origin === 'null') return true;
  return origin === new URL(c.var.tenant.baseUrl).origin || origin === addressedOrigin(c);
}

/** The origin the browser addressed: the default tenant also answers on loopback names beside its base URL. */
function addressedOrigin(c: Context<Env>): string {
  return new URL(c.req.url).origin;
}
