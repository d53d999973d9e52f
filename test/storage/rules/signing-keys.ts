// Tests of storage: the places of a tenant's signing keys. Whatever happens at once, of each algorithm one is current and
// one is next.
import { describe, expect, test } from 'vitest';
import type { SigningKeyRecord } from '#storage/records.ts';
import type { Store } from '#storage/store.ts';
import type { Stores } from '../conformance.ts';
import { AT, aSigningKey, aTenant, fresh } from '../samples.ts';

export function describeSigningKeys(stores: Stores): void {
  describe('signing keys', () => {
    const first = async (algorithm: SigningKeyRecord['algorithm'] = 'RS256', of?: string) => {
      const tenant = aTenant();
      if (of === undefined) await stores.store.tenants.insert(tenant);
      const tenantId = of ?? tenant.id;
      const current = aSigningKey(tenantId, { algorithm, place: 'current', currentSince: AT });
      const next = aSigningKey(tenantId, { algorithm, place: 'next' });
      for (const key of [current, next]) expect(await stores.store.signingKeys.insert(key)).toBe('inserted');
      return { tenantId, current, next };
    };
    const fits = (tenantId: string, algorithm: SigningKeyRecord['algorithm'] = 'RS256') =>
      aSigningKey(tenantId, { algorithm, place: 'next' });
    const places = async (tenantId: string, algorithm: SigningKeyRecord['algorithm'] = 'RS256') =>
      (await stores.store.signingKeys.list(tenantId))
        .filter((key) => key.algorithm === algorithm)
        .map(({ place }) => place)
        .sort();
    const race = <T>(count: number, run: (store: Store) => Promise<T>) =>
      Promise.all(Array.from({ length: count }, (_, i) => run(i % 2 === 0 ? stores.store : stores.other)));

    test('are listed newest first', async () => {
      const { signingKeys } = stores.store;
      const tenantId = fresh('ten');
      const [old, next, same] = [
        aSigningKey(tenantId, { createdAt: AT - 1 }),
        aSigningKey(tenantId),
        aSigningKey(tenantId),
      ];
      for (const key of [next, old, same]) await signingKeys.insert(key);
      expect(await signingKeys.list(tenantId)).toEqual([same, next, old]);
      expect(await signingKeys.list(fresh('ten'))).toEqual([]);
    });

    test('move on when they are rotated, of one algorithm and one tenant', async () => {
      const { tenantId, current, next } = await first();
      const { signingKeys } = stores.store;
      await first('ES256', tenantId);
      const other = await first();
      const fresh = fits(tenantId);
      await signingKeys.rotate(fresh, AT + 5);
      expect((await signingKeys.list(tenantId)).filter(({ algorithm }) => algorithm === 'RS256')).toEqual([
        fresh,
        { ...next, place: 'current', currentSince: AT + 5 },
        { ...current, place: 'previous', currentUntil: AT + 5 },
      ]);
      expect(await places(tenantId, 'ES256')).toEqual(['current', 'next']);
      expect(await signingKeys.list(other.tenantId)).toEqual([other.next, other.current]);
    });

    test('revoked: a previous one stays where it is, a current and a next one are followed', async () => {
      const { tenantId, current, next } = await first();
      const { signingKeys } = stores.store;
      const [second, third, unused] = [fits(tenantId), fits(tenantId), fits(tenantId)];
      const revoked = { ...current, place: 'previous', currentUntil: AT + 1, revokedAt: AT + 1 };
      expect(await signingKeys.revoke(current.id, second, AT + 1)).toEqual(revoked);
      expect(await signingKeys.revoke(second.id, third, AT + 2)).toEqual({
        ...second,
        place: 'previous',
        revokedAt: AT + 2,
      });
      for (const id of [current.id, second.id]) await signingKeys.revoke(id, unused, AT + 9);
      expect(await signingKeys.list(tenantId)).toEqual([
        third,
        { ...second, place: 'previous', revokedAt: AT + 2 },
        { ...next, place: 'current', currentSince: AT + 1 },
        revoked,
      ]);
      expect(await signingKeys.revoke(third.id, fits(fresh('ten')), AT)).toBe('missing');
    });

    test('of many first ones at once, one current and one next are left', async () => {
      const tenantId = fresh('ten');
      const all = await race(20, async (store) => [
        await store.signingKeys.insert(aSigningKey(tenantId, { place: 'current' })),
        await store.signingKeys.insert(aSigningKey(tenantId, { place: 'next' })),
      ]);
      expect(all.flat().filter((outcome) => outcome === 'inserted').length).toBe(2);
      expect(await places(tenantId)).toEqual(['current', 'next']);
    });

    test('of many rotations and revocations at once none is lost, and ten former keys are kept', async () => {
      const { tenantId, current } = await first();
      await race(20, (store) => store.signingKeys.rotate(fits(tenantId), AT + 1));
      expect(await places(tenantId)).toEqual(['current', 'next', ...Array(10).fill('previous')]);
      expect((await stores.store.signingKeys.list(tenantId)).map(({ id }) => id)).not.toContain(current.id);
      const signing = (await stores.store.signingKeys.list(tenantId)).find(({ place }) => place === 'current');
      await race(10, (store) => store.signingKeys.revoke(signing?.id ?? '', fits(tenantId), AT + 2));
      const after = await stores.store.signingKeys.list(tenantId);
      expect(after.filter(({ revokedAt }) => revokedAt !== undefined).map(({ id }) => id)).toEqual([signing?.id]);
      expect(await places(tenantId)).toEqual(['current', 'next', ...Array(10).fill('previous')]);
    });

    test('get a certificate once', async () => {
      const { tenantId, current } = await first();
      const { signingKeys } = stores.store;
      await signingKeys.certify(current, { ...current.publicJwk, x5c: ['first'] });
      await signingKeys.certify(current, { ...current.publicJwk, x5c: ['second'] });
      const kept = (await signingKeys.list(tenantId)).find(({ id }) => id === current.id);
      expect(kept?.publicJwk.x5c).toEqual(['first']);
    });
  });
}
