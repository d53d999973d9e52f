// Test: to another site and back through `/continue`: by link and by form, in this browser and in others.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse } from '#test/kit/house.ts';
import { type Answer, cookie, openPages, type Pages, signInOn, stateIn } from './pages.ts';

/** Goes away, and denies with what came back, so that the callback shows it. */
const AWAY = `exports.onExecutePostLogin = async (event, api) => {
  api.redirect.sendUserTo('https://other.example/ask?kept=1', { query: { user: 'a&b' } });
};
exports.onContinuePostLogin = async (event, api) => {
  const { state, ...query } = event.request.query;
  const { state: also, ...body } = event.request.body;
  api.access.deny(JSON.stringify({ query, body, method: event.request.method }));
};`;
const ELSEWHERE = { cookie: cookie('c'.repeat(43)) };
const NO_COOKIE = { cookie: '' };
const CROSS = { origin: 'https://other.example', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
const JSON_BODY = { 'content-type': 'application/json' };

let house: House;
let pages: Pages;
beforeAll(async () => {
  house = await openHouse();
  await house.user('ana');
  await house.user('ben', ['otp']);
  await house.bind(AWAY);
  pages = openPages(house);
}, 60_000);
afterAll(() => house.close());

async function away(): Promise<{ state: string; target: URL }> {
  const sent = await signInOn(house, pages, 'ana');
  expect(sent.status).toBe(302);
  return { state: stateIn(sent), target: new URL(sent.location ?? '') };
}

/** What the script was shown. */
function seen(answer: Answer): unknown {
  const { searchParams } = new URL(answer.location ?? 'x:');
  expect(searchParams.get('error')).toBe('access_denied');
  return JSON.parse(searchParams.get('error_description') ?? 'null');
}

describe('on the way', () => {
  test('the address of the script, with the key as state', async () => {
    const { target, state } = await away();
    expect(target.origin + target.pathname).toBe('https://other.example/ask');
    expect(Object.fromEntries(target.searchParams)).toEqual({ kept: '1', user: 'a&b', state });
    expect(state).toMatch(/^[\w-]{43}$/);
  });

  test('whoever asks for another page of the login is sent there too', async () => {
    const { state } = await away();
    const asked = await pages.get(`/u/login?state=${state}`);
    expect(asked.location).toMatch(/^https:\/\/other\.example\/ask/);
  });

  test('a form in a browser is answered with a page, since its policy knows nothing of the site', async () => {
    const { state } = await away();
    const sent = await pages.post(`/u/login?state=${state}`, { state }, { 'sec-fetch-mode': 'navigate' });
    expect(sent.status).toBe(200);
    expect(sent.hasForm).toBe(false);
    expect(sent.text).toContain(`content="0;url=https://other.example/ask?kept=1&amp;user=a%26b&amp;state=${state}"`);
  });
});

describe('back', () => {
  const rows: [name: string, send: (state: string) => Promise<Answer>, shows: unknown][] = [
    [
      'by link',
      (state) => pages.get(`/continue?state=${state}&a=1&b=&c=x%20y`),
      { query: { a: '1', b: '', c: 'x y' }, body: {}, method: 'GET' },
    ],
    [
      'with a parameter more than once',
      (state) => pages.get(`/continue?state=${state}&a=1&a=2`),
      { query: { a: ['1', '2'] }, body: {}, method: 'GET' },
    ],
    [
      'by form',
      (state) => pages.post('/continue?q=1', `state=${state}&a=1&b=2&b=3`, CROSS),
      { query: { q: '1' }, body: { a: '1', b: ['2', '3'] }, method: 'POST' },
    ],
    [
      'by form, with the key in both places',
      (state) => pages.post(`/continue?state=${state}`, { state, a: '1' }),
      { query: {}, body: { a: '1' }, method: 'POST' },
    ],
    [
      'with JSON',
      (state) => pages.post(`/continue?state=${state}`, '{"a":{"b":[1,null,true]}}', JSON_BODY),
      { query: {}, body: { a: { b: [1, null, true] } }, method: 'POST' },
    ],
  ];
  test.each(rows)('%s', async (_name, send, shows) => {
    const { state } = await away();
    const answer = await send(state);
    expect(answer.status).toBe(302);
    expect(seen(answer)).toEqual(shows);
  });

  test('and on, when the second handler has nothing against it', async () => {
    const [first = ''] = AWAY.split('exports.onContinuePostLogin');
    await house.bind(`${first} exports.onContinuePostLogin = async () => {};`);
    const { state } = await away();
    expect((await pages.get(`/continue?state=${state}`)).location).toMatch(/^\/authorize\/resume/);
    await house.bind(AWAY);
  });
});

describe('a form of another site that comes without our cookie', () => {
  test('is shown back with one button, and goes on from our own page', async () => {
    const { state } = await away();
    const fields = { state, a: '"><script>', b: '2\n3' };
    const relayed = await pages.post('/continue?q=1', fields, { ...NO_COOKIE, ...CROSS });
    expect(relayed).toMatchObject({ status: 200, hasForm: true, error: undefined });
    expect(relayed.text).toContain('<form method="post" action="/continue?q=1">');
    expect(relayed.text).toContain('name="a" value="&quot;&gt;&lt;script&gt;"');
    expect(relayed.text.match(/<button/g)).toHaveLength(1);
    expect(relayed.headers.get('cache-control')).toBe('no-store');
    expect(relayed.headers.getSetCookie()).toEqual([]);
    const ours = { origin: 'null', 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'navigate' };
    const answer = await pages.post('/continue?q=1', fields, ours);
    expect(seen(answer)).toEqual({ query: { q: '1' }, body: { a: '"><script>', b: '2\n3' }, method: 'POST' });
  });

  test('looks the same whether or not there is a login', async () => {
    const { state } = await away();
    const send = (key: string) => pages.post('/continue', { state: key }, { ...NO_COOKIE, ...CROSS });
    const [real, invented] = [await send(state), await send('x'.repeat(43))];
    expect(invented.text.replaceAll('x'.repeat(43), state)).toBe(real.text);
    expect(invented.status).toBe(real.status);
  });
});

describe('is refused with a page without a form', () => {
  const rows: [name: string, send: (state: string) => Promise<Answer>, status: number][] = [
    ['no state', () => pages.get('/continue'), 400],
    ['an unknown state', () => pages.get(`/continue?state=${'x'.repeat(43)}`), 400],
    ['two states', (state) => pages.get(`/continue?state=${state}&state=${state}`), 400],
    ['a state that is no text', (state) => pages.post('/continue', `{"state":["${state}"]}`, JSON_BODY), 400],
    ['two states that differ', (state) => pages.post(`/continue?state=${state}`, { state: 'x' }), 400],
    ['another browser', (state) => pages.get(`/continue?state=${state}`, ELSEWHERE), 400],
    ['no browser', (state) => pages.get(`/continue?state=${state}`, NO_COOKIE), 400],
    ['a form of another browser', (state) => pages.post('/continue', { state }, { ...ELSEWHERE, ...CROSS }), 400],
    ['a form of no browser', (state) => pages.post('/continue', { state }, NO_COOKIE), 400],
    [
      'our own page in another browser',
      (state) => pages.post('/continue', { state }, { ...NO_COOKIE, origin: 'null', 'sec-fetch-site': 'same-origin' }),
      400,
    ],
    [
      'JSON of another site',
      (state) => pages.post('/continue', `{"state":"${state}"}`, { ...NO_COOKIE, ...CROSS, ...JSON_BODY }),
      400,
    ],
    ['no JSON', (state) => pages.post(`/continue?state=${state}`, '{', JSON_BODY), 400],
    ['a JSON list', (state) => pages.post(`/continue?state=${state}`, '[]', JSON_BODY), 400],
    ['another type', (state) => pages.post(`/continue?state=${state}`, 'a', { 'content-type': 'text/plain' }), 400],
    ['a broken query', (state) => pages.get(`/continue?state=${state}&a=%zz`), 400],
    ['an endless body', (state) => pages.post('/continue', { state, a: 'x'.repeat(70_000) }), 413],
  ];
  test.each(rows)('%s; the login stays where it was', async (_name, send, status) => {
    const { state } = await away();
    const answer = await send(state);
    expect(answer).toMatchObject({ status, hasForm: false });
    expect(answer.text).not.toContain('other.example');
    expect(seen(await pages.get(`/continue?state=${state}`))).toBeTruthy();
  });

  test('too late', async () => {
    const { state } = await away();
    house.clock.advance(61 * 60_000);
    expect(await pages.get(`/continue?state=${state}`)).toMatchObject({ status: 400, hasForm: false });
  });
});

test('a state that was used leads to where the login is, and runs nothing again', async () => {
  const { state } = await away();
  const first = await pages.get(`/continue?state=${state}`);
  const again = await pages.get(`/continue?state=${state}`);
  expect(again.status).toBe(302);
  expect(again.location?.replace(/state=.*/, '')).toBe(first.location?.replace(/state=.*/, ''));
});

test('a login that waits for something else is shown, and nothing is skipped', async () => {
  await house.bind(
    `exports.onExecutePostLogin = async (event, api) => api.authentication.challengeWith({ type: 'otp' });`,
  );
  const asked = await signInOn(house, pages, 'ben');
  const path = asked.location ?? '';
  expect(path).toMatch(/^\/u\/mfa-otp-challenge/);
  expect((await pages.get(`/continue?state=${stateIn(asked)}`)).location).toBe(path);
  expect((await pages.post('/continue', { state: stateIn(asked) })).location).toBe(path);
  await house.bind(AWAY);
});

test('of two visits at once one goes on, and the other is led to where the login is', async () => {
  const { state } = await away();
  const answers = await Promise.all([1, 2].map(() => pages.get(`/continue?state=${state}`)));
  for (const { status } of answers) expect([200, 302]).toContain(status);
  expect(answers.filter(({ location }) => location?.startsWith('https://app.example/'))).not.toEqual([]);
});
