// Server: a forgotten password from the request to the new one, over the whole application and real cells.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PASSWORD } from '#test/kit/house.ts';
import { bindTo, lastRun } from '../../runtime/triggers/bind-to.ts';
import { totp } from '../../runtime/visit.ts';
import { type FrontDoor, openFrontDoor } from '../oauth/front-door.ts';
import { ask, at, choose, errorOf, linksTo, logsOf, mailed, NEW, opens, post, REQUEST } from './mailed.ts';

const SENT = "We've just sent you an email to reset your password.";
const TRIGGER = 'password-reset-post-challenge';

let door: FrontDoor;
beforeAll(async () => {
  door = await openFrontDoor();
});
afterAll(() => door.close());

let people = 0;
async function person(has: ('otp' | 'phone' | 'email')[] = []): Promise<string> {
  const name = `forgetful-${++people}`;
  await door.house.user(name, has);
  return `${name}@example.com`;
}

describe('asking by the API', () => {
  test('answers with the recorded text, as HTML, and lets pages of applications call it', async () => {
    const email = await person();
    const told = await ask(door, email);
    expect([told.status, told.text]).toEqual([200, SENT]);
    expect(told.headers.get('content-type')).toMatch(/^text\/html/);
    expect(told.headers.get('access-control-allow-origin')).toBe('*');
    expect(await linksTo(door, email)).toHaveLength(1);
    expect((await logsOf(door, 'scpr'))[0]).toMatchObject({ userName: email, clientId: 'spa', ip: expect.any(String) });
  });

  test('takes a form, and a username', async () => {
    const email = 'named@example.com';
    await door.house.user('named', [], { username: 'the.named' });
    const body = 'client_id=spa&connection=Username-Password-Authentication&username=the.named';
    expect((await post(door, body, 'application/x-www-form-urlencoded')).text).toBe(SENT);
    expect(await linksTo(door, email)).toHaveLength(1);
  });

  test.each<[what: string, body: Record<string, unknown>, code: string, description: string]>([
    ['no application', { client_id: null }, 'invalid_request', 'Missing required property: client_id'],
    ['no connection', { connection: '' }, 'invalid_request', 'Missing required property: connection'],
    ['no address', { email: undefined }, 'invalid_request', 'Missing required property: email'],
    ['an endless address', { email: 'a'.repeat(400) }, 'invalid_request', 'email is not valid'],
    ['an unknown application', { client_id: 'nope' }, 'invalid_client', 'Unknown client'],
    ['an unknown connection', { connection: 'nope' }, 'invalid_request', 'the connection was not found'],
    ['an unknown organization', { organization: 'org_x' }, 'invalid_request', 'the organization was not found'],
    ['an object for an address', { email: { $gt: '' } }, 'invalid_request', 'email is not valid'],
  ])('refuses %s', async (_what, more, code, description) => {
    const told = await ask(door, 'ana@example.com', more);
    expect(told.status).toBe(400);
    expect(JSON.parse(told.text)).toEqual({ name: 'BadRequestError', code, description, statusCode: 400 });
  });

  test('knows POST alone', async () => {
    const answer = await door.get('/dbconnections/change_password');
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
  });

  test('is closed where a connection leaves passwords to its administrators', async () => {
    const { store, tenant } = door.house;
    const connection = await store.connections.findByKey(tenant.id, 'Username-Password-Authentication');
    const put = (disable_self_service_change_password: boolean) =>
      store.connections.update(tenant.id, connection?.id ?? '', (each) => ({
        ...each,
        options: { ...each.options, disable_self_service_change_password },
      }));
    await put(true);
    expect(JSON.parse((await ask(door, 'ana@example.com')).text)).toMatchObject({ code: 'change_password_disabled' });
    const login = await door.browser().open(door.authorizeUrl());
    expect(login.html).not.toContain(REQUEST);
    expect((await door.get(REQUEST)).status).toBe(404);
    await put(false);
  });
});

describe('on the pages', () => {
  test('from the login page to the new password, and back to the login', async () => {
    const email = await person();
    const browser = door.browser();
    const login = await browser.open(door.authorizeUrl());
    const [href = ''] = /\/u\/reset-password\/request\?state=[^"]+/.exec(login.html) ?? [];
    const request = await browser.open(href);
    expect([at(request), request.status]).toEqual([REQUEST, 200]);
    expect(request.html).toContain(`href="/u/login?state=${login.url.searchParams.get('state')}"`);
    const empty = await browser.post(request, { email: ' ', action: 'default' });
    expect([empty.status, errorOf(empty)]).toEqual([400, 'no-email']);
    const sent = await browser.post(request, { email, action: 'default' });
    expect([sent.status, sent.html.includes(email)]).toEqual([200, false]);
    expect(sent.html).toContain('Check your email');

    const [link = ''] = await linksTo(door, email);
    expect(link.startsWith(`${door.site}/u/reset-password/verify?ticket=`)).toBe(true);
    const page = await browser.open(link);
    expect([at(page), page.status]).toEqual(['/u/reset-password', 200]);
    expect(page.html).not.toContain(link.slice(-43));
    expect(page.html).toContain('at least 8 characters');
    for (const [fields, error] of [
      [{}, 'no-password'],
      [{ password: NEW }, 'password-mismatch'],
      [{ password: NEW, 're-enter-password': 'other' }, 'password-mismatch'],
      [{ password: 'short', 're-enter-password': 'short' }, 'password-too-weak'],
    ] as const) {
      const refused = await browser.post(page, { ...fields, action: 'default' });
      expect([refused.status, errorOf(refused)]).toEqual([400, error]);
      expect(refused.html).not.toContain(NEW);
    }
    const done = await choose(browser, page);
    expect([at(done), done.status]).toEqual(['/u/reset-password-success', 200]);
    expect(done.html).toContain('Password changed');
    expect(await opens(door, email, PASSWORD)).toBe(false);
    expect(await opens(door, email, NEW)).toBe(true);
    const user = await door.house.store.users.findByIdentifier(
      door.house.tenant.id,
      'Username-Password-Authentication',
      email,
    );
    expect(user).toMatchObject({ emailVerified: true });
    expect((await logsOf(door, 'scp'))[0]).toMatchObject({ userId: user?.id, clientId: 'spa' });
  });

  test('without a login, as password managers come', async () => {
    const email = await person();
    const known = await door.get('/.well-known/change-password');
    expect([known.status, known.headers.get('location')]).toEqual([302, REQUEST]);
    const browser = door.browser();
    const sent = await browser.open(REQUEST, { email, action: 'default' });
    expect(sent.html).toContain('Check your email');
    const [link = ''] = await linksTo(door, email);
    expect(at(await choose(browser, await browser.open(link)))).toBe('/u/reset-password-success');
  });

  test('in Japanese, the mail too', async () => {
    const email = await person();
    const answer = await door.app.request(`${door.site}${REQUEST}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'accept-language': 'ja' },
      body: new URLSearchParams({ email }),
    });
    expect(await answer.text()).toContain('メールをご確認ください');
    const [link = ''] = await linksTo(door, email);
    const [mail] = await door.house.store.messages.inbox(door.house.tenant.id, email, 1);
    expect(mail).toMatchObject({ channel: 'email', text: expect.stringContaining('パスワードを再設定') });
    expect(mail).not.toHaveProperty('transactionId');
    expect((await door.browser().open(link)).html).toContain('<html lang="ja" dir="ltr">');
  });

  test('a link that was used offers another mail', async () => {
    const email = await person();
    const link = await mailed(door, email);
    const browser = door.browser();
    await choose(browser, await browser.open(link));
    const again = await browser.open(link);
    expect(again.status).toBe(400);
    expect(again.html).toContain(`href="${REQUEST}"`);
    expect(again.html).not.toContain('<form');
  });

  test('one that is older than five days does not open, and the page of one that was opened before sets nothing', async () => {
    const email = await person();
    const link = await mailed(door, email);
    door.house.clock.advance(5 * 86_400_000 - 60_000);
    const browser = door.browser();
    const page = await browser.open(link);
    expect(page.status).toBe(200);
    door.house.clock.advance(60_000);
    expect((await door.browser().open(link)).status).toBe(400);
    const late = await choose(browser, page);
    expect([late.status, late.html.includes(REQUEST)]).toEqual([400, true]);
    expect(late.html).toContain('This link does not work any more');
    expect(await opens(door, email, PASSWORD)).toBe(true);
  });
});

describe('scripts on the way', () => {
  const script = (body: string) => `exports.onExecutePostChallenge = async (event, api) => {\n${body}\n};`;

  test('ask for a second factor before the form', async () => {
    await bindTo(door.house, TRIGGER, [script(`api.authentication.challengeWith({ type: 'otp' });`)]);
    const email = await person(['otp']);
    const browser = door.browser();
    const page = await browser.open(await mailed(door, email));
    expect(at(page)).toBe('/u/reset-password-mfa-otp-challenge');
    const early = await browser.open(`/u/reset-password?state=${page.url.searchParams.get('state')}`, {
      password: NEW,
      're-enter-password': NEW,
    });
    expect(at(early)).toBe('/u/reset-password-mfa-otp-challenge');
    const cleared = await browser.post(page, { code: totp(door.house), action: 'default' });
    expect(at(cleared)).toBe('/u/reset-password');
    expect(at(await choose(browser, cleared))).toBe('/u/reset-password-success');
    await bindTo(door.house, TRIGGER, []);
  });

  test('a deny shows its reason, as text, with status 400', async () => {
    await bindTo(door.house, TRIGGER, [script(`api.access.deny('Call us <b>instead</b>.');`)]);
    const email = await person();
    const page = await door.browser().open(await mailed(door, email));
    expect(page.status).toBe(400);
    expect(page.html).toContain('Call us &lt;b&gt;instead&lt;/b&gt;.');
    expect((await logsOf(door, 'fcp'))[0]).toMatchObject({ description: 'Call us <b>instead</b>.' });
    await bindTo(door.house, TRIGGER, []);
  });

  test('where they send the person comes before what a link said, and the key of the link is told no script', async () => {
    await bindTo(door.house, TRIGGER, [
      script(`console.log(JSON.stringify(event)); api.transaction.setResultUrl('https://after.example/done');`),
    ]);
    await bindTo(door.house, 'post-change-password', [
      'exports.onExecutePostChangePassword = async (event) => console.log(JSON.stringify(event));',
    ]);
    const email = await person();
    const browser = door.browser();
    const link = await mailed(door, email);
    const done = await choose(browser, await browser.open(link));
    expect(done.url.href).toBe('https://after.example/done');
    await door.house.runtime.settled(5000);
    const runs = [await lastRun(door.house, TRIGGER), await lastRun(door.house, 'post-change-password')];
    expect(JSON.parse(runs[1]?.results[0]?.console[0]?.text ?? '{}')).toMatchObject({
      user: { email, email_verified: true },
    });
    expect(JSON.stringify(runs)).not.toContain(link.slice(-43));
    expect(JSON.stringify(runs)).not.toContain(NEW);
    await bindTo(door.house, TRIGGER, []);
    await bindTo(door.house, 'post-change-password', []);
  });

  test('they see what the application marked its request with, before the mail and behind it', async () => {
    await bindTo(door.house, TRIGGER, [script(`console.log(JSON.stringify(event.transaction));`)]);
    const told = async (link: string): Promise<object> => {
      await door.browser().open(link);
      return JSON.parse((await lastRun(door.house, TRIGGER))?.results[0]?.console[0]?.text ?? '{}');
    };
    const email = await person();
    expect(await told(await mailed(door, email, { correlation_id: 'corr-9' }))).toEqual({
      correlation_id: 'corr-9',
      locale: 'en',
      ui_locales: [],
    });
    const marks = { correlation_id: 'corr-10', login_hint: email, ui_locales: 'ja en' };
    const browser = door.browser();
    const login = await browser.open(door.authorizeUrl(marks));
    await browser.open(`${REQUEST}?state=${login.url.searchParams.get('state')}`, { email });
    const [link = ''] = await linksTo(door, email);
    expect(await told(link)).toEqual({
      correlation_id: 'corr-10',
      login_hint: email,
      locale: 'ja',
      state: 'the state',
      ui_locales: ['ja', 'en'],
    });
    await bindTo(door.house, TRIGGER, []);
  });
});
