// Test: what people do about a forgotten password, over the whole application: they ask, read their mail, and follow it.
import type { LogRecord } from '#storage/records.ts';
import { createPlainBrowser, type Page, type PlainBrowser } from '#test/kit/plain-browser.ts';
import type { FrontDoor } from '../oauth/front-door.ts';

export const NEW = 'quite another horse 7';
export const REQUEST = '/u/reset-password/request';

type Told = { status: number; text: string; headers: Headers };

/** `POST /dbconnections/change_password` of the sample application. */
export async function ask(door: FrontDoor, email: string, more: Record<string, unknown> = {}): Promise<Told> {
  const body = { client_id: 'spa', connection: 'Username-Password-Authentication', email, ...more };
  return post(door, JSON.stringify(body));
}

export async function post(door: FrontDoor, body: string, type = 'application/json'): Promise<Told> {
  const answer = await door.app.request(`${door.site}/dbconnections/change_password`, {
    method: 'POST',
    headers: { 'content-type': type, origin: 'https://app.example' },
    body,
  });
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
}

/** Links of the mails to somebody, newest first. */
export async function linksTo(door: FrontDoor, email: string): Promise<string[]> {
  await door.house.runtime.settled(5000);
  const mails = await door.house.store.messages.inbox(door.house.tenant.id, email, 50);
  return mails.flatMap(({ text }) => /https?:\/\/\S+\/u\/reset-password\/verify\?ticket=[\w-]+/.exec(text) ?? []);
}

/** Asks, and opens the mail. */
export async function mailed(door: FrontDoor, email: string, more: Record<string, unknown> = {}): Promise<string> {
  await ask(door, email, more);
  const [link] = await linksTo(door, email);
  if (link === undefined) throw new Error(`no link was mailed to ${email}`);
  return link;
}

export const choose = (browser: PlainBrowser, page: Page, password = NEW, again = password): Promise<Page> =>
  browser.post(page, { password, 're-enter-password': again, action: 'default' });

export const errorOf = ({ html }: Page): string | undefined => /<form[^>]* data-error="([^"]*)"/.exec(html)?.[1];
export const at = ({ url }: Page): string => url.pathname;

/** Whether a password opens the account, by the login page. */
export async function opens(door: FrontDoor, email: string, password: string): Promise<boolean> {
  const browser = createPlainBrowser(door.site, async (url, init) => door.app.request(url, init));
  const page = await browser.open(door.authorizeUrl());
  const end = await browser.post(page, { username: email, password, action: 'default' });
  return end.url.searchParams.has('code');
}

export async function logsOf(door: FrontDoor, type: string): Promise<LogRecord[]> {
  const { store, tenant } = door.house;
  const { records } = await store.logs.list(tenant.id, { order: 'newest', page: { offset: 0, limit: 100 } });
  return records.filter((each) => each.type === type);
}
