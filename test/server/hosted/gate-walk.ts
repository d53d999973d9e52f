// Test: a login of the JSON flow on its pages, walked by a plain client: the tenant, its policy, a person, and the steps.
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { JsonObject } from '#storage/records.ts';
import { PASSWORD } from '#test/kit/house.ts';
import type { Page, PlainBrowser } from '#test/kit/plain-browser.ts';
import { type FlowDesk, OWN_CODES, openFlowDesk } from '../json-flow/flow-desk.ts';
import { CALLBACK } from '../oauth/front-door.ts';

const met = (name: string): JsonObject => ({ path: `$.${name}.success_count`, operation: 'gte', value: 1 });
export const PASSWORD_AND = (name: string) => [met('password-authentication'), met(name)];
export const NEW_AND = (name: string) => [met('initial-registration'), met(name)];

export let desk: FlowDesk;
let people = 0;
/** One number after another. */
export const another = (): number => people++;
/** Opens the house for the tests of one file, which says so itself: files share what a module has run. */
export function openDesk(): void {
  beforeAll(async () => {
    desk = await openFlowDesk({ on: ['otp'] });
    await desk.configure('sms', OWN_CODES('sms'));
    await desk.configure('email', OWN_CODES('email'));
  }, 60_000);
  afterAll(() => desk.close());
  afterEach(() => desk.door.house.bind());
}

/** The tenant has this policy and no other. */
export async function under(methods: string[], anyOf: JsonObject[][], more: JsonObject = {}): Promise<void> {
  await desk.demand();
  const { store, tenant } = desk.door.house;
  const record = await store.authenticationPolicies.findByKey(tenant.id, 'oauth');
  await store.authenticationPolicies.update(tenant.id, record?.id ?? '', (own) => ({
    ...own,
    policies: own.policies.map((policy) => ({
      ...policy,
      available_methods: methods,
      success_conditions: { any_of: anyOf },
      ...more,
    })),
  }));
}
export const underSms = () =>
  under(
    ['password', 'initial-registration', 'sms'],
    [PASSWORD_AND('sms-authentication'), NEW_AND('sms-authentication')],
  );
export const underEither = () =>
  under(
    ['password', 'initial-registration', 'sms', 'email'],
    ['sms', 'email'].flatMap((method) => [
      PASSWORD_AND(`${method}-authentication`),
      NEW_AND(`${method}-authentication`),
    ]),
  );

/** Somebody with a phone; name and number are new. */
export async function person(has: 'otp'[] = []): Promise<{ username: string; phone: string }> {
  const number = another();
  const name = `person-${number}`;
  const phone = `+8190123400${String(number).padStart(2, '0')}`;
  await desk.door.house.user(name, has, { phoneNumber: phone, phoneVerified: true });
  return { username: `${name}@example.com`, phone };
}

export type Walk = { browser: PlainBrowser; page: Page; id: string };

/** A browser begins the login and lands on its first page. */
export async function arrive(more: Record<string, string> = {}): Promise<Walk> {
  const { site, house } = desk.door;
  // As often as one address may do what it does here.
  house.clock.advance(3_600_000);
  const browser = desk.door.browser();
  const parameters = { client_id: 'web', redirect_uri: CALLBACK, response_type: 'code', scope: 'openid', state: 'st' };
  const first = await desk.door.app.request(`${desk.base}?${new URLSearchParams({ ...parameters, ...more })}`, {
    headers: { accept: 'text/html', 'sec-fetch-mode': 'navigate' },
  });
  const address = first.headers.get('location') ?? '';
  for (const line of first.headers.getSetCookie()) {
    const [name = '', value = ''] = line.split(';')[0]?.split('=') ?? [];
    browser.cookies.set(name, value);
  }
  expect(address).toMatch(new RegExp(`^${site}/authorize\\?id=[0-9a-f-]{36}$`));
  return { browser, page: await browser.open(address), id: new URL(address).searchParams.get('id') ?? '' };
}

/** Posts the form of the present page. */
export async function send(walk: Walk, fields: Record<string, string>): Promise<Page> {
  walk.page = await walk.browser.post(walk.page, { action: 'default', ...fields });
  return walk.page;
}
export const signIn = (walk: Walk, username: string, password = PASSWORD) => send(walk, { username, password });
export const code = (to: string) => desk.door.house.codeFor(to);
/** Where a walk is, and the error that it shows. */
export const at = ({ page: { url, status, html } }: Walk) => ({
  path: url.pathname,
  status,
  error: /<form[^>]* data-error="([^"]*)"/.exec(html)?.[1],
});
export const isOver = ({ page: { url } }: Walk) => {
  expect(url.href.split('?')[0]).toBe(CALLBACK);
  return Object.fromEntries(url.searchParams);
};
