// Back-channel logout: applications are told of sessions that ended, by whatever end they asked for, once where all goes
// well and again where it does not. Blocks named `oidcc-…` are modules of the OpenID Foundation's conformance suite.
import { createRemoteJWKSet, customFetch, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SessionEnd } from '#storage/records.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { user } from '../management/office.ts';
import type { FrontDoor } from './front-door.ts';
import { type LogoutDesk, MINUTE_MS, openLogoutDesk } from './logout-desk.ts';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const BYE = 'https://app.example/bye';

describe.each(databasesInFull())('%s', (_name, open) => {
  let desk: LogoutDesk;
  let door: FrontDoor;
  beforeAll(async () => {
    desk = await openLogoutDesk(await open());
    door = desk.door;
    await door.house.user('ana');
    await desk.edit('spa', { allowed_logout_urls: [BYE] });
  });
  beforeEach(() => desk.clear());
  afterAll(() => desk?.close());

  const jwks = () =>
    createRemoteJWKSet(new URL(`${door.site}/.well-known/jwks.json`), {
      [customFetch]: async (url: string) => door.app.request(url),
    });

  describe('oidcc-backchannel-logout-discovery-endpoint-verification', () => {
    test('it is announced, with sessions', async () => {
      const document = await (await door.get('/.well-known/openid-configuration')).json();
      expect(document).toMatchObject({
        backchannel_logout_supported: true,
        backchannel_logout_session_supported: true,
        end_session_endpoint: `${door.site}/oidc/logout`,
      });
    });
  });

  describe('oidcc-backchannel-rp-initiated-logout', () => {
    test.each<['a query' | 'a form']>([['a query'], ['a form']])('by %s', async (way) => {
      expect((await desk.edit('spa', { oidc_logout: { backchannel_logout_urls: [desk.receiver.url] } })).status).toBe(
        200,
      );
      const browser = door.browser();
      const end = await door.signIn(browser, 'ana');
      const idToken = String((await door.exchange(end.get('code') ?? '')).body.id_token);
      const parameters = { id_token_hint: idToken, post_logout_redirect_uri: BYE, state: 'x' };
      const left = await (way === 'a form'
        ? browser.open('/oidc/logout', parameters)
        : browser.open(`/oidc/logout?${new URLSearchParams(parameters)}`));
      expect(left.url.href).toBe(`${BYE}?state=x`);
      expect(desk.receiver.told).toEqual([]);
      await desk.tell();
      await desk.tell();

      const [told, ...more] = desk.receiver.told;
      expect(more).toEqual([]);
      expect(told).toMatchObject({
        method: 'POST',
        path: '/logged-out?of=here',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
      expect(told?.headers).not.toHaveProperty('cookie');
      expect([...new URLSearchParams(told?.body).keys()]).toEqual(['logout_token']);
      const [token = ''] = desk.receiver.tokens();
      const { payload, protectedHeader } = await jwtVerify(token, jwks(), {
        issuer: door.issuer,
        audience: 'spa',
        typ: 'logout+jwt',
        currentDate: new Date(door.house.clock.at),
      });
      expect(protectedHeader.alg).toBe('RS256');
      const { sub, sid } = decodeJwt(idToken);
      const iat = Math.floor(door.house.clock.at / 1000);
      expect(payload).toEqual({
        iss: door.issuer,
        aud: 'spa',
        sub,
        sid,
        iat,
        exp: iat + 120,
        jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
        events: { [EVENT]: {} },
      });

      const log = (await desk.logs()).at(-1);
      expect(log).toMatchObject({
        type: 'oidc_backchannel_logout_succeeded',
        clientId: 'spa',
        clientName: 'Spa',
        userId: sub,
        details: { session_id: sid, try: 1, status: 200 },
      });
      expect(JSON.stringify(await desk.logs())).not.toContain(token);
    });
  });

  describe('whoever ends a session, the application hears of it', () => {
    const id = async (name: string) =>
      String(
        (await desk.send('POST', '/api/v2/users', user(`${name}-${door.house.ports.random.hex(6)}`))).body.user_id,
      );
    const rows: [what: string, because: SessionEnd, end: (of: { id: string; userId: string }) => Promise<unknown>][] = [
      ['DELETE of a session', 'session-revoked', (of) => desk.revoke(of.id)],
      ['revoke of a session', 'session-revoked', (of) => desk.send('POST', `/api/v2/sessions/${of.id}/revoke`, {})],
      [
        'DELETE of all sessions',
        'session-revoked',
        (of) => desk.send('DELETE', `/api/v2/users/${encodeURIComponent(of.userId)}/sessions`),
      ],
      ['a new password', 'password-changed', (of) => patch(of.userId, { password: 'another long password' })],
      ['a block', 'account-deactivated', (of) => patch(of.userId, { blocked: true })],
      [
        'DELETE of the user',
        'account-deleted',
        (of) => desk.send('DELETE', `/api/v2/users/${encodeURIComponent(of.userId)}`),
      ],
      [
        'its time',
        'session-expired',
        async () => {
          door.house.clock.advance(61 * MINUTE_MS);
          await door.deps.runtime.tidy();
        },
      ],
    ];
    const patch = (userId: string, body: object) =>
      desk.send('PATCH', `/api/v2/users/${encodeURIComponent(userId)}`, body);

    test.each(rows)('%s', async (_what, because, end) => {
      await desk.toAll('spa');
      await desk.subscribe('web', { url: desk.receiver.url, ends: [because] });
      const of = await desk.session(['spa', 'web'], await id('somebody'));
      await end(of);
      await desk.tell();
      const claims = desk.receiver.tokens().map((token) => decodeJwt(token));
      expect(claims.map(({ aud }) => aud).toSorted()).toEqual(['spa', 'web']);
      for (const claim of claims) expect(claim).toMatchObject({ sub: of.userId, sid: of.id });
      expect(new Set(claims.map(({ jti }) => jti)).size).toBe(2);
    });

    test('an Action', async () => {
      await desk.subscribe('spa', { url: desk.receiver.url, ends: ['session-revoked'] });
      const browser = door.browser();
      await door.signIn(browser, 'ana');
      await door.house.bind(`exports.onExecutePostLogin = async (event, api) => api.session.revoke('not any more');`);
      const end = await browser.open(door.authorizeUrl());
      expect(end.url.searchParams.get('error')).toBe('access_denied');
      await door.house.bind();
      await desk.tell();
      expect(desk.receiver.tokens().map((token) => decodeJwt(token).aud)).toEqual(['spa']);
    });

    test('/v2/logout', async () => {
      await desk.subscribe('spa', { url: desk.receiver.url, ends: ['rp-logout'] });
      const browser = door.browser();
      await door.signIn(browser, 'ana');
      await browser.open('/v2/logout?client_id=spa');
      await desk.tell();
      expect(desk.receiver.told).toHaveLength(1);
    });

    test('but not of what it did not ask for, and not of people who were never there', async () => {
      await desk.subscribe('spa', { url: desk.receiver.url, ends: ['rp-logout', 'password-changed'] });
      await desk.toAll('web');
      await desk.revoke((await desk.session(['spa'])).id);
      await desk.tell();
      expect(desk.receiver.told).toEqual([]);
    });
  });

  test('a token is signed as the id_tokens of its application', async () => {
    const { secret } = await door.deps.store.clients.find(door.house.tenant.id, 'web').then((web) => web!);
    for (const alg of ['ES256', 'PS256', 'HS256']) {
      desk.receiver.told.length = 0;
      expect((await desk.edit('web', { id_token_signed_response_alg: alg })).status).toBe(200);
      await desk.toAll('web');
      await desk.revoke((await desk.session(['web'])).id);
      await desk.tell();
      const [token = ''] = desk.receiver.tokens();
      expect(decodeProtectedHeader(token)).toMatchObject({ alg, typ: 'logout+jwt' });
      const options = { algorithms: [alg], currentDate: new Date(door.house.clock.at) };
      if (alg === 'HS256') await jwtVerify(token, Buffer.from(secret ?? ''), options);
      else await jwtVerify(token, jwks(), options);
    }
    await desk.edit('web', { id_token_signed_response_alg: null });
  });

  test('a token opens nothing and names nobody elsewhere', async () => {
    await desk.toAll('spa');
    await desk.revoke((await desk.session(['spa'])).id);
    await desk.tell();
    const [token = ''] = desk.receiver.tokens();
    expect((await door.get('/userinfo', { authorization: `Bearer ${token}` })).status).toBe(401);
    expect((await door.get(`/oidc/logout?id_token_hint=${token}`)).status).toBe(400);
  });
});
