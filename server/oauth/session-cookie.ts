// Server, protocol: the session of a browser. The cookie is a random key that storage keeps only as a hash.
// Whoever can read it is signed in.
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { SessionRecord } from '#storage/records.ts';
import type { Deps, Env } from '../deps.ts';
import { ownCookie } from '../own-cookie.ts';

const NAME = 'session';

/** 256 bits in base64url, as `Random.key` makes them. */
const SHAPE = /^[A-Za-z0-9_-]{43}$/;

/** The live session this browser has, if any. */
export async function readSession(c: Context<Env>, { runtime }: Deps): Promise<SessionRecord | undefined> {
  const key = readSessionKey(c);
  return key === undefined ? undefined : runtime.recognise(c.var.tenant, key);
}

/** The plain value of this browser's session cookie, if it sent a usable one. */
function readSessionKey(c: Context<Env>): string | undefined {
  const key = getCookie(c, ownCookie(c, NAME).name);
  return key !== undefined && SHAPE.test(key) ? key : undefined;
}

export function writeSession(c: Context<Env>, { clock }: Deps, key: string, session: SessionRecord): void {
  const { tenant } = c.var;
  const seconds = Math.max(1, Math.floor((session.expiresAt - clock.now()) / 1000));
  const { name, options } = ownCookie(c, NAME);
  setCookie(c, name, key, {
    ...options,
    ...((session.cookieMode ?? tenant.session.cookieMode) === 'persistent'
      ? { maxAge: Math.min(seconds, LONGEST_SECONDS) }
      : {}),
  });
}

/** The browser forgets its session. */
export function clearSession(c: Context<Env>): void {
  const { name, options } = ownCookie(c, NAME);
  deleteCookie(c, name, options);
}

/** What browsers grant a cookie at most (RFC 6265bis §5.5). */
const LONGEST_SECONDS = 400 * 24 * 60 * 60;
