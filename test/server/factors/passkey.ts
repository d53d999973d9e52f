// The table of factors: a passkey, which stands in the place of the password and is no second factor.
import { expect } from 'vitest';
import { createSoftKey, type SoftKey, type Twist } from '#server/testing/soft-key.ts';
import type { JsonObject } from '#storage/records.ts';
import { PASSWORD } from '#test/kit/house.ts';
import { isRefused } from './at-pages.ts';
import type { FactorDesk, Fields, Person, Tab } from './desk.ts';
import { askedOn, signed } from './signing.ts';

const PASSKEYS: JsonObject = { authentication_methods: { passkey: { enabled: true } } };
const HANDLE = 'aGFuZGxl';
/** What the script of the login page says of a browser that has them. */
const ABLE: Fields = {
  'js-available': 'true',
  'is-brave': 'false',
  'webauthn-available': 'true',
  'webauthn-platform-available': 'true',
  'allow-passkeys': 'true',
};
const LOGIN_LIFETIME_MS = 60 * 60_000;

async function takePasskeys(desk: FactorDesk, options: JsonObject): Promise<void> {
  const { connections } = desk.house.store;
  const found = await connections.findByKey(desk.house.tenant.id, 'Username-Password-Authentication');
  await connections.update(desk.house.tenant.id, found?.id ?? '', (current) => ({ ...current, options }));
}

/** Where the connection takes passkeys, and no script asks for anything. */
const withPasskeys = (run: (desk: FactorDesk) => Promise<void>) => async (desk: FactorDesk) => {
  desk.pause();
  await takePasskeys(desk, PASSKEYS);
  await desk.ask('');
  try {
    await run(desk);
  } finally {
    await takePasskeys(desk, {});
  }
};

type Owner = { person: Person; key: SoftKey; id: string };
async function owner(desk: FactorDesk): Promise<Owner> {
  const person = await desk.newPerson();
  const key = createSoftKey();
  const credential = key.credential(new URL(desk.house.tenant.baseUrl).hostname, { userHandle: HANDLE });
  return { person, key, id: await desk.give(person, { type: 'passkey', credential }) };
}

const answer = (desk: FactorDesk, tab: Tab, key: SoftKey, twist: Twist = {}): Fields => ({
  ...signed(key.get(askedOn(desk, tab), { userHandle: HANDLE, ...twist })),
  action: 'passkey',
});

async function comesIn(desk: FactorDesk, key: SoftKey, tab: Tab): Promise<void> {
  await tab.press(answer(desk, tab, key));
  expect(await desk.finish(tab)).toEqual(['passkey']);
}

const refusedAtLogin = (tab: Tab) => isRefused(tab, 'login', 'passkey-not-accepted');

export const enrollPasskey = withPasskeys(async (desk) => {
  const person = await desk.newPerson();
  const tab = await desk.signIn(person, undefined, ABLE);
  expect(tab.at()).toBe('passkey-enrollment');
  const key = createSoftKey();
  const asked = askedOn(desk, tab);
  await tab.press(signed(key.create(asked, { origin: 'https://evil.example' })));
  await isRefused(tab, 'passkey-enrollment', 'webauthn-not-accepted');
  expect(await desk.standing(person)).toEqual({ sessions: 0, authenticators: [] });
  await tab.press(signed(key.create(asked)));
  expect(await desk.finish(tab)).toEqual(['pwd']);
  expect(await desk.standing(person)).toEqual({ sessions: 1, authenticators: ['passkey'] });
});

export const challengePasskey = withPasskeys(async (desk) => {
  const { key, person } = await owner(desk);
  await comesIn(desk, key, await desk.open());
  expect(await desk.logged(person)).toContain('s');
  // It is a first factor: a script that asks for a second one gets it.
  await desk.give(person, { type: 'phone', phoneNumber: '+447700900123' });
  await desk.ask(`api.authentication.challengeWith({ type: 'phone' });`);
  const tab = await desk.open();
  await tab.press(answer(desk, tab, key));
  expect(tab.at()).toMatch(/^mfa-(sms|voice)-challenge$/);
});

export const wrongPasskey = withPasskeys(async (desk) => {
  const { key, person } = await owner(desk);
  const other = await owner(desk);
  const tab = await desk.open();
  for (const twist of [{ forged: true }, { userHandle: 'b3RoZXI' }, { id: other.key.id }, { flags: 1 }] as Twist[]) {
    await tab.press(answer(desk, tab, key, twist));
    await refusedAtLogin(tab);
  }
  expect(await desk.standing(person)).toMatchObject({ sessions: 0 });
  expect(await desk.logged(person)).toContain('f');
  await comesIn(desk, key, tab);
});

export const expiredPasskey = withPasskeys(async (desk) => {
  const { key, person } = await owner(desk);
  const tab = await desk.open();
  const late = answer(desk, tab, key);
  desk.house.clock.advance(LOGIN_LIFETIME_MS);
  await tab.press(late);
  expect(tab.page.status).toBe(400);
  expect(tab.page.html).toContain('start again');
  expect(await desk.standing(person)).toMatchObject({ sessions: 0 });
  await comesIn(desk, key, await desk.open());
});

export const replayedPasskey = withPasskeys(async (desk) => {
  const { key, person } = await owner(desk);
  const tab = await desk.open();
  const twin = tab.twin();
  const elsewhere = await desk.open();
  const fields = answer(desk, tab, key);
  await tab.press(fields);
  expect(await desk.finish(tab)).toEqual(['passkey']);
  await elsewhere.press(fields);
  await refusedAtLogin(elsewhere);
  await twin.press(fields);
  expect(twin.page.status).toBe(400);
  expect(await desk.standing(person)).toMatchObject({ sessions: 1 });
  await comesIn(desk, key, elsewhere);
});

export const passwordInstead = withPasskeys(async (desk) => {
  const { key, person } = await owner(desk);
  const tab = await desk.signIn(person);
  expect(await desk.finish(tab)).toEqual(['pwd']);
  await comesIn(desk, key, await desk.open(tab.browser));
});

export const removedPasskey = withPasskeys(async (desk) => {
  const { key, person, id } = await owner(desk);
  const tab = await desk.open();
  const fields = answer(desk, tab, key);
  await desk.remove(person, id);
  await tab.press(fields);
  await refusedAtLogin(tab);
  expect(await desk.standing(person)).toEqual({ sessions: 0, authenticators: [] });
  await tab.press({ username: `${person.name}@example.com`, password: PASSWORD, action: 'default' });
  expect(await desk.finish(tab)).toEqual(['pwd']);

  const other = await owner(desk);
  const open = await desk.open();
  const late = answer(desk, open, other.key);
  await takePasskeys(desk, {});
  await open.press(late);
  await isRefused(open, 'login', 'authenticator-error');
});
