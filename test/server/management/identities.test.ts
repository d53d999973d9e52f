// Accounts linked to each other and parted again, as the Management API does it; on both databases.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import { items, type Json, type Office, openOffice, payloadError, user } from './office.ts';

describe.each(databasesInFull())('identities on %s', (_name, open) => {
  let office: Office;
  beforeAll(async () => {
    office = await openOffice(await open());
  });
  afterAll(() => office.close());

  const send = (method: string, path: string, body?: unknown) => office.send(method, `/api/v2${path}`, body);
  let people = 0;
  type Person = { id: string; own: string; email: string; path: string };
  const person = async (more: Record<string, unknown> = {}): Promise<Person> => {
    const { status, body } = await send('POST', '/users', user(`linked-${++people}`, more));
    expect(status).toBe(201);
    const id = String(body.user_id);
    return {
      id,
      own: id.slice('auth0|'.length),
      email: String(body.email),
      path: `/users/${encodeURIComponent(id)}`,
    };
  };
  const link = (to: Person, secondary: Person, more: Record<string, unknown> = {}) =>
    send('POST', `${to.path}/identities`, { provider: 'auth0', user_id: secondary.own, ...more });
  const unlink = (from: Person, secondary: Person) =>
    send('DELETE', `${from.path}/identities/auth0/${encodeURIComponent(secondary.own)}`);
  const identitiesOf = async ({ path }: Person) => (await send('GET', path)).body.identities!;
  const signedIn = async ({ id: userId }: Person, id: string) => {
    const { store, clock } = office.door.house;
    const at = clock.at;
    const times = { createdAt: at, updatedAt: at, authenticatedAt: at, expiresAt: at + 1e6, idleExpiresAt: at + 1e6 };
    const session = { tenantId: office.tenant.id, id, userId, methods: [], clients: [], device: {}, ...times };
    await store.commit([{ kind: 'session.put', session }]);
    return () => store.sessions.find(office.tenant.id, id);
  };

  test('a linked account is an identity of the other, with what was known of it, and no user of its own', async () => {
    const primary = await person({ user_metadata: { kept: 1 } });
    const secondary = await person({
      username: 'second-name',
      given_name: 'Sec',
      phone_number: '+447700900456',
      email_verified: true,
    });
    const session = await signedIn(secondary, 'of-the-secondary');
    const kept = await signedIn(primary, 'of-the-primary');
    const linked = await link(primary, secondary);
    const connection = 'Username-Password-Authentication';
    const expected = [
      { connection, provider: 'auth0', user_id: primary.own, isSocial: false },
      {
        connection,
        provider: 'auth0',
        user_id: secondary.own,
        isSocial: false,
        profileData: {
          email: secondary.email,
          email_verified: true,
          username: 'second-name',
          phone_number: '+447700900456',
          phone_verified: false,
          name: secondary.email,
          nickname: 'second-name',
          given_name: 'Sec',
          picture: expect.stringMatching(/^https:/),
        },
      },
    ];
    expect([linked.status, linked.body]).toEqual([201, expected]);
    expect(await identitiesOf(primary)).toEqual(expected);
    expect(await session()).toBeUndefined();
    expect(await kept()).toBeDefined();

    // Found by what signs in with it, and nowhere in this API.
    const { store } = office.door.house;
    const found = await store.users.findByIdentifier(office.tenant.id, connection, secondary.email);
    expect(found).toMatchObject({ id: secondary.id, linkedTo: primary.id });
    const q = (term: string) => send('GET', `/users?q=${encodeURIComponent(term)}`);
    expect((await send('GET', `/users-by-email?email=${encodeURIComponent(secondary.email)}`)).body).toEqual([]);
    for (const term of [`email:"${secondary.email}"`, `user_id:"${secondary.id}"`, 'username:"second-name"']) {
      expect((await q(term)).body).toEqual([]);
    }
    expect((await send('DELETE', secondary.path)).status).toBe(204);
    expect(await identitiesOf(primary)).toHaveLength(2);
  });

  test.each([
    ['GET', '', undefined],
    ['PATCH', '', { blocked: true }],
    ['GET', '/roles', undefined],
    ['GET', '/organizations', undefined],
    ['GET', '/groups', undefined],
    ['GET', '/sessions', undefined],
    ['DELETE', '/sessions', undefined],
    ['GET', '/authentication-methods', undefined],
    ['DELETE', '/authentication-methods', undefined],
    ['POST', '/multifactor/actions/invalidate-remember-browser', undefined],
    ['POST', '/identities', { provider: 'auth0', user_id: 'x' }],
    ['DELETE', '/identities/auth0/x', undefined],
  ])('%s …%s of a linked account: there is no such user', async (method, path, body) => {
    const [primary, secondary] = [await person(), await person()];
    await link(primary, secondary);
    const { status, body: answered } = await send(method, `${secondary.path}${path}`, body);
    expect([status, answered.errorCode]).toEqual([404, 'inexistent_user']);
  });

  test('unlinking gives the account back, and ends who is signed in to the other', async () => {
    const [primary, secondary] = [await person(), await person({ app_metadata: { mine: true } })];
    await link(primary, secondary);
    const session = await signedIn(primary, `unlinked-${people}`);
    const parted = await unlink(primary, secondary);
    expect([parted.status, parted.body]).toEqual([200, [expect.objectContaining({ user_id: primary.own })]]);
    expect(await session()).toBeUndefined();
    const back = await send('GET', secondary.path);
    expect(back.body).toMatchObject({ app_metadata: { mine: true }, identities: [{ user_id: secondary.own }] });
    expect((await unlink(primary, secondary)).body.errorCode).toBe('inexistent_identity');
    expect((await link(primary, secondary)).status).toBe(201);
  });

  test('the whole id is understood where its second half is asked for', async () => {
    const [primary, secondary] = [await person(), await person()];
    expect((await link(primary, secondary, { user_id: secondary.id })).status).toBe(201);
    expect((await unlink(primary, { ...secondary, own: secondary.id })).status).toBe(200);
  });

  test('removing the primary removes what was linked to it', async () => {
    const [primary, secondary] = [await person(), await person()];
    await link(primary, secondary);
    expect((await send('DELETE', primary.path)).status).toBe(204);
    const { store } = office.door.house;
    expect(await store.users.find(office.tenant.id, secondary.id)).toBeUndefined();
  });

  describe('refused', () => {
    let primary: Person;
    let linked: Person;
    let other: Person;
    beforeAll(async () => {
      [primary, linked, other] = [await person(), await person(), await person()];
      await link(primary, linked);
    });

    type Row = [what: string, call: () => Promise<{ status: number; body: Json }>, status: number, text: string];
    const rows: Row[] = [
      ['itself', () => link(other, other), 400, 'A user cannot be linked to itself.'],
      ['one linked already', () => link(primary, linked), 409, 'The specified identity is already linked.'],
      ['one linked to another', () => link(other, linked), 409, 'The specified identity is already linked.'],
      [
        'one that has others',
        () => link(other, primary),
        409,
        'The specified user has linked identities of its own; unlink them first.',
      ],
      [
        'nobody',
        () => link(other, { ...other, own: 'nobody' }),
        400,
        'Linking with an inexistent identity is not allowed.',
      ],
      ['to nobody', () => link({ ...other, path: '/users/none' }, other), 404, 'The user does not exist.'],
      [
        'a connection that is not there',
        () => link(primary, other, { connection_id: 'con_none' }),
        400,
        'The connection does not exist.',
      ],
      ['unlinking itself', () => unlink(primary, primary), 400, 'The main identity of a user cannot be unlinked.'],
      ['unlinking a stranger', () => unlink(primary, other), 400, 'The identity is not linked to the user.'],
      [
        'a token of the other account',
        () => send('POST', `${other.path}/identities`, { link_with: 'a.b.c' }),
        400,
        'link_with is not supported; use provider and user_id with the scope update:users.',
      ],
    ];
    test.each(rows)('%s', async (_what, call, status, message) => {
      const { status: got, body } = await call();
      expect([got, body.message]).toEqual([status, message]);
      expect(await identitiesOf(primary)).toHaveLength(2);
      expect(await identitiesOf(other)).toHaveLength(1);
    });

    test.each([
      [{}, 'Missing required property: provider', undefined],
      [{ provider: 'auth0' }, 'Missing required property: user_id', undefined],
      [{ provider: 'auth0', user_id: 7 }, 'Expected type string but found type integer', 'user_id'],
      [{ provider: 'auth0', user_id: 'x', shoe: 1 }, 'Additional properties not allowed: shoe', undefined],
    ])('%j', async (body, reason, at) => {
      expect((await send('POST', `${other.path}/identities`, body)).body).toEqual(payloadError(reason, at));
    });
  });

  test('the right connection is taken', async () => {
    const [primary, secondary] = [await person(), await person()];
    const [connection] = items((await send('GET', '/connections')).body);
    expect((await link(primary, secondary, { connection_id: connection?.id })).status).toBe(201);
  });

  test('a link that was cut off half-way is ended by the same call', async () => {
    const [primary, secondary] = [await person(), await person()];
    const { store } = office.door.house;
    await store.users.update(office.tenant.id, secondary.id, (current) => ({ ...current, linkedTo: primary.id }));
    expect((await send('GET', secondary.path)).status).toBe(404);
    expect((await link(primary, secondary)).status).toBe(201);
    expect(await identitiesOf(primary)).toHaveLength(2);
  });

  test('two that link each other at once never end linked in a circle', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [one, other] = [await person(), await person()];
      const answers = await Promise.all([link(one, other), link(other, one)]);
      const { store } = office.door.house;
      const rows = await Promise.all([one, other].map(({ id }) => store.users.find(office.tenant.id, id)));
      const hidden = rows.filter((row) => row?.linkedTo !== undefined);
      expect(hidden.length).toBeLessThanOrEqual(1);
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(hidden.length);
    }
  });

  test('what the upstream said is shown, but never in the place of what we say', async () => {
    const { store } = office.door.house;
    const made = await person();
    const attributes = { groups: ['staff'], blocked: true, app_metadata: { admin: true }, user_id: 'auth0|other' };
    await store.users.update(office.tenant.id, made.id, (current) => ({ ...current, attributes }));
    const { body } = await send('GET', made.path);
    expect(body).toMatchObject({ groups: ['staff'], blocked: false, user_id: made.id });
    expect(body.app_metadata).toBeUndefined();
  });

  test("another tenant's account is not there", async () => {
    const theirs = await office.sendAsNeighbour('POST', '/api/v2/users', user('theirs'));
    const mine = await person();
    const own = String(theirs.body.user_id).slice('auth0|'.length);
    expect((await link(mine, { ...mine, own })).status).toBe(400);
    expect(
      (await office.sendAsNeighbour('POST', `/api/v2${mine.path}/identities`, { provider: 'auth0', user_id: own }))
        .status,
    ).toBe(404);
  });
});
