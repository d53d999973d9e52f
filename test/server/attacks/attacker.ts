// For tests of attacks: somebody who knows how to write requests by hand, over the whole application and real scripts.
import { generateSync } from 'otplib';
import { PASSWORD, TOTP_KEY } from '#test/kit/house.ts';
import type { Page, PlainBrowser } from '#test/kit/plain-browser.ts';
import type { FrontDoor } from '../oauth/front-door.ts';

export const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
export const JSON_BODY = { 'content-type': 'application/json' };
const CONNECTION = 'Username-Password-Authentication';

/** Scripts that ask for one thing. */
export const CHALLENGE_OTP = `exports.onExecutePostLogin = async (event, api) =>
  api.authentication.challengeWith({ type: 'otp' });`;
export const ENROLL_OTP = `exports.onExecutePostLogin = async (event, api) =>
  api.authentication.enrollWith({ type: 'otp' });`;
export const AWAY = `exports.onExecutePostLogin = async (event, api) =>
  api.redirect.sendUserTo('https://other.example/');
exports.onContinuePostLogin = async () => {};`;

/** Knows the password; answers with the page that comes after it, or the callback. */
export async function signIn(door: FrontDoor, browser: PlainBrowser, who: string, more = {}): Promise<Page> {
  const page = await browser.open(door.authorizeUrl(more));
  if (page.status === 0) return page;
  return browser.post(page, { username: `${who}@example.com`, password: PASSWORD, action: 'default' });
}

/** One request of a browser, its redirects not followed. */
export async function send(
  door: FrontDoor,
  browser: PlainBrowser,
  path: string,
  { headers, ...init }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Response> {
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  return door.app.request(door.site + path, { ...init, headers: { cookie, ...headers } });
}

export const hasTokens = ({ url }: Page): boolean => url.searchParams.has('code');

/** Where a login has come to: `code`, what it was refused with, or the page it is at. */
export const placeOf = (page: Page): string =>
  hasTokens(page) ? 'code' : (page.url.searchParams.get('error') ?? page.url.pathname);

export const stateOf = ({ url }: Page): string => url.searchParams.get('state') ?? '';

/** The code that an app with this key shows now. */
export const appCode = (door: FrontDoor, secret = TOTP_KEY): string =>
  generateSync({ secret, epoch: Math.floor(door.house.clock.at / 1000) });

/** The key on an enrollment page. */
export const keyOn = ({ html }: Page): string => /secret=([A-Z2-7]+)/.exec(html)?.[1] ?? '';

export async function signUpApart(door: FrontDoor, more: Record<string, unknown>): Promise<Response> {
  const body = JSON.stringify({ client_id: 'spa', connection: CONNECTION, password: PASSWORD, ...more });
  return door.app.request(`${door.site}/dbconnections/signup`, { method: 'POST', headers: JSON_BODY, body });
}
