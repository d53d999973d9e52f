// Back-channel logout where it does not go well: nobody listens, the address is not for us, several servers want to send.
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type LogoutDesk, MINUTE_MS, openLogoutDesk } from './logout-desk.ts';
import type { LogoutReceiver } from './logout-receiver.ts';

let desk: LogoutDesk;
beforeAll(async () => {
  desk = await openLogoutDesk();
});
beforeEach(() => desk.clear());
afterAll(() => desk?.close());

describe('where nobody listens', () => {
  const PAUSES = [1, 5, 15, 30];

  test.each<[string, LogoutReceiver['answers'], object]>([
    ['a fault', { status: 500 }, { status: 500 }],
    ['a refusal', { status: 400, body: '{"error":"invalid_request"}' }, { status: 400 }],
    ['a redirect, which is not followed', { status: 302, headers: { location: 'there' } }, { status: 302 }],
  ])('%s: it is told again, at last no more', async (_what, answers, details) => {
    desk.receiver.answers = answers;
    await desk.toAll('spa');
    const { id } = await desk.session(['spa']);
    await desk.revoke(id);
    await desk.tell();
    for (const [place, minutes] of PAUSES.entries()) {
      desk.door.house.clock.advance(minutes * MINUTE_MS - 1);
      await desk.tell();
      expect(desk.receiver.told).toHaveLength(place + 1);
      desk.door.house.clock.advance(1);
      await desk.tell();
      expect(desk.receiver.told).toHaveLength(place + 2);
    }
    desk.door.house.clock.advance(60 * MINUTE_MS);
    await desk.tell();
    expect(desk.receiver.told.map(({ path }) => path)).toEqual(Array(5).fill('/logged-out?of=here'));
    const ids = desk.receiver.tokens().map((token) => decodeJwt(token).jti);
    expect(new Set(ids).size).toBe(5);
    const lines = (await desk.logs()).slice(-5);
    expect(lines.map(({ type }) => type)).toEqual(Array(5).fill('oidc_backchannel_logout_failed'));
    expect(lines.map((line) => line.details)).toEqual(
      [1, 2, 3, 4, 5].map((number) => ({ session_id: id, try: number, ...details })),
    );
  });

  test('until somebody does', async () => {
    desk.receiver.answers = { status: 503 };
    await desk.toAll('spa');
    await desk.revoke((await desk.session(['spa'])).id);
    await desk.tell();
    desk.receiver.answers = { status: 204 };
    desk.door.house.clock.advance(MINUTE_MS);
    await desk.tell();
    desk.door.house.clock.advance(30 * MINUTE_MS);
    await desk.tell();
    expect(desk.receiver.told).toHaveLength(2);
    expect((await desk.logs()).at(-1)).toMatchObject({ details: { try: 2, status: 204 } });
  });

  test('an application that wants it no more, or is gone, is let alone', async () => {
    desk.receiver.answers = { status: 500 };
    const short = String((await desk.send('POST', '/api/v2/clients', { name: 'Short' })).body.client_id);
    await Promise.all([desk.toAll('spa'), desk.toAll(short)]);
    await desk.revoke((await desk.session(['spa', short])).id);
    await desk.tell();
    expect(desk.receiver.told).toHaveLength(2);
    await desk.edit('spa', { oidc_logout: null });
    await desk.send('DELETE', `/api/v2/clients/${short}`);
    desk.door.house.clock.advance(MINUTE_MS);
    await desk.tell();
    expect(desk.receiver.told).toHaveLength(2);
    expect(await desk.door.deps.store.logoutNotices.due(desk.door.house.clock.at, { most: 9, ofOneTenant: 9 })).toEqual(
      [],
    );
  });
});

describe('an address that is not for us', () => {
  test.each<[string, () => string]>([
    ['a port that is not allowed', () => desk.elsewhere.url],
    ['the same by another spelling', () => desk.elsewhere.url.replace('127.0.0.1', '[::ffff:127.0.0.1]')],
    ['the metadata of a cloud', () => 'http://169.254.169.254/latest/meta-data/'],
    ['a private network', () => 'https://10.0.0.1/out'],
    ['a name that leads home', () => desk.elsewhere.url.replace('127.0.0.1', 'localhost')],
  ])('%s is not called', async (_what, url) => {
    expect((await desk.edit('spa', { oidc_logout: { backchannel_logout_urls: [url()] } })).status).toBe(200);
    await desk.subscribe('spa', { url: url(), ends: 'all' });
    await desk.revoke((await desk.session(['spa'])).id);
    await desk.tell();
    expect(desk.elsewhere.told).toEqual([]);
    const log = (await desk.logs()).at(-1);
    expect(log).toMatchObject({ type: 'oidc_backchannel_logout_failed' });
    expect(log?.details).toMatchObject({ error: { code: 'ERR_EGRESS_REFUSED' } });
  });

  test('a redirect to it is not followed', async () => {
    desk.receiver.answers = { status: 307, headers: { location: desk.elsewhere.url } };
    await desk.toAll('spa');
    await desk.revoke((await desk.session(['spa'])).id);
    await desk.tell();
    expect([desk.receiver.told.length, desk.elsewhere.told.length]).toEqual([1, 0]);
  });
});

test('of many servers one sends each', async () => {
  await Promise.all([desk.toAll('spa'), desk.toAll('web')]);
  const ended = await Promise.all(Array.from({ length: 5 }, () => desk.session(['spa', 'web'])));
  await Promise.all(ended.map(({ id }) => desk.revoke(id)));
  const sent = await Promise.all([desk.tell(), desk.tell(), desk.tell()]);
  expect(sent.reduce((sum, each) => sum + each)).toBe(10);
  expect(await desk.tell()).toBe(0);
  const told = desk.receiver.tokens().map((token) => decodeJwt(token));
  expect(told.map(({ aud, sid }) => `${aud} ${sid}`).toSorted()).toEqual(
    ended.flatMap(({ id }) => [`spa ${id}`, `web ${id}`]).toSorted(),
  );
});
