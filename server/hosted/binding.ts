// Server, hosted pages: one random cookie per browser. A login is bound to the browser that began it, so a `state` that
// was mailed or leaked opens nothing elsewhere (login CSRF, RFC 9700 §4.7). One cookie serves all tabs.
import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { Deps, Env } from '../deps.ts';
import { ownCookie } from '../own-cookie.ts';

const NAME = 'browser';

/** The longest life browsers grant a cookie. */
const LIFETIME_SECONDS = 400 * 24 * 60 * 60;

/** 256 bits in base64url, as `Random.key` makes them. */
const SHAPE = /^[A-Za-z0-9_-]{43}$/;

/** The plain value of this browser's binding cookie, if it sent a usable one. */
export function readBinding(c: Context<Env>): string | undefined {
  const value = getCookie(c, ownCookie(c, NAME).name);
  return value !== undefined && SHAPE.test(value) ? value : undefined;
}

/** The binding of this browser; one without gets one with this answer. */
export function ensureBinding(c: Context<Env>, deps: Deps): string {
  const present = readBinding(c);
  if (present !== undefined) return present;
  const made = deps.random.key();
  const { name, options } = ownCookie(c, NAME);
  setCookie(c, name, made, { ...options, maxAge: LIFETIME_SECONDS });
  return made;
}
