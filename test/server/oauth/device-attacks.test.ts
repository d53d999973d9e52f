// What somebody may try against the device flow (RFC 8628 §5): guessing codes, forged forms, links sent to others, polling
// and deciding at the same moment.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newClient } from '#runtime/lifecycle/client.ts';
import { newTenant } from '#runtime/lifecycle/tenant.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import type { PlainBrowser } from '#test/kit/plain-browser.ts';
import { FORM, send } from '../attacks/attacker.ts';
import { CONFIRMATION, type Codes, DEVICE_GRANT, type DeviceDesk, openDeviceDesk } from './device-desk.ts';

describe.each(databasesInFull())('%s', (_name, open) => {
  let desk: DeviceDesk;
  let ana: PlainBrowser;
  let ben: PlainBrowser;
  beforeAll(async () => {
    desk = await openDeviceDesk(await open());
    ana = await desk.signedIn('ana');
    ben = await desk.signedIn('ben');
  });
  beforeEach(() => desk.house.clock.advance(60_000));
  afterAll(() => desk.close());

  const isPending = async (codes: Codes) => (await desk.hear(codes))[1] === 'authorization_pending';

  describe('guessing codes', () => {
    const from = (ip: string) => ({ 'x-forwarded-for': ip });
    const guess = async (ip: string, user_code = 'BCDF-GHJK') => {
      const answer = await desk.post(desk.browser(), '/activate', { user_code }, from(ip));
      const error = /<form[^>]* data-error="([^"]*)"/.exec(await answer.text())?.[1];
      return [answer.status, error ?? answer.headers.get('location')?.split('?')[0]];
    };

    test('ten of one network, IPv6 by its /64; then the right one waits too, and one more comes each minute', async () => {
      const { user } = await desk.begin();
      for (let n = 0; n < 10; n++) expect(await guess(`2001:db8::${n}`)).toEqual([400, 'invalid-code']);
      expect(await guess('2001:db8::ffff')).toEqual([429, 'too-many-failures']);
      expect(await guess('2001:db8::1', user)).toEqual([429, 'too-many-failures']);
      const refused = await desk.post(ana, '/activate', { user_code: user }, from('2001:db8::1'));
      expect(refused.headers.get('retry-after')).toBe('60');
      expect(await guess('2001:db9::1', user)).toEqual([302, '/u/login']);
      desk.house.clock.advance(60_000);
      expect(await guess('2001:db8::1', user)).toEqual([302, '/u/login']);
      expect(await guess('2001:db8::1')).toEqual([400, 'invalid-code']);
      expect(await guess('2001:db8::1')).toEqual([429, 'too-many-failures']);
      const told = (await desk.logs('fdeac')).records.map(({ description }) => description);
      expect(told.filter((line) => line === 'Unknown or expired user code')).toHaveLength(11);
      // Once an hour for the network: whoever has a /64 has 2^64 addresses.
      expect(told.filter((line) => line.startsWith('Too many'))).toHaveLength(1);
      expect(JSON.stringify((await desk.logs('fdeac')).records)).not.toMatch(/BCDF/i);
    });

    test('of ten at once no more are judged than there are tries', async () => {
      const ip = '198.51.100.9';
      for (let n = 0; n < 5; n++) await guess(ip);
      const answers = await Promise.all(Array.from({ length: 10 }, () => guess(ip)));
      expect(answers.filter(([status]) => status === 400)).toHaveLength(5);
    });

    test('what is right, and what no device could show, costs nothing', async () => {
      const ip = '198.51.100.1';
      for (let n = 0; n < 12; n++) expect((await guess(ip, (await desk.begin()).user))[0]).toBe(302);
      for (let n = 0; n < 12; n++) expect(await guess(ip, 'no code')).toEqual([400, 'invalid-code']);
      for (let n = 0; n < 12; n++) expect(await guess(ip, '')).toEqual([400, 'no-code']);
      expect(await guess(ip)).toEqual([400, 'invalid-code']);
    });

    test('from everywhere: the tenant as a whole has an end too', async () => {
      const bucket = { capacity: 1000, refillSeconds: 1 };
      const { store, tenant, clock } = desk.house;
      while ((await store.takeAttempt(tenant.id, 'user-code', bucket, clock.at)).taken);
      expect(await guess('192.0.2.77')).toEqual([429, 'too-many-failures']);
      clock.advance(1000);
      expect(await guess('192.0.2.78')).toEqual([400, 'invalid-code']);
    });
  });

  test.each([
    ['sixty-five thousand characters', `user_code=${'B'.repeat(70_000)}`, 413],
    ['a code twice', 'user_code=BCDF-GHJK&user_code=BCDF-GHJL', 400],
    ['a lone percent sign', 'user_code=%', 400],
    ['half a character', 'user_code=%ED%A0%80', 400],
    ['U+0000', 'user_code=%00', 400],
    ['an unknown button', 'user_code=BCDF-GHJK&action=grant', 400],
  ])('a form with %s is refused', async (_what, body, status) => {
    const answer = await send(desk, ana, '/activate', { method: 'POST', headers: FORM, body });
    expect(answer.status).toBe(status);
  });

  test('an address is shown as text, whatever it says', async () => {
    const { html, status } = await ana.open(`/activate?user_code=${encodeURIComponent('"><script>alert(1)</script>')}`);
    expect([status, html.includes('<script')]).toEqual([200, false]);
    expect((await ana.open('/activate?user_code=a&user_code=b')).status).toBe(200);
  });

  test('pages: nobody frames or keeps them, and no script runs on them', async () => {
    const codes = await desk.begin();
    const question = await desk.questionFor(codes, ana);
    for (const path of [
      '/activate',
      `/activate?user_code=${codes.user}`,
      question.url.pathname + question.url.search,
    ]) {
      const { headers } = await send(desk, ana, path);
      expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
      expect(headers.get('cache-control')).toBe('no-store');
    }
  });

  describe('another site', () => {
    test.each([{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }])(
      'posts: %o',
      async (headers) => {
        const codes = await desk.begin();
        const { url } = await desk.questionFor(codes, ana);
        const state = url.searchParams.get('state') ?? '';
        expect((await desk.post(ana, '/activate', { user_code: codes.user }, headers)).status).toBe(403);
        expect((await desk.post(ana, url.pathname + url.search, { state, action: 'accept' }, headers)).status).toBe(
          403,
        );
        expect(await isPending(codes)).toBe(true);
      },
    );

    test('sends a link: opening it, and opening the question, grants nothing', async () => {
      const codes = await desk.begin();
      await ana.open(`/activate?user_code=${codes.user}&action=accept`);
      const { url } = await desk.questionFor(codes, ana);
      await ana.open(`${url.pathname}${url.search}&action=accept`);
      expect(await isPending(codes)).toBe(true);
    });
  });

  test("somebody else's question cannot be answered, nor half of one", async () => {
    const codes = await desk.begin();
    const question = await desk.questionFor(codes, ana);
    const { url } = question;
    expect((await desk.decide(question, ben, 'accept')).status).toBe(400);
    expect((await desk.decide(question, desk.browser(), 'accept')).status).toBe(400);
    expect((await desk.decide(question, ana, 'default')).status).toBe(400);
    expect((await desk.post(ana, url.pathname + url.search, { state: 'x'.repeat(43), action: 'accept' })).status).toBe(
      400,
    );
    expect((await desk.post(ana, url.pathname, { action: 'accept' })).status).toBe(400);
    expect((await ana.open(url.pathname)).status).toBe(400);
    expect(await isPending(codes)).toBe(true);
  });

  test('whoever goes around the question gets nothing, and neither does the device', async () => {
    const codes = await desk.begin();
    const { url } = await desk.questionFor(codes, ana);
    const end = await ana.open(`/authorize/resume${url.search}`);
    expect(end.status).toBe(400);
    expect(await isPending(codes)).toBe(true);
    expect((await ana.open(url.pathname + url.search)).status).toBe(400);
  });

  test('a login that no device waits for is not to be had at the question', async () => {
    const page = await desk.browser().open(desk.authorizeUrl());
    const at = await send(desk, ana, `${CONFIRMATION}${page.url.search}`);
    expect(at.status).toBe(400);
    const own = desk.browser();
    const { url } = await own.open(desk.authorizeUrl());
    expect((await own.open(`${CONFIRMATION}${url.search}`)).url.pathname).toBe('/u/login');
  });

  test("another tenant's codes open nothing", async () => {
    const { ports } = desk.house;
    const made = await newTenant(ports, { name: 'other', baseUrl: 'http://other.localhost:3000', ownerId: 'default' });
    if (!made.made) throw new Error('no tenant');
    await newClient(ports, made.tenant.id, {
      id: 'tv',
      name: 'Television',
      authMethod: 'none',
      grantTypes: [DEVICE_GRANT],
    });
    const codes = await desk.begin();
    const there = (path: string, fields: Record<string, string>) =>
      desk.app.request(made.tenant.baseUrl + path, {
        method: 'POST',
        headers: FORM,
        body: String(new URLSearchParams(fields)),
      });
    const poll = await there('/oauth/token', { grant_type: DEVICE_GRANT, client_id: 'tv', device_code: codes.device });
    expect([poll.status, ((await poll.json()) as { error: string }).error]).toEqual([403, 'invalid_grant']);
    const entered = await there('/activate', { user_code: codes.user });
    expect([entered.status, (await entered.text()).includes('data-error="invalid-code"')]).toEqual([400, true]);
    expect(await isPending(codes)).toBe(true);
  });

  test('the log holds no code', async () => {
    const codes = await desk.grant(ana);
    await desk.poll(codes);
    const { records } = await desk.house.store.logs.list(desk.house.tenant.id, {
      order: 'newest',
      page: { offset: 0, limit: 100 },
    });
    const said = JSON.stringify(records);
    for (const secret of [codes.device, codes.user, codes.user.replace('-', '')]) expect(said).not.toContain(secret);
  });
});
