// A rehearsal sees what it wrote, leaves nothing of it, and lets nobody else see it; logins that write meanwhile only wait.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { REHEARSAL_MS, RehearsalOver } from '#storage/database.ts';
import type { RoleRecord } from '#storage/records.ts';
import type { Store } from '#storage/store.ts';
import { databases } from '#test/kit/databases.ts';
import { type House, openHouse } from '#test/kit/house.ts';

describe.each(databases())('%s', (_name, open) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse({ databaseUrl: await open() });
  });
  afterAll(() => house.close());

  const role = (name: string): RoleRecord => ({
    tenantId: house.tenant.id,
    id: `rol_${name}`,
    name,
    createdAt: 1,
    updatedAt: 1,
  });
  const names = async (store: Store) => (await store.roles.list(house.tenant.id)).records.map(({ name }) => name);

  test('what it writes is there for it, and gone after it', async () => {
    const seen = await house.store.rehearse(async (store) => {
      expect(await store.roles.insert(role('seen'))).toBe('inserted');
      expect(await store.roles.insert(role('seen'))).toBe('conflict');
      await store.roles.update(house.tenant.id, 'rol_seen', (current) => ({ ...current, description: 'changed' }));
      return store.roles.find(house.tenant.id, 'rol_seen');
    });
    expect(seen).toMatchObject({ name: 'seen', description: 'changed' });
    expect(await names(house.store)).toEqual([]);
  });

  test('a batch whose guard fails undoes itself alone', async () => {
    const left = await house.store.rehearse(async (store) => {
      await store.roles.insert(role('kept'));
      const lost = await store.commit([
        {
          kind: 'passwordless-code.spend',
          tenantId: house.tenant.id,
          connectionId: 'none',
          address: 'none',
          id: 'none',
          now: 1,
        },
      ]);
      expect(lost.ok).toBe(false);
      return names(store);
    });
    expect(left).toEqual(['kept']);
  });

  test('many at once leave others what they need of the database', async () => {
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    const rehearsals = Array.from({ length: 20 }, () =>
      house.store.rehearse(async (store) => {
        const seen = await names(store);
        await held;
        return seen;
      }),
    );
    const others = await Promise.all(Array.from({ length: 20 }, () => names(house.store)));
    letGo();
    expect(await Promise.all(rehearsals)).toEqual(others);
  });

  test('others write meanwhile, and what they write stays', async () => {
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    const rehearsal = house.store.rehearse(async (store) => {
      await store.roles.insert(role('rehearsed'));
      await held;
      return names(store);
    });
    const others = ['one', 'two', 'three'].map((name) => house.store.roles.insert(role(name)));
    setTimeout(letGo, 50);
    await rehearsal;
    expect(await Promise.all(others)).toEqual(['inserted', 'inserted', 'inserted']);
    expect((await names(house.store)).sort()).toEqual(['one', 'three', 'two']);
    for (const name of ['one', 'two', 'three']) await house.store.roles.remove(house.tenant.id, `rol_${name}`);
  });

  test('many at once take turns', async () => {
    const play = async (store: Store) => {
      await store.roles.insert(role('same'));
      return names(store);
    };
    const seen = await Promise.all(Array.from({ length: 20 }, () => house.store.rehearse(play)));
    expect(seen).toEqual(seen.map(() => ['same']));
    expect(await names(house.store)).toEqual([]);
  });

  test('one that throws is forgotten too, and so is what it asks afterwards', async () => {
    let kept: Store | undefined;
    const failed = house.store.rehearse(async (store) => {
      kept = store;
      await store.roles.insert(role('failed'));
      throw new Error('on purpose');
    });
    await expect(failed).rejects.toThrow('on purpose');
    await expect(kept?.roles.insert(role('late'))).rejects.toThrow(RehearsalOver);
    expect(await names(house.store)).toEqual([]);
  });
});

test('on SQLite one that takes too long is broken off, so that others get on', { timeout: 20_000 }, async () => {
  const house = await openHouse();
  const started = Date.now();
  const slow = house.store.rehearse(async (store) => {
    const insert = () =>
      store.roles.insert({
        tenantId: house.tenant.id,
        id: `rol_${Date.now()}`,
        name: 'slow',
        createdAt: 1,
        updatedAt: 1,
      });
    await insert();
    await new Promise((resolve) => setTimeout(resolve, REHEARSAL_MS + 500));
    await insert();
  });
  const broken = expect(slow).rejects.toThrow(RehearsalOver);
  await house.store.roles.list(house.tenant.id);
  expect(Date.now() - started).toBeLessThan(REHEARSAL_MS + 450);
  await broken;
  await house.close();
});
