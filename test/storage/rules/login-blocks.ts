// Tests of storage: failed logins in a row: counted one by one however many come at once, and forgotten as promised.
import { describe, expect, test } from 'vitest';
import type { Change } from '#storage/store.ts';
import type { Stores } from '../conformance.ts';
import { AT, aUser, fresh } from '../samples.ts';

const DAY = 86_400_000;

export function describeLoginBlocks(stores: Stores): void {
  const failure = (more: { identifier?: string; network?: string; most?: number; until?: number } = {}) => ({
    identifier: 'ana@example.com',
    network: '203.0.113.7',
    most: 3,
    until: AT + DAY,
    ...more,
  });
  const setup = () => {
    const tenantId = fresh('ten');
    const count = (more = {}, now = AT) => stores.store.loginBlocks.count(tenantId, failure(more), now);
    const blocked = (identifiers = ['ana@example.com'], least = 3, now = AT) =>
      stores.store.loginBlocks.list(tenantId, identifiers, { least, now });
    const lift = (more: Partial<Extract<Change, { kind: 'login-block.lift' }>> = {}) =>
      stores.store.commit([{ kind: 'login-block.lift', tenantId, identifiers: ['ana@example.com'], ...more }]);
    return { tenantId, count, blocked, lift };
  };

  describe('failed logins in a row', () => {
    test('are counted up to the most, apart by name, network and tenant', async () => {
      const { tenantId, count, blocked } = setup();
      expect([await count(), await count(), await count(), await count(), await count()]).toEqual([
        1,
        2,
        3,
        undefined,
        undefined,
      ]);
      expect(await count({ identifier: 'ANA@Example.com' })).toBeUndefined();
      expect(await count({ network: '203.0.113.8' })).toBe(1);
      expect(await count({ identifier: 'bob@example.com' })).toBe(1);
      expect(await stores.store.loginBlocks.count(fresh('ten'), failure(), AT)).toBe(1);
      expect(await blocked()).toEqual([
        {
          tenantId,
          identifier: 'ana@example.com',
          network: '203.0.113.7',
          failures: 3,
          failedAt: AT,
          expiresAt: AT + DAY,
        },
      ]);
      expect(await blocked(['ana@example.com'], 1)).toHaveLength(2);
      expect(await blocked(['nobody@example.com'])).toEqual([]);
      expect(await blocked([])).toEqual([]);
      expect(await stores.store.loginBlocks.list(fresh('ten'), ['ana@example.com'], { least: 1, now: AT })).toEqual([]);
    });

    test('are as many as there were, of fifty at once', async () => {
      const { tenantId } = setup();
      const all = await Promise.all(
        Array.from({ length: 50 }, (_, i) =>
          (i % 2 === 0 ? stores.store : stores.other).loginBlocks.count(tenantId, failure({ most: 10 }), AT),
        ),
      );
      const counted = all.filter((number) => number !== undefined).sort((a, b) => a - b);
      expect(counted).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    });

    test('begin anew when they are forgotten, and each puts that off', async () => {
      const { count, blocked } = setup();
      await count({ until: AT + 10 });
      await count({ until: AT + 20 }, AT + 9);
      expect(await count({ until: AT + 20 }, AT + 19)).toBe(3);
      expect(await blocked(undefined, 3, AT + 19)).toHaveLength(1);
      expect(await blocked(undefined, 3, AT + 20)).toEqual([]);
      expect(await count({ until: AT + 40 }, AT + 20)).toBe(1);
      // A tenant that lets more pass lifts what was full.
      await count({ until: AT + 40 }, AT + 21);
      await count({ until: AT + 40 }, AT + 22);
      expect(await count({ until: AT + 40 }, AT + 23)).toBeUndefined();
      expect(await count({ until: AT + 40, most: 4 }, AT + 23)).toBe(4);
    });

    test('are swept when they are forgotten', async () => {
      const { count, blocked } = setup();
      await count({ until: AT - DAY, most: 1 });
      await count({ network: '', most: 1 });
      await stores.store.sweep(AT - DAY);
      expect(await blocked(undefined, 1, AT - 2 * DAY)).toMatchObject([{ network: '' }]);
    });

    test.each([
      ['of one network', { network: '203.0.113.7' }, ['']],
      ['of everywhere counted together', { network: '' }, ['203.0.113.7']],
      ['from everywhere', {}, []],
      ['in any case', { identifiers: ['ANA@EXAMPLE.COM'] }, []],
      ['of somebody else', { identifiers: ['bob@example.com'] }, ['203.0.113.7', '']],
      ['of nobody', { identifiers: [] }, ['203.0.113.7', '']],
      ['of another tenant', { tenantId: 'another' }, ['203.0.113.7', '']],
    ])('are lifted: %s', async (_name, more, left) => {
      const { count, blocked, lift } = setup();
      await count();
      await count({ network: '' });
      expect(await lift(more)).toEqual({ ok: true });
      expect((await blocked(undefined, 1)).map(({ network }) => network).sort()).toEqual([...left].sort());
    });

    test('of a user are forgotten, by every name, with what else is open for them', async () => {
      const { tenantId, count, blocked } = setup();
      const { store } = stores;
      const user = { ...aUser(tenantId), email: 'Ana@Example.com', username: 'AnaB', phoneNumber: '+447700900123' };
      await store.users.insert(user);
      const names = ['ana@example.com', 'anab', '+447700900123', 'bob@example.com'];
      for (const identifier of names) await count({ identifier, most: 1 });
      await store.users.endLogins(tenantId, user.id, 'session-revoked');
      expect((await blocked(names, 1)).map(({ identifier }) => identifier)).toEqual(['bob@example.com']);
    });

    test('take whatever is typed', async () => {
      const { count, blocked } = setup();
      for (const identifier of ['', ' ', "o'brien; --", 'x'.repeat(5000), '\u0000', '💌', '%', '__proto__']) {
        expect(await count({ identifier, most: 1 })).toBe(1);
        expect(await blocked([identifier], 1)).toHaveLength(1);
      }
    });
  });

  test('a bucket of attempts says when nothing is left, and keeps what there is', async () => {
    const { store } = stores;
    const tenantId = fresh('ten');
    const bucket = { capacity: 2, refillSeconds: 60 };
    const isExhausted = (at = AT) => store.isExhausted(tenantId, 'key', bucket, at);
    const seen: boolean[] = [await isExhausted()];
    for (let i = 0; i < 2; i++) {
      await store.takeAttempt(tenantId, 'key', bucket, AT);
      seen.push(await isExhausted(), await isExhausted());
    }
    expect(seen).toEqual([false, false, false, true, true]);
    expect(await store.isExhausted(fresh('ten'), 'key', bucket, AT)).toBe(false);
    expect([await isExhausted(AT + 59_999), await isExhausted(AT + 60_000)]).toEqual([true, false]);
    expect(await store.takeAttempt(tenantId, 'key', bucket, AT + 60_000)).toEqual({ taken: true });
  });
}
