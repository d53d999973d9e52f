// Tests of storage: the JSON flow: its two configuration families, what happened in it and how that is searched, and the
// block that a policy puts on somebody.
import { describe, expect, test } from 'vitest';
import type { SecurityEventQuery } from '#storage/store.ts';
import type { Stores } from '../conformance.ts';
import { aConfiguration, aPolicy, aSecurityEvent, PLAIN_SERVICE_SECRET } from '../json-flow-samples.ts';
import { AT, aSession, aTransaction, aUser, fresh } from '../samples.ts';
import { put } from './changes-of-people.ts';
import { describeFamily } from './family.ts';

const PAGE = { offset: 0, limit: 100 };

/** Searches that the one sample of a tenant must be found by, or must not. */
const SEARCHES: [query: Omit<SecurityEventQuery, 'page'>, isFound: boolean][] = [
  [{}, true],
  [{ types: ['sms_verification_success', 'password_success'] }, true],
  [{ types: ['password_failure'] }, false],
  [{ types: [] }, false],
  [{ from: AT, to: AT }, true],
  [{ from: AT + 1 }, false],
  [{ to: AT - 1 }, false],
  [{ clientId: 'shop' }, true],
  [{ clientId: 'SHOP' }, false],
  [{ userId: 'auth0|1' }, true],
  [{ userId: 'auth0|2' }, false],
  [{ externalUserId: 'ext-1' }, true],
  [{ externalUserId: 'ext' }, false],
  [{ userName: 'müller' }, true],
  [{ userName: 'éva_MÜLLER' }, true],
  [{ userName: 'éva%' }, false],
  [{ userName: 'éva-müller' }, false],
  [{ ip: '203.0.113.7' }, true],
  [{ ip: '203.0.113' }, false],
  [{ userAgent: 'čURL/8 (100%' }, true],
  [{ userAgent: '100_' }, false],
  [{ details: [{ path: 'user.sub', value: 'auth0|1', any: false }] }, true],
  [{ details: [{ path: 'user.sub', value: 'auth0', any: false }] }, false],
  [{ details: [{ path: 'sub', value: 'auth0|1', any: false }] }, false],
  [{ details: [{ path: 'user.constructor.name', value: 'Object', any: true }] }, false],
  [{ details: [{ path: 'retries', value: '3', any: false }] }, false],
  [{ details: [{ path: 'retries', value: '3', any: true }] }, true],
  [{ details: [{ path: 'right', value: 'true', any: true }] }, true],
  [{ details: [{ path: 'text', value: 'a "quoted" É', any: false }] }, true],
  [{ details: [{ path: 'text', value: 'a "quoted" é', any: false }] }, false],
  [
    {
      details: [
        { path: 'user.sub', value: 'auth0|1', any: false },
        { path: 'text', value: 'other', any: false },
      ],
    },
    false,
  ],
];

export function describeJsonFlow(stores: Stores): void {
  describeFamily(stores, 'authentication configurations', {
    collection: (store) => store.authenticationConfigurations,
    make: aConfiguration,
    key: (record) => record.type,
    sameKey: ({ type }) => ({ type }),
  });
  describeFamily(stores, 'authentication policies', {
    collection: (store) => store.authenticationPolicies,
    make: aPolicy,
    key: (record) => record.flow,
    sameKey: ({ flow }) => ({ flow }),
  });

  test('what outside services are spoken to with is sealed', async () => {
    const { store, subject } = stores;
    const configuration = aConfiguration(fresh('ten'));
    await store.authenticationConfigurations.insert(configuration);
    expect((await subject.everything()).includes(PLAIN_SERVICE_SECRET)).toBe(false);
  });

  describe('security events', () => {
    test('are found by what they say', async () => {
      const { store } = stores;
      const tenantId = fresh('ten');
      const event = aSecurityEvent(tenantId);
      await put(store, { kind: 'security-event.insert', event });
      expect(await store.securityEvents.find(tenantId, event.id)).toEqual(event);
      expect(await store.securityEvents.find(fresh('ten'), event.id)).toBeUndefined();
      const found = [];
      for (const [query] of SEARCHES) {
        const { records, total } = await store.securityEvents.list(tenantId, { ...query, page: PAGE });
        expect(records.length).toBe(total);
        found.push([query, total === 1]);
      }
      expect(found).toEqual(SEARCHES);
    });

    test('stand newest first, page by page', async () => {
      const { store } = stores;
      const tenantId = fresh('ten');
      const events = [5, 1, 4, 2, 3].map((hour) =>
        aSecurityEvent(tenantId, { at: AT + hour, detail: { kind: 'hourly' } }),
      );
      await put(store, ...events.map((event) => ({ kind: 'security-event.insert', event }) as const));
      for (const details of [[], [{ path: 'kind', value: 'hourly', any: false }]]) {
        const page = await store.securityEvents.list(tenantId, { details, page: { offset: 1, limit: 2 } });
        expect([page.total, ...page.records.map(({ at }) => at - AT)]).toEqual([5, 4, 3]);
      }
    });

    test('of a commit that fails are not there', async () => {
      const { store } = stores;
      const tenantId = fresh('ten');
      const event = aSecurityEvent(tenantId);
      const nobody = { kind: 'user.logged-in', tenantId, id: fresh('auth0|'), at: AT, ip: '::1' } as const;
      expect(await store.commit([{ kind: 'security-event.insert', event }, nobody])).toMatchObject({ ok: false });
      expect(await store.securityEvents.find(tenantId, event.id)).toBeUndefined();
    });
  });

  test('a block ends what is open, but for the login that it happened in', async () => {
    const { store } = stores;
    const tenantId = fresh('ten');
    const user = aUser(tenantId);
    const other = aUser(tenantId);
    await store.users.insert(user);
    await store.users.insert(other);
    const [here, elsewhere] = [
      aTransaction(tenantId, { userId: user.id }),
      aTransaction(tenantId, { userId: user.id }),
    ];
    const session = aSession(tenantId, user.id);
    await put(
      store,
      { kind: 'transaction.insert', transaction: here },
      { kind: 'transaction.insert', transaction: elsewhere },
      { kind: 'session.put', session },
    );
    await put(store, { kind: 'user.block', tenantId, id: user.id, at: AT + 9, except: here.id });
    expect(await store.users.find(tenantId, user.id)).toMatchObject({ blocked: true, updatedAt: AT + 9 });
    expect(await store.users.find(tenantId, other.id)).toMatchObject({ blocked: false });
    expect(await store.transactions.find(tenantId, here.id)).toBeDefined();
    expect(await store.transactions.find(tenantId, elsewhere.id)).toBeUndefined();
    expect(await store.sessions.find(tenantId, session.id)).toBeUndefined();
    await put(store, { kind: 'user.block', tenantId, id: fresh('auth0|'), at: AT });
  });
}
