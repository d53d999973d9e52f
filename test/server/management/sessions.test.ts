// Sessions and remembered browsers as administrators see and end them; on both databases.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import { items, type Office, openOffice, payloadError } from './office.ts';

const HOUR = 3_600_000;

describe.each(databasesInFull())('sessions on %s', (_name, open) => {
  let office: Office;
  beforeAll(async () => {
    office = await openOffice(await open());
  });
  afterAll(() => office.close());

  const send = (method: string, path: string, body?: unknown) => office.send(method, `/api/v2${path}`, body);
  const theirs = (method: string, path: string, body?: unknown) =>
    office.sendAsNeighbour(method, `/api/v2${path}`, body);
  let people = 0;
  /** A new person with so many sessions, the oldest first. */
  const person = async (sessions = 1) => {
    const { house } = office.door;
    const { id: userId } = await house.user(`signed-in-${++people}`);
    const ids: string[] = [];
    for (let index = 0; index < sessions; index += 1) {
      const at = house.clock.at + index * 1000;
      const id = house.ports.random.uuid();
      const session = {
        tenantId: office.tenant.id,
        id,
        userId,
        methods: [
          { name: 'pwd', at },
          { name: 'mfa', type: 'otp', authenticatorId: 'dev_secret', at },
        ],
        clients: ['spa'],
        device: { initialIp: '203.0.113.7', initialUserAgent: 'first', lastIp: '203.0.113.8', lastUserAgent: 'last' },
        createdAt: at,
        updatedAt: at,
        authenticatedAt: at,
        expiresAt: at + 10 * HOUR,
        idleExpiresAt: at + 2 * HOUR,
      };
      await house.store.commit([{ kind: 'session.put', session }]);
      ids.push(id);
    }
    return { userId, path: `/users/${encodeURIComponent(userId)}/sessions`, ids };
  };
  const idsOf = async (path: string) => items((await send('GET', path)).body.sessions!).map(({ id }) => id);
  const revokedOf = async (userId: string) =>
    items((await send('GET', `/logs?q=${encodeURIComponent(`type:session_revoked AND user_id:"${userId}"`)}`)).body);

  test('a session says who, since when, until when, with what and from where', async () => {
    const { userId, path, ids } = await person();
    const now = office.door.house.clock.at;
    const iso = (at: number) => new Date(at).toISOString();
    const shown = {
      id: ids[0],
      user_id: userId,
      created_at: iso(now),
      updated_at: iso(now),
      authenticated_at: iso(now),
      last_interacted_at: iso(now),
      idle_expires_at: iso(now + 2 * HOUR),
      expires_at: iso(now + 10 * HOUR),
      device: {
        initial_ip: '203.0.113.7',
        initial_user_agent: 'first',
        last_ip: '203.0.113.8',
        last_user_agent: 'last',
      },
      clients: [{ client_id: 'spa' }],
      authentication: {
        methods: [
          { name: 'pwd', timestamp: iso(now) },
          { name: 'mfa', type: 'otp', timestamp: iso(now) },
        ],
      },
      cookie: { mode: 'persistent' },
    };
    expect((await send('GET', `/sessions/${ids[0]}`)).body).toEqual(shown);
    expect((await send('GET', path)).body).toEqual({ sessions: [shown] });
  });

  test('newest first, in pages', async () => {
    const { path, ids } = await person(3);
    const first = await send('GET', `${path}?include_totals=true&take=2`);
    expect(items(first.body.sessions!).map(({ id }) => id)).toEqual([ids[2], ids[1]]);
    const second = await send('GET', `${path}?take=2&from=${first.body.next}`);
    expect(items(second.body.sessions!).map(({ id }) => id)).toEqual([ids[0]]);
    expect(second.body.next).toBeUndefined();
  });

  test('one that has run out is over, although it was not yet swept', async () => {
    const { path, ids } = await person(2);
    const { store } = office.door.house;
    await store.sessions.update(office.tenant.id, ids[0]!, (current) => ({ ...current, idleExpiresAt: 1 }));
    expect(await idsOf(path)).toEqual([ids[1]]);
    expect((await send('GET', `/sessions/${ids[0]}`)).status).toBe(404);
    expect((await send('PATCH', `/sessions/${ids[0]}`, {})).status).toBe(404);
    expect((await send('POST', `/sessions/${ids[0]}/revoke`)).status).toBe(404);
  });

  test('metadata: what is given replaces what was there; null and {} remove it all', async () => {
    const { ids } = await person();
    const patch = async (session_metadata: unknown) =>
      (await send('PATCH', `/sessions/${ids[0]}`, { session_metadata })).body.session_metadata;
    expect(await patch({ device_name: 'desk', gone: null })).toEqual({ device_name: 'desk' });
    expect((await send('PATCH', `/sessions/${ids[0]}`, {})).body.session_metadata).toEqual({ device_name: 'desk' });
    expect(await patch({ other: '' })).toEqual({ other: '' });
    expect(await patch(null)).toBeUndefined();
    expect(await patch({ a: '1' })).toEqual({ a: '1' });
    expect(await patch({})).toBeUndefined();
  });

  const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v']));
  test.each([
    [{ a: 1 }, 'Expected type string but found type integer', 'session_metadata.a'],
    [{ a: 'x'.repeat(256) }, 'String is too long (256 chars), maximum 255', 'session_metadata.a'],
    [{ 'a b': 'x' }, 'Invalid property name', 'session_metadata.a b'],
    [{ ['x'.repeat(256)]: 'x' }, 'Invalid property name', `session_metadata.${'x'.repeat(256)}`],
    [keys(26), 'Too many properties defined, maximum 25', 'session_metadata'],
    [[], 'Expected type object but found type array', 'session_metadata'],
  ])('metadata is refused: %.40j', async (session_metadata, reason, at) => {
    const { ids } = await person();
    const answered = await send('PATCH', `/sessions/${ids[0]}`, { session_metadata });
    expect([answered.status, answered.body]).toEqual([400, payloadError(reason, at)]);
    expect((await send('GET', `/sessions/${ids[0]}`)).body.session_metadata).toBeUndefined();
  });

  test('the limits themselves are taken; nothing else of a session is', async () => {
    const { ids } = await person();
    const most = { ...keys(24), ['x'.repeat(255)]: 'y'.repeat(255) };
    const { body } = await send('PATCH', `/sessions/${ids[0]}`, { session_metadata: most });
    expect(body.session_metadata).toEqual(most);
    const other = await send('PATCH', `/sessions/${ids[0]}`, { user_id: 'auth0|other' });
    expect(other.body).toEqual(payloadError('Additional properties not allowed: user_id'));
  });

  test.each([
    ['DELETE', ''],
    ['POST', '/revoke'],
  ])('%s %s ends one, and the log says so', async (method, rest) => {
    const { userId, path, ids } = await person(2);
    expect((await send(method, `/sessions/${ids[0]}${rest}`)).status).toBe(202);
    expect(await idsOf(path)).toEqual([ids[1]]);
    expect(await revokedOf(userId)).toMatchObject([{ details: { session_id: ids[0] } }]);
    const again = await send(method, `/sessions/${ids[0]}${rest}`);
    expect(again.status).toBe(method === 'DELETE' ? 202 : 404);
    expect(await revokedOf(userId)).toHaveLength(1);
  });

  test('all of a person at once', async () => {
    const [one, other] = [await person(2), await person(1)];
    expect((await send('DELETE', one.path)).status).toBe(202);
    expect(await idsOf(one.path)).toEqual([]);
    expect(await idsOf(other.path)).toEqual(other.ids);
    expect((await revokedOf(one.userId)).map(({ details }) => details?.session_id).sort()).toEqual(one.ids.toSorted());
  });

  test('a browser whose session was revoked signs in again', async () => {
    const { house, browser, signIn, authorizeUrl } = office.door;
    await house.bind();
    const { id } = await house.user('revoked');
    const person = browser();
    expect((await signIn(person, 'revoked')).get('code')).toBeTruthy();
    expect((await person.open(authorizeUrl())).url.searchParams.get('code')).toBeTruthy();
    const [session] = await idsOf(`/users/${encodeURIComponent(id)}/sessions`);
    expect((await send('POST', `/sessions/${session}/revoke`)).status).toBe(202);
    expect((await person.open(authorizeUrl())).url.pathname).toBe('/u/login');
  });

  test('what is not there, and what is another tenant’s', async () => {
    const { userId, path, ids } = await person();
    const missing = { statusCode: 404, error: 'Not Found' };
    expect((await send('GET', '/sessions/none')).body).toMatchObject({ ...missing, errorCode: 'inexistent_session' });
    for (const [method, at, body] of [
      ['GET', path, undefined],
      ['DELETE', path, undefined],
      ['GET', `/sessions/${ids[0]}`, undefined],
      ['PATCH', `/sessions/${ids[0]}`, {}],
      ['POST', `/sessions/${ids[0]}/revoke`, undefined],
      ['POST', `/users/${encodeURIComponent(userId)}/multifactor/actions/invalidate-remember-browser`, undefined],
    ] as const) {
      expect((await theirs(method, at, body)).body).toMatchObject(missing);
    }
    expect((await theirs('DELETE', `/sessions/${ids[0]}`)).status).toBe(202);
    expect(await idsOf(path)).toEqual(ids);
  });

  test('remembered browsers are forgotten, those of others are not', async () => {
    const { store, clock } = office.door.house;
    const [one, other] = [await person(), await person()];
    for (const { userId } of [one, other]) {
      const browser = { tenantId: office.tenant.id, userId, device: 'd', renewedAt: clock.at, seenAt: clock.at };
      await store.commit([{ kind: 'browser.remember', browser }]);
    }
    const path = `/users/${encodeURIComponent(one.userId)}/multifactor/actions/invalidate-remember-browser`;
    expect((await send('POST', path)).status).toBe(204);
    const kept = (userId: string) => store.rememberedBrowsers.find(office.tenant.id, userId, 'd');
    expect(await kept(one.userId)).toBeUndefined();
    expect(await kept(other.userId)).toBeDefined();
  });

  test.each<[string, string, ...Parameters<Office['as']>]>([
    ['GET', '/sessions/x', 'update:sessions', 'delete:sessions'],
    ['PATCH', '/sessions/x', 'read:sessions', 'delete:sessions'],
    ['DELETE', '/sessions/x', 'read:sessions', 'update:sessions'],
  ])('%s %s needs its own scope', async (method, path, ...scopes) => {
    const caller = await office.as(...scopes);
    expect((await caller(method, `/api/v2${path}`, method === 'PATCH' ? {} : undefined)).status).toBe(403);
  });
});
