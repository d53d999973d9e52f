// Tests of storage: the changes of a commit that concern a person, each with its guard passing and failing.
import { expect } from 'vitest';
import type { Change, Store } from '#storage/store.ts';
import { aLoginDevice, aRememberedBrowser, aWholeUser } from '../person-samples.ts';
import { AT, anAuthenticator, aSession, aUser, fresh } from '../samples.ts';

/** A change, what must be there before it, and whether its guard lets it pass. */
export type Row = [
  what: string,
  passes: boolean,
  prepare: (store: Store, tenantId: string) => Promise<Change> | Change,
];

export async function put(store: Store, ...changes: Change[]): Promise<void> {
  expect(await store.commit(changes)).toEqual({ ok: true });
}

export const enrolled = async (store: Store, tenantId: string, totpStep?: number) => {
  const user = aUser(tenantId);
  const authenticator = anAuthenticator(tenantId, user.id, totpStep === undefined ? {} : { totpStep });
  await store.users.insert(user);
  expect(await store.authenticators.insert(authenticator)).toBe('inserted');
  return authenticator;
};

export const accept = (tenantId: string, id: string, step: number): Change => ({
  kind: 'authenticator.accept-step',
  tenantId,
  id,
  step,
});

export const known = async (store: Store, tenantId: string, blocked = false) => {
  const user = aUser(tenantId, { blocked, passwordHash: 'old', userMetadata: { a: 1 } });
  await store.users.insert(user);
  return user;
};

export const loggedIn = (tenantId: string, id: string): Change => ({
  kind: 'user.logged-in',
  tenantId,
  id,
  at: AT + 5,
  ip: '198.51.100.2',
});

const merged = (tenantId: string, id: string): Change => ({
  kind: 'user.merge-metadata',
  tenantId,
  id,
  app: {},
  user: {},
  at: AT,
});

const linkedTo = (tenantId: string, linked: string): Change => ({
  kind: 'user.insert',
  user: aUser(tenantId, { linkedTo: linked }),
});

const handedOver = async (store: Store, tenantId: string, formerUserId: string): Promise<Change> => {
  const session = aSession(tenantId, 'auth0|1');
  await put(store, { kind: 'session.put', session });
  return { kind: 'session.put', session: { ...session, userId: 'auth0|2' }, formerUserId };
};

export const PEOPLE_ROWS: Row[] = [
  ['authenticator.accept-step, the first', true, async (store, t) => accept(t, (await enrolled(store, t)).id, 7)],
  ['authenticator.accept-step, a newer one', true, async (store, t) => accept(t, (await enrolled(store, t, 6)).id, 7)],
  ['authenticator.accept-step, the same', false, async (store, t) => accept(t, (await enrolled(store, t, 7)).id, 7)],
  [
    'authenticator.accept-step, an older one',
    false,
    async (store, t) => accept(t, (await enrolled(store, t, 8)).id, 7),
  ],
  ['authenticator.accept-step of nothing', false, (_, t) => accept(t, fresh('dev'), 7)],
  [
    'authenticator.used',
    true,
    async (store, t) => ({ kind: 'authenticator.used', tenantId: t, id: (await enrolled(store, t)).id, at: AT }),
  ],
  [
    'authenticator.used of nothing',
    false,
    (_, t) => ({ kind: 'authenticator.used', tenantId: t, id: fresh('dev'), at: AT }),
  ],
  ['user.logged-in', true, async (store, t) => loggedIn(t, (await known(store, t)).id)],
  ['user.logged-in of a blocked user', false, async (store, t) => loggedIn(t, (await known(store, t, true)).id)],
  [
    'user.logged-in with another hash',
    false,
    async (store, t) => ({ ...loggedIn(t, (await known(store, t)).id), passwordHash: 'x' }),
  ],
  ['user.logged-in of nobody', false, (_, t) => loggedIn(t, fresh('auth0|'))],
  ['user.merge-metadata', true, async (store, t) => merged(t, (await known(store, t)).id)],
  ['user.merge-metadata of nobody', false, (_, t) => merged(t, fresh('auth0|'))],
  [
    'user.rehash from another hash',
    true,
    async (store, t) => ({
      kind: 'user.rehash',
      tenantId: t,
      id: (await known(store, t)).id,
      from: 'other',
      to: 'new',
    }),
  ],
  [
    'user.rehash of nobody',
    true,
    (_, t) => ({ kind: 'user.rehash', tenantId: t, id: fresh('auth0|'), from: 'old', to: 'new' }),
  ],
  ['session.put of a new id', true, (_, t) => ({ kind: 'session.put', session: aSession(t, 'auth0|1') })],
  [
    'session.put of the same user',
    true,
    async (store, t) => {
      const session = aSession(t, 'auth0|1');
      await put(store, { kind: 'session.put', session });
      return { kind: 'session.put', session };
    },
  ],
  [
    'session.put over the session of another user',
    false,
    async (store, t) => {
      const session = aSession(t, 'auth0|1');
      await put(store, { kind: 'session.put', session });
      return { kind: 'session.put', session: { ...session, userId: 'auth0|2' } };
    },
  ],
  ['session.put handed over by the user it belonged to', true, (store, t) => handedOver(store, t, 'auth0|1')],
  ['session.put handed over by somebody else', false, (store, t) => handedOver(store, t, 'auth0|3')],
  [
    'session.put handed over, of a new id',
    true,
    (_, t) => ({ kind: 'session.put', session: aSession(t, 'auth0|2'), formerUserId: 'auth0|1' }),
  ],
  [
    'session.put that renews one that is there',
    true,
    async (store, t) => {
      const session = aSession(t, 'auth0|1');
      await put(store, { kind: 'session.put', session });
      return { kind: 'session.put', session: { ...session, clients: ['app'] }, renews: true };
    },
  ],
  [
    'session.put that renews one that is gone',
    false,
    (_, t) => ({ kind: 'session.put', session: aSession(t, 'auth0|1'), renews: true }),
  ],
  [
    'session.put that renews the session of another user',
    false,
    async (store, t) => {
      const session = aSession(t, 'auth0|1');
      await put(store, { kind: 'session.put', session });
      return { kind: 'session.put', session: { ...session, userId: 'auth0|2' }, renews: true };
    },
  ],
  [
    'session.put handed over already',
    true,
    async (store, t) => {
      const change = await handedOver(store, t, 'auth0|1');
      await put(store, change);
      return change;
    },
  ],
  [
    'session.remove',
    true,
    async (store, t) => {
      const session = aSession(t, 'auth0|1');
      await put(store, { kind: 'session.put', session });
      return { kind: 'session.remove', tenantId: t, id: session.id, because: 'session-revoked' };
    },
  ],
  [
    'session.remove of nothing',
    true,
    (_, t) => ({ kind: 'session.remove', tenantId: t, id: fresh('ses'), because: 'session-revoked' }),
  ],
  ['user.insert of a new id', true, (_, t) => ({ kind: 'user.insert', user: aWholeUser(t) })],
  [
    'user.insert of a taken id',
    false,
    async (store, t) => ({ kind: 'user.insert', user: aUser(t, { id: (await known(store, t)).id }) }),
  ],
  [
    'user.insert of an id that another tenant has',
    true,
    async (store, t) => ({ kind: 'user.insert', user: aUser(t, { id: (await known(store, fresh('ten'))).id }) }),
  ],
  ...[{ email: 'A@example.com' }, { username: 'ana' }, { phoneNumber: '+34600000000' }].map(
    (taken): Row => [
      `user.insert of a taken ${Object.keys(taken)}`,
      false,
      async (store, t) => {
        await store.users.insert(aUser(t, { email: 'a@EXAMPLE.com', username: 'ana', phoneNumber: '+34600000000' }));
        return { kind: 'user.insert', user: aUser(t, taken) };
      },
    ],
  ),
  ['user.insert linked to somebody', true, async (store, t) => linkedTo(t, (await known(store, t)).id)],
  ['user.insert linked to nobody', false, (_, t) => linkedTo(t, fresh('auth0|'))],
  [
    'user.insert linked to a user of another tenant',
    false,
    async (store, t) => linkedTo(t, (await known(store, fresh('ten'))).id),
  ],
  [
    'authenticator.insert',
    true,
    async (store, t) => ({
      kind: 'authenticator.insert',
      authenticator: anAuthenticator(t, (await known(store, t)).id),
    }),
  ],
  ...(
    [
      ['none but the known', true, (id: string) => [id]],
      ['another', false, () => []],
    ] as const
  ).map(
    ([what, isWritten, beside]): Row => [
      `authenticator.insert beside ${what}`,
      isWritten,
      async (store, t) => {
        const { id, userId } = await enrolled(store, t);
        return { kind: 'authenticator.insert', authenticator: anAuthenticator(t, userId), beside: [...beside(id)] };
      },
    ],
  ),
  [
    'authenticator.insert of a taken id',
    false,
    async (store, t) => {
      const { id, userId } = await enrolled(store, t);
      return { kind: 'authenticator.insert', authenticator: anAuthenticator(t, userId, { id }) };
    },
  ],
  [
    'authenticator.insert of nobody',
    false,
    (_, t) => ({ kind: 'authenticator.insert', authenticator: anAuthenticator(t, fresh('auth0|')) }),
  ],
  [
    'authenticator.insert of a user of another tenant',
    false,
    async (store, t) => ({
      kind: 'authenticator.insert',
      authenticator: anAuthenticator(t, (await known(store, fresh('ten'))).id),
    }),
  ],
  [
    'device.seen',
    true,
    async (store, t) => ({ kind: 'device.seen', device: aLoginDevice(t, (await known(store, t)).id) }),
  ],
  ['device.seen of nobody', false, (_, t) => ({ kind: 'device.seen', device: aLoginDevice(t, fresh('auth0|')) })],
  [
    'device.seen of a user of another tenant',
    false,
    async (store, t) => ({ kind: 'device.seen', device: aLoginDevice(t, (await known(store, fresh('ten'))).id) }),
  ],
  [
    'browser.remember',
    true,
    async (store, t) => ({ kind: 'browser.remember', browser: aRememberedBrowser(t, (await known(store, t)).id) }),
  ],
  [
    'browser.remember of nobody',
    false,
    (_, t) => ({ kind: 'browser.remember', browser: aRememberedBrowser(t, fresh('auth0|')) }),
  ],
  [
    'browser.remember of a user of another tenant',
    false,
    async (store, t) => ({
      kind: 'browser.remember',
      browser: aRememberedBrowser(t, (await known(store, fresh('ten'))).id),
    }),
  ],
];
