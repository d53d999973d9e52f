// The timeline of a login through the Management API: what explains it, in whose eyes, and what is never in it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TimelineStep } from '#server/timeline/timeline.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { PASSWORD } from '#test/kit/house.ts';
import { items, type Json, type Office, openOffice } from '../management/office.ts';

const BASE = '/api/v2/logins';
const SCRIPTS = [
  `exports.onExecutePostLogin = async (event, api) => {
    console.log('asks', event.user.name);
    api.authentication.challengeWithAny([{ type: 'phone' }, { type: 'otp' }]);
  };`,
  `exports.onExecutePostLogin = async (event, api) => {
    api.idToken.setCustomClaim('https://x/answer', 42);
  };`,
];

describe.each(databasesInFull())('timelines on %s', (_name, open) => {
  let office: Office;
  beforeAll(async () => {
    office = await openOffice(await open());
  });
  afterAll(() => office.close());

  const loginsOf = async (userId: string): Promise<Json[]> =>
    items((await office.send('GET', `${BASE}?user_id=${encodeURIComponent(userId)}`)).body.logins!);
  const numbersIn = (value: unknown) =>
    JSON.stringify(value, (key, inner) => (/^(log_)?id$|_id$|^date$|_at$|^at$/.test(key) ? undefined : inner));

  test('explain a whole login: steps, scripts, why, messages, lines, and where the time went', async () => {
    const { house, browser, authorizeUrl, exchange } = office.door;
    await house.bind(...SCRIPTS);
    const user = await house.user('ana', ['phone']);
    const visitor = browser();
    const page = await visitor.open(authorizeUrl());
    const typed = { username: 'ana@example.com', password: PASSWORD, action: 'default' };
    const challenge = await visitor.post(page, typed);
    house.clock.advance(90_000);
    const code = await house.codeFor('+447700900123');
    const [waiting] = await loginsOf(user.id);
    expect(waiting).toMatchObject({ outcome: 'waiting', state: 'challenging', user_id: user.id, client_id: 'spa' });
    const end = await visitor.post(challenge, { code, action: 'default' });
    const authorizationCode = end.url.searchParams.get('code') ?? '';
    const tokens = await exchange(authorizationCode);

    const [login] = await loginsOf(user.id);
    expect(login).toMatchObject({ outcome: 'completed', rest: 'The login is complete' });
    const { status, body } = await office.send('GET', `${BASE}/${login!.transaction_id}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...{ purpose: 'login', door: 'hosted', client_name: 'Spa', user_id: user.id, user_name: 'ana@example.com' },
      outcome: 'completed',
      actions: [
        { name: 'action-1', version_number: 1, runs: 1, commands: ['authentication.challengeWithAny'], failed: false },
        { name: 'action-2', version_number: 1, runs: 1 },
      ],
    });
    const steps = body.steps as unknown as TimelineStep[];
    expect(steps.map(({ number, title, rest }) => [number, title, rest])).toEqual([
      [1, 'The login began', 'Identifier and password are awaited'],
      [2, 'The password was sent', 'A proof by phone by SMS is awaited'],
      [3, 'A code was entered', 'The login is complete'],
    ]);
    const [, asked, last] = steps;
    expect(asked).toMatchObject({
      work: [
        { text: 'Accepted: password' },
        { text: 'Action action-1 ran' },
        {
          why: {
            code: 'only-usable',
            text: 'Phone is the only one that can be used',
            factors: [{ standing: 'usable' }, { factor: 'otp', standing: 'not-enrolled' }],
          },
        },
      ],
      runs: [{ action_name: 'action-1', logs: [{ text: 'asks ana' }] }],
      messages: [{ channel: 'sms', state: 'delivered', to: expect.stringMatching(/^X+|•|\*/) }],
    });
    expect(last?.waited_ms).toBeGreaterThan(89_000);
    expect(last?.logs.map(({ type }) => type)).toEqual(expect.arrayContaining(['gd_auth_succeed', 's']));
    const time = body.time!;
    expect(time).toMatchObject({ waiting_ms: last?.waited_ms });
    expect(Number(time.scripts_ms)).toBeGreaterThan(0);
    expect(Number(time.total_ms)).toBeGreaterThan(90_000 - 1000);

    const secrets = [code, PASSWORD, authorizationCode, String(tokens.body.access_token), String(tokens.body.id_token)];
    const text = numbersIn(body);
    for (const secret of [...secrets, '+447700900123', challenge.url.searchParams.get('state') ?? '?']) {
      expect(text.includes(secret)).toBe(false);
    }
    // The search would find what is told.
    expect(text).toContain('asks ana');
  });

  test('a denied login and one that nobody came back to', async () => {
    const { house, browser, authorizeUrl, signIn } = office.door;
    await house.bind(`exports.onExecutePostLogin = async (event, api) => { api.access.deny('Closed on Sundays.'); };`);
    const { id } = await house.user('ben');
    await signIn(browser(), 'ben');
    const [denied] = await loginsOf(id);
    expect(denied).toMatchObject({ outcome: 'denied', code: 'access_denied', reason: 'Closed on Sundays.' });
    const { body } = await office.send('GET', `${BASE}/${denied!.transaction_id}`);
    expect(body).toMatchObject({ outcome: 'denied', reason: 'Closed on Sundays.' });

    await browser().open(authorizeUrl());
    const newest = async () => items((await office.send('GET', `${BASE}?take=1`)).body.logins!)[0];
    expect(await newest()).toMatchObject({ outcome: 'waiting', state: 'identifying' });
    house.clock.advance(61 * 60_000);
    expect(await newest()).toMatchObject({ outcome: 'run-out' });
  });

  test('are listed page by page', async () => {
    for (let at = 0; at < 3; at++) await office.door.browser().open(office.door.authorizeUrl());
    const all = items((await office.send('GET', `${BASE}?take=3`)).body.logins!);
    const first = await office.send('GET', `${BASE}?take=2`);
    const second = await office.send('GET', `${BASE}?take=1&from=${first.body.next}`);
    expect([...items(first.body.logins!), ...items(second.body.logins!)]).toEqual(all);
  });

  test('show to whom what they may read elsewhere', async () => {
    const { house, browser, signIn } = office.door;
    await house.bind(`exports.onExecutePostLogin = async () => { console.log('a line'); };`);
    const { id } = await house.user('cleo');
    await signIn(browser(), 'cleo');
    const [login] = await loginsOf(id);
    const path = `${BASE}/${login!.transaction_id}`;
    const seen = async (...scopes: Parameters<Office['as']>) => {
      const { status, body } = await (await office.as(...scopes))('GET', path);
      const steps = (body.steps ?? []) as unknown as TimelineStep[];
      return [status, steps.some(({ runs }) => runs.length > 0), steps.some(({ logs }) => logs.length > 0)];
    };
    expect(await seen('read:logs', 'read:actions')).toEqual([200, true, true]);
    expect(await seen('read:logs')).toEqual([200, false, true]);
    expect(await seen('read:actions')).toEqual([200, true, false]);
    expect(await seen('read:users')).toEqual([403, false, false]);
    expect((await office.sendAsNeighbour('GET', path)).status).toBe(404);
  });

  test.each([
    ['of a login that never was', `${BASE}/none`, 404],
    ['with a checkpoint that is none', `${BASE}?from=x`, 400],
    ['with too many at once', `${BASE}?take=101`, 400],
  ])('refuse one %s', async (_what, path, status) => {
    expect((await office.send('GET', path)).status).toBe(status);
  });
});
