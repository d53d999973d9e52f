// Attacks with odd texts, on both databases: U+0000, half characters, what turns text round, and far too much of it.
// Whatever comes in, the answer is never a fault of ours.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import { type FrontDoor, openFrontDoor } from '../oauth/front-door.ts';
import { FORM, send, signIn, signUpApart, stateOf } from './attacker.ts';

const ODD: [name: string, text: string][] = [
  ['U+0000', 'a\u0000b'],
  ['half a character', 'a\ud800b'],
  ['text turned round', 'a\u202eb'],
  ['a quote', `a'b"c`],
  ['thirty thousand characters', 'x'.repeat(30_000)],
  ['many bytes', '\u{1F980}'.repeat(3_000)],
  ['nothing but marks', '\u0301'.repeat(500)],
];

describe.each(databasesInFull())('%s', (_name, open) => {
  let door: FrontDoor;
  let people = 0;
  beforeAll(async () => {
    door = await openFrontDoor({ databaseUrl: await open() });
  }, 120_000);
  afterAll(() => door.close());

  test.each(ODD)('%s in a sign-up', async (_what, text) => {
    people += 1;
    const email = `odd-${people}@x.example`;
    const rows: Record<string, unknown>[] = [
      { email: `${text}@x.example` },
      { email, name: text },
      { email, nickname: text, given_name: text.slice(0, 100) },
      { email, username: text },
      { email, user_metadata: { [text.slice(0, 50)]: text.slice(0, 400) } },
      { email, picture: `https://x.example/${text}` },
      { client_id: text, email },
      { connection: text, email },
      { email, [text.slice(0, 100)]: text },
    ];
    for (const row of rows) expect((await signUpApart(door, row)).status).toBeLessThan(500);
    door.house.clock.advance(600_000);
  });

  test.each(ODD)('%s on the pages', async (_what, text) => {
    const browser = door.browser();
    const page = await browser.open(door.authorizeUrl({ login_hint: text.slice(0, 500) }));
    const state = stateOf(page);
    for (const path of ['/u/login', '/u/signup']) {
      const fields = { state, username: text, email: `${text}@x.example`, password: text, 'ulp-more': text };
      const init = { method: 'POST', headers: FORM, body: String(new URLSearchParams(fields)) };
      expect((await send(door, browser, `${path}?state=${state}`, init)).status).toBeLessThan(500);
    }
    const key = encodeURIComponent(text.toWellFormed().slice(0, 500));
    for (const path of ['/u/login', '/u/form', '/continue', '/authorize/resume'])
      expect((await send(door, browser, `${path}?state=${key}`)).status).toBe(400);
  });

  test.each(ODD)('%s in what scripts write', async (_what, text) => {
    const { house } = door;
    people += 1;
    await house.user(`writer-${people}`);
    const said = JSON.stringify(text);
    await house.bind(
      `exports.onExecutePostLogin = async (event, api) => {
  const text = ${said};
  const attempts = [
    () => api.user.setAppMetadata(text.slice(0, 50), text.slice(0, 400)),
    () => api.user.setUserMetadata('k', { [text.slice(0, 50)]: [text.slice(0, 400)] }),
    () => api.idToken.setCustomClaim('https://x.example/' + text.slice(0, 50), text.slice(0, 400)),
    () => api.session.setMetadata('k', text.slice(0, 200)),
    () => api.transaction.setMetadata(text.slice(0, 50), text.slice(0, 400)),
    () => api.cache.set(text.slice(0, 30), text.slice(0, 400)),
    () => api.accessToken.addScope(text.slice(0, 50)),
    () => api.authentication.recordMethod('https://x.example/' + text.slice(0, 100)),
  ];
  for (const attempt of attempts) try { attempt(); } catch (error) { console.log(error.message); }
  console.log(text);
};`,
      `exports.onExecutePostLogin = async (event, api) => {
  if (event.request.query.refuse) api.access.deny(${said} || 'no');
};`,
    );
    const browser = door.browser();
    const end = await signIn(door, browser, `writer-${people}`);
    const code = end.url.searchParams.get('code');
    expect(code).toBeTruthy();
    expect((await door.exchange(code ?? '')).status).toBe(200);
    expect((await browser.open(door.authorizeUrl())).url.searchParams.has('code')).toBe(true);
    const refused = await browser.open(door.authorizeUrl({ refuse: '1' }));
    expect(refused.url.searchParams.get('error')).toBe('access_denied');
    expect(refused.url.searchParams.get('error_description')).not.toMatch(/\p{Cc}/u);
    await house.bind();
  });
});
