// Test: what a person does on the pages of their account, over the whole application: a browser that keeps cookies, and eyes.
import { generateSync } from 'otplib';
import type { AuthenticatorRecord, LogRecord } from '#storage/records.ts';
import { PASSWORD, TOTP_KEY } from '#test/kit/house.ts';
import type { Page, PlainBrowser } from '#test/kit/plain-browser.ts';
import type { FrontDoor } from '../oauth/front-door.ts';

export const ACCOUNT = '/u/account';

export const at = ({ url }: Page): string => url.pathname;
export const errorOf = ({ html }: Page): string | undefined => /<form[^>]* data-error="([^"]*)"/.exec(html)?.[1];
export const heading = ({ html }: Page): string | undefined => /<h1[^>]*>([^<]*)<\/h1>/.exec(html)?.[1];
export const has = ({ html }: Page, text: string): boolean => html.includes(text);

/** The word of the form that a page shows. */
export const wordOf = ({ html }: Page): string => /name="state" value="([^"]*)"/.exec(html)?.[1] ?? '';

/** Presses a button of the page's own form. */
export const press = (
  browser: PlainBrowser,
  page: Page,
  action: string,
  more: Record<string, string> = {},
): Promise<Page> => browser.open(page.url.href, { state: wordOf(page), action, ...more });

export type Somebody = { id: string; name: string; browser: PlainBrowser; page: Page };
export type Has = ('otp' | 'phone' | 'email')[];

let people = 0;
export const newName = (): string => `owner-${++people}`;

/** Somebody signs in on the account page, a while ago or just now. */
export async function visit(door: FrontDoor, has: Has = [], agoMs = 0): Promise<Somebody> {
  const name = newName();
  const { id } = await door.house.user(name, has);
  const browser = door.browser();
  const page = await enter(browser, name);
  if (page.status !== 200 || at(page) !== ACCOUNT) throw new Error(`not at the account but at ${at(page)}`);
  if (agoMs > 0) door.house.clock.advance(agoMs);
  return { id, name, browser, page };
}

export const open = ({ browser }: Somebody, path = ACCOUNT): Promise<Page> => browser.open(path);

/** Shows the app's code; codes of one app are good once, so the clock moves on. */
export async function showApp(door: FrontDoor, { browser }: Somebody, page: Page): Promise<Page> {
  if (at(page) !== '/u/mfa-otp-challenge') throw new Error(`no code is asked for at ${at(page)}`);
  door.house.clock.advance(30_000);
  return answer(browser, page, totp(door));
}

/** Signs in at the pages' own login. */
export async function enter(browser: PlainBrowser, name: string, path = ACCOUNT): Promise<Page> {
  const page = await browser.open(path);
  return browser.post(page, { username: `${name}@example.com`, password: PASSWORD, action: 'default' });
}

export const totp = (door: FrontDoor, secret = TOTP_KEY): string =>
  generateSync({ secret, epoch: Math.floor(door.house.clock.at / 1000) });

/** Answers the code that a page asks for. */
export const answer = (browser: PlainBrowser, page: Page, code: string): Promise<Page> =>
  browser.post(page, { code, action: 'default' });

export async function factorsOf({ house }: FrontDoor, userId: string): Promise<AuthenticatorRecord[]> {
  return (await house.store.authenticators.ofUser(house.tenant.id, userId)).filter(({ confirmed }) => confirmed);
}

export const typesOf = async (door: FrontDoor, userId: string): Promise<string[]> =>
  (await factorsOf(door, userId)).map(({ type }) => type).toSorted();

async function logsOf({ house }: FrontDoor, userId: string): Promise<LogRecord[]> {
  const page = { offset: 0, limit: 100 };
  return (await house.store.logs.list(house.tenant.id, { userId, order: 'oldest', page })).records;
}

export const logTypes = async (door: FrontDoor, userId: string): Promise<string[]> =>
  (await logsOf(door, userId)).map(({ type }) => type);

/** The key that a page shows as text. */
export const keyIn = ({ html }: Page): string =>
  /<code class="key[^"]*"[^>]*>(.*?)<\/code>/s.exec(html)?.[1]?.replace(/<[^>]*>|\s/g, '') ?? '';
