// Rules of storage: users by conditions. Whatever finds them, an index or a walk through all, both databases find the same.
import { beforeAll, describe, expect, test } from 'vitest';
import type { UserRecord } from '#storage/records.ts';
import type { UserFilter, UserOrder } from '#storage/user-filter.ts';
import type { Stores } from '../conformance.ts';
import { AT, aConnection, anOrganization, aUser, fresh } from '../samples.ts';

const page = { offset: 0, limit: 50 };
const is = (of: Extract<UserFilter, { kind: 'text' }>['of'], value: string): UserFilter => ({
  kind: 'text',
  of,
  is: value,
});
const not = (of: UserFilter): UserFilter => ({ kind: 'not', of });
const all = (...of: UserFilter[]): UserFilter => ({ kind: 'all', of });
const any = (...of: UserFilter[]): UserFilter => ({ kind: 'any', of });

/** By a letter each. */
const PEOPLE: Record<string, Partial<UserRecord>> = {
  a: {
    email: 'ana@example.com',
    name: 'Ana Émile',
    givenName: '100% _real_ [x]*',
    username: 'Ana',
    blocked: true,
    loginsCount: 3,
    lastLoginAt: AT + 5,
    userMetadata: { theme: 'dark', addresses: [{ city: 'Paris' }, { city: 'Rome' }], 'a.b': 1, odd: '\u2028"\\' },
    appMetadata: {
      plan: 'gold',
      level: 5,
      tags: ['x', 2, true],
      empty: {},
      none: null,
      deep: { list: [[1]], within: [[{ x: 1 }]] },
    },
  },
  b: {
    email: 'Bob@Example.org',
    name: 'bob',
    loginsCount: 7,
    userMetadata: { theme: 'light', addresses: { city: 'Paris' } },
    appMetadata: { plan: 'free', level: '5', deep: { list: [1] } },
    identities: [
      { connection: 'Directory', provider: 'auth0', userId: 'b', isSocial: false },
      { connection: 'google', provider: 'google-oauth2', userId: 'g1', isSocial: true },
    ],
  },
  c: { connection: 'Other', email: 'ana@example.com', name: 'Ana', username: 'Ana', phoneNumber: '+15550001' },
  d: { nickname: 'nobody' },
};

const ROWS: [what: string, where: UserFilter, who: string][] = [
  ['an address, in any case', is('email', 'ANA@example.com'), 'ac'],
  ['a username, in its own case', is('username', 'Ana'), 'ac'],
  ['no username in another case', is('username', 'ana'), ''],
  ['a number', is('phone_number', '+15550001'), 'c'],
  ['one of two keys', any(is('phone_number', '+15550001'), is('email', 'bob@example.org')), 'bc'],
  ['a key and something else', all(is('email', 'ana@example.com'), { kind: 'flag', of: 'blocked', is: true }), 'a'],
  ['a key or something else', any(is('email', 'bob@example.org'), { kind: 'flag', of: 'blocked', is: true }), 'ab'],
  ['whoever has not a key', not(is('email', 'ana@example.com')), 'bd'],
  ['a name, in any case, beyond ASCII too', is('name', 'ana ÉMILE'), 'a'],
  ['a connection', is('connection', 'Other'), 'c'],
  ['the beginning of a name', { kind: 'like', of: 'name', texts: ['AN', ''] }, 'ac'],
  ['the end', { kind: 'like', of: 'name', texts: ['', 'émile'] }, 'a'],
  ['both ends', { kind: 'like', of: 'name', texts: ['b', 'b'] }, 'b'],
  ['in between, in its own case', { kind: 'like', of: 'username', texts: ['', 'na', ''] }, 'ac'],
  ['not in another case', { kind: 'like', of: 'username', texts: ['', 'NA', ''] }, ''],
  ['marks of patterns as they are', { kind: 'like', of: 'given_name', texts: ['100% _REAL_ [x]*', ''] }, 'a'],
  ['marks of patterns as nothing else', { kind: 'like', of: 'given_name', texts: ['1_0', ''] }, ''],
  ['no class of characters', { kind: 'like', of: 'given_name', texts: ['', '[%]', ''] }, ''],
  ['a name at all', { kind: 'given', of: 'nickname' }, 'd'],
  ['no name', not({ kind: 'given', of: 'name' }), 'd'],
  ['not a name, none included', not(is('name', 'bob')), 'acd'],
  ['not like a name, none included', not({ kind: 'like', of: 'name', texts: ['a', ''] }), 'bd'],
  ['logins from', { kind: 'number', of: 'logins_count', from: 3 }, 'ab'],
  ['logins between', { kind: 'number', of: 'logins_count', from: 3, to: 6 }, 'a'],
  ['a login at all', { kind: 'number', of: 'last_login_at' }, 'a'],
  ['no login before, none included', not({ kind: 'number', of: 'last_login_at', to: AT }), 'abcd'],
  ['a flag', { kind: 'flag', of: 'blocked', is: false }, 'bcd'],
  ['a text of metadata', { kind: 'document', of: 'user_metadata', path: ['theme'], values: ['dark'] }, 'a'],
  ['a text with odd characters', { kind: 'document', of: 'user_metadata', path: ['odd'], values: ['\u2028"\\'] }, 'a'],
  ['a key with a dot', { kind: 'document', of: 'user_metadata', path: ['a.b'], values: [1] }, 'a'],
  [
    'through a list and without',
    { kind: 'document', of: 'user_metadata', path: ['addresses', 'city'], values: ['Paris'] },
    'ab',
  ],
  ['a later member', { kind: 'document', of: 'user_metadata', path: ['addresses', 'city'], values: ['Rome'] }, 'a'],
  [
    'not another key of the same value',
    { kind: 'document', of: 'user_metadata', path: ['city'], values: ['Paris'] },
    '',
  ],
  ['a number or a text', { kind: 'document', of: 'app_metadata', path: ['level'], values: ['5', 5] }, 'ab'],
  ['only the number', { kind: 'document', of: 'app_metadata', path: ['level'], values: [5] }, 'a'],
  ['a member that is a number', { kind: 'document', of: 'app_metadata', path: ['tags'], values: [2] }, 'a'],
  ['a member that is true', { kind: 'document', of: 'app_metadata', path: ['tags'], values: [true] }, 'a'],
  ['a member of a list in a list', { kind: 'document', of: 'app_metadata', path: ['deep', 'list'], values: [1] }, 'ab'],
  [
    'no key in a list in a list',
    { kind: 'document', of: 'app_metadata', path: ['deep', 'within', 'x'], values: [1] },
    '',
  ],
  ['something below', { kind: 'document', of: 'user_metadata', path: ['addresses'] }, 'ab'],
  ['nothing in an empty object', { kind: 'document', of: 'app_metadata', path: ['empty'] }, ''],
  ['nothing in null', { kind: 'document', of: 'app_metadata', path: ['none'] }, ''],
  ['anything at all', { kind: 'document', of: 'app_metadata', path: [] }, 'ab'],
  ['not in metadata', not({ kind: 'document', of: 'app_metadata', path: ['plan'], values: ['gold'] }), 'bcd'],
  ['a linked identity', { kind: 'document', of: 'identities', path: ['connection'], values: ['google'] }, 'b'],
  [
    'a path with marks of its own',
    { kind: 'document', of: 'app_metadata', path: ['"', '$', 'x'], values: ['? (1 == 1)'] },
    '',
  ],
  ['all of nothing', all(), 'abcd'],
  ['any of nothing', any(), ''],
];

export function describeUserSearch(stores: Stores): void {
  describe('a search for users', () => {
    const tenantId = fresh('ten');
    const names = new Map<string, string>();
    const letters = (found: { records: UserRecord[] } | 'too-slow') =>
      found === 'too-slow' ? found : found.records.map(({ id }) => names.get(id)).join('');
    const search = (where: UserFilter | undefined, more: { order?: UserOrder } = {}, tenant = tenantId) =>
      stores.store.users.search(tenant, { ...(where ? { where } : {}), ...more, page, totals: true });

    beforeAll(async () => {
      for (const [letter, person] of Object.entries(PEOPLE)) {
        // Who came first is not who was made first.
        const user = aUser(tenantId, { createdAt: AT - names.size, ...person });
        names.set(user.id, letter);
        await stores.store.users.insert(user);
      }
      const [ana] = names.keys();
      await stores.store.users.insert(aUser(tenantId, { name: 'bob', linkedTo: ana ?? '' }));
      for (const name of ['Directory', 'Other']) await stores.store.connections.insert(aConnection(tenantId, { name }));
      await stores.store.users.insert(aUser(fresh('ten'), { name: 'bob', email: 'ana@example.com' }));
    });

    test.each(ROWS)('by %s', async (_what, where, who) => {
      const found = await search(where);
      expect(letters(found)).toBe(who);
      expect(found).toMatchObject({ total: who.length });
    });

    test('by an organization', async () => {
      const { store } = stores;
      const organization = anOrganization(tenantId);
      await store.organizations.insert(organization);
      const [ana = '', bob = ''] = names.keys();
      await store.assignments.addMembers(tenantId, organization.id, [bob, ana]);
      const members: UserFilter = { kind: 'member', organizationId: organization.id };
      expect(letters(await search(members))).toBe('ab');
      expect(letters(await search(all(members, is('name', 'bob'))))).toBe('b');
      expect(letters(await search(not(members)))).toBe('cd');
    });

    test.each<[UserOrder['by'], boolean, string]>([
      ['created_at', false, 'dcba'],
      ['created_at', true, 'abcd'],
      ['logins_count', true, 'bacd'],
      ['name', false, 'cabd'],
      ['name', true, 'bacd'],
      ['last_login_at', false, 'abcd'],
      ['blocked', true, 'abcd'],
    ])('in the order of %s, the other way round: %s; who has none comes last', async (by, descending, who) => {
      expect(letters(await search(undefined, { order: { by, descending } }))).toBe(who);
    });

    test('by pages, one after the other', async () => {
      const ask = (offset: number, where: UserFilter, totals: boolean) =>
        stores.store.users.search(tenantId, { where, page: { offset, limit: 1 }, totals });
      const named: UserFilter = { kind: 'given', of: 'name' };
      const byKey = any(is('email', 'ana@example.com'), is('email', 'bob@example.org'));
      for (const where of [named, byKey]) {
        for (const [offset, who] of ['a', 'b', 'c', ''].entries()) {
          const found = await ask(offset, where, true);
          expect([letters(found), found]).toEqual([who, expect.objectContaining({ total: 3 })]);
          expect(letters(await ask(offset, where, false))).toBe(who);
        }
      }
    });

    test('through more people than one step reads', async () => {
      const { store } = stores;
      const many = fresh('ten');
      for (let nth = 0; nth < 700; nth += 1) await store.users.insert(aUser(many, { name: `N${nth % 7}` }));
      const found = await search({ kind: 'like', of: 'name', texts: ['', '3'] }, {}, many);
      expect(found).toMatchObject({ total: 100 });
      expect((await store.users.list(many, { page })).total).toBe(700);
    });

    test('the number of all keeps up with who comes, is linked, is parted and goes', async () => {
      const { users } = stores.store;
      const few = fresh('ten');
      const total = async () => (await users.list(few, { page })).total;
      const [one, two] = [aUser(few), aUser(few)];
      expect(await total()).toBe(0);
      await users.insert(one);
      await users.insert(two);
      await users.insert(two);
      expect(await total()).toBe(2);
      await users.update(few, two.id, (now) => ({ ...now, linkedTo: one.id }));
      expect(await total()).toBe(1);
      await users.update(few, two.id, ({ linkedTo: _, ...now }) => now);
      expect(await total()).toBe(2);
      await users.update(few, two.id, (now) => ({ ...now, linkedTo: one.id }));
      await users.remove(few, one.id);
      expect(await total()).toBe(0);
    });
  });
}
