// Refresh tokens, device credentials and grants through the Management API: what is shown, what ends them, and that what
// has ended is over at the token endpoint.
// Longer than 300 lines because one office and one way to get a token serve all of them.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newClient } from '#runtime/lifecycle/client.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { PASSWORD } from '#test/kit/house.ts';
import { items, type Json, type Office, openOffice } from './office.ts';

const API = 'https://api.example/';
const SECRET = 'a secret of some length';

describe.each(databasesInFull())('%s', (_name, open) => {
  let office: Office;
  let ana: string;
  let bob: string;
  beforeAll(async () => {
    office = await openOffice(await open());
    const { house } = office.door;
    ana = (await house.user('ana')).id;
    bob = (await house.user('bob')).id;
    const settings = { refresh_token: { rotation_type: 'rotating', expiration_type: 'expiring', leeway: 0 } };
    for (const id of ['steady', 'rotating']) {
      await newClient(house.ports, house.tenant.id, {
        id,
        name: id,
        secret: SECRET,
        grantTypes: ['password', 'refresh_token'],
        ...(id === 'rotating' ? { settings } : {}),
      });
    }
    await house.store.resourceServers.update(house.tenant.id, 'api', (api) => ({ ...api, allowOfflineAccess: true }));
  });
  afterAll(() => office.close());

  const send = (method: string, path: string, body?: unknown) => office.send(method, `/api/v2${path}`, body);
  const token = (client_id: string, more: Record<string, string>) =>
    office.door.token({ client_id, client_secret: SECRET, ...more }, { 'user-agent': 'a program' });
  /** The key of a new refresh token, and its id. */
  const issue = async (client: string, who = 'ana', more: Record<string, string> = {}) => {
    office.door.house.clock.advance(60_000);
    const { body } = await token(client, {
      grant_type: 'password',
      username: `${who}@example.com`,
      password: PASSWORD,
      scope: 'openid offline_access',
      ...more,
    });
    const [newest] = items((await listed(who === 'ana' ? ana : bob)).body.refresh_tokens as Json);
    return { key: String(body.refresh_token), id: String(newest?.id), client };
  };
  const works = async ({ key, client }: { key: string; client: string }) =>
    (await token(client, { grant_type: 'refresh_token', refresh_token: key })).status === 200;
  const listed = (user: string, more = '') => send('GET', `/refresh-tokens?user_id=${encodeURIComponent(user)}${more}`);
  const revoke = (body: unknown) => send('POST', '/refresh-tokens/revoke', body);

  test('one is shown whole, but never its key', async () => {
    const one = await issue('steady', 'ana', { audience: API });
    const { status, body } = await send('GET', `/refresh-tokens/${one.id}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: one.id,
      user_id: ana,
      client_id: 'steady',
      session_id: null,
      rotating: false,
      expires_at: null,
      idle_expires_at: null,
      resource_servers: [{ audience: API, scopes: 'openid offline_access' }],
      device: { initial_user_agent: 'a program', last_user_agent: 'a program' },
    });
    expect(JSON.stringify(body)).not.toContain(one.key);
    expect((await send('GET', '/refresh-tokens/rt_none')).status).toBe(404);
    expect((await office.sendAsNeighbour('GET', `/api/v2/refresh-tokens/${one.id}`)).status).toBe(404);
  });

  test('metadata is written, kept and removed', async () => {
    const { id } = await issue('steady');
    const patch = (refresh_token_metadata: unknown) =>
      send('PATCH', `/refresh-tokens/${id}`, { refresh_token_metadata });
    expect((await patch({ place: 'home' })).body).toMatchObject({ refresh_token_metadata: { place: 'home' } });
    expect((await send('GET', `/refresh-tokens/${id}`)).body.refresh_token_metadata).toEqual({ place: 'home' });
    expect((await patch(null)).body).not.toHaveProperty('refresh_token_metadata');
    expect((await patch({ place: 7 })).status).toBe(400);
    expect((await send('PATCH', `/refresh-tokens/${id}`, { expires_at: null })).status).toBe(400);
    expect((await send('PATCH', '/refresh-tokens/rt_none', {})).status).toBe(404);
  });

  test('lists narrow by client and go on from where they stopped', async () => {
    await send('DELETE', `/users/${encodeURIComponent(bob)}/refresh-tokens`);
    const made = [await issue('steady', 'bob'), await issue('rotating', 'bob'), await issue('steady', 'bob')];
    const ids = async (more: string) =>
      items((await listed(bob, more)).body.refresh_tokens as Json).map(({ id }) => String(id));
    expect(await ids('')).toEqual([made[2]?.id, made[1]?.id, made[0]?.id]);
    expect(await ids('&client_id=rotating')).toEqual([made[1]?.id]);
    expect((await listed(bob, '&client_id=rotating&fields=id,rotating')).body).toEqual({
      refresh_tokens: [{ id: made[1]?.id, rotating: true }],
    });
    const first = await listed(bob, '&take=2');
    expect(await ids(`&take=2&from=${String(first.body.next)}`)).toEqual([made[0]?.id]);
    const mine = await send('GET', `/users/${encodeURIComponent(bob)}/refresh-tokens?include_totals=true&per_page=2`);
    expect(mine.body).toMatchObject({ total: 3, tokens: [{ id: made[2]?.id }, { id: made[1]?.id }] });
    expect((await send('GET', '/refresh-tokens')).status).toBe(400);
    expect((await listed('auth0|nobody')).status).toBe(404);
  });

  describe('an end', () => {
    test.each<[string, (one: { id: string }) => Promise<{ status: number }>, number]>([
      ['by its id', ({ id }) => send('DELETE', `/refresh-tokens/${id}`), 204],
      ['by its id among others', ({ id }) => revoke({ ids: [id, 'rt_none', id] }), 202],
      ['as a device credential', ({ id }) => send('DELETE', `/device-credentials/${id}`), 204],
      ['with all of its person', () => revoke({ user_id: ana }), 202],
      ['with those of its application', () => revoke({ user_id: ana, client_id: 'steady' }), 202],
      ['with those of its audience', () => revoke({ user_id: ana, client_id: 'steady', audience: API }), 202],
      ['by the address of its person', () => send('DELETE', `/users/${encodeURIComponent(ana)}/refresh-tokens`), 202],
      ['with all access of its person', () => send('POST', `/users/${encodeURIComponent(ana)}/revoke-access`, {}), 202],
    ])('%s', async (_name, end, status) => {
      const one = await issue('steady', 'ana', { audience: API });
      const other = await issue('steady', 'bob', { audience: API });
      expect((await end(one)).status).toBe(status);
      expect(await works(one)).toBe(false);
      expect(await works(other)).toBe(true);
      const q = `type:srrt AND user_id:"${ana}"`;
      const lines = items((await send('GET', `/logs?q=${encodeURIComponent(q)}`)).body);
      expect(lines.map(({ details }) => details)).toContainEqual({ refresh_token_id: one.id });
      // Asked for again, nothing is there and nothing is wrong; only lists of persons say 404.
      expect((await end(one)).status).toBe(status);
    });

    test.each<[string, object]>([
      ['another application', { client_id: 'rotating' }],
      ['another audience', { client_id: 'steady', audience: 'https://other.example/' }],
    ])('of what is for %s is none of this', async (_name, of) => {
      const one = await issue('steady', 'ana', { audience: API });
      expect((await revoke({ user_id: ana, ...of })).status).toBe(202);
      expect(await works(one)).toBe(true);
    });

    test.each<[string, object]>([
      ['nothing named', {}],
      ['two ways at once', { ids: ['rt_x'], user_id: 'auth0|x' }],
      ['an application of nobody', { client_id: 'steady' }],
      ['an audience of no application', { user_id: 'auth0|x', audience: API }],
      ['no ids', { ids: [] }],
      ['too many', { ids: Array.from({ length: 101 }, (_, i) => `rt_${i}`) }],
      ['something else', { user_id: 'auth0|x', all: true }],
    ])('in bulk is refused: %s', async (_name, body) => {
      expect(await revoke(body)).toMatchObject({ status: 400, body: { errorCode: 'invalid_body' } });
    });

    test('by a neighbour does not happen', async () => {
      const one = await issue('steady');
      const next = (method: string, path: string, body?: unknown) =>
        office.sendAsNeighbour(method, `/api/v2${path}`, body);
      await next('DELETE', `/refresh-tokens/${one.id}`);
      await next('DELETE', `/device-credentials/${one.id}`);
      await next('POST', '/refresh-tokens/revoke', { ids: [one.id] });
      await next('POST', '/refresh-tokens/revoke', { user_id: ana });
      await next('POST', `/users/${encodeURIComponent(ana)}/revoke-access`, {});
      await next('DELETE', `/grants?user_id=${encodeURIComponent(ana)}`);
      expect(await works(one)).toBe(true);
    });

    test.each<[string, Record<string, unknown>]>([
      ['a new password', { password: 'another Pass-1-word' }],
      ['a block that is lifted again', { blocked: true }],
    ])('comes with %s', async (what, change) => {
      const who = what.replaceAll(' ', '-');
      const { id } = await office.door.house.user(who);
      const one = await issue('rotating', who);
      for (const body of [change, { blocked: false }])
        expect((await send('PATCH', `/users/${encodeURIComponent(id)}`, body)).status).toBe(200);
      expect(await works(one)).toBe(false);
    });

    test('comes with the end of its person and of its application', async () => {
      const { house } = office.door;
      const gone = await house.user('gone');
      const keys = async () => {
        const { records } = await house.store.refreshTokens.ofUser(house.tenant.id, gone.id, {
          page: { offset: 0, limit: 9 },
        });
        return records.length;
      };
      await newClient(house.ports, house.tenant.id, {
        id: 'short',
        name: 'short',
        secret: SECRET,
        grantTypes: ['password', 'refresh_token'],
      });
      const [one, two] = [await issue('short', 'gone'), await issue('steady', 'gone')];
      expect(await keys()).toBe(2);
      expect((await send('DELETE', '/clients/short')).status).toBe(204);
      expect([await keys(), await works(one), await works(two)]).toEqual([1, false, true]);
      expect((await send('DELETE', `/users/${encodeURIComponent(gone.id)}`)).status).toBe(204);
      expect(await works(two)).toBe(false);
    });
  });

  describe('of a session', () => {
    /** A login on a page, and the refresh token that came of it. */
    const signIn = async () => {
      const { door } = office;
      await door.deps.store.clients.update(door.house.tenant.id, 'spa', (client) => ({
        ...client,
        grantTypes: ['authorization_code', 'refresh_token'],
      }));
      door.house.clock.advance(60_000);
      const said = await door.signIn(door.browser(), 'ana', { scope: 'openid offline_access' });
      const key = String((await door.exchange(said.get('code') ?? '')).body.refresh_token);
      const [newest] = items((await listed(ana)).body.refresh_tokens as Json);
      const works = async () =>
        (await door.token({ grant_type: 'refresh_token', client_id: 'spa', refresh_token: key })).status === 200;
      return { session: String(newest?.session_id), works };
    };
    const user = () => encodeURIComponent(ana);

    test.each<[string, (session: string) => Promise<{ status: number }>, [number, boolean]]>([
      ['its revocation ends them', (id) => send('POST', `/sessions/${id}/revoke`), [202, false]],
      ['its removal leaves them', (id) => send('DELETE', `/sessions/${id}`), [202, true]],
      [
        'the end of its access ends them',
        (session_id) => send('POST', `/users/${user()}/revoke-access`, { session_id }),
        [202, false],
      ],
      [
        'unless they are to be kept',
        (session_id) => send('POST', `/users/${user()}/revoke-access`, { session_id, preserve_refresh_tokens: true }),
        [202, true],
      ],
      [
        'another session’s access is none of this',
        () => send('POST', `/users/${user()}/revoke-access`, { session_id: 'other' }),
        [202, true],
      ],
    ])('%s', async (_name, act, [status, survives]) => {
      const { session, works } = await signIn();
      expect(session).not.toBe('null');
      expect((await act(session)).status).toBe(status);
      const q = `type:session_revoked AND user_id:"${ana}"`;
      const lines = items((await send('GET', `/logs?q=${encodeURIComponent(q)}`)).body).map(({ details }) => details);
      const isOver = (await office.door.house.store.sessions.find(office.tenant.id, session)) === undefined;
      expect(lines.some((details) => String(details?.session_id) === session)).toBe(isOver);
      expect(await works()).toBe(survives);
    });

    test('of somebody else is not there', async () => {
      const { session } = await signIn();
      const path = `/users/${encodeURIComponent(bob)}/revoke-access`;
      expect((await send('POST', path, { session_id: session })).status).toBe(404);
      expect((await send('POST', '/users/auth0%7Cnobody/revoke-access', {})).status).toBe(404);
    });
  });

  test('device credentials are the same tokens under an older name', async () => {
    await send('DELETE', `/users/${user()}/refresh-tokens`);
    const [steady, rotating] = [await issue('steady'), await issue('rotating')];
    const of = (more = '') => send('GET', `/device-credentials?user_id=${user()}${more}`);
    const shown = { id: steady.id, device_name: 'a program', type: 'refresh_token', user_id: ana, client_id: 'steady' };
    expect((await of()).body).toEqual([shown]);
    expect((await of('&type=refresh_token&include_totals=true')).body).toEqual({
      start: 0,
      limit: 50,
      total: 1,
      device_credentials: [shown],
    });
    expect((await of('&type=rotating_refresh_token&fields=id,type')).body).toEqual([
      { id: rotating.id, type: 'rotating_refresh_token' },
    ]);
    expect((await of('&client_id=rotating')).body).toEqual([]);
    expect((await of('&type=public_key')).body).toEqual([]);
    expect((await of('&type=other')).status).toBe(400);
    expect((await send('GET', '/device-credentials')).status).toBe(400);
  });
  const user = () => encodeURIComponent(ana);

  describe('grants', () => {
    const allow = async (userId: string, audience: string, id: string) => {
      const { store, tenant, clock } = office.door.house;
      const at = { createdAt: clock.at, updatedAt: clock.at };
      const consent = { tenantId: tenant.id, id, userId, clientId: 'steady', audience, scope: ['openid'], ...at };
      expect(await store.commit([{ kind: 'consent.grant', consent }])).toEqual({ ok: true });
    };
    const grants = (more = '') => send('GET', `/grants${more}`);

    test('are listed, narrowed and counted', async () => {
      await allow(ana, API, 'cgr_1');
      await allow(ana, '', 'cgr_2');
      await allow(bob, API, 'cgr_3');
      const first = { id: 'cgr_1', clientID: 'steady', user_id: ana, audience: API, scope: ['openid'] };
      expect((await grants(`?user_id=${user()}`)).body).toEqual([
        first,
        { id: 'cgr_2', clientID: 'steady', user_id: ana, scope: ['openid'] },
      ]);
      expect((await grants(`?audience=${encodeURIComponent(API)}&include_totals=true&per_page=1`)).body).toEqual({
        start: 0,
        limit: 1,
        total: 2,
        grants: [first],
      });
      expect((await grants('?client_id=rotating')).body).toEqual([]);
      expect((await office.sendAsNeighbour('GET', '/api/v2/grants')).body).toEqual([]);
    });

    test('one that is taken back ends the tokens that rest on it, and no others', async () => {
      await allow(ana, API, 'cgr_1');
      const [one, two] = [await issue('steady', 'ana', { audience: API }), await issue('steady')];
      const other = await issue('steady', 'bob', { audience: API });
      expect((await send('DELETE', '/grants/cgr_1')).status).toBe(204);
      expect([await works(one), await works(two), await works(other)]).toEqual([false, true, true]);
      expect((await send('DELETE', '/grants/cgr_1')).status).toBe(204);
    });

    test('all of one person are taken back by naming the person', async () => {
      await allow(ana, API, 'cgr_4');
      await allow(ana, '', 'cgr_5');
      await allow(bob, API, 'cgr_6');
      const [one, two] = [await issue('steady', 'ana', { audience: API }), await issue('steady')];
      expect((await send('DELETE', '/grants')).status).toBe(400);
      expect((await send('DELETE', `/grants?user_id=${user()}`)).status).toBe(204);
      expect([await works(one), await works(two)]).toEqual([false, false]);
      expect(items((await grants()).body)).toHaveLength(1);
    });
  });
});
