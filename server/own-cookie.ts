// Server: what each cookie of ours is like: for HTTP alone, never sent from other sites' forms, below the addresses of its
// tenant and nowhere else.
import type { Context } from 'hono';
import type { Env } from './deps.ts';

export type OwnCookie = {
  name: string;
  options: { path: string; httpOnly: true; sameSite: 'Lax'; secure: boolean };
};

/**
 * One that belongs below a path says so in its name: below it the browser sends those of the whole host too, and in which
 * order is no promise (RFC 6265 §4.2.2).
 *
 * The prefix keeps a sibling subdomain from planting the cookie, or at least whoever has no TLS; browsers know it on https
 * only, and the stronger one for cookies of a whole host only (RFC 6265bis §4.1.3).
 */
export function ownCookie(c: Context<Env>, name: string): OwnCookie {
  const path = c.var.cookiePath ?? '/';
  const secure = c.var.tenant.baseUrl.startsWith('https:');
  const prefix = secure ? (path === '/' ? '__Host-' : '__Secure-') : '';
  return {
    name: `${prefix}${['sallyport', name, ...path.split('/')].filter((piece) => piece !== '').join('_')}`,
    options: { path, httpOnly: true, sameSite: 'Lax', secure },
  };
}
