// A store in memory can be copied: what was written is in the copy, sealed values open there, and the two know nothing of
// each other.
import { expect, test } from 'vitest';
import { newClient } from '#runtime/lifecycle/client.ts';
import { newTenant } from '#runtime/lifecycle/tenant.ts';
import { createRandom } from '#runtime/random.ts';
import { openKeyring } from '#storage/keyring.ts';
import { openStoreInMemory } from '#storage/open.ts';

const keyring = openKeyring([Buffer.alloc(32, 1).toString('base64url')]);
const now = () => 1_768_478_400_000;

test('a copy holds what was there, and goes its own way', async () => {
  const first = await openStoreInMemory(keyring, { now });
  const ports = { store: first.store, now, random: createRandom() };
  const made = await newTenant(ports, { name: 'acme', baseUrl: 'https://acme.example', ownerId: 'default' });
  if (!made.made) throw new Error('no tenant');
  const { tenant } = made;
  const client = await newClient(ports, tenant.id, { name: 'App' });
  if (client === 'conflict') throw new Error('no client');

  const image = first.take();
  const copies = [await openStoreInMemory(keyring, { now, image }), await openStoreInMemory(keyring, { now, image })];
  for (const { store } of copies) {
    // Its secret is sealed at rest.
    expect(await store.clients.find(tenant.id, client.id)).toEqual(client);
    expect(await store.signingKeys.list(tenant.id)).toEqual(await first.store.signingKeys.list(tenant.id));
  }
  await copies[0]?.store.clients.remove(tenant.id, client.id);
  expect(await copies[0]?.store.clients.find(tenant.id, client.id)).toBeUndefined();
  expect(await copies[1]?.store.clients.find(tenant.id, client.id)).toEqual(client);
  expect(await first.store.clients.find(tenant.id, client.id)).toEqual(client);
  for (const { store } of [first, ...copies]) await store.close();
});
