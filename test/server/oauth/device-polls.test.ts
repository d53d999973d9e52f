// What a device hears when it polls (RFC 8628 §3.5): of a person who takes time, says no, may not or comes too late; and what
// it hears when it is not the one that asked.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import type { PlainBrowser } from '#test/kit/plain-browser.ts';
import { type DeviceDesk, openDeviceDesk, TV_SECRET } from './device-desk.ts';
import { createProving, keyPair } from './proving.ts';

const DENIED = '/u/device-code-activation-denied';

describe.each(databasesInFull())('%s', (_name, open) => {
  let desk: DeviceDesk;
  let ana: PlainBrowser;
  beforeAll(async () => {
    desk = await openDeviceDesk(await open());
    ana = await desk.signedIn('ana');
  });
  beforeEach(() => desk.house.clock.advance(60_000));
  afterEach(() => desk.house.bind());
  afterAll(() => desk.close());

  describe('it is not connected', () => {
    const CANCELLED = [403, 'access_denied', 'User cancelled the confirmation prompt.'];

    test('where the person declines at the end', async () => {
      const codes = await desk.begin();
      const question = await desk.enter(ana, codes.user);
      const end = await ana.post(question, { action: 'decline' });
      expect([end.status, end.url.pathname]).toEqual([200, DENIED]);
      expect(await desk.hear(codes)).toEqual(CANCELLED);
      expect((await desk.hear(codes)).slice(0, 2)).toEqual([403, 'invalid_grant']);
      expect((await desk.logs('fdecc')).records[0]).toMatchObject({ clientId: 'tv', userId: expect.any(String) });
      expect((await desk.logs('fede')).records[0]).toMatchObject({ clientId: 'tv' });
      // Too late to think better of it.
      expect((await ana.post(question, { action: 'accept' })).status).toBe(400);
    });

    test('where the person knows at the link that it is not theirs', async () => {
      const codes = await desk.begin();
      const end = await desk.enter(desk.browser(), codes.user, { action: 'decline' });
      expect(end.url.pathname).toBe(DENIED);
      expect(await desk.hear(codes)).toEqual(CANCELLED);
    });

    test('where a script denies the login: person and device hear why', async () => {
      await desk.house.bind(
        `exports.onExecutePostLogin = async (event, api) => api.access.deny('no <b>televisions</b>');`,
      );
      const codes = await desk.begin();
      const end = await desk.enter(ana, codes.user);
      expect(end.status).toBe(400);
      expect(end.html).toContain('no &lt;b&gt;televisions&lt;/b&gt;');
      expect(await desk.hear(codes)).toEqual([403, 'access_denied', 'no <b>televisions</b>']);
    });

    test('where the person takes too long', async () => {
      const codes = await desk.begin();
      const question = await desk.enter(ana, codes.user);
      desk.house.clock.advance(900_000);
      expect((await ana.post(question, { action: 'accept' })).status).toBe(400);
      expect((await desk.enter(ana, codes.user)).html).toContain('data-error="invalid-code"');
      expect(await desk.hear(codes)).toEqual([403, 'expired_token', 'The device code has expired.']);
      expect(await desk.hear(codes)).toEqual([403, 'invalid_grant', 'Invalid or expired device code.']);
    });

    test('once the person is blocked, and once a password is new', async () => {
      const { store, tenant } = desk.house;
      const browser = await desk.signedIn('eve');
      const { records } = await store.users.list(tenant.id, { email: 'eve@example.com' });
      const id = records[0]?.id ?? '';
      const blocked = await desk.grant(browser);
      await store.users.update(tenant.id, id, (user) => ({ ...user, blocked: true }));
      expect((await desk.hear(blocked)).slice(0, 2)).toEqual([403, 'invalid_grant']);
      await store.users.update(tenant.id, id, (user) => ({ ...user, blocked: false }));
      const ended = await desk.grant(browser);
      await store.users.endLogins(tenant.id, id, 'password-changed');
      expect((await desk.hear(ended)).slice(0, 2)).toEqual([403, 'invalid_grant']);
    });
  });

  describe('the device polls', () => {
    test('no faster than it was told; each time it does, it waits five seconds longer', async () => {
      const codes = await desk.begin();
      const slow = (seconds: number) => [
        429,
        'slow_down',
        `You are polling faster than the specified interval of ${seconds} seconds.`,
      ];
      const wait = (seconds: number) => desk.house.clock.advance(seconds * 1000);
      expect((await desk.hear(codes)).slice(0, 2)).toEqual([403, 'authorization_pending']);
      wait(5);
      expect((await desk.hear(codes)).slice(0, 2)).toEqual([403, 'authorization_pending']);
      wait(4);
      const { headers, ...told } = await desk.poll(codes);
      expect([told.status, told.body.error, told.body.error_description]).toEqual(slow(5));
      expect(headers.get('retry-after')).toBe('10');
      wait(5);
      expect(await desk.hear(codes)).toEqual(slow(10));
      wait(6);
      expect((await desk.hear(codes)).slice(0, 2)).toEqual([403, 'authorization_pending']);
      for (const seconds of [15, 20, 25, 30, 30]) expect(await desk.hear(codes)).toEqual(slow(seconds));
    });

    test('and what it is told to wait with stands in no log', async () => {
      const before = (await desk.logs('fede')).total;
      const codes = await desk.begin();
      await desk.hear(codes);
      await desk.hear(codes);
      expect((await desk.logs('fede')).total).toBe(before);
    });

    test('and hears at once that it was granted', async () => {
      const codes = await desk.begin();
      await desk.hear(codes);
      await ana.post(await desk.enter(ana, codes.user), { action: 'accept' });
      expect((await desk.poll(codes)).status).toBe(200);
    });

    test('for five minutes after the yes, then it is too late', async () => {
      const codes = await desk.grant(ana);
      desk.house.clock.advance(300_000);
      expect(await desk.hear(codes)).toEqual([403, 'expired_token', 'The device code has expired.']);
    });

    test('with a key of its own: what it gets is bound to that key; without its proof it may come again', async () => {
      const { store, tenant } = desk.house;
      const settings = (require_proof_of_possession: boolean) =>
        store.clients.update(tenant.id, 'tv', (client) => ({ ...client, settings: { require_proof_of_possession } }));
      await settings(true);
      const codes = await desk.grant(ana);
      expect((await desk.hear(codes)).slice(0, 2)).toEqual([400, 'invalid_dpop_proof']);
      const proof = await createProving(desk, await keyPair())();
      const { body } = await desk.poll(codes, {}, { dpop: proof });
      expect(body).toMatchObject({ token_type: 'DPoP', access_token: expect.any(String) });
      await settings(false);
    });

    test.each<[what: string, more: Record<string, string>, answer: [number, string]]>([
      ['without its key', { device_code: '' }, [400, 'invalid_request']],
      ['with a made-up key', { device_code: 'x'.repeat(43) }, [403, 'invalid_grant']],
      ['with a very long one', { device_code: 'x'.repeat(5000) }, [403, 'invalid_grant']],
      ['as another client', { client_id: 'box', client_secret: TV_SECRET }, [403, 'invalid_grant']],
      ['as a client without the grant', { client_id: 'spa' }, [403, 'unauthorized_client']],
      ['as nobody', { client_id: 'nobody' }, [401, 'access_denied']],
    ])('%s: refused', async (_what, more, answer) => {
      const codes = await desk.begin();
      const { status, body } = await desk.poll(codes, more);
      expect([status, body.error]).toEqual(answer);
      // Nobody else's try has touched it.
      expect((await desk.hear(codes)).slice(0, 2)).toEqual([403, 'authorization_pending']);
    });

    test('with the code that the person types, or at another door: nothing', async () => {
      const codes = await desk.begin();
      expect((await desk.hear({ ...codes, device: codes.user.replace('-', '') })).slice(0, 2)).toEqual([
        403,
        'invalid_grant',
      ]);
      expect((await desk.enter(ana, codes.device)).html).toContain('data-error="invalid-code"');
      expect((await desk.exchange(codes.device)).body.error).toBe('invalid_grant');
    });
  });
});
