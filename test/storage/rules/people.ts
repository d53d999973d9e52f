// Tests of storage: users, what they prove themselves with, the roles they have and the organizations they belong to.
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#storage/records.ts';
import type { Stores } from '../conformance.ts';
import { aWholeUser } from '../person-samples.ts';
import { AT, anAuthenticator, anOrganization, aRole, aUser, fresh } from '../samples.ts';

const ALL = { offset: 0, limit: 100 };

export function describePeople(stores: Stores): void {
  describe('users', () => {
    test('come back as they went in', async () => {
      const { users } = stores.store;
      for (const user of [aWholeUser(fresh('ten')), aUser(fresh('ten'))]) {
        expect(await users.insert(user)).toBe('inserted');
        expect(await users.find(user.tenantId, user.id)).toEqual(user);
        expect(JSON.stringify((await users.find(user.tenantId, user.id))?.appMetadata)).toBe(
          JSON.stringify(user.appMetadata),
        );
      }
    });

    test('sign in by address, username or number, within their connection', async () => {
      const { users } = stores.store;
      const tenantId = fresh('ten');
      const user = aUser(tenantId, { email: 'Ana@Example.com', username: 'ana', phoneNumber: '+34600000000' });
      await users.insert(user);
      await users.insert(aUser(tenantId, { email: 'ana@example.com', connection: 'Other' }));
      const rows: [identifier: string, found: boolean][] = [
        ['Ana@Example.com', true],
        ['aNA@eXAMPLE.COM', true],
        ['ana', true],
        ['ANA', false],
        ['+34600000000', true],
        ['34600000000', false],
        ['', false],
        ['%', false],
        ["' or 1=1 --", false],
        ['ana\0', false],
        ['\ud800', false],
        ['x'.repeat(10_000), false],
      ];
      for (const [identifier, found] of rows) {
        expect([identifier, (await users.findByIdentifier(tenantId, 'Directory', identifier))?.id]).toEqual([
          identifier,
          found ? user.id : undefined,
        ]);
      }
      expect(await users.findByIdentifier(fresh('ten'), 'Directory', 'ana')).toBeUndefined();
      expect(await users.findByIdentifier(tenantId, 'Nowhere', 'ana')).toBeUndefined();
    });

    test('cannot shadow the address of somebody by a username', async () => {
      const { users } = stores.store;
      const tenantId = fresh('ten');
      await users.insert(aUser(tenantId, { username: 'bob@example.com' }));
      const bob = aUser(tenantId, { email: 'bob@example.com' });
      await users.insert(bob);
      expect(await users.findByIdentifier(tenantId, 'Directory', 'bob@example.com')).toEqual(bob);
    });

    test('share no id, and within a connection no address, username or number', async () => {
      const { users } = stores.store;
      const tenantId = fresh('ten');
      const user = aUser(tenantId, { email: 'a@example.com', username: 'a', phoneNumber: '+1' });
      const other = aUser(tenantId, { email: 'b@example.com' });
      await users.insert(user);
      await users.insert(other);
      const taken = [{ id: user.id }, { email: 'A@EXAMPLE.com' }, { username: 'a' }, { phoneNumber: '+1' }];
      for (const changes of taken) expect(await users.insert(aUser(tenantId, changes))).toBe('conflict');
      for (const changes of taken.slice(1)) {
        expect(await users.update(tenantId, other.id, (now) => ({ ...now, ...changes }))).toBe('conflict');
        expect(await users.insert(aUser(tenantId, { ...changes, connection: 'Other' }))).toBe('inserted');
        expect(await users.insert(aUser(fresh('ten'), changes))).toBe('inserted');
      }
      expect(await users.find(tenantId, other.id)).toEqual(other);
    });

    test('are listed in the order of creation, by address and by connection', async () => {
      const { users } = stores.store;
      const tenantId = fresh('ten');
      const made = [
        aUser(tenantId, { email: 'a@example.com' }),
        aUser(tenantId, { email: 'a@example.com', connection: 'Other' }),
        aUser(tenantId),
      ];
      for (const user of made) await users.insert(user);
      expect(await users.list(tenantId, {})).toEqual({ records: made, total: 3 });
      expect(await users.list(tenantId, { page: { offset: 1, limit: 1 } })).toEqual({ records: [made[1]], total: 3 });
      expect(await users.list(tenantId, { email: 'A@example.com' })).toEqual({ records: made.slice(0, 2), total: 2 });
      expect(await users.list(tenantId, { email: 'a@example.com', connection: 'Other', page: ALL })).toEqual({
        records: [made[1]],
        total: 1,
      });
      expect(await users.list(fresh('ten'), {})).toEqual({ records: [], total: 0 });
    });

    test('are edited in one piece', async () => {
      const { users } = stores.store;
      const user = aWholeUser(fresh('ten'));
      await users.insert(user);
      const { email: _, passwordHash: __, ...rest } = user;
      const edited = { ...rest, blocked: true, updatedAt: AT + 1 };
      expect(await users.update(user.tenantId, user.id, () => edited)).toEqual(edited);
      expect(await users.find(user.tenantId, user.id)).toEqual(edited);
      expect(await users.findByIdentifier(user.tenantId, user.connection, user.email!)).toBeUndefined();
      expect(await users.update(fresh('ten'), user.id, (now) => now)).toBe('missing');
    });
  });

  describe('metadata', () => {
    const rows: [what: string, before: string, change: string, after: string][] = [
      ['a new key', '{}', '{"a":1}', '{"a":1}'],
      ['nothing', '{"a":1}', '{}', '{"a":1}'],
      ['a nested value, which is replaced and not merged', '{"a":{"x":1,"y":2}}', '{"a":{"z":3}}', '{"a":{"z":3}}'],
      ['a list', '{"a":[1,2]}', '{"a":[3]}', '{"a":[3]}'],
      ['null, which removes', '{"a":1,"b":2}', '{"a":null}', '{"b":2}'],
      ['null for a key that is not there', '{"b":2}', '{"a":null}', '{"b":2}'],
      ['null inside a value, which stays', '{}', '{"a":{"b":null}}', '{"a":{"b":null}}'],
      ['false, zero and the empty text', '{}', '{"a":false,"b":0,"c":""}', '{"a":false,"b":0,"c":""}'],
      [
        'odd names',
        '{"$.a":1}',
        '{"$.a":2,"a.b":1,"it\'s":1,"q\\"":1,"":1}',
        '{"$.a":2,"a.b":1,"it\'s":1,"q\\"":1,"":1}',
      ],
      [
        'a name of the prototype',
        '{}',
        '{"__proto__":{"x":1},"constructor":1}',
        '{"__proto__":{"x":1},"constructor":1}',
      ],
      ['the removal of such a name', '{"__proto__":1,"a":1}', '{"__proto__":null}', '{"a":1}'],
      [
        'letters of the world',
        '{}',
        '{"名前":"恵","é":"🗝","n":"a\\u0000b","s":"\\ud800"}',
        '{"名前":"恵","é":"🗝","n":"a\\u0000b","s":"\\ud800"}',
      ],
    ];

    test.each(rows)('merges %s', async (_, before, change, after) => {
      const { store } = stores;
      const tenantId = fresh('ten');
      const user = aUser(tenantId, { userMetadata: JSON.parse(before), appMetadata: { kept: true } });
      await store.users.insert(user);
      const committed = await store.commit([
        {
          kind: 'user.merge-metadata',
          tenantId,
          id: user.id,
          user: JSON.parse(change) as JsonObject,
          app: {},
          at: AT + 3,
        },
      ]);
      expect(committed).toEqual({ ok: true });
      const found = await store.users.find(tenantId, user.id);
      expect(JSON.stringify(found?.userMetadata)).toBe(after);
      expect(found).toMatchObject({ appMetadata: { kept: true }, updatedAt: AT + 3 });
    });
  });

  describe('authenticators', () => {
    test('belong to a user of their tenant, oldest first', async () => {
      const { authenticators, users } = stores.store;
      const tenantId = fresh('ten');
      const user = aUser(tenantId);
      await users.insert(user);
      const young = anAuthenticator(tenantId, user.id, {
        name: 'My phone',
        totpStep: 58_000_000,
        phoneNumber: '+81312345678',
        email: 'a@example.com',
        preferredMethod: 'voice',
        createdAt: AT + 2,
        enrolledAt: AT + 3,
        lastAuthAt: AT + 4,
      });
      const { secret: _, ...old } = anAuthenticator(tenantId, user.id, { type: 'phone', confirmed: false });
      expect(await authenticators.insert(young)).toBe('inserted');
      expect(await authenticators.insert(old)).toBe('inserted');
      expect(await authenticators.insert(young)).toBe('conflict');
      expect(await authenticators.insert(anAuthenticator(tenantId, 'auth0|nobody'))).toBe('conflict');
      expect(await authenticators.ofUser(tenantId, user.id)).toEqual([old, young]);
      expect(await authenticators.find(tenantId, young.id)).toEqual(young);

      const stranger = fresh('ten');
      expect(await authenticators.find(stranger, young.id)).toBeUndefined();
      expect(await authenticators.ofUser(stranger, user.id)).toEqual([]);
      expect(await authenticators.update(stranger, young.id, (now) => now)).toBe('missing');
      expect(await authenticators.remove(stranger, young.id)).toBe(false);
      const step = { kind: 'authenticator.accept-step', tenantId: stranger, id: young.id, step: 99_000_000 } as const;
      expect(await stores.store.commit([step])).toEqual({ ok: false, failed: step });

      const confirmed = { ...old, confirmed: true, secret: 'PLAINTOTPSECRETBASE32' };
      expect(await authenticators.update(tenantId, old.id, () => ({ ...confirmed, userId: 'auth0|2' }))).toEqual(
        confirmed,
      );
      expect(await authenticators.find(tenantId, old.id)).toEqual(confirmed);
      expect(await authenticators.remove(tenantId, old.id)).toBe(true);
      expect(await authenticators.remove(tenantId, old.id)).toBe(false);
    });
  });

  describe('roles and memberships', () => {
    const setup = async () => {
      const { store } = stores;
      const tenantId = fresh('ten');
      const [ana, bob] = [aUser(tenantId), aUser(tenantId)];
      const [admin, auditor] = [aRole(tenantId), aRole(tenantId)];
      const [acme, beta] = [anOrganization(tenantId), anOrganization(tenantId)];
      for (const user of [ana, bob]) await store.users.insert(user);
      for (const role of [admin, auditor]) await store.roles.insert(role);
      for (const organization of [acme, beta]) await store.organizations.insert(organization);
      return { ...store, tenantId, ana, bob, admin, auditor, acme, beta };
    };

    test('a role is given and taken', async () => {
      const { assignments, roles, tenantId, ana, bob, admin, auditor } = await setup();
      await assignments.addRoles(tenantId, ana.id, [auditor.id, admin.id, 'rol_unknown']);
      await assignments.addRoles(tenantId, ana.id, [admin.id]);
      await assignments.addRoles(tenantId, bob.id, [admin.id]);
      await assignments.addRoles(tenantId, 'auth0|nobody', [admin.id]);
      await assignments.addRoles(tenantId, ana.id, []);
      expect(await assignments.rolesOf(tenantId, ana.id)).toEqual([admin, auditor]);
      expect(await assignments.usersOf(tenantId, admin.id, ALL)).toEqual({ records: [ana, bob], total: 2 });
      expect(await assignments.usersOf(tenantId, admin.id, { offset: 1, limit: 1 })).toEqual({
        records: [bob],
        total: 2,
      });
      await assignments.removeRoles(tenantId, ana.id, [auditor.id, 'rol_unknown']);
      await assignments.removeRoles(tenantId, ana.id, []);
      expect(await assignments.rolesOf(tenantId, ana.id)).toEqual([admin]);
      expect(await roles.remove(tenantId, admin.id)).toBe(true);
      expect(await assignments.rolesOf(tenantId, ana.id)).toEqual([]);
    });

    test('a member has roles of their own there, and loses them with the membership', async () => {
      const { assignments, organizations, tenantId, ana, bob, admin, auditor, acme, beta } = await setup();
      await assignments.addMembers(tenantId, acme.id, [bob.id]);
      await assignments.addMembers(tenantId, acme.id, [ana.id, bob.id, 'auth0|nobody']);
      await assignments.addMembers(tenantId, beta.id, [ana.id]);
      await assignments.addMembers(tenantId, 'org_unknown', [ana.id]);
      expect(await assignments.isMember(tenantId, acme.id, ana.id)).toBe(true);
      expect(await assignments.isMember(tenantId, beta.id, bob.id)).toBe(false);
      expect(await assignments.membersOf(tenantId, acme.id, ALL)).toEqual({ records: [bob, ana], total: 2 });
      expect(await assignments.membersOf(tenantId, acme.id, { offset: 1, limit: 5 })).toEqual({
        records: [ana],
        total: 2,
      });
      expect(await assignments.organizationsOf(tenantId, ana.id, ALL)).toEqual({ records: [acme, beta], total: 2 });

      await assignments.addRoles(tenantId, ana.id, [admin.id]);
      await assignments.addMemberRoles(tenantId, acme.id, ana.id, [auditor.id, 'rol_unknown']);
      await assignments.addMemberRoles(tenantId, acme.id, ana.id, [auditor.id]);
      await assignments.addMemberRoles(tenantId, beta.id, bob.id, [auditor.id]);
      expect(await assignments.rolesOf(tenantId, ana.id, acme.id)).toEqual([auditor]);
      expect(await assignments.rolesOf(tenantId, ana.id, beta.id)).toEqual([]);
      expect(await assignments.rolesOf(tenantId, bob.id, beta.id)).toEqual([]);
      expect(await assignments.rolesOf(tenantId, ana.id)).toEqual([admin]);

      await assignments.removeMemberRoles(tenantId, acme.id, ana.id, [auditor.id]);
      expect(await assignments.rolesOf(tenantId, ana.id, acme.id)).toEqual([]);
      await assignments.addMemberRoles(tenantId, acme.id, ana.id, [auditor.id]);
      await assignments.removeMembers(tenantId, acme.id, [ana.id, 'auth0|nobody']);
      await assignments.addMembers(tenantId, acme.id, [ana.id]);
      expect(await assignments.rolesOf(tenantId, ana.id, acme.id)).toEqual([]);

      expect(await organizations.remove(tenantId, acme.id)).toBe(true);
      expect(await assignments.isMember(tenantId, acme.id, bob.id)).toBe(false);
      expect(await assignments.organizationsOf(tenantId, ana.id, ALL)).toEqual({ records: [beta], total: 1 });
    });

    test('neither reaches another tenant', async () => {
      const { assignments, tenantId, ana, admin, acme } = await setup();
      const stranger = await setup();
      await assignments.addRoles(tenantId, ana.id, [admin.id]);
      await assignments.addMembers(tenantId, acme.id, [ana.id]);
      await assignments.addMemberRoles(tenantId, acme.id, ana.id, [admin.id]);

      await assignments.addRoles(stranger.tenantId, ana.id, [stranger.admin.id]);
      await assignments.addRoles(tenantId, ana.id, [stranger.admin.id]);
      await assignments.addMembers(tenantId, acme.id, [stranger.ana.id]);
      await assignments.addMembers(stranger.tenantId, acme.id, [stranger.ana.id]);
      await assignments.removeRoles(stranger.tenantId, ana.id, [admin.id]);
      await assignments.removeMembers(stranger.tenantId, acme.id, [ana.id]);
      await assignments.removeMemberRoles(stranger.tenantId, acme.id, ana.id, [admin.id]);

      expect(await assignments.rolesOf(tenantId, ana.id)).toEqual([admin]);
      expect(await assignments.rolesOf(tenantId, ana.id, acme.id)).toEqual([admin]);
      expect(await assignments.membersOf(tenantId, acme.id, ALL)).toEqual({ records: [ana], total: 1 });
      expect(await assignments.rolesOf(stranger.tenantId, ana.id)).toEqual([]);
      expect(await assignments.usersOf(stranger.tenantId, admin.id, ALL)).toEqual({ records: [], total: 0 });
      expect(await assignments.isMember(stranger.tenantId, acme.id, ana.id)).toBe(false);
      expect(await assignments.membersOf(stranger.tenantId, acme.id, ALL)).toEqual({ records: [], total: 0 });
      expect(await assignments.organizationsOf(stranger.tenantId, ana.id, ALL)).toEqual({ records: [], total: 0 });
    });
  });
}
