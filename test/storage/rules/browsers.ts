// Tests of storage: browsers that people are known by: what is kept of each, for how long, and for whom.
import { describe, expect, test } from 'vitest';
import type { LoginDeviceRecord, RememberedBrowserRecord } from '#storage/records.ts';
import type { Stores } from '../conformance.ts';
import { aLoginDevice, aRememberedBrowser } from '../person-samples.ts';
import { AT, anAuthenticator, aUser, fresh } from '../samples.ts';

const DAY = 86_400_000;

export function describeBrowsers(stores: Stores): void {
  const setup = async () => {
    const { store } = stores;
    const tenantId = fresh('ten');
    const user = aUser(tenantId);
    await store.users.insert(user);
    const see = async (...devices: LoginDeviceRecord[]) =>
      expect(await store.commit(devices.map((device) => ({ kind: 'device.seen', device })))).toEqual({ ok: true });
    const remember = async (...browsers: RememberedBrowserRecord[]) =>
      expect(await store.commit(browsers.map((browser) => ({ kind: 'browser.remember', browser })))).toEqual({
        ok: true,
      });
    return { store, tenantId, user, see, remember };
  };

  describe('browsers of completed logins', () => {
    test('come back as they went in, last seen first', async () => {
      const { store, tenantId, user, see } = await setup();
      const { location: _, ...nowhere } = aLoginDevice(tenantId, user.id, { seenAt: AT + 2 });
      const devices = [aLoginDevice(tenantId, user.id, { seenAt: AT + 1 }), nowhere, aLoginDevice(tenantId, user.id)];
      await see(...devices);
      expect(await store.devices.ofUser(tenantId, user.id)).toEqual([devices[1], devices[0], devices[2]]);
      expect(await store.devices.ofUser(fresh('ten'), user.id)).toEqual([]);
      expect(await store.devices.ofUser(tenantId, 'auth0|nobody')).toEqual([]);
    });

    test('are renewed, but keep when they were first seen', async () => {
      const { store, tenantId, user, see } = await setup();
      const first = aLoginDevice(tenantId, user.id);
      const { location: _, ...rest } = first;
      const again = { ...rest, ip: '198.51.100.9', firstSeenAt: AT + 5, seenAt: AT + 5 };
      await see(first);
      await see(again);
      expect(await store.devices.ofUser(tenantId, user.id)).toEqual([{ ...again, firstSeenAt: AT }]);
    });

    test('are told apart by cookie and by user agent, and so are people of one browser', async () => {
      const { store, tenantId, user, see } = await setup();
      const bob = aUser(tenantId);
      await store.users.insert(bob);
      const device = aLoginDevice(tenantId, user.id);
      const long = 'x'.repeat(9000);
      const agents = ['Browser/2', '', long, `${long}y`].map((userAgent) => ({ ...device, userAgent }));
      const others = [...agents, aLoginDevice(tenantId, user.id, { userAgent: device.userAgent })];
      await see(device, ...others, { ...device, userId: bob.id });
      const seen = await store.devices.ofUser(tenantId, user.id);
      expect(seen).toHaveLength(6);
      expect(seen).toEqual(expect.arrayContaining([device, ...others]));
      expect(await store.devices.ofUser(tenantId, bob.id)).toEqual([{ ...device, userId: bob.id }]);
    });

    test('are one row when many logins of one browser end at once', async () => {
      const { store, tenantId, user } = await setup();
      const device = aLoginDevice(tenantId, user.id);
      await Promise.all(
        Array.from({ length: 10 }, (_, i) =>
          (i % 2 ? store : stores.other).commit([{ kind: 'device.seen', device: { ...device, seenAt: AT + i } }]),
        ),
      );
      expect(await store.devices.ofUser(tenantId, user.id)).toHaveLength(1);
    });

    test('are shown up to a hundred', async () => {
      const { store, tenantId, user, see } = await setup();
      const devices = Array.from({ length: 103 }, (_, i) => aLoginDevice(tenantId, user.id, { seenAt: AT + i }));
      await see(...devices);
      expect(await store.devices.ofUser(tenantId, user.id)).toEqual(devices.toReversed().slice(0, 100));
    });
  });

  describe('remembered browsers', () => {
    test('go with a factor of their user, and not with one that never counted', async () => {
      const { store, tenantId, user, remember } = await setup();
      const bob = aUser(tenantId);
      await store.users.insert(bob);
      const [mine, bobs] = [user, bob].map(({ id }) => aRememberedBrowser(tenantId, id));
      if (mine && bobs) await remember(mine, bobs);
      const ofUser = (id: string) => store.rememberedBrowsers.ofUser(tenantId, id);
      for (const [confirmed, left] of [
        [false, [mine]],
        [true, []],
      ] as const) {
        const factor = anAuthenticator(tenantId, user.id, { confirmed });
        await store.authenticators.insert(factor);
        expect(await store.authenticators.remove(tenantId, factor.id)).toBe(true);
        expect(await ofUser(user.id)).toEqual(left);
      }
      expect(await ofUser(bob.id)).toEqual([bobs]);
    });

    test('are found, renewed and forgotten, each for its user', async () => {
      const { store, tenantId, user, remember } = await setup();
      const bob = aUser(tenantId);
      await store.users.insert(bob);
      const browser = aRememberedBrowser(tenantId, user.id);
      const second = aRememberedBrowser(tenantId, user.id);
      const bobs = { ...browser, userId: bob.id, renewedAt: AT + 1 };
      const find = (of: RememberedBrowserRecord, t = tenantId) =>
        store.rememberedBrowsers.find(t, of.userId, of.device);
      await remember(browser, second, bobs);
      expect(await find(browser)).toEqual(browser);
      expect(await find(browser, fresh('ten'))).toBeUndefined();
      expect(await find({ ...browser, device: 'unknown' })).toBeUndefined();

      const renewed = { ...browser, renewedAt: AT + 7, seenAt: AT + 8 };
      await remember(renewed);
      expect(await find(browser)).toEqual(renewed);

      const list = (t = tenantId) => store.rememberedBrowsers.ofUser(t, user.id);
      expect([await list(), await list(fresh('ten'))]).toEqual([[renewed, second], []]);
      await store.rememberedBrowsers.clear(tenantId, user.id, second.device);
      await store.rememberedBrowsers.clear(tenantId, user.id, 'unknown');
      expect(await list()).toEqual([renewed]);
      await store.rememberedBrowsers.clear(fresh('ten'), user.id);
      expect(await find(browser)).toEqual(renewed);
      await store.rememberedBrowsers.clear(tenantId, user.id);
      await store.rememberedBrowsers.clear(tenantId, user.id);
      expect([await find(browser), await find(second)]).toEqual([undefined, undefined]);
      expect(await find(bobs)).toEqual(bobs);
    });

    test('are forgotten with everything that is open for a person', async () => {
      const { store, tenantId, user, remember } = await setup();
      const browser = aRememberedBrowser(tenantId, user.id);
      await remember(browser);
      await store.users.endLogins(tenantId, user.id, 'session-revoked');
      expect(await store.rememberedBrowsers.find(tenantId, user.id, browser.device)).toBeUndefined();
    });
  });

  describe('browsers of either kind', () => {
    test('go with their user', async () => {
      const { store, tenantId, user, see, remember } = await setup();
      const browser = aRememberedBrowser(tenantId, user.id);
      await see(aLoginDevice(tenantId, user.id));
      await remember(browser);
      expect(await store.users.remove(tenantId, user.id)).toBe(true);
      await store.users.insert(user);
      expect(await store.devices.ofUser(tenantId, user.id)).toEqual([]);
      expect(await store.rememberedBrowsers.find(tenantId, user.id, browser.device)).toBeUndefined();
    });

    test('are swept: unseen for 90 days, or renewed more than 30 days ago', async () => {
      const { store, tenantId, user, see, remember } = await setup();
      const now = AT - 1;
      await store.sweep(now);
      const [unseen, seen] = [now - 90 * DAY, now - 90 * DAY + 1].map((seenAt) =>
        aLoginDevice(tenantId, user.id, { firstSeenAt: 0, seenAt }),
      );
      const [stale, kept] = [now - 30 * DAY - 1, now - 30 * DAY].map((renewedAt) =>
        aRememberedBrowser(tenantId, user.id, { renewedAt }),
      );
      await see(unseen!, seen!);
      await remember(stale!, kept!);
      expect(await store.sweep(now)).toBe(2);
      expect(await store.devices.ofUser(tenantId, user.id)).toEqual([seen]);
      expect(await store.rememberedBrowsers.find(tenantId, user.id, stale!.device)).toBeUndefined();
      expect(await store.rememberedBrowsers.find(tenantId, user.id, kept!.device)).toEqual(kept);
    });
  });
}
