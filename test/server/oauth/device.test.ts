// The device flow (RFC 8628), row by row, through the whole application: the device asks and polls, somebody types its code,
// signs in with scripts and factors, and says that the device is theirs.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import { PASSWORD } from '#test/kit/house.ts';
import type { PlainBrowser } from '#test/kit/plain-browser.ts';
import { appCode, CHALLENGE_OTP } from '../attacks/attacker.ts';
import { CONFIRMATION, DEVICE_GRANT, type DeviceDesk, openDeviceDesk, TV_SECRET } from './device-desk.ts';

const ALLOWED = '/u/device-code-activation-allowed';
const DENIED = '/u/device-code-activation-denied';

describe.each(databasesInFull())('%s', (_name, open) => {
  let desk: DeviceDesk;
  /** Of somebody who is signed in. */
  let ana: PlainBrowser;
  beforeAll(async () => {
    desk = await openDeviceDesk(await open());
    await desk.house.user('ana', ['otp']);
    ana = desk.browser();
    await desk.signIn(ana, 'ana');
  });
  beforeEach(() => desk.house.clock.advance(60_000));
  afterEach(() => desk.house.bind());
  afterAll(() => desk.close());

  const claimsOf = (token: unknown) =>
    JSON.parse(Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;

  describe('the device asks', () => {
    test('and gets a key, a code and an address', async () => {
      const { status, body, headers } = await desk.ask();
      expect(status).toBe(200);
      expect(Object.keys(body)).toEqual([
        'device_code',
        'user_code',
        'verification_uri',
        'verification_uri_complete',
        'expires_in',
        'interval',
      ]);
      expect(body.device_code).toMatch(/^[\w-]{43}$/);
      expect(body.user_code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
      const address = `${desk.site}/activate`;
      expect([body.verification_uri, body.expires_in, body.interval]).toEqual([address, 900, 5]);
      expect(body.verification_uri_complete).toBe(`${address}?user_code=${body.user_code}`);
      expect(headers.get('cache-control')).toBe('no-store');
    });

    test('as JSON, by the Authorization header, with a secret', async () => {
      const json = await desk.ask(JSON.stringify({ client_id: 'tv' }), { 'content-type': 'application/json' });
      const basic = `Basic ${Buffer.from(`box:${encodeURIComponent(TV_SECRET)}`).toString('base64')}`;
      const header = await desk.ask({ client_id: undefined }, { authorization: basic });
      const secret = await desk.ask({ client_id: 'box', client_secret: TV_SECRET });
      expect([json.status, header.status, secret.status]).toEqual([200, 200, 200]);
    });

    test.each<[what: string, body: Record<string, string | undefined> | string, status: number, error: string]>([
      ['nobody', { client_id: undefined }, 400, 'invalid_request'],
      ['an unknown client', { client_id: 'nobody' }, 401, 'access_denied'],
      ['a wrong secret', { client_id: 'box', client_secret: 'wrong' }, 401, 'access_denied'],
      ['no secret', { client_id: 'box' }, 401, 'access_denied'],
      ['a client without the grant', { client_id: 'spa' }, 403, 'unauthorized_client'],
      ['an unknown API', { audience: 'https://nowhere.example/' }, 403, 'access_denied'],
      ['a scope with a quote', { scope: 'openid "' }, 400, 'invalid_scope'],
      ['a parameter twice', 'client_id=tv&scope=openid&scope=email', 400, 'invalid_request'],
      ['a lone percent sign', 'client_id=tv&scope=%', 400, 'invalid_request'],
      ['too much', `client_id=tv&scope=${'a'.repeat(70_000)}`, 413, 'invalid_request'],
    ])('%s is refused', async (_what, body, status, error) => {
      const answer = await desk.ask(body);
      expect([answer.status, answer.body.error]).toEqual([status, error]);
      expect(answer.body.error_description).toEqual(expect.any(String));
    });

    test('what a known client is refused stands in the log', async () => {
      await desk.ask({ client_id: 'spa' });
      const { records } = await desk.logs('fdeaz');
      expect(records[0]).toMatchObject({
        clientId: 'spa',
        description: `Grant type '${DEVICE_GRANT}' not allowed for the client.`,
      });
    });

    test('by POST alone', async () => {
      const { status, headers } = await desk.get('/oauth/device/code');
      expect([status, headers.get('allow')]).toEqual([405, 'POST']);
    });

    test('and finds the address in discovery', async () => {
      const document = (await (await desk.get('/.well-known/openid-configuration')).json()) as Record<string, unknown>;
      expect(document.device_authorization_endpoint).toBe(`${desk.site}/oauth/device/code`);
    });

    test('and shows codes as the tenant wants them', async () => {
      const style = (device_flow: Record<string, string>) =>
        desk.house.editTenant((tenant) => ({ ...tenant, settings: { ...tenant.settings, device_flow } }));
      await style({ charset: 'digits', mask: '***-***-***' });
      const { user } = await desk.begin();
      expect(user).toMatch(/^\d{3}-\d{3}-\d{3}$/);
      expect((await desk.enter(ana, user.replaceAll('-', ' '))).url.pathname).toBe(CONFIRMATION);
      await style({ charset: 'emoji', mask: '**' });
      expect((await desk.begin()).user).toMatch(/^[B-Z]{4}-[B-Z]{4}$/);
    });
  });

  describe('somebody connects it', () => {
    test('types the code, signs in, says yes; the device gets its tokens, once', async () => {
      const codes = await desk.begin({
        scope: 'openid email offline_access read:things',
        audience: 'https://api.example/',
      });
      await desk.house.store.resourceServers.update(desk.house.tenant.id, 'api', (api) => ({
        ...api,
        allowOfflineAccess: true,
      }));
      expect(await desk.hear(codes)).toEqual([403, 'authorization_pending', 'User has yet to authorize device code.']);

      const browser = desk.browser();
      const start = await browser.open('/activate');
      expect(start.status).toBe(200);
      expect(start.html).toMatch(/<label for="user_code">Code<\/label>\s*<input [^>]*id="user_code" [^>]*autofocus/);
      const login = await desk.enter(browser, codes.user);
      expect(login.url.pathname).toBe('/u/login');
      expect(login.html).toContain('Log in to continue to Television.');
      const question = await browser.post(login, {
        username: 'ana@example.com',
        password: PASSWORD,
        action: 'default',
      });
      expect(question.url.pathname).toBe(CONFIRMATION);
      expect(question.html).toContain(codes.user);
      expect(question.html).toContain('Television, on the device');
      expect(question.html).toContain('ana@example.com');
      const end = await browser.post(question, { action: 'accept' });
      expect([end.status, end.url.pathname + end.url.search]).toEqual([200, ALLOWED]);

      const { status, body, headers } = await desk.poll(codes);
      expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
      expect(body).toMatchObject({ token_type: 'Bearer', id_token: expect.any(String), expires_in: 3600 });
      expect(claimsOf(body.access_token)).toMatchObject({
        azp: 'tv',
        scope: 'openid email offline_access read:things',
      });
      expect(claimsOf(body.id_token)).toMatchObject({ aud: 'tv', email: 'ana@example.com', sid: expect.any(String) });
      expect(await desk.hear(codes)).toEqual([403, 'invalid_grant', 'Invalid or expired device code.']);

      const refreshed = await desk.token({
        grant_type: 'refresh_token',
        client_id: 'tv',
        refresh_token: String(body.refresh_token),
      });
      expect(refreshed.status).toBe(200);
      expect((await desk.logs('sede')).records[0]).toMatchObject({ clientId: 'tv', userName: 'ana@example.com' });
      // The browser is signed in now.
      expect((await desk.enter(browser, (await desk.begin()).user)).url.pathname).toBe(CONFIRMATION);
    });

    test('with a second factor that a script asks for', async () => {
      await desk.house.bind(
        CHALLENGE_OTP,
        `exports.onExecutePostLogin = async (event, api) => {
          api.idToken.setCustomClaim('protocol', event.transaction.protocol);
          api.idToken.setCustomClaim('body', event.request.body);
          api.idToken.setCustomClaim('query', event.request.query);
        };`,
      );
      const codes = await desk.begin({ 'ext-room': 'kitchen' });
      const page = await desk.enter(ana, codes.user);
      expect(page.url.pathname).toBe('/u/mfa-otp-challenge');
      expect((await desk.hear(codes)).slice(0, 2)).toEqual([403, 'authorization_pending']);
      const wrong = await ana.post(page, { code: '000000', action: 'default' });
      expect([wrong.status, wrong.url.pathname]).toEqual([400, '/u/mfa-otp-challenge']);
      const question = await ana.post(page, { code: appCode(desk), action: 'default' });
      expect(question.url.pathname).toBe(CONFIRMATION);
      await ana.post(question, { action: 'accept' });
      const { body } = await desk.poll(codes);
      expect(claimsOf(body.id_token)).toMatchObject({
        amr: ['mfa'],
        protocol: 'oauth2-device-code',
        body: { client_id: 'tv', scope: 'openid', 'ext-room': 'kitchen' },
        query: {},
      });
    });

    test('by the link with the code in it: first it is asked whether the device shows it', async () => {
      const codes = await desk.begin();
      const check = await ana.open(`/activate?user_code=${codes.user}`);
      expect([check.status, check.url.pathname]).toEqual([200, '/activate']);
      expect(check.html).toContain('Is this your device?');
      expect(check.html).toContain(`<code class="key large">${codes.user}</code>`);
      expect((await desk.hear(codes)).slice(0, 2)).toEqual([403, 'authorization_pending']);
      const question = await desk.enter(ana, codes.user, { action: 'accept' });
      expect(question.url.pathname).toBe(CONFIRMATION);
    });

    test('of a code that nobody has, the link says nothing', async () => {
      expect((await ana.open('/activate?user_code=bcdfghjk')).html).toContain(
        '<code class="key large">BCDF-GHJK</code>',
      );
    });

    test.each<[how: string, type: (code: string) => string]>([
      ['in small letters', (code) => code.toLowerCase()],
      ['without the hyphen', (code) => code.replace('-', '')],
      ['with spaces', (code) => ` ${code.replace('-', ' ')} `],
      ['with another dash', (code) => code.replace('-', '–')],
      [
        'in full width',
        (code) => code.replaceAll(/[A-Z]/g, (one) => String.fromCodePoint(one.codePointAt(0)! + 0xfee0)),
      ],
    ])('typed %s', async (_how, type) => {
      const { user } = await desk.begin();
      expect((await desk.enter(ana, type(user))).url.pathname).toBe(CONFIRMATION);
    });

    test("an application that is not the tenant's own asks for consent as everywhere", async () => {
      const { store, tenant } = desk.house;
      await store.clients.update(tenant.id, 'tv', (client) => ({
        ...client,
        settings: { ...client.settings, is_first_party: false },
      }));
      const codes = await desk.begin({ scope: 'openid email' });
      const consent = await desk.enter(ana, codes.user);
      expect(consent.url.pathname).toBe('/u/consent');
      const question = await ana.post(consent, { action: 'accept' });
      await ana.post(question, { action: 'accept' });
      expect((await desk.poll(codes)).status).toBe(200);

      const refused = await desk.begin({ scope: 'openid email phone' });
      const no = await ana.post(await desk.enter(ana, refused.user), { action: 'decline' });
      expect(no.status).toBe(400);
      expect((await desk.hear(refused)).slice(0, 2)).toEqual([403, 'access_denied']);
      await store.clients.update(tenant.id, 'tv', (client) => ({ ...client, settings: {} }));
    });

    test('in Japanese', async () => {
      const japanese = (path: string) => desk.get(path, { 'accept-language': 'ja' }).then((answer) => answer.text());
      expect(await japanese('/activate')).toMatch(/<html lang="ja" dir="ltr">.*デバイスの接続/s);
      expect(await japanese('/activate?user_code=BCDF-GHJK')).toContain('お使いのデバイスですか？');
      expect(await japanese(ALLOWED)).toContain('デバイスを接続しました');
      expect(await japanese(DENIED)).toContain('デバイスは接続されませんでした');
      expect(await (await desk.get('/activate?ui_locales=ja')).text()).toContain('<html lang="ja" dir="ltr">');
    });
  });
});
