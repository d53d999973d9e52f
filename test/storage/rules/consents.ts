// Tests of storage: consents: one row for each user, client and audience, which grows, and takes its tokens with it.
import { describe, expect, test } from 'vitest';
import type { ConsentRecord } from '#storage/records.ts';
import type { Stores } from '../conformance.ts';
import { aBareRefreshToken, aConsent, aRefreshToken, parties } from '../protocol-samples.ts';
import { AT, aClient, aHandle, fresh } from '../samples.ts';

const ALL = { offset: 0, limit: 100 };

export function describeConsents(stores: Stores): void {
  const grant = async (...consents: ConsentRecord[]) =>
    expect(await stores.store.commit(consents.map((consent) => ({ kind: 'consent.grant', consent })))).toEqual({
      ok: true,
    });
  const find = ({ tenantId, userId, clientId, audience }: ConsentRecord) =>
    stores.store.consents.find(tenantId, userId, clientId, audience);

  describe('consents', () => {
    test('come back as they went in, each by its user, client and audience', async () => {
      const { store } = stores;
      const of = await parties(store);
      const long = `https://${'x'.repeat(5000)}`;
      const made = ['', 'https://api.example.com/', long, `${long}y`].map((audience) => aConsent(of, { audience }));
      await grant(...made);
      for (const consent of made) {
        expect(await find(consent)).toEqual(consent);
        for (const change of [
          { tenantId: fresh('ten') },
          { userId: 'nobody' },
          { clientId: 'none' },
          { audience: 'x' },
        ]) {
          expect(await find({ ...consent, ...change })).toBeUndefined();
        }
      }
    });

    test('grow by what is granted, and keep what they were', async () => {
      const { store, other } = stores;
      const of = await parties(store);
      const first = aConsent(of, { scope: ['openid'] });
      await grant(first);
      await grant(aConsent(of, { scope: ['openid', 'email'], createdAt: AT + 5, updatedAt: AT + 5 }));
      expect(await find(first)).toEqual({ ...first, scope: ['openid', 'email'], updatedAt: AT + 5 });

      const scopes = Array.from({ length: 20 }, (_, i) => `scope:${i}`);
      const of2 = await parties(store);
      const all = await Promise.all(
        scopes.map((scope, i) =>
          (i % 2 ? store : other).commit([{ kind: 'consent.grant', consent: aConsent(of2, { scope: [scope] }) }]),
        ),
      );
      expect(all.filter(({ ok }) => ok)).toHaveLength(20);
      const { records } = await store.consents.list(of2.tenantId, { page: ALL });
      expect(records.map(({ scope }) => scope.toSorted())).toEqual([scopes.toSorted()]);
    });

    test('are listed in the order of creation, of a user, a client or all', async () => {
      const { store } = stores;
      const of = await parties(store);
      const bob = await parties(store, of.tenantId);
      const [a, b, c] = [
        aConsent(of),
        aConsent(of, { audience: '' }),
        aConsent({ ...bob, clientId: of.clientId }),
      ] as const;
      const d = aConsent(bob);
      await grant(a, b, c, d, aConsent(await parties(store)));
      const list = (query: { userId?: string; clientId?: string }, page = ALL) =>
        store.consents.list(of.tenantId, { ...query, page });
      expect(await list({})).toEqual({ records: [a, b, c, d], total: 4 });
      expect(await list({}, { offset: 2, limit: 1 })).toEqual({ records: [c], total: 4 });
      expect(await list({ userId: of.userId })).toEqual({ records: [a, b], total: 2 });
      expect(await list({ clientId: of.clientId })).toEqual({ records: [a, b, c], total: 3 });
      expect(await list({ userId: bob.userId, clientId: of.clientId })).toEqual({ records: [c], total: 1 });
    });

    test('that are taken back take their refresh tokens along, and no others', async () => {
      const { store } = stores;
      const of = await parties(store);
      const second = aClient(of.tenantId);
      await store.clients.insert(second);
      const consent = aConsent(of);
      const forUserinfo = aConsent(of, { audience: '' });
      await grant(consent, forUserinfo);
      const tokens = [
        aRefreshToken(of),
        aRefreshToken(of, { audience: 'https://other.example.com/' }),
        aBareRefreshToken(of),
        aRefreshToken({ ...of, clientId: second.id }),
        aRefreshToken({ ...(await parties(store, of.tenantId)), clientId: of.clientId }),
      ];
      const keys = tokens.map(({ id }) => aHandle(of.tenantId, { kind: 'refresh-token', targetId: id }));
      await store.commit([
        ...tokens.map((token) => ({ kind: 'refresh-token.insert', token }) as const),
        ...keys.map((handle) => ({ kind: 'handle.insert', handle }) as const),
      ]);
      const left = async () => {
        const found = await Promise.all(
          tokens.map(async ({ id }, i) => [
            (await store.refreshTokens.find(of.tenantId, id)) !== undefined,
            (await store.handles.find(of.tenantId, 'refresh-token', keys[i]!.key)) !== undefined,
          ]),
        );
        return found.map(([row, key]) => (row === key ? row : 'torn'));
      };
      expect(await store.consents.remove(fresh('ten'), consent.id)).toBe(false);
      expect(await left()).toEqual([true, true, true, true, true]);
      expect(await store.consents.remove(of.tenantId, consent.id)).toBe(true);
      expect(await store.consents.remove(of.tenantId, consent.id)).toBe(false);
      expect(await left()).toEqual([false, true, true, true, true]);
      expect(await store.consents.removeOfUser(of.tenantId, of.userId)).toBe(1);
      expect(await store.consents.removeOfUser(of.tenantId, of.userId)).toBe(0);
      expect(await left()).toEqual([false, true, false, true, true]);
    });

    test.each(['users', 'clients'] as const)('go with their %s', async (family) => {
      const { store } = stores;
      const of = await parties(store);
      const consent = aConsent(of);
      await grant(consent);
      await store[family].remove(of.tenantId, family === 'users' ? of.userId : of.clientId);
      expect(await find(consent)).toBeUndefined();
    });
  });
}
