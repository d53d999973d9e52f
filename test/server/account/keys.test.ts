// Keys and passkeys that people add on the page of their account: after a proof, named, put off, and never for somebody else.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ACCOUNT_PROOFS, FURTHER_ENROLLMENTS } from '#runtime/rate-limit.ts';
import { createSoftKey } from '#server/testing/soft-key.ts';
import type { Page } from '#test/kit/plain-browser.ts';
import { type FrontDoor, openFrontDoor } from '../oauth/front-door.ts';
import { ACCOUNT, at, factorsOf, has, open, press, type Somebody, showApp, typesOf, visit } from './person.ts';

const MINUTE = 60_000;

let door: FrontDoor;
beforeAll(async () => {
  door = await openFrontDoor({ on: ['otp', 'sms', 'webauthn-roaming', 'webauthn-platform'] });
  const { store, tenant } = door.house;
  const found = await store.connections.findByKey(tenant.id, 'Username-Password-Authentication');
  await store.connections.update(tenant.id, found?.id ?? '', (current) => ({
    ...current,
    options: { authentication_methods: { passkey: { enabled: true } } },
  }));
});
afterAll(() => door.close());

/** What the page's script would hand to the browser, and the browser to a key. */
function created(page: Page, key = createSoftKey()): Record<string, string> {
  const [, data = ''] = /data-options="([^"]*)"/.exec(page.html) ?? [];
  const { challenge } = JSON.parse(data.replaceAll('&quot;', '"').replaceAll('&amp;', '&'));
  const asked = { challenge, relyingPartyId: new URL(door.site).hostname, origin: door.site };
  return { response: JSON.stringify(key.create(asked)), action: 'default' };
}

/** At the rows of what can be added. */
async function atRows(who: Somebody): Promise<Page> {
  const rows = await showApp(door, who, await press(who.browser, await open(who), 'add'));
  expect(at(rows)).toBe('/u/account-add-factor');
  return rows;
}

test('a passkey: after the app was shown, back on the page, and no second factor', async () => {
  const who = await visit(door, ['otp'], 11 * MINUTE);
  const page = await press(who.browser, await atRows(who), 'passkey');
  expect(at(page)).toBe('/u/passkey-enrollment');
  expect(await typesOf(door, who.id)).toEqual(['totp']);
  const told = await who.browser.post(page, created(page));
  const done = at(told) === ACCOUNT ? told : await who.browser.post(told, { action: 'default' });
  expect([at(done), has(done, 'The method was added.')]).toEqual([ACCOUNT, true]);
  expect(await typesOf(door, who.id)).toEqual(['passkey', 'totp']);
});

test('a passkey that is put off: nothing was changed', async () => {
  const who = await visit(door, ['otp'], 11 * MINUTE);
  const page = await press(who.browser, await atRows(who), 'passkey');
  const back = await who.browser.post(page, { action: 'abort-passkey-enrollment' });
  expect([at(back), has(back, 'Nothing was changed.')]).toEqual([ACCOUNT, true]);
  expect(await typesOf(door, who.id)).toEqual(['totp']);
});

test('security keys, as many as there are, each with its name; one key is one person’s', async () => {
  const who = await visit(door, ['otp'], 11 * MINUTE);
  const key = createSoftKey();
  let rows = await atRows(who);
  for (const [name, made] of [
    ['Blue', key],
    ['Red', createSoftKey()],
  ] as const) {
    const page = await press(who.browser, rows, 'webauthn-roaming');
    expect(at(page)).toBe('/u/mfa-webauthn-roaming-enrollment');
    let told = await who.browser.post(page, created(page, made));
    expect(at(told)).toBe('/u/mfa-webauthn-change-key-nickname');
    told = await who.browser.post(told, { nickname: name, action: 'default' });
    const done = at(told) === ACCOUNT ? told : await who.browser.post(told, { action: 'default' });
    expect([at(done), has(done, name)]).toEqual([ACCOUNT, true]);
    rows = await who.browser.open('/u/account-add-factor');
  }
  expect((await factorsOf(door, who.id)).map(({ name }) => name)).toEqual([undefined, 'Blue', 'Red']);
  const other = await visit(door, ['otp'], 11 * MINUTE);
  const page = await press(other.browser, await atRows(other), 'webauthn-roaming');
  expect((await other.browser.post(page, created(page, key))).status).toBe(400);
  expect(await typesOf(door, other.id)).toEqual(['totp']);
});

test('proofs and phones are begun ten times, then once in a while', async () => {
  const who = await visit(door, ['otp'], 11 * MINUTE);
  for (let times = 0; times < ACCOUNT_PROOFS.capacity; times++) {
    expect((await press(who.browser, await open(who), 'add')).status).toBe(200);
  }
  expect((await press(who.browser, await open(who), 'add')).status).toBe(429);
  door.house.clock.advance(ACCOUNT_PROOFS.refillSeconds * 1000);
  const rows = await atRows(who);
  for (let times = 0; times < FURTHER_ENROLLMENTS.capacity; times++) {
    expect(at(await press(who.browser, rows, 'phone'))).toBe('/u/mfa-sms-enrollment');
  }
  expect((await press(who.browser, rows, 'phone')).status).toBe(429);
});
