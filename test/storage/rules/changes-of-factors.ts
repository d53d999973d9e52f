// Tests of storage: the changes of a commit that concern keys and devices, each with its guard passing and failing.
import type { AuthenticatorRecord, PushRequestRecord } from '#storage/records.ts';
import type { Change, Store } from '#storage/store.ts';
import { aCredential, aKey, aPhone, aPushRequest, withPhone } from '../factor-samples.ts';
import { AT, anAuthenticator, aUser, fresh } from '../samples.ts';
import { enrolled, put, type Row } from './changes-of-people.ts';

const withKey = async (store: Store, tenantId: string, counter: number): Promise<AuthenticatorRecord> => {
  const user = aUser(tenantId);
  const key = aKey(tenantId, user.id, { credential: aCredential({ counter }) });
  await store.users.insert(user);
  await store.authenticators.insert(key);
  return key;
};

export const count = (tenantId: string, id: string, counter: number, backedUp = false): Change => ({
  kind: 'authenticator.count',
  tenantId,
  id,
  counter,
  backedUp,
  at: AT + 5,
});

export const confirm = ({ tenantId, id, userId }: AuthenticatorRecord, beside?: string[]): Change => ({
  kind: 'authenticator.confirm',
  tenantId,
  id,
  userId,
  ...(beside && { beside }),
  at: AT + 5,
});

export const answer = (
  { tenantId, id }: PushRequestRecord,
  at = AT + 5,
  state: 'approved' | 'refused' = 'approved',
): Change => ({ kind: 'push-request.answer', tenantId, id, state, at });

const withdraw = ({ tenantId, id }: PushRequestRecord): Change => ({ kind: 'push-request.withdraw', tenantId, id });

const asked = async (store: Store, tenantId: string, changes: Partial<PushRequestRecord> = {}) => {
  const request = aPushRequest(await withPhone(store, tenantId), changes);
  await put(store, { kind: 'push-request.insert', request });
  return request;
};

const COUNTERS: [what: string, passes: boolean, stored: number, counter: number][] = [
  ['that grew', true, 7, 8],
  ['that starts', true, 0, 1],
  ['of one who keeps none', true, 0, 0],
  ['that stands still', false, 7, 7],
  ['that fell', false, 7, 6],
  ['that is gone', false, 7, 0],
];

export const FACTOR_ROWS: Row[] = [
  ...COUNTERS.map(
    ([what, passes, stored, counter]): Row => [
      `authenticator.count of a counter ${what}`,
      passes,
      async (store, t) => count(t, (await withKey(store, t, stored)).id, counter),
    ],
  ),
  [
    'authenticator.count of one without a credential',
    false,
    async (store, t) => count(t, (await withPhone(store, t)).id, 8),
  ],
  ['authenticator.count of nothing', false, (_, t) => count(t, fresh('dev'), 8)],
  [
    'authenticator.count of a key of another tenant',
    false,
    async (store, t) => count(t, (await withKey(store, fresh('ten'), 7)).id, 8),
  ],
  ['authenticator.confirm', true, async (store, t) => confirm(await withPhone(store, t, { confirmed: false }))],
  ['authenticator.confirm of a confirmed one', false, async (store, t) => confirm(await withPhone(store, t))],
  [
    'authenticator.confirm for another user',
    false,
    async (store, t) => {
      const phone = await withPhone(store, t, { confirmed: false });
      return confirm({ ...phone, userId: (await withPhone(store, t)).userId });
    },
  ],
  [
    'authenticator.confirm in another tenant',
    false,
    async (store, t) => confirm({ ...(await withPhone(store, fresh('ten'), { confirmed: false })), tenantId: t }),
  ],
  ...(
    [
      ['none but the known', true, true],
      ['another', false, false],
    ] as const
  ).map(
    ([what, passes, isKnown]): Row => [
      `authenticator.confirm beside ${what}`,
      passes,
      async (store, t) => {
        const phone = await withPhone(store, t, { confirmed: false });
        const other = anAuthenticator(t, phone.userId);
        await store.authenticators.insert(other);
        return confirm(phone, isKnown ? [other.id] : []);
      },
    ],
  ),
  [
    'authenticator.name',
    true,
    async (store, t) => ({
      kind: 'authenticator.name',
      tenantId: t,
      id: (await enrolled(store, t)).id,
      name: 'Desk',
    }),
  ],
  [
    'authenticator.name of nothing',
    false,
    (_, t) => ({ kind: 'authenticator.name', tenantId: t, id: fresh('dev'), name: 'Desk' }),
  ],
  [
    'authenticator.name of nothing, if it is there',
    true,
    (_, t) => ({ kind: 'authenticator.name', tenantId: t, id: fresh('dev'), name: 'Desk', ifThere: true }),
  ],
  [
    'authenticator.insert of a taken credential',
    false,
    async (store, t) => {
      const { userId, credential } = await withKey(store, t, 7);
      return { kind: 'authenticator.insert', authenticator: aKey(t, userId, { credential: credential! }) };
    },
  ],
  [
    'push-request.insert',
    true,
    async (store, t) => ({ kind: 'push-request.insert', request: aPushRequest(await withPhone(store, t)) }),
  ],
  [
    'push-request.insert of a taken id',
    false,
    async (store, t) => ({ kind: 'push-request.insert', request: await asked(store, t) }),
  ],
  [
    'push-request.insert to a device that is gone',
    false,
    (_, t) => ({ kind: 'push-request.insert', request: aPushRequest(aPhone(t, fresh('auth0|'))) }),
  ],
  [
    'push-request.insert to a device of another tenant',
    false,
    async (store, t) => ({
      kind: 'push-request.insert',
      request: aPushRequest(await withPhone(store, fresh('ten')), { tenantId: t }),
    }),
  ],
  ['push-request.answer just before it expires', true, async (store, t) => answer(await asked(store, t), AT + 999)],
  ['push-request.answer as it expires', false, async (store, t) => answer(await asked(store, t), AT + 1000)],
  ...(['approved', 'refused'] as const).map(
    (state): Row => [
      `push-request.answer of one that was ${state}`,
      false,
      async (store, t) => answer(await asked(store, t, { state, answeredAt: AT + 1 })),
    ],
  ),
  ['push-request.answer of nothing', false, (_, t) => answer(aPushRequest(aPhone(t, fresh('auth0|'))))],
  ['push-request.withdraw', true, async (store, t) => withdraw(await asked(store, t))],
  ['push-request.withdraw of nothing', true, (_, t) => withdraw(aPushRequest(aPhone(t, fresh('auth0|'))))],
  [
    'push-request.answer of one that was withdrawn',
    false,
    async (store, t) => {
      const request = await asked(store, t);
      await put(store, withdraw(request));
      return answer(request);
    },
  ],
  [
    'push-request.answer in another tenant',
    false,
    async (store, t) => answer({ ...(await asked(store, fresh('ten'))), tenantId: t }),
  ],
];
