// Tests of storage: keys and devices. How they are found, what a change writes of them, what devices are asked and by
// whom it is answered, and how all of it goes.
import { describe, expect, test } from 'vitest';
import type { AuthenticatorRecord } from '#storage/records.ts';
import type { Stores } from '../conformance.ts';
import { aCredential, aKey, aPhone, aPushDevice, aPushRequest, withPhone } from '../factor-samples.ts';
import { AT, anAuthenticator, aUser, fresh } from '../samples.ts';
import { answer, confirm, count } from './changes-of-factors.ts';
import { put } from './changes-of-people.ts';

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;

export function describeFactors(stores: Stores): void {
  /** A user with one of them, stored. */
  const enroll = async (make: (tenantId: string, userId: string) => AuthenticatorRecord, tenantId = fresh('ten')) => {
    const user = aUser(tenantId);
    const record = make(tenantId, user.id);
    await stores.store.users.insert(user);
    expect(await stores.store.authenticators.insert(record)).toBe('inserted');
    return record;
  };

  describe('a factor', () => {
    const { userHandle: _, userAgent: __, ...leastCredential } = aCredential({ counter: 0, transports: [] });
    const rows: [what: string, changes: Partial<AuthenticatorRecord>][] = [
      ['a security key', { type: 'webauthn-roaming', credential: aCredential() }],
      ['a passkey', { type: 'passkey', credential: leastCredential }],
      ['a key with an id longer than an index takes', { credential: aCredential({ id: 'x'.repeat(1364) }) }],
      ['a phone that is called', { type: 'push', device: aPushDevice() }],
      ['a phone that asks by itself', { type: 'push', device: { publicKey: { kty: 'EC' } }, secret: 'CODES' }],
    ];

    test.each(rows)('%s comes back as it went in, and is changed', async (_, changes) => {
      const { authenticators } = stores.store;
      const { secret: __, ...bare } = anAuthenticator('', '');
      const record = await enroll((tenantId, userId) => ({ ...bare, id: fresh('dev'), tenantId, userId, ...changes }));
      const { tenantId, id, userId, credential } = record;
      expect(await authenticators.find(tenantId, id)).toEqual(record);
      expect(await authenticators.ofUser(tenantId, userId)).toEqual([record]);
      const named = { ...record, name: 'Mine' };
      expect(await authenticators.update(tenantId, id, (now) => ({ ...now, name: 'Mine' }))).toEqual(named);
      expect(await authenticators.find(tenantId, id)).toEqual(named);
      if (credential === undefined) return;
      expect(await authenticators.findByCredential(tenantId, credential.id)).toEqual(named);
      expect(await authenticators.findByCredential(fresh('ten'), credential.id)).toBeUndefined();
    });

    test('of one credential is there once in a tenant', async () => {
      const { authenticators } = stores.store;
      const key = await enroll(aKey);
      const again = aKey(key.tenantId, key.userId, { credential: key.credential! });
      expect(await authenticators.insert(again)).toBe('conflict');
      expect(await authenticators.find(key.tenantId, again.id)).toBeUndefined();
      const elsewhere = await enroll((tenantId, userId) => aKey(tenantId, userId, { credential: key.credential! }));
      expect(await authenticators.findByCredential(elsewhere.tenantId, key.credential!.id)).toEqual(elsewhere);
      expect(await authenticators.findByCredential(key.tenantId, 'unknown')).toBeUndefined();
      // Those without one do not stand in each other's way.
      for (const other of [anAuthenticator(key.tenantId, key.userId), aPhone(key.tenantId, key.userId)]) {
        expect(await authenticators.insert(other)).toBe('inserted');
      }
    });

    test('has the counter, the backup and the name that were written last', async () => {
      const { store } = stores;
      const key = await enroll(aKey);
      const read = () => store.authenticators.find(key.tenantId, key.id);
      await put(store, count(key.tenantId, key.id, 8));
      expect(await read()).toEqual({ ...key, credential: { ...key.credential, counter: 8 }, lastAuthAt: AT + 5 });
      await put(
        store,
        { kind: 'authenticator.name', tenantId: key.tenantId, id: key.id, name: 'Desk' },
        count(key.tenantId, key.id, 4_294_967_295, true),
      );
      const credential = { ...key.credential, counter: 4_294_967_295, backedUp: true };
      expect(await read()).toEqual({ ...key, name: 'Desk', credential, lastAuthAt: AT + 5 });
    });

    test('counts once for many who come with the same counter', async () => {
      const { store, other } = stores;
      const key = await enroll(aKey);
      const all = await Promise.all(
        Array.from({ length: 12 }, (_, i) => (i % 2 ? store : other).commit([count(key.tenantId, key.id, 8)])),
      );
      expect(all.filter(({ ok }) => ok)).toHaveLength(1);
    });

    test('is confirmed once, and is the first of one enrollment only', async () => {
      const { store, other } = stores;
      for (let round = 0; round < 5; round += 1) {
        const one = await withPhone(store, fresh('ten'), { confirmed: false });
        const two = aPhone(one.tenantId, one.userId, { confirmed: false });
        await store.authenticators.insert(two);
        const all = await Promise.all([
          store.commit([confirm(one, [])]),
          other.commit([confirm(two, [])]),
          store.commit([confirm(one, [])]),
        ]);
        expect(all.filter(({ ok }) => ok)).toHaveLength(1);
        const confirmed = (await store.authenticators.ofUser(one.tenantId, one.userId)).filter(
          (each) => each.confirmed,
        );
        expect(confirmed).toEqual([{ ...(all[1]?.ok ? two : one), confirmed: true, enrolledAt: AT + 5 }]);
      }
    });

    test('that comes in a password’s place keeps no recovery code', async () => {
      const { authenticators } = stores.store;
      const totp = await enroll(anAuthenticator);
      const { tenantId, userId } = totp;
      const passkey = aKey(tenantId, userId, { type: 'passkey' });
      for (const each of [passkey, anAuthenticator(tenantId, userId, { type: 'recovery-code' })]) {
        await authenticators.insert(each);
      }
      await authenticators.remove(tenantId, totp.id);
      expect(await authenticators.ofUser(tenantId, userId)).toEqual([passkey]);
    });
  });

  describe('what a device is asked', () => {
    test('comes back as it went in, and with its answer', async () => {
      const { store } = stores;
      const phone = await withPhone(store);
      const least = aPushRequest(phone, { about: { application: 'Shop', ip: '::1' } });
      const request = aPushRequest(phone);
      for (const each of [least, request]) await put(store, { kind: 'push-request.insert', request: each });
      expect(await store.pushRequests.find(phone.tenantId, least.id)).toEqual(least);
      expect(await store.pushRequests.find(phone.tenantId, request.id)).toEqual(request);
      expect(await store.pushRequests.find(fresh('ten'), request.id)).toBeUndefined();
      await put(store, answer(request));
      const answered = { ...request, state: 'approved', answeredAt: AT + 5 };
      expect(await store.pushRequests.find(phone.tenantId, request.id)).toEqual(answered);
    });

    test('is answered by one of many', async () => {
      const { store, other } = stores;
      const phone = await withPhone(store);
      const request = aPushRequest(phone);
      await put(store, { kind: 'push-request.insert', request });
      const all = await Promise.all(
        Array.from({ length: 12 }, (_, i) =>
          (i % 2 ? store : other).commit([answer(request, AT + 5, i % 3 ? 'approved' : 'refused')]),
        ),
      );
      const winner = all.findIndex(({ ok }) => ok);
      expect(all.filter(({ ok }) => ok)).toHaveLength(1);
      expect(await store.pushRequests.find(phone.tenantId, request.id)).toMatchObject({
        state: winner % 3 ? 'approved' : 'refused',
      });
    });

    test('is listed while it waits for an answer, newest first, ten at most', async () => {
      const { store } = stores;
      const phone = await withPhone(store);
      const second = aPhone(phone.tenantId, phone.userId);
      await store.authenticators.insert(second);
      const open = Array.from({ length: 12 }, (_, i) =>
        aPushRequest(phone, { createdAt: AT + i, expiresAt: AT + 900 + i }),
      );
      const done = aPushRequest(phone, { state: 'refused', createdAt: AT + 20 });
      const another = aPushRequest(second);
      for (const request of [...open, done, another]) await put(store, { kind: 'push-request.insert', request });
      const pending = (now: number) => store.pushRequests.pending(phone.tenantId, phone.id, now);
      expect(await pending(AT)).toEqual(open.toReversed().slice(0, 10));
      expect(await pending(AT + 909)).toEqual([open[11], open[10]]);
      expect(await pending(AT + 911)).toEqual([]);
      expect(await store.pushRequests.pending(fresh('ten'), phone.id, AT)).toEqual([]);
      expect(await store.pushRequests.pending(phone.tenantId, second.id, AT)).toEqual([another]);
    });

    const endings: [what: string, end: (phone: AuthenticatorRecord) => Promise<unknown>][] = [
      ['its device', ({ tenantId, id }) => stores.store.authenticators.remove(tenantId, id)],
      ['its user', ({ tenantId, userId }) => stores.store.users.remove(tenantId, userId)],
      ['what is open', ({ tenantId, userId }) => stores.store.users.endLogins(tenantId, userId, 'session-revoked')],
    ];
    test.each(endings)('goes with %s, and nobody else’s', async (_, end) => {
      const { store, subject } = stores;
      const [phone, theirs] = [await withPhone(store), await withPhone(store)];
      const same = await withPhone(store, phone.tenantId);
      const requests = [phone, same, theirs].map((device) => aPushRequest(device));
      for (const request of requests) await put(store, { kind: 'push-request.insert', request });
      await end(phone);
      const left = await Promise.all(requests.map(({ tenantId, id }) => store.pushRequests.find(tenantId, id)));
      expect(left).toEqual([undefined, requests[1], requests[2]]);
      expect(await subject.raw(`select id from push_requests where user_id = '${phone.userId}'`)).toEqual([]);
    });
  });

  describe('the sweep of factors', () => {
    test('removes requests a day after they expired, and devices that were not confirmed within an hour', async () => {
      const { store } = stores;
      const now = AT - 10 * DAY_MS;
      await store.sweep(now);
      const tenantId = fresh('ten');
      const phone = await withPhone(store, tenantId, { createdAt: now - DAY_MS });
      const make = (changes: Partial<AuthenticatorRecord>) => aPhone(tenantId, phone.userId, changes);
      const old = { confirmed: false, createdAt: now - HOUR_MS };
      const forgotten = make(old);
      const kept = [make({ ...old, type: 'totp' }), make({ ...old, createdAt: now - HOUR_MS + 1 }), phone];
      for (const each of [forgotten, ...kept.slice(0, 2)]) await store.authenticators.insert(each);
      const requests = [0, 1].map((late) => aPushRequest(phone, { expiresAt: now - DAY_MS + late, state: 'approved' }));
      for (const request of requests) await put(store, { kind: 'push-request.insert', request });

      expect(await store.sweep(now)).toBe(2);
      const left = (await store.authenticators.ofUser(tenantId, phone.userId)).map(({ id }) => id);
      expect(left.sort()).toEqual(kept.map(({ id }) => id).sort());
      const found = await Promise.all(requests.map(({ id }) => store.pushRequests.find(tenantId, id)));
      expect(found).toEqual([undefined, requests[1]]);
    });
  });
}
