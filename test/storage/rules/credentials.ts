// Tests of storage: a new password and what it ends, an address that is verified, a recovery code that is replaced
// or goes with the last factor, and members who come by an invitation.
import { describe, expect, test } from 'vitest';
import type { Change } from '#storage/store.ts';
import type { Stores } from '../conformance.ts';
import { aRefreshToken, aTicket, type Parties, parties } from '../protocol-samples.ts';
import {
  AT,
  aHandle,
  anAuthenticator,
  anOrganization,
  aRole,
  aSession,
  aTransaction,
  aUser,
  fresh,
} from '../samples.ts';

export function describeCredentials(stores: Stores): void {
  /** Two logins, a session, a refresh token and a ticket, each with a handle; and a way to see which are left. */
  const open = async (of: Parties) => {
    const { store } = stores;
    const { tenantId, userId } = of;
    const [setting, other] = [aTransaction(tenantId, { userId }), aTransaction(tenantId, { userId })];
    const session = aSession(tenantId, userId);
    const token = aRefreshToken(of);
    const ticket = aTicket(tenantId, { userId, kind: 'password-reset' });
    const changes = {
      setting: { kind: 'transaction.insert', transaction: setting },
      other: { kind: 'transaction.insert', transaction: other },
      session: { kind: 'session.put', session },
      token: { kind: 'refresh-token.insert', token },
      ticket: { kind: 'ticket.insert', ticket },
    } satisfies Record<string, Change>;
    const targets = { setting, other, session, token, ticket };
    const kinds = {
      setting: 'state',
      other: 'mfa-token',
      session: 'session',
      token: 'refresh-token',
      ticket: ticket.kind,
    } as const;
    const names = Object.keys(changes) as (keyof typeof changes)[];
    const handles = names.map((name) => aHandle(tenantId, { kind: kinds[name], targetId: targets[name].id }));
    const batch = [...Object.values(changes), ...handles.map((handle) => ({ kind: 'handle.insert', handle }) as const)];
    expect(await store.commit(batch)).toEqual({ ok: true });
    const left = async () => {
      const rows = {
        setting: await store.transactions.find(tenantId, setting.id),
        other: await store.transactions.find(tenantId, other.id),
        session: await store.sessions.find(tenantId, session.id),
        token: await store.refreshTokens.find(tenantId, token.id),
        ticket: await store.tickets.find(tenantId, ticket.id),
      };
      const found = await Promise.all(handles.map(({ kind, key }) => store.handles.find(tenantId, kind, key)));
      return names.flatMap((name, i) => [
        ...(rows[name] === undefined ? [] : [name]),
        ...(found[i] === undefined ? [] : [`key of ${name}`]),
      ]);
    };
    return { setting, session, left };
  };
  const LOGIN = ['setting', 'key of setting'];

  describe('a new password', () => {
    const set = (
      { tenantId, userId }: Parties,
      more: { from?: string; except?: string; keep?: number } = {},
    ): Change => ({
      kind: 'user.set-password',
      tenantId,
      id: userId,
      passwordHash: 'new',
      at: AT + 5,
      ...more,
    });

    test('ends all that is open for the user, and nothing of others', async () => {
      const { store } = stores;
      const of = await parties(store);
      const bob = { ...(await parties(store, of.tenantId)), clientId: of.clientId };
      const [mine, theirs] = [await open(of), await open(bob)];
      const whole = await theirs.left();
      expect(whole).toHaveLength(10);
      expect(await store.commit([set(of, { from: 'old' })])).toEqual({ ok: true });
      expect(await store.users.find(of.tenantId, of.userId)).toMatchObject({
        passwordHash: 'new',
        passwordChangedAt: AT + 5,
        updatedAt: AT + 5,
      });
      expect(await mine.left()).toEqual([]);
      expect(await theirs.left()).toEqual(whole);
    });

    test('keeps as many of those before it as is said', async () => {
      const { store } = stores;
      const of = await parties(store);
      const former = async (more: { keep?: number }) => {
        await store.commit([set(of, more)]);
        return (await store.users.find(of.tenantId, of.userId))?.formerPasswordHashes;
      };
      expect(await former({ keep: 2 })).toEqual(['old']);
      expect(await former({ keep: 2 })).toEqual(['new', 'old']);
      expect(await former({ keep: 2 })).toEqual(['new', 'new']);
      expect(await former({})).toBeUndefined();
      await store.users.update(of.tenantId, of.userId, (row) => ({ ...row, formerPasswordHashes: ['a', 'b'] }));
      expect((await store.users.find(of.tenantId, of.userId))?.formerPasswordHashes).toEqual(['a', 'b']);
    });

    test('spares the login that sets it', async () => {
      const { store } = stores;
      const of = await parties(store);
      const { setting, left } = await open(of);
      expect(
        await store.commit([
          set(of, { except: setting.id }),
          { kind: 'transaction.replace', revision: 1, transaction: setting },
        ]),
      ).toEqual({ ok: true });
      expect(await left()).toEqual(LOGIN);
    });

    test('changes and ends nothing when its guard fails', async () => {
      const { store } = stores;
      const of = await parties(store);
      const { left } = await open(of);
      const whole = await left();
      const stale = set(of, { from: 'older' });
      expect(await store.commit([stale])).toEqual({ ok: false, failed: stale });
      expect(await left()).toEqual(whole);
      expect(await store.users.find(of.tenantId, of.userId)).toMatchObject({ passwordHash: 'old' });
    });

    test('leaves nothing to a login that proves the former one at the same time', async () => {
      const { store, other } = stores;
      for (let round = 0; round < 10; round += 1) {
        const of = await parties(store);
        const { tenantId, userId } = of;
        const token = aRefreshToken(of);
        const handle = aHandle(tenantId, { kind: 'refresh-token', targetId: token.id });
        await Promise.all([
          store.commit([
            { kind: 'user.logged-in', tenantId, id: userId, at: AT, ip: '::1', passwordHash: 'old' },
            { kind: 'refresh-token.insert', token },
            { kind: 'handle.insert', handle },
          ]),
          other.commit([set(of)]),
        ]);
        expect(await store.refreshTokens.find(tenantId, token.id)).toBeUndefined();
        expect(await store.handles.find(tenantId, 'refresh-token', handle.key)).toBeUndefined();
      }
    });
  });

  describe('everything that is open', () => {
    test('ends with tokens and tickets, the user staying', async () => {
      const { store } = stores;
      const of = await parties(store);
      const { left } = await open(of);
      await store.users.endLogins(fresh('ten'), of.userId, 'session-revoked');
      expect(await left()).toHaveLength(10);
      await store.users.endLogins(of.tenantId, of.userId, 'session-revoked');
      expect(await left()).toEqual([]);
    });

    test('ends for accounts that are linked to a user who is removed', async () => {
      const { store } = stores;
      const of = await parties(store);
      const linked = aUser(of.tenantId, { linkedTo: of.userId });
      const further = aUser(of.tenantId, { linkedTo: linked.id });
      await store.users.insert(linked);
      await store.users.insert(further);
      const all = [await open(of)];
      for (const { id } of [linked, further]) all.push(await open({ ...of, userId: id }));
      expect(await store.users.remove(of.tenantId, of.userId)).toBe(true);
      for (const { left } of all) expect(await left()).toEqual([]);
      expect(await store.users.find(of.tenantId, further.id)).toBeUndefined();
    });

    test('of a session ends with it, whatever its keys are for', async () => {
      const { store } = stores;
      const of = await parties(store);
      const { session, left } = await open(of);
      const more = aHandle(of.tenantId, { kind: 'state', targetId: session.id });
      await store.commit([{ kind: 'handle.insert', handle: more }]);
      const end = { kind: 'session.end', tenantId: of.tenantId, id: session.id, because: 'rp-logout' } as const;
      expect(await store.commit([{ ...end, tenantId: fresh('ten') }])).toMatchObject({ ok: false });
      const whole = await left();
      expect(await store.commit([end])).toEqual({ ok: true });
      expect(await left()).toEqual(whole.filter((name) => !name.endsWith('session')));
      expect(await store.handles.find(of.tenantId, 'state', more.key)).toBeUndefined();
      expect(await store.commit([end])).toEqual({ ok: false, failed: end });
    });
  });

  describe('an address', () => {
    test.each([
      ['as it is', 'Ana@example.com', true],
      ['in other letters', 'ANA@EXAMPLE.COM', true],
      ['that was changed meanwhile', 'old@example.com', false],
    ])('%s is verified: %s %s', async (_, email, isVerified) => {
      const { store } = stores;
      const user = aUser(fresh('ten'), { email: 'Ana@example.com' });
      await store.users.insert(user);
      const { tenantId, id } = user;
      expect(await store.commit([{ kind: 'user.verify-email', tenantId, id, email, at: AT + 5 }])).toEqual({
        ok: true,
      });
      expect(await store.users.find(tenantId, id)).toEqual(
        isVerified ? { ...user, emailVerified: true, updatedAt: AT + 5 } : user,
      );
    });
  });

  describe('a recovery code', () => {
    test('is used by one of many, and the next one stands in its place', async () => {
      const { store, other } = stores;
      const { tenantId, userId } = await parties(store);
      const code = anAuthenticator(tenantId, userId, { type: 'recovery-code', secret: 'first' });
      await store.authenticators.insert(code);
      const all = await Promise.all(
        Array.from({ length: 40 }, (_, i) =>
          (i % 2 ? store : other).commit([
            { kind: 'authenticator.replace-secret', tenantId, id: code.id, from: 'first', to: `next ${i}`, at: AT + 5 },
          ]),
        ),
      );
      expect(all.filter(({ ok }) => ok)).toHaveLength(1);
      expect(await store.authenticators.find(tenantId, code.id)).toEqual({
        ...code,
        secret: `next ${all.findIndex(({ ok }) => ok)}`,
        lastAuthAt: AT + 5,
      });
    });
  });

  describe('a factor that is taken away', () => {
    test('the last of a person takes the recovery code along, also when two go at once', async () => {
      const { authenticators, users } = stores.store;
      const tenantId = fresh('ten');
      for (let round = 0; round < 8; round += 1) {
        const [user, bystander] = [aUser(tenantId), aUser(tenantId)];
        const code = anAuthenticator(tenantId, user.id, { type: 'recovery-code' });
        const [one, two] = [anAuthenticator(tenantId, user.id), anAuthenticator(tenantId, user.id)];
        const unproven = anAuthenticator(tenantId, user.id, { confirmed: false });
        const other = anAuthenticator(tenantId, bystander.id, { type: 'recovery-code' });
        for (const each of [user, bystander]) await users.insert(each);
        for (const each of [code, one, two, unproven, other]) await authenticators.insert(each);
        const left = async () => (await authenticators.ofUser(tenantId, user.id)).map(({ id }) => id);
        if (round === 0) {
          await authenticators.remove(tenantId, one.id);
          expect((await left()).sort()).toEqual([code.id, two.id, unproven.id].sort());
          await authenticators.remove(tenantId, two.id);
        } else {
          await Promise.all([
            authenticators.remove(tenantId, one.id),
            stores.other.authenticators.remove(tenantId, two.id),
          ]);
        }
        expect(await left()).toEqual([unproven.id]);
        expect(await authenticators.ofUser(tenantId, bystander.id)).toEqual([other]);
      }
    });
  });

  describe('a member by invitation', () => {
    test('has the roles that are still there', async () => {
      const { store } = stores;
      const { tenantId, userId } = await parties(store);
      const [organization, role] = [anOrganization(tenantId), aRole(tenantId)];
      await store.organizations.insert(organization);
      await store.roles.insert(role);
      const foreign = aRole(fresh('ten'));
      await store.roles.insert(foreign);
      const roleIds = [foreign.id, role.id, fresh('rol')];
      const add = { kind: 'member.add', tenantId, organizationId: organization.id, userId, roleIds } as const;
      expect(await store.commit([add, add])).toEqual({ ok: true });
      expect(await store.assignments.isMember(tenantId, organization.id, userId)).toBe(true);
      expect(await store.assignments.rolesOf(tenantId, userId, organization.id)).toEqual([role]);
      expect(await store.assignments.rolesOf(tenantId, userId)).toEqual([]);
    });
  });
}
