// Server, hosted pages: what a browser is, by what it says of itself, and whether its person has put off being offered an
// easier way in. That is a cookie: the next person at this browser has not said so elsewhere.
import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { Env } from '../deps.ts';
import { ownCookie } from '../own-cookie.ts';
import { browserName } from './browser-name.ts';

const NAME = 'put_off';

export type ThisBrowser = {
  /** As a person would call it; undefined where it does not say. */
  name?: string;
  /** Nothing is suggested here for now. */
  hasPutOff: boolean;
};

/** How long it is put off. */
const PUT_OFF_SECONDS = { 'for-now': 7 * 24 * 60 * 60, 'for-good': 365 * 24 * 60 * 60 } as const;
export type PutOff = keyof typeof PUT_OFF_SECONDS;

export function thisBrowser(c: Context<Env>): ThisBrowser {
  const name = browserName(c.var.caller.userAgent ?? '');
  return { ...(name === undefined ? {} : { name }), hasPutOff: getCookie(c, ownCookie(c, NAME).name) === '1' };
}

export function putOff(c: Context<Env>, how: PutOff): void {
  const { name, options } = ownCookie(c, NAME);
  setCookie(c, name, '1', { ...options, maxAge: PUT_OFF_SECONDS[how] });
}
