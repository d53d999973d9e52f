// Refresh tokens through the whole application: rotation with its leeway, reuse, lifetimes, what scripts do to them, and
// everything that ends them.
// Longer than 300 lines because one arrangement of clients and scripts serves all rows.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ClientRecord, RefreshTokenRecord, UserRecord } from '#storage/records.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import type { PlainBrowser } from '#test/kit/plain-browser.ts';
import { present } from '#test/server/scripts/event-sight.ts';
import { CALLBACK, type FrontDoor, openFrontDoor, VERIFIER } from './front-door.ts';

const ROTATING = { rotation_type: 'rotating', expiration_type: 'expiring', leeway: 0 };
const BAD = {
  status: 403,
  body: { error: 'invalid_grant', error_description: 'Unknown or invalid refresh token.' },
};

describe.each(databasesInFull())('%s', (_name, open) => {
  let door: FrontDoor;
  let ana: UserRecord;
  let browser: PlainBrowser;

  beforeAll(async () => {
    door = await openFrontDoor({ databaseUrl: await open() });
    ana = await door.house.user('ana');
    browser = door.browser();
    const { store } = door.deps;
    await store.resourceServers.update(door.house.tenant.id, 'api', (api) => ({ ...api, allowOfflineAccess: true }));
  });
  afterAll(() => door.close());

  beforeEach(async () => {
    await door.house.bind();
    await setClient({});
  });

  const setClient = (settings: ClientRecord['settings'], more: Partial<ClientRecord> = {}) =>
    door.deps.store.clients.update(door.house.tenant.id, 'spa', (client) => ({
      ...client,
      grantTypes: ['authorization_code', 'refresh_token'],
      settings,
      ...more,
    }));

  const signIn = async (more: Record<string, string> = {}) => {
    const scope = 'openid profile offline_access read:things';
    // A session spares the password: hashing it is most of the time that a login takes.
    door.house.clock.advance(1000);
    const said = await door.signIn(browser, 'ana', { scope, audience: 'https://api.example/', ...more });
    const code = said.get('code') ?? '';
    const sent = { client_id: 'spa', code, redirect_uri: CALLBACK, code_verifier: VERIFIER };
    const answer = await door.token({ grant_type: 'authorization_code', ...sent }, { 'user-agent': 'a program' });
    return { ...answer, token: String(answer.body.refresh_token) };
  };
  const refresh = (token: string, more: Record<string, string> = {}, headers: Record<string, string> = {}) =>
    door.token({ grant_type: 'refresh_token', client_id: 'spa', refresh_token: token, ...more }, headers);
  const tokens = async (): Promise<RefreshTokenRecord[]> => {
    const page = { offset: 0, limit: 50 };
    return (await door.deps.store.refreshTokens.ofUser(door.house.tenant.id, ana.id, { page })).records;
  };
  const newest = async () => (await tokens())[0];

  describe('is issued', () => {
    test('where offline_access was asked for, and told in the scope', async () => {
      const { status, body } = await signIn();
      expect(status).toBe(200);
      expect(body).toMatchObject({ refresh_token: expect.stringMatching(/^[\w-]{43}$/) });
      expect(await newest()).toMatchObject({ clientId: 'spa', scope: expect.arrayContaining(['offline_access']) });
    });

    test.each<[string, () => Promise<unknown>, Record<string, string>]>([
      ['without offline_access', async () => {}, { scope: 'openid' }],
      ['to a client without the grant', () => setClient({}, { grantTypes: ['authorization_code'] }), {}],
      [
        'for an API that allows none',
        () =>
          door.deps.store.resourceServers.update(door.house.tenant.id, 'api', (api) => ({
            ...api,
            allowOfflineAccess: false,
          })),
        {},
      ],
    ])('never %s', async (_case, arrange, more) => {
      await arrange();
      expect((await signIn(more)).body).not.toHaveProperty('refresh_token');
      await door.deps.store.resourceServers.update(door.house.tenant.id, 'api', (api) => ({
        ...api,
        allowOfflineAccess: true,
      }));
    });
  });

  describe('rotating', () => {
    beforeEach(() => setClient({ refresh_token: ROTATING }));

    test('gives another token each time, and the last one is good', async () => {
      const first = await signIn();
      const second = await refresh(first.token);
      expect(second).toMatchObject({ status: 200, body: { token_type: 'Bearer', scope: expect.any(String) } });
      expect(second.body.refresh_token).not.toBe(first.token);
      expect(await refresh(String(second.body.refresh_token))).toMatchObject({ status: 200 });
    });

    test('one that comes twice ends all that came from its login', async () => {
      const first = await signIn();
      const second = await refresh(first.token);
      expect(await refresh(first.token)).toMatchObject(BAD);
      expect(await refresh(String(second.body.refresh_token))).toMatchObject(BAD);
      const { store } = door.deps;
      const reused = { type: 'ferrt', order: 'newest', page: { offset: 0, limit: 1 } } as const;
      expect((await store.logs.list(door.house.tenant.id, reused)).total).toBe(1);
    });

    test('within the leeway the former one gives another key, after it none', async () => {
      await setClient({ refresh_token: { ...ROTATING, leeway: 10 } });
      const first = await signIn();
      const [second, third] = [await refresh(first.token), await refresh(first.token)];
      expect(third).toMatchObject({ status: 200 });
      expect(await refresh(String(third.body.refresh_token))).toMatchObject({ status: 200 });
      expect(second.body.refresh_token).not.toBe(third.body.refresh_token);
      door.house.clock.advance(11_000);
      expect(await refresh(first.token)).toMatchObject(BAD);
    });

    test('of ten at once exactly one wins without leeway', async () => {
      const { token } = await signIn();
      const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(token)));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      for (const answer of answers) if (answer.status !== 200) expect(answer).toMatchObject(BAD);
    });

    test('runs out when it is not used, and at its end though it is', async () => {
      await setClient({ refresh_token: { ...ROTATING, idle_token_lifetime: 100, token_lifetime: 250 } });
      let { token } = await signIn();
      for (let turn = 0; turn < 2; turn++) {
        door.house.clock.advance(90_000);
        token = String((await refresh(token)).body.refresh_token);
      }
      door.house.clock.advance(90_000);
      expect(await refresh(token)).toMatchObject(BAD);
      const idle = await signIn();
      door.house.clock.advance(101_000);
      expect(await refresh(idle.token)).toMatchObject(BAD);
    });
  });

  describe('not rotating', () => {
    beforeEach(() => setClient({ refresh_token: { rotation_type: 'non-rotating', expiration_type: 'non-expiring' } }));

    test('stays the same and is not told again', async () => {
      const { token } = await signIn();
      for (let turn = 0; turn < 3; turn++) {
        const answer = await refresh(token);
        expect(answer.status).toBe(200);
        expect(answer.body).not.toHaveProperty('refresh_token');
      }
      door.house.clock.advance(400 * 24 * 3600 * 1000);
      expect(await refresh(token)).toMatchObject({ status: 200 });
    });
  });

  describe('is refused', () => {
    test.each<[string, (token: string) => Record<string, string>, object]>([
      ['an unknown token', () => ({ refresh_token: 'A'.repeat(43) }), BAD],
      ['none', () => ({ refresh_token: '' }), { status: 400, body: { error: 'invalid_request' } }],
      [
        'more scope than was granted',
        () => ({ scope: 'openid write:things' }),
        { status: 400, body: { error: 'invalid_scope' } },
      ],
      [
        'another audience',
        () => ({ audience: 'https://other.example/' }),
        { status: 400, body: { error: 'invalid_request' } },
      ],
      ['to another client', () => ({ client_id: 'web', client_secret: 'web secret + more' }), { status: 403 }],
    ])('%s', async (_case, more, expected) => {
      const { token } = await signIn();
      expect(await refresh(token, more(token))).toMatchObject(expected);
      // Whoever only asked wrongly has lost nothing.
      expect(await refresh(token)).toMatchObject({ status: 200 });
    });

    test('when its person is blocked or has a new password', async () => {
      const first = await signIn();
      const { store } = door.deps;
      await store.users.endLogins(door.house.tenant.id, ana.id, 'account-deactivated');
      expect(await refresh(first.token)).toMatchObject(BAD);
      const second = await signIn();
      await store.users.update(door.house.tenant.id, ana.id, (user) => ({ ...user, blocked: true }));
      expect(await refresh(second.token)).toMatchObject({ status: 403, body: { error: 'unauthorized' } });
      await store.users.update(door.house.tenant.id, ana.id, (user) => ({ ...user, blocked: false }));
    });
  });

  test('may ask for less, once', async () => {
    const { token } = await signIn();
    const less = await refresh(token, { scope: 'openid' });
    expect(less).toMatchObject({ status: 200, body: { scope: 'openid' } });
    const [again] = await tokens();
    expect(again?.scope).toContain('read:things');
  });

  test('a code that comes twice revokes what came of it', async () => {
    const scope = 'openid offline_access';
    const code = (await door.signIn(door.browser(), 'ana', { scope })).get('code') ?? '';
    const { body } = await door.exchange(code);
    expect(await door.exchange(code)).toMatchObject({ status: 403, body: { error: 'invalid_grant' } });
    expect(await refresh(String(body.refresh_token))).toMatchObject(BAD);
  });

  describe('scripts', () => {
    const script = (body: string) => `exports.onExecutePostLogin = async (event, api) => { ${body} };`;
    const onRefresh = (body: string) =>
      script(`if (event.transaction.protocol === 'oauth2-refresh-token') { ${body} }`);

    test('run again, with the token in the event, and shape the answer', async () => {
      const { token } = await signIn();
      await door.house.bind(
        onRefresh(
          "api.accessToken.setCustomClaim('https://x/token', event.refresh_token.id + ' ' + (event.session === undefined))",
        ),
      );
      const { body } = await refresh(token);
      const [, payload = ''] = String(body.access_token).split('.');
      const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
      expect(claims['https://x/token']).toBe(`${(await newest())?.id} true`);
    });

    test('see of the token what the table promises', async () => {
      await setClient({ refresh_token: ROTATING });
      const browsers = { 'user-agent': 'a program' };
      const first = await signIn();
      const second = await refresh(first.token, {}, browsers);
      await door.house.bind(onRefresh("api.accessToken.setCustomClaim('https://x/token', event.refresh_token)"));
      const { body } = await refresh(String(second.body.refresh_token), {}, browsers);
      const [, payload = ''] = String(body.access_token).split('.');
      const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, object>;
      const record = await newest();
      const event = claims['https://x/token'] ?? {};
      expect(event).toMatchObject({
        id: record?.id,
        client_id: 'spa',
        user_id: ana.id,
        rotating: true,
        access: 'offline',
      });
      const device = Object.keys((event as { device: object }).device).map((name) => `refresh_token.device.${name}`);
      const seen = ['refresh_token', ...Object.keys(event).map((name) => `refresh_token.${name}`), ...device];
      const promised = present('post-login').filter((path) => path.startsWith('refresh_token'));
      expect(seen.toSorted()).toEqual(promised.toSorted());
    });

    test('that deny leave the token usable', async () => {
      const { token } = await signIn();
      await door.house.bind(onRefresh("api.access.deny('not now')"));
      expect(await refresh(token)).toMatchObject({
        status: 403,
        body: { error: 'access_denied', error_description: 'not now' },
      });
      await door.house.bind();
      expect(await refresh(token)).toMatchObject({ status: 200 });
    });

    test('that revoke it end it', async () => {
      const { token } = await signIn();
      await door.house.bind(onRefresh("api.refreshToken.revoke('stolen')"));
      expect(await refresh(token)).toMatchObject({ status: 403, body: { error: 'access_denied' } });
      await door.house.bind();
      expect(await refresh(token)).toMatchObject(BAD);
    });

    test('that ask for a factor leave it usable, and the asker with a key to go on', async () => {
      await door.house.user('mia', ['otp']);
      const scope = 'openid offline_access';
      const said = await door.signIn(door.browser(), 'mia', { scope });
      const token = String((await door.exchange(said.get('code') ?? '')).body.refresh_token);
      await door.house.bind(onRefresh("api.authentication.challengeWith({ type: 'otp' })"));
      expect(await refresh(token)).toMatchObject({
        status: 403,
        body: {
          error: 'mfa_required',
          mfa_token: expect.any(String),
          mfa_requirements: { challenge: [{ type: 'otp' }] },
        },
      });
      await door.house.bind();
      expect(await refresh(token)).toMatchObject({ status: 200 });
    });

    test('cut its life and note things on it before it exists and after', async () => {
      const end = door.house.clock.at + 3_600_000;
      await door.house.bind(
        script(
          `api.refreshToken.setExpiresAt(${end}); api.refreshToken.setMetadata('step', event.transaction.protocol.slice(-5));`,
        ),
      );
      const { token } = await signIn();
      expect(await newest()).toMatchObject({ expiresAt: end, metadata: { step: 'ofile' } });
      await refresh(token);
      expect(await newest()).toMatchObject({ expiresAt: end, metadata: { step: 'token' } });
    });
  });

  describe('revocation', () => {
    const revoke = (body: Record<string, string>) =>
      door.app.request(`${door.site}/oauth/revoke`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });

    test('ends all keys of the login', async () => {
      const { token } = await signIn();
      const response = await revoke({ client_id: 'spa', token });
      expect([response.status, await response.text()]).toEqual([200, '']);
      expect(await refresh(token)).toMatchObject(BAD);
      const { store } = door.deps;
      const revoked = { type: 'srrt', order: 'newest', page: { offset: 0, limit: 1 } } as const;
      expect((await store.logs.list(door.house.tenant.id, revoked)).total).toBe(1);
    });

    test('may be asked for by a page of another origin, and by POST alone', async () => {
      const ask = (method: string) =>
        door.app.request(`${door.site}/oauth/revoke`, { method, headers: { origin: 'https://app.example' } });
      const preflight = await ask('OPTIONS');
      expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, '*']);
      expect((await ask('POST')).headers.get('access-control-allow-origin')).toBe('*');
      expect((await ask('GET')).status).toBe(405);
    });

    test.each<[string, (token: string) => Record<string, string>, number]>([
      ['of an unknown token', () => ({ client_id: 'spa', token: 'nothing' }), 200],
      ['by another client', (token) => ({ client_id: 'web', client_secret: 'web secret + more', token }), 200],
      ['without a token', () => ({ client_id: 'spa' }), 400],
      ['by nobody', (token) => ({ client_id: 'nobody', token }), 401],
      ['with a wrong secret', (token) => ({ client_id: 'web', client_secret: 'wrong', token }), 401],
    ])('%s ends nothing', async (_case, body, status) => {
      const { token } = await signIn();
      expect((await revoke(body(token))).status).toBe(status);
      expect(await refresh(token)).toMatchObject({ status: 200 });
    });
  });
});
