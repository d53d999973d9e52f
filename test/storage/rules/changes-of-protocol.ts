// Tests of storage: the changes of a commit that belong to the protocol layer, each with its guard passing and failing.
import type { Change, Store } from '#storage/store.ts';
import { aBareRefreshToken, aConsent, aRefreshToken, aTicket, parties } from '../protocol-samples.ts';
import { AT, anAuthenticator, anOrganization, aSession, fresh } from '../samples.ts';
import { put, type Row } from './changes-of-people.ts';

const issued = async (store: Store, tenantId: string) => {
  const token = aRefreshToken(await parties(store, tenantId), { generation: 3 });
  await put(store, { kind: 'refresh-token.insert', token });
  return token;
};

const promised = async (store: Store, tenantId: string) => {
  const ticket = aTicket(tenantId, { revision: 3, expiresAt: AT + 1000 });
  await put(store, { kind: 'ticket.insert', ticket });
  return ticket;
};

const take = (tenantId: string, id: string, now: number): Change => ({ kind: 'ticket.take', tenantId, id, now });

const password = (tenantId: string, id: string, from?: string): Change => ({
  kind: 'user.set-password',
  tenantId,
  id,
  passwordHash: 'new',
  at: AT + 5,
  ...(from !== undefined && { from }),
});

const verified = (tenantId: string, id: string): Change => ({
  kind: 'user.verify-email',
  tenantId,
  id,
  email: 'ana@example.com',
  at: AT,
});

const joined = async (store: Store, tenantId: string, userId: string, roleIds: string[] = []): Promise<Change> => {
  const organization = anOrganization(tenantId);
  await store.organizations.insert(organization);
  return { kind: 'member.add', tenantId, organizationId: organization.id, userId, roleIds };
};

const replaced = async (store: Store, tenantId: string, from: string, secret?: string): Promise<Change> => {
  const { userId } = await parties(store, tenantId);
  const { secret: _, ...bare } = anAuthenticator(tenantId, userId, { type: 'recovery-code' });
  await store.authenticators.insert(secret === undefined ? bare : { ...bare, secret });
  return { kind: 'authenticator.replace-secret', tenantId, id: bare.id, from, to: 'next', at: AT };
};

export const PROTOCOL_ROWS: Row[] = [
  [
    'session.end',
    true,
    async (store, t) => {
      const session = aSession(t, 'auth0|1');
      await put(store, { kind: 'session.put', session });
      return { kind: 'session.end', tenantId: t, id: session.id, because: 'rp-logout' };
    },
  ],
  [
    'session.end of nothing',
    false,
    (_, t) => ({ kind: 'session.end', tenantId: t, id: fresh('ses'), because: 'rp-logout' }),
  ],

  [
    'refresh-token.insert',
    true,
    async (store, t) => ({ kind: 'refresh-token.insert', token: aBareRefreshToken(await parties(store, t)) }),
  ],
  [
    'refresh-token.insert of a taken id',
    false,
    async (store, t) => ({ kind: 'refresh-token.insert', token: await issued(store, t) }),
  ],
  ...['userId', 'clientId'].map(
    (party): Row => [
      `refresh-token.insert without the ${party}`,
      false,
      async (store, t) => ({
        kind: 'refresh-token.insert',
        token: aRefreshToken({ ...(await parties(store, t)), [party]: fresh('nobody') }),
      }),
    ],
  ),
  [
    'refresh-token.insert for parties of another tenant',
    false,
    async (store, t) => ({
      kind: 'refresh-token.insert',
      token: aRefreshToken({ ...(await parties(store, fresh('ten'))), tenantId: t }),
    }),
  ],
  ...(
    [
      ['on its generation', true, 3],
      ['on a former generation', false, 2],
      ['on a later generation', false, 4],
    ] as const
  ).map(
    ([what, passes, generation]): Row => [
      `refresh-token.replace ${what}`,
      passes,
      async (store, t) => ({
        kind: 'refresh-token.replace',
        generation,
        token: { ...(await issued(store, t)), generation: 4 },
      }),
    ],
  ),
  [
    'refresh-token.replace of nothing',
    false,
    async (store, t) => ({
      kind: 'refresh-token.replace',
      generation: 1,
      token: aRefreshToken(await parties(store, t)),
    }),
  ],
  [
    'refresh-token.replace after it was revoked',
    false,
    async (store, t) => {
      const token = await issued(store, t);
      await store.refreshTokens.remove(t, token.id);
      return { kind: 'refresh-token.replace', generation: 3, token: { ...token, generation: 4 } };
    },
  ],
  [
    'refresh-token.remove',
    true,
    async (store, t) => ({ kind: 'refresh-token.remove', tenantId: t, id: (await issued(store, t)).id }),
  ],
  ['refresh-token.remove of nothing', true, (_, t) => ({ kind: 'refresh-token.remove', tenantId: t, id: fresh('rt') })],
  [
    'refresh-token.remove-of-session of nothing',
    true,
    (_, t) => ({ kind: 'refresh-token.remove-of-session', tenantId: t, userId: 'auth0|1', sessionId: fresh('ses') }),
  ],

  ['ticket.insert', true, (_, t) => ({ kind: 'ticket.insert', ticket: aTicket(t) })],
  [
    'ticket.insert of a taken id',
    false,
    async (store, t) => ({ kind: 'ticket.insert', ticket: await promised(store, t) }),
  ],
  [
    'ticket.insert for nobody',
    false,
    (_, t) => ({ kind: 'ticket.insert', ticket: aTicket(t, { userId: fresh('auth0|') }) }),
  ],
  [
    'ticket.replace on its revision',
    true,
    async (store, t) => ({ kind: 'ticket.replace', revision: 3, ticket: await promised(store, t) }),
  ],
  [
    'ticket.replace on another revision',
    false,
    async (store, t) => ({ kind: 'ticket.replace', revision: 2, ticket: await promised(store, t) }),
  ],
  [
    'ticket.replace with another kind',
    false,
    async (store, t) => ({
      kind: 'ticket.replace',
      revision: 3,
      ticket: { ...(await promised(store, t)), kind: 'password-reset' },
    }),
  ],
  ['ticket.replace of nothing', false, (_, t) => ({ kind: 'ticket.replace', revision: 1, ticket: aTicket(t) })],
  ['ticket.take just before it expires', true, async (store, t) => take(t, (await promised(store, t)).id, AT + 999)],
  ['ticket.take as it expires', false, async (store, t) => take(t, (await promised(store, t)).id, AT + 1000)],
  [
    'ticket.take of a ticket of another tenant',
    false,
    async (store, t) => take(t, (await promised(store, fresh('ten'))).id, AT),
  ],
  [
    'ticket.take for the second time',
    false,
    async (store, t) => {
      const { id } = await promised(store, t);
      await put(store, take(t, id, AT));
      return take(t, id, AT);
    },
  ],

  [
    'consent.grant',
    true,
    async (store, t) => ({ kind: 'consent.grant', consent: aConsent(await parties(store, t), { audience: '' }) }),
  ],
  [
    'consent.grant once more',
    true,
    async (store, t) => {
      const of = await parties(store, t);
      await put(store, { kind: 'consent.grant', consent: aConsent(of) });
      return { kind: 'consent.grant', consent: aConsent(of) };
    },
  ],
  ...['userId', 'clientId'].map(
    (party): Row => [
      `consent.grant without the ${party}`,
      false,
      async (store, t) => ({
        kind: 'consent.grant',
        consent: aConsent({ ...(await parties(store, t)), [party]: fresh('nobody') }),
      }),
    ],
  ),

  ['user.set-password', true, async (store, t) => password(t, (await parties(store, t)).userId)],
  ['user.set-password from its hash', true, async (store, t) => password(t, (await parties(store, t)).userId, 'old')],
  [
    'user.set-password from another hash',
    false,
    async (store, t) => password(t, (await parties(store, t)).userId, 'older'),
  ],
  ['user.set-password of nobody', false, (_, t) => password(t, fresh('auth0|'))],
  [
    'user.set-password of a user of another tenant',
    false,
    async (store, t) => password(t, (await parties(store, fresh('ten'))).userId),
  ],
  ['user.verify-email', true, async (store, t) => verified(t, (await parties(store, t)).userId)],
  ['user.verify-email of nobody', false, (_, t) => verified(t, fresh('auth0|'))],

  ['member.add', true, async (store, t) => joined(store, t, (await parties(store, t)).userId)],
  [
    'member.add of a member, with a role that is gone',
    true,
    async (store, t) => {
      const change = await joined(store, t, (await parties(store, t)).userId, [fresh('rol')]);
      await put(store, change);
      return change;
    },
  ],
  ['member.add of nobody', false, async (store, t) => joined(store, t, fresh('auth0|'))],
  [
    'member.add to nothing',
    false,
    async (store, t) => ({
      kind: 'member.add',
      tenantId: t,
      organizationId: fresh('org'),
      userId: (await parties(store, t)).userId,
      roleIds: [],
    }),
  ],

  ['authenticator.replace-secret', true, (store, t) => replaced(store, t, 'first', 'first')],
  ['authenticator.replace-secret from another', false, (store, t) => replaced(store, t, 'first', 'second')],
  ['authenticator.replace-secret of one without', false, (store, t) => replaced(store, t, 'first')],
  [
    'authenticator.replace-secret for the second time',
    false,
    async (store, t) => {
      const change = await replaced(store, t, 'first', 'first');
      await put(store, change);
      return change;
    },
  ],
  [
    'authenticator.replace-secret of nothing',
    false,
    (_, t) => ({ kind: 'authenticator.replace-secret', tenantId: t, id: fresh('dev'), from: 'a', to: 'b', at: AT }),
  ],
];
