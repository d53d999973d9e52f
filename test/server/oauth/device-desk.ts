// Test: a device without a browser, beside the front door: it asks, polls, and somebody goes to its address.

import { expect } from 'vitest';
import { newClient } from '#runtime/lifecycle/client.ts';
import type { Page, PlainBrowser } from '#test/kit/plain-browser.ts';
import { FORM, send } from '../attacks/attacker.ts';
import { type FrontDoor, openFrontDoor } from './front-door.ts';

export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
export const CONFIRMATION = '/u/device-code-confirmation';
export const TV_SECRET = 'box secret';

type Answer = Awaited<ReturnType<FrontDoor['token']>>;
export type Codes = { device: string; user: string };

export type DeviceDesk = FrontDoor & {
  ask(body?: Record<string, string | undefined> | string, headers?: Record<string, string>): Promise<Answer>;
  /** A device that asks for these, or for `openid`. */
  begin(more?: Record<string, string>): Promise<Codes>;
  poll(codes: Codes, more?: Record<string, string>, headers?: Record<string, string>): Promise<Answer>;
  /** Status, error and description of a poll. */
  hear(codes: Codes): Promise<unknown[]>;
  enter(browser: PlainBrowser, userCode: string, more?: Record<string, string>): Promise<Page>;
  /** A form of this browser, its redirects not followed. */
  post(
    browser: PlainBrowser,
    path: string,
    fields: Record<string, string>,
    headers?: Record<string, string>,
  ): Promise<Response>;
  /** A browser with a session of somebody who is made for it. */
  signedIn(who: string): Promise<PlainBrowser>;
  /** The last question, for a browser that has a session. */
  questionFor(codes: Codes, browser: PlainBrowser): Promise<Page>;
  /** Answers that question. */
  decide(question: Page, browser: PlainBrowser, action: string): Promise<Response>;
  /** A device that this browser has connected. */
  grant(browser: PlainBrowser): Promise<Codes>;
  logs(type: string): ReturnType<FrontDoor['house']['store']['logs']['list']>;
};

/** One proxy in front says where requests come from. A television without a secret (`tv`), a box with one (`box`), and a client that may not (`spa`). */
export async function openDeviceDesk(databaseUrl?: string): Promise<DeviceDesk> {
  const env = { SALLYPORT_TRUST_PROXY: '1' };
  const door = await openFrontDoor({ env, ...(databaseUrl === undefined ? {} : { databaseUrl }) });
  const { house, app, site } = door;
  const grantTypes = [DEVICE_GRANT, 'refresh_token'];
  await newClient(house.ports, house.tenant.id, { id: 'tv', name: 'Television', authMethod: 'none', grantTypes });
  await newClient(house.ports, house.tenant.id, { id: 'box', name: 'Box', secret: TV_SECRET, grantTypes });
  const desk: DeviceDesk = {
    ...door,
    ask: async (body = {}, headers = {}) => {
      const fields = typeof body === 'string' ? {} : { client_id: 'tv', scope: 'openid', ...body };
      const sent = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined);
      const response = await app.request(`${site}/oauth/device/code`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        body: typeof body === 'string' ? body : String(new URLSearchParams(sent)),
      });
      return { status: response.status, body: (await response.json()) as Answer['body'], headers: response.headers };
    },
    begin: async (more = {}) => {
      const { body } = await desk.ask(more);
      return { device: String(body.device_code), user: String(body.user_code) };
    },
    poll: ({ device }, more = {}, headers = {}) =>
      door.token({ grant_type: DEVICE_GRANT, client_id: 'tv', device_code: device, ...more }, headers),
    hear: async (codes) => {
      const { status, body } = await desk.poll(codes);
      return [status, body.error, body.error_description];
    },
    enter: (browser, user_code, more = {}) => browser.open('/activate', { user_code, action: 'default', ...more }),
    post: (browser, path, fields, headers = {}) =>
      send(desk, browser, path, {
        method: 'POST',
        headers: { ...FORM, ...headers },
        body: String(new URLSearchParams(fields)),
      }),
    signedIn: async (who) => {
      const browser = door.browser();
      await house.user(who);
      await door.signIn(browser, who);
      return browser;
    },
    questionFor: async (codes, browser) => {
      const page = await desk.enter(browser, codes.user);
      expect(page.url.pathname).toBe(CONFIRMATION);
      return page;
    },
    decide: ({ url }, browser, action) =>
      desk.post(browser, url.pathname + url.search, { state: url.searchParams.get('state') ?? '', action }),
    grant: async (browser) => {
      const codes = await desk.begin();
      await desk.decide(await desk.questionFor(codes, browser), browser, 'accept');
      return codes;
    },
    logs: (type) => house.store.logs.list(house.tenant.id, { type, order: 'newest', page: { offset: 0, limit: 50 } }),
  };
  return desk;
}
