// Tests of storage: many at once, from two Stores on one database. Exactly as many win as there is to win.
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Change, Committed, Store } from '#storage/store.ts';
import type { Stores } from '../conformance.ts';
import { AT, aHandle, aLog, anAuthenticator, anOrganization, aRole, aTransaction, aUser, fresh } from '../samples.ts';

const MANY = 40;

export function describeRaces(stores: Stores): void {
  /** Half of them through each of the two Stores. */
  const race = <T>(run: (store: Store, number: number) => Promise<T>, count = MANY): Promise<T[]> =>
    Promise.all(Array.from({ length: count }, (_, i) => run(i % 2 === 0 ? stores.store : stores.other, i)));
  const wins = (all: Committed[]) => all.filter((committed) => committed.ok).length;

  const login = async (tenantId: string) => {
    const transaction = aTransaction(tenantId);
    await stores.store.commit([{ kind: 'transaction.insert', transaction }]);
    return transaction;
  };

  describe('of many at once', () => {
    test('one replaces a revision', async () => {
      const tenantId = fresh('ten');
      const transaction = await login(tenantId);
      const all = await race((store, i) =>
        store.commit([
          { kind: 'log.insert', log: aLog(tenantId) },
          { kind: 'transaction.replace', revision: 1, transaction: { ...transaction, snapshot: `written by ${i}` } },
        ]),
      );
      expect(wins(all)).toBe(1);
      const winner = all.findIndex((committed) => committed.ok);
      const found = await stores.store.transactions.find(tenantId, transaction.id);
      expect(found?.transaction).toMatchObject({ revision: 2, snapshot: `written by ${winner}` });
      const page = { offset: 0, limit: 100 };
      expect(await stores.store.logs.list(tenantId, { order: 'newest', page })).toMatchObject({ total: 1 });
    });

    test('one claims a transaction', async () => {
      const tenantId = fresh('ten');
      const { id } = await login(tenantId);
      const all = await race((store, i) =>
        store.commit([{ kind: 'transaction.claim', tenantId, id, revision: 1, owner: `owner ${i}`, leaseSeconds: 15 }]),
      );
      expect(wins(all)).toBe(1);
    });

    test('one takes a handle', async () => {
      const tenantId = fresh('ten');
      const handle = aHandle(tenantId, { kind: 'code' });
      await stores.store.commit([{ kind: 'handle.insert', handle }]);
      const take: Change = { kind: 'handle.take', tenantId, handleKind: 'code', key: handle.key, now: AT };
      expect(wins(await race((store) => store.commit([take])))).toBe(1);
    });

    test('one spends a TOTP step', async () => {
      const tenantId = fresh('ten');
      const user = aUser(tenantId);
      const { id, ...rest } = anAuthenticator(tenantId, user.id);
      await stores.store.users.insert(user);
      await stores.store.authenticators.insert({ id, ...rest });
      const accept: Change = { kind: 'authenticator.accept-step', tenantId, id, step: 100 };
      expect(wins(await race((store) => store.commit([accept])))).toBe(1);
    });

    test('one inserts an id', async () => {
      const user = aUser(fresh('ten'), { email: 'one@example.com' });
      const all = await race((store) => store.users.insert({ ...user, id: fresh('auth0|') }));
      expect(all.filter((answer) => answer === 'inserted')).toHaveLength(1);
    });

    test('one registers with an address', async () => {
      const user = aUser(fresh('ten'), { email: 'one@example.com' });
      const all = await race((store) =>
        store.commit([{ kind: 'user.insert', user: { ...user, id: fresh('auth0|') } }]),
      );
      expect(wins(all)).toBe(1);
    });

    test('none assigns what is being removed', async () => {
      const { store, other } = stores;
      for (let round = 0; round < 15; round += 1) {
        const tenantId = fresh('ten');
        const [user, role, organization] = [aUser(tenantId), aRole(tenantId), anOrganization(tenantId)];
        await store.users.insert(user);
        await store.roles.insert(role);
        await store.organizations.insert(organization);
        await Promise.all([
          store.assignments.addRoles(tenantId, user.id, [role.id]),
          other.roles.remove(tenantId, role.id),
          store.assignments.addMembers(tenantId, organization.id, [user.id]),
          other.organizations.remove(tenantId, organization.id),
        ]);
        await store.roles.insert(role);
        expect(await store.assignments.rolesOf(tenantId, user.id)).toEqual([]);
        expect(await store.assignments.isMember(tenantId, organization.id, user.id)).toBe(false);
      }
    });

    test('every login is counted, whatever the order in which batches touch two users', async () => {
      const tenantId = fresh('ten');
      const [a, b] = [aUser(tenantId), aUser(tenantId)];
      await stores.store.users.insert(a);
      await stores.store.users.insert(b);
      const count = ({ id }: { id: string }): Change => ({ kind: 'user.logged-in', tenantId, id, at: AT, ip: '::1' });
      // PostgreSQL looks for deadlocks once a second and then ends one of them: few runners, or this takes long.
      const few = 4;
      const all = await race((store, i) => store.commit(i < 2 ? [count(a), count(b)] : [count(b), count(a)]), few);
      expect(wins(all)).toBe(few);
      expect(await stores.store.users.find(tenantId, a.id)).toMatchObject({ loginsCount: few });
      expect(await stores.store.users.find(tenantId, b.id)).toMatchObject({ loginsCount: few });
    });

    test('every edit of one row is kept', async () => {
      const tenantId = fresh('ten');
      const user = aUser(tenantId);
      await stores.store.users.insert(user);
      await race<unknown>((store, i) =>
        i % 4 < 2
          ? store.users.update(tenantId, user.id, (now) => ({
              ...now,
              userMetadata: { ...now.userMetadata, [`k${i}`]: i },
            }))
          : store.commit([
              { kind: 'user.merge-metadata', tenantId, id: user.id, user: { [`k${i}`]: i }, app: {}, at: AT },
            ]),
      );
      const found = await stores.store.users.find(tenantId, user.id);
      expect(Object.keys(found?.userMetadata ?? {})).toHaveLength(MANY);
    });

    test('as many take an attempt as there are', async () => {
      const tenantId = fresh('ten');
      const bucket = { capacity: 10, refillSeconds: 360 };
      const all = await race((store) => store.takeAttempt(tenantId, 'user', bucket, AT), 50);
      expect(all.filter((answer) => answer.taken)).toHaveLength(10);
    });
  });

  describe('a lease', () => {
    afterEach(() => {
      vi.useRealTimers();
    });

    const claim = (tenantId: string, id: string, revision: number, owner: string, leaseSeconds: number) =>
      stores.store.commit([{ kind: 'transaction.claim', tenantId, id, revision, owner, leaseSeconds }]);

    test('ends by itself, and then the row can be claimed by another', async () => {
      const tenantId = fresh('ten');
      const { id } = await login(tenantId);
      const lease = async () => (await stores.store.transactions.find(tenantId, id))?.lease;
      expect(await claim(tenantId, id, 1, 'a', 0.1)).toEqual({ ok: true });
      await pause(150);
      expect(await lease()).toEqual({ owner: 'a', held: false });
      expect(await stores.store.transactions.renew(tenantId, id, 2, 'a', 15)).toBe(false);
      expect(await claim(tenantId, id, 2, 'b', 15)).toEqual({ ok: true });
      expect(await lease()).toEqual({ owner: 'b', held: true });
      expect(await claim(tenantId, id, 3, 'a', 15)).toMatchObject({ ok: false });
    });

    test('is renewed by its owner on the claimed revision, and by nobody else', async () => {
      const tenantId = fresh('ten');
      const { id } = await login(tenantId);
      await claim(tenantId, id, 1, 'a', 15);
      const { renew } = stores.store.transactions;
      const until = async () =>
        Number((await stores.subject.raw(`select lease_until from transactions where id = '${id}'`))[0]?.lease_until);
      const before = await until();
      expect(await renew(tenantId, id, 2, 'b', 60)).toBe(false);
      expect(await renew(tenantId, id, 1, 'a', 60)).toBe(false);
      expect(await renew(fresh('ten'), id, 2, 'a', 60)).toBe(false);
      expect(await until()).toBe(before);
      expect(await renew(tenantId, id, 2, 'a', 60)).toBe(true);
      expect((await until()) - before).toBeGreaterThanOrEqual(45_000);
    });

    test('that was lost loses its write', async () => {
      const tenantId = fresh('ten');
      const transaction = await login(tenantId);
      await claim(tenantId, transaction.id, 1, 'a', 0.05);
      await pause(100);
      await claim(tenantId, transaction.id, 2, 'b', 15);
      const late: Change = { kind: 'transaction.replace', revision: 2, transaction };
      expect(await stores.store.commit([late])).toEqual({ ok: false, failed: late });
      expect(await stores.store.commit([{ ...late, revision: 3 }])).toEqual({ ok: true });
    });

    test('does not ask the clock of the machine', async () => {
      const tenantId = fresh('ten');
      const { id } = await login(tenantId);
      await claim(tenantId, id, 1, 'a', 15);
      vi.useFakeTimers({ toFake: ['Date'], now: new Date('2199-01-01') });
      expect(await claim(tenantId, id, 2, 'b', 15)).toMatchObject({ ok: false });
      expect((await stores.store.transactions.find(tenantId, id))?.lease).toEqual({ owner: 'a', held: true });
    });
  });

  describe('a bucket of attempts', () => {
    const bucket = { capacity: 3, refillSeconds: 60 };

    test('gains one with each interval, up to its capacity, and says how long to wait', async () => {
      const tenantId = fresh('ten');
      const take = (at: number) => stores.store.takeAttempt(tenantId, 'k', bucket, AT + at * 1000);
      const taken = { taken: true };
      for (const at of [0, 0, 10]) expect(await take(at)).toEqual(taken);
      expect(await take(10)).toEqual({ taken: false, retryAfterSeconds: 50 });
      expect(await take(59.5)).toEqual({ taken: false, retryAfterSeconds: 1 });
      expect(await take(60)).toEqual(taken);
      expect(await take(60)).toEqual({ taken: false, retryAfterSeconds: 60 });
      for (const at of [9000, 9000, 9000]) expect(await take(at)).toEqual(taken);
      expect(await take(9000)).toEqual({ taken: false, retryAfterSeconds: 60 });
    });

    test('takes an attempt back without ever holding more than its capacity', async () => {
      const tenantId = fresh('ten');
      const take = async (at = AT) => (await stores.store.takeAttempt(tenantId, 'k', bucket, at)).taken;
      const refund: Change = { kind: 'attempt.refund', tenantId, key: 'k', refillSeconds: 60 };
      expect([await take(), await take(), await take(), await take()]).toEqual([true, true, true, false]);
      await stores.store.commit([refund]);
      expect([await take(), await take()]).toEqual([true, false]);
      for (let i = 0; i < 10; i += 1) await stores.store.commit([refund]);
      expect([await take(), await take(), await take(), await take()]).toEqual([true, true, true, false]);
    });

    test('is one for each tenant and key', async () => {
      const tenantId = fresh('ten');
      const one = { capacity: 1, refillSeconds: 60 };
      const long = 'x'.repeat(20_000);
      for (const [tenant, key] of [
        [tenantId, 'a'],
        [tenantId, 'b'],
        [fresh('ten'), 'a'],
        [tenantId, long],
        [tenantId, 'nul\0'],
      ]) {
        expect(await stores.store.takeAttempt(tenant!, key!, one, AT)).toEqual({ taken: true });
        expect(await stores.store.takeAttempt(tenant!, key!, one, AT)).toEqual({ taken: false, retryAfterSeconds: 60 });
      }
    });
  });
}
