// Tests of storage: how things end. What is open for a user, a user as a whole, and what has run out.
import { describe, expect, test } from 'vitest';
import type { Store } from '#storage/store.ts';
import type { Stores } from '../conformance.ts';
import {
  AT,
  aHandle,
  aMessage,
  anAuthenticator,
  anOrganization,
  aRole,
  aSession,
  aTransaction,
  aUser,
  fresh,
  LATER,
} from '../samples.ts';

const ALL = { offset: 0, limit: 100 };

/** A user with an open login, a code not yet exchanged and a session; and a way to see which of them are left. */
async function signIn(store: Store, tenantId: string) {
  const user = aUser(tenantId);
  const transaction = aTransaction(tenantId, { userId: user.id });
  const session = aSession(tenantId, user.id);
  const state = aHandle(tenantId, { targetId: transaction.id });
  const code = aHandle(tenantId, { kind: 'code', targetId: transaction.id });
  const cookie = aHandle(tenantId, { kind: 'session', targetId: session.id });
  expect(await store.users.insert(user)).toBe('inserted');
  const committed = await store.commit([
    { kind: 'transaction.insert', transaction },
    { kind: 'session.put', session },
    ...[state, code, cookie].map((handle) => ({ kind: 'handle.insert', handle }) as const),
  ]);
  expect(committed).toEqual({ ok: true });
  const left = async () => {
    const found = {
      transaction: await store.transactions.find(tenantId, transaction.id),
      session: await store.sessions.find(tenantId, session.id),
      state: await store.handles.find(tenantId, 'state', state.key),
      code: await store.handles.find(tenantId, 'code', code.key),
      cookie: await store.handles.find(tenantId, 'session', cookie.key),
    };
    return Object.entries(found).flatMap(([name, record]) => (record === undefined ? [] : [name]));
  };
  return { user, transaction, session, left };
}

const EVERYTHING = ['transaction', 'session', 'state', 'code', 'cookie'];

export function describeEndings(stores: Stores): void {
  describe('what is open for a user', () => {
    test('ends at once, and nobody else notices', async () => {
      const { store } = stores;
      const tenantId = fresh('ten');
      const [ana, bob] = [await signIn(store, tenantId), await signIn(store, tenantId)];
      await store.users.endLogins(fresh('ten'), ana.user.id, 'password-changed');
      expect(await ana.left()).toEqual(EVERYTHING);
      await store.users.endLogins(tenantId, ana.user.id, 'password-changed');
      expect(await ana.left()).toEqual([]);
      expect(await bob.left()).toEqual(EVERYTHING);
      expect(await store.users.find(tenantId, ana.user.id)).toEqual(ana.user);
    });

    test('cannot be finished by a commit that comes at the same time', async () => {
      const { store, other } = stores;
      for (let round = 0; round < 10; round += 1) {
        const tenantId = fresh('ten');
        const { user, transaction } = await signIn(store, tenantId);
        const session = aSession(tenantId, user.id);
        const [committed] = await Promise.all([
          store.commit([
            { kind: 'session.put', session },
            { kind: 'transaction.replace', revision: 1, transaction },
          ]),
          other.users.endLogins(tenantId, user.id, 'session-revoked'),
        ]);
        expect([round, committed.ok, await store.sessions.find(tenantId, session.id)]).toEqual([
          round,
          committed.ok,
          undefined,
        ]);
      }
    });

    test('a session goes with its handles', async () => {
      const { store } = stores;
      const tenantId = fresh('ten');
      const { session, left } = await signIn(store, tenantId);
      await store.sessions.remove(fresh('ten'), session.id, 'rp-logout');
      expect(await left()).toEqual(EVERYTHING);
      await store.sessions.remove(tenantId, session.id, 'rp-logout');
      expect(await left()).toEqual(['transaction', 'state', 'code']);
    });
  });

  describe('a user', () => {
    test('goes with all that is theirs', async () => {
      const { store } = stores;
      const tenantId = fresh('ten');
      const { user, left } = await signIn(store, tenantId);
      const authenticator = anAuthenticator(tenantId, user.id);
      const role = aRole(tenantId);
      const organization = anOrganization(tenantId);
      await store.authenticators.insert(authenticator);
      await store.roles.insert(role);
      await store.organizations.insert(organization);
      await store.assignments.addRoles(tenantId, user.id, [role.id]);
      await store.assignments.addMembers(tenantId, organization.id, [user.id]);
      await store.assignments.addMemberRoles(tenantId, organization.id, user.id, [role.id]);

      expect(await store.users.remove(fresh('ten'), user.id)).toBe(false);
      expect(await left()).toEqual(EVERYTHING);
      expect(await store.users.remove(tenantId, user.id)).toBe(true);
      expect(await store.users.remove(tenantId, user.id)).toBe(false);

      // Somebody who gets the same id later inherits nothing.
      expect(await store.users.insert(user)).toBe('inserted');
      expect(await left()).toEqual([]);
      expect(await store.authenticators.ofUser(tenantId, user.id)).toEqual([]);
      expect(await store.authenticators.find(tenantId, authenticator.id)).toBeUndefined();
      expect(await store.assignments.rolesOf(tenantId, user.id)).toEqual([]);
      expect(await store.assignments.organizationsOf(tenantId, user.id, ALL)).toEqual({ records: [], total: 0 });
      await store.assignments.addMembers(tenantId, organization.id, [user.id]);
      expect(await store.assignments.rolesOf(tenantId, user.id, organization.id)).toEqual([]);
    });
  });

  describe('the sweep', () => {
    test('removes what has run out, and nothing else', async () => {
      const { store } = stores;
      await store.sweep(AT + 10);
      const tenantId = fresh('ten');
      const bucket = { capacity: 2, refillSeconds: 1 };
      const make = async (expiresAt: number) => {
        const transaction = aTransaction(tenantId, { expiresAt });
        const handle = aHandle(tenantId, { expiresAt });
        const session = aSession(tenantId, 'auth0|1', { expiresAt });
        const idle = aSession(tenantId, 'auth0|1', { idleExpiresAt: expiresAt });
        const message = aMessage(tenantId, { expiresAt, state: 'delivered' });
        const put = await store.commit([
          { kind: 'transaction.insert', transaction },
          { kind: 'handle.insert', handle },
          { kind: 'session.put', session },
          { kind: 'session.put', session: idle },
          { kind: 'message.insert', message },
        ]);
        expect(put).toEqual({ ok: true });
        return async () => [
          (await store.transactions.find(tenantId, transaction.id)) !== undefined,
          (await store.handles.find(tenantId, handle.kind, handle.key)) !== undefined,
          (await store.sessions.find(tenantId, session.id)) !== undefined,
          (await store.sessions.find(tenantId, idle.id)) !== undefined,
          (await store.messages.inbox(tenantId, undefined, 100)).some(({ id }) => id === message.id),
        ];
      };
      const past = await make(AT + 20);
      const future = await make(LATER);
      await store.takeAttempt(tenantId, 'full again', bucket, AT + 19 - 1000);
      await store.takeAttempt(tenantId, 'not yet', bucket, AT + 20);
      await store.takeAttempt(tenantId, 'not yet', bucket, AT + 20);

      // Of a message only the words go.
      expect(await store.sweep(AT + 20)).toBe(5);
      expect(await past()).toEqual([false, false, false, false, false]);
      expect(await future()).toEqual([true, true, true, true, true]);
      expect(await store.takeAttempt(tenantId, 'not yet', bucket, AT + 20)).toEqual({
        taken: false,
        retryAfterSeconds: 1,
      });
      expect(await store.sweep(AT + 20)).toBe(0);
    });

    test('goes on until all of it is gone', async () => {
      const { store } = stores;
      const tenantId = fresh('ten');
      const handles = Array.from({ length: 1100 }, () => aHandle(tenantId, { expiresAt: AT + 30 }));
      await store.commit(handles.map((handle) => ({ kind: 'handle.insert', handle })));
      expect(await store.sweep(AT + 30)).toBeGreaterThanOrEqual(1100);
      expect(await store.handles.find(tenantId, 'state', handles[1099]!.key)).toBeUndefined();
    });
  });
}
