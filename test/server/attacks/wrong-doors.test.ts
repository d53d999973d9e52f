// Attacks with keys at the wrong door: each kind of key that we hand out, tried at every door of its own tenant, and every
// key at every door of another tenant where clients and people go by the same ids. Whatever was tried is as good as before.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newClient } from '#runtime/lifecycle/client.ts';
import { newTenant } from '#runtime/lifecycle/tenant.ts';
import type { TenantRecord } from '#storage/records.ts';
import { type MfaDesk, openMfaDesk } from '../mfa-api/mfa-desk.ts';
import { collect, type Door, doorsOf, type Keys, KINDS, prepare } from './knocking.ts';

let desk: MfaDesk;
let keys: Keys;
let doors: Map<string, Door>;
let cookies: Map<string, string>;

const held = () => ({ cookies, mfaToken: keys.mfa_token, otp: () => desk.code() });
/** For a name in a table of tests, before there is a house. */
const NAMES = doorsOf({ door: {} } as MfaDesk, '', { cookies: new Map(), mfaToken: '', otp: () => '' });

beforeAll(async () => {
  desk = await openMfaDesk();
  await prepare(desk);
  const collected = await collect(desk);
  keys = collected.keys;
  cookies = new Map([...collected.browser.cookies, ['state', keys.state]]);
  doors = new Map(doorsOf(desk, desk.door.site, held()).map((door) => [door.name, door]));
}, 60_000);
afterAll(() => desk.close());

describe('of its own tenant', () => {
  test.each(NAMES)('$name opens to no other key', async ({ name, own }) => {
    const door = doors.get(name);
    for (const kind of KINDS) {
      if (own.includes(kind)) continue;
      expect([kind, await door?.opensTo(keys[kind])]).toEqual([kind, false]);
    }
  });
});

describe('of a neighbour with clients and people of the same ids', () => {
  let neighbour: TenantRecord;
  beforeAll(async () => {
    const { house } = desk.door;
    const { ports, store, tenant } = house;
    const made = await newTenant(ports, { name: 'next', baseUrl: 'http://next.localhost:3000', ownerId: 'default' });
    if (!made.made) throw new Error('no neighbour');
    neighbour = made.tenant;
    await store.tenants.update(neighbour.id, (now) => ({ ...now, factors: tenant.factors }));
    const { records } = await store.clients.list(tenant.id);
    for (const client of records) {
      await newClient(ports, neighbour.id, { id: client.id, name: client.name });
      await store.clients.update(neighbour.id, client.id, () => ({ ...client, tenantId: neighbour.id }));
    }
    const { records: people } = await store.users.list(tenant.id, {});
    for (const person of people) {
      await store.users.insert({ ...person, tenantId: neighbour.id });
      for (const authenticator of await store.authenticators.ofUser(tenant.id, person.id))
        await store.authenticators.insert({ ...authenticator, tenantId: neighbour.id });
    }
    const api = await store.resourceServers.find(tenant.id, 'api');
    if (api) await store.resourceServers.insert({ ...api, tenantId: neighbour.id });
  });

  test.each(NAMES)('$name opens to no key at all', async ({ name }) => {
    const door = doorsOf(desk, neighbour.baseUrl, held()).find((each) => each.name === name);
    for (const kind of KINDS) expect([kind, await door?.opensTo(keys[kind])]).toEqual([kind, false]);
  });

  test('a revocation there ends nothing here, nor does a logout', async () => {
    const { app } = desk.door;
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    await app.request(`${neighbour.baseUrl}/oauth/revoke`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ client_id: 'spa', token: keys['refresh token'] }),
    });
    await app.request(`${neighbour.baseUrl}/v2/logout`, { headers: { cookie } });
    await app.request(`${neighbour.baseUrl}/oidc/logout?id_token_hint=${keys.id_token}`, { headers: { cookie } });
    expect(await doors.get('the cookie of a session')?.opensTo(keys['session cookie'])).toBe(true);
  });
});

/** The code of an app comes last, because it spends the `mfa_token` that others look at. */
const LAST = 'the code of an app';
const answered = NAMES.filter(({ own }) => own.length > 0 && !own.includes('oob_code') && !own.includes('device code'));

test.each(answered.toSorted((a, b) => Number(a.name === LAST) - Number(b.name === LAST)))(
  'after all that $name opens to its own',
  async ({ name, own }) => {
    if (name === LAST) desk.nextStep();
    for (const kind of own) expect([kind, await doors.get(name)?.opensTo(keys[kind])]).toEqual([kind, true]);
  },
);
