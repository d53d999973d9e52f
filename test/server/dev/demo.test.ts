// Test: the demo tenant, made through the whole application on an empty database, and found again at a later start.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createBuilds } from '#runtime/builds/create-builds.ts';
import { ensureDefaultTenant } from '#runtime/lifecycle/tenant.ts';
import { createApp } from '#server/app.ts';
import { resumeDemo, seedDemo } from '#server/demo/seed.ts';
import type { Deps } from '#server/deps.ts';
import { findDemoApplication } from '#server/dev/demo-application.ts';
import { databases } from '#test/kit/databases.ts';
import { type House, openHouse } from '#test/kit/house.ts';

describe.each(databases())('%s', (_name, open) => {
  const NAME = 'dev';
  let house: House;
  beforeAll(async () => {
    house = await openHouse({ databaseUrl: await open() });
  }, 60_000);
  afterAll(async () => void (await Promise.all([house.close(), builds.close()])));
  const builds = createBuilds();

  function serverAt(baseUrl: string): Deps {
    return {
      config: { tenantName: NAME, baseUrl, dev: true, demo: true, trustProxy: 0, rateLimits: 'off' },
      store: house.store,
      runtime: house.runtime,
      builds,
      clock: { now: house.ports.now, advance: () => {} },
      random: house.ports.random,
      passwords: house.ports.passwords,
      log: house.ports.log,
    } as unknown as Deps;
  }

  test('is made once, leaves no administrator behind, and moves with the base URL', async () => {
    const first = 'http://localhost:3000';
    const deps = serverAt(first);
    const tenant = await ensureDefaultTenant(house.ports, { name: NAME, baseUrl: first });
    expect(await resumeDemo(createApp(deps), deps)).toBeUndefined();

    const made = await seedDemo(createApp(deps), deps);
    expect(made).toMatchObject({ signInUrl: `${first}/dev/try`, inboxUrl: `${first}/dev/inbox` });
    const { records: clients } = await house.store.clients.list(tenant.id);
    expect(clients.map(({ name }) => name)).toEqual(['Demo application']);
    expect((await house.store.clientGrants.list(tenant.id)).total).toBe(0);
    const { records: people } = await house.store.users.list(tenant.id, {});
    const factors = await Promise.all(
      people.map(async ({ id, name }) => [
        name,
        (await house.store.authenticators.ofUser(tenant.id, id)).map(({ type }) => type),
        (await house.store.assignments.rolesOf(tenant.id, id)).map((role) => role.name),
      ]),
    );
    expect(factors).toEqual([
      ['Ana', ['phone', 'totp'], ['admin']],
      ['Ben', ['phone'], []],
      ['Cleo', [], []],
    ]);
    const bindings = await house.store.bindings.list(tenant.id, 'post-login');
    expect(bindings.map(({ displayName }) => displayName)).toEqual(['sequence-first', 'sequence-second']);

    // Who asks for no language, or for one that we do not speak, reads English.
    for (const headers of [{}, { 'accept-language': 'tlh' }]) {
      const page = await createApp(deps).request(`${first}/u/login`, { headers });
      expect(await page.text()).toContain('<html lang="en" dir="ltr">');
    }

    const second = 'http://localhost:3001';
    const later = serverAt(second);
    const moved = await ensureDefaultTenant(house.ports, { name: NAME, baseUrl: second });
    expect(await resumeDemo(createApp(later), later)).toMatchObject({ signInUrl: `${second}/dev/try` });
    expect((await findDemoApplication(later, moved))?.callbacks).toEqual([`${second}/dev/try/callback`]);
    expect((await house.store.clients.list(tenant.id)).total).toBe(1);
  });
});
