// Test: recovery codes on the pages: shown once with the first factor, used once, replaced at once; or enrolled by a script.
import { generateSync } from 'otplib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { recoveryCodeMac } from '#runtime/factors/recovery-code.ts';
import type { UserRecord } from '#storage/records.ts';
import { type House, openHouse } from '#test/kit/house.ts';
import { type Answer, openPages, type Pages, signInOn, stateIn } from './pages.ts';

const OLD = 'ABCDEFGH1234JKLMNPQR5678';
const CHALLENGE = `api.authentication.challengeWith({ type: 'otp' }, { additionalFactors: [{ type: 'recovery-code' }] });`;

let house: House;
let pages: Pages;
let people = 0;

beforeAll(async () => {
  house = await openHouse({ on: ['otp', 'sms', 'recovery-code'] });
  pages = openPages(house);
}, 60_000);
afterAll(() => house.close());
beforeEach(async () => {
  await script(CHALLENGE);
  await switchedOn(true);
});

const script = (body: string) => house.bind(`exports.onExecutePostLogin = async (event, api) => { ${body} };`);
const switchedOn = (on: boolean) =>
  house.editTenant((tenant) => ({ ...tenant, factors: { ...tenant.factors, 'recovery-code': on } }));

/** Somebody with an app and a recovery code, or with nothing. */
async function somebody(hasCode = true): Promise<UserRecord> {
  const user = await house.user(`person-${++people}`, hasCode ? ['otp'] : []);
  if (!hasCode) return user;
  const id = `dev_${house.ports.random.letters(16)}`;
  const secret = recoveryCodeMac(house.ports.mac, id, OLD);
  const base = { tenantId: user.tenantId, userId: user.id, confirmed: true, createdAt: house.clock.at };
  await house.store.authenticators.insert({ ...base, id, type: 'recovery-code', secret });
  return user;
}

const signIn = ({ name }: UserRecord) => signInOn(house, pages, name ?? '');
const press = (from: Answer, fields: Record<string, string>) =>
  pages.post(from.location ?? '', { state: stateIn(from), ...fields });
const see = async (from: Answer) => (await pages.get(from.location ?? '')).text;
const at = ({ location = '' }: Answer) => location.replace(/\?.*$/, '').replace('/u/', '');
const isDone = (answer: Answer) => expect(answer.location).toMatch(/^\/authorize\/resume\?state=/);
const codeIn = (text: string) => /<code class="key[^>]*>(.*?)<\/code>/.exec(text)?.[1]?.replace(/<[^>]*>/g, '') ?? '';
const kinds = async ({ tenantId, id }: UserRecord) =>
  (await house.store.authenticators.ofUser(tenantId, id)).map(({ type }) => type).sort();

/** At the page that asks for the code. */
async function atCode(user: UserRecord): Promise<Answer> {
  const picker = await press(await signIn(user), { action: 'pick-authenticator' });
  const page = await press(picker, { action: 'recovery-code' });
  expect(at(page)).toBe('mfa-recovery-code-challenge');
  return page;
}

describe('with the first factor', () => {
  const ENROLL = `api.authentication.enrollWith({ type: 'otp' });`;
  async function enrolled(): Promise<{ user: UserRecord; page: Answer; secret: string }> {
    await script(ENROLL);
    const user = await somebody(false);
    const qr = await signIn(user);
    const secret = codeIn(await see(qr));
    const page = await press(qr, { code: generateSync({ secret, epoch: Math.floor(house.clock.at / 1000) }) });
    return { user, page, secret };
  }

  test('it is shown until the person says that it is kept, and never again', async () => {
    const { user, page } = await enrolled();
    expect(at(page)).toBe('mfa-recovery-code-enrollment');
    const text = await see(page);
    const code = codeIn(text);
    expect(code).toMatch(/^[A-Z0-9]{24}$/);
    // In groups for the eye, in a file for whoever wants one, and for a script to copy.
    expect(text).toContain(`<span>${code.slice(0, 4)}</span><span>${code.slice(4, 8)}</span>`);
    expect(text).toMatch(/<a [^>]*href="data:text\/plain[^"]*" download="recovery-code.txt"/);
    expect(text).toContain(`data-copies="${code}"`);
    expect(await see(page)).toContain(`<span>${code.slice(0, 4)}</span>`);
    for (const fields of [{}, { saved: 'off' }, { saved: 'true' }, { action: 'default' }] as Record<string, string>[]) {
      const refused = await press(page, fields);
      expect(refused).toMatchObject({ status: 400, error: 'no-confirmation' });
      expect(codeIn(refused.text)).toBe(code);
    }
    expect((await press(page, { saved: 'on', action: 'pick-authenticator' })).error).toBe('authenticator-error');
    isDone(await press(page, { saved: 'on' }));
    // Another tab, or the back button.
    expect((await pages.get(page.location ?? '')).text).not.toContain(code.slice(0, 4));
    expect(await kinds(user)).toEqual(['recovery-code', 'totp']);
  });

  test('it is the one that counts', async () => {
    const { user, page } = await enrolled();
    const code = codeIn(await see(page));
    await press(page, { saved: 'on', action: 'default' });
    await script(CHALLENGE);
    house.clock.advance(30_000);
    const used = await press(await atCode(user), { code });
    expect(at(used)).toBe('mfa-recovery-code-challenge-new-code');
  });

  test('it is not there where the tenant has none', async () => {
    await switchedOn(false);
    const { page, user } = await enrolled();
    isDone(page);
    expect(await kinds(user)).toEqual(['totp']);
  });
});

describe('asked for', () => {
  test('it is taken in any case and with spaces; the next one is shown, and takes its place', async () => {
    const user = await somebody();
    const page = await atCode(user);
    expect(await see(page)).toContain('pick-authenticator');
    const used = await press(page, { code: ' abcd-efgh 1234 jklm ｎｐｑｒ 5678 ' });
    expect(at(used)).toBe('mfa-recovery-code-challenge-new-code');
    const next = codeIn(await see(used));
    expect(next).toMatch(/^[A-Z0-9]{24}$/);
    expect(next).not.toBe(OLD);
    // The page of the code that was used leads here, and shows nothing to anybody else.
    expect(at(await press(page, { code: OLD }))).toBe(at(used));
    const stranger = await pages.get(used.location ?? '', { cookie: 'sallyport_browser=other' });
    expect(stranger).toMatchObject({ status: 400, hasForm: false });
    expect(stranger.text).not.toContain(next.slice(0, 4));
    expect((await press(used, { action: 'resend-code' })).error).toBe('authenticator-error');
    isDone(await press(used, { action: 'default' }));

    const again = await atCode(user);
    expect(await press(again, { code: OLD })).toMatchObject({ status: 400, error: 'invalid-code' });
    expect(at(await press(again, { code: next }))).toBe('mfa-recovery-code-challenge-new-code');
  });

  test.each([
    ['', 'no-code'],
    [' - ', 'no-code'],
    [OLD.slice(1), 'invalid-code-format'],
    [`${OLD}A`, 'invalid-code-format'],
    [`${OLD.slice(0, 23)}!`, 'invalid-code-format'],
    ['123456', 'invalid-code-format'],
  ])('%j is %s and spends no attempt', async (code, error) => {
    const page = await atCode(await somebody());
    for (let times = 0; times < 11; times++) expect(await press(page, { code })).toMatchObject({ status: 400, error });
    expect(at(await press(page, { code: OLD }))).toBe('mfa-recovery-code-challenge-new-code');
  });

  test('ten wrong ones, and the right one has to wait', async () => {
    const page = await atCode(await somebody());
    for (let times = 0; times < 10; times++)
      expect((await press(page, { code: 'Z'.repeat(24) })).error).toBe('invalid-code');
    expect(await press(page, { code: OLD })).toMatchObject({ status: 429, error: 'too-many-failures' });
    house.clock.advance(6 * 60_000);
    expect(at(await press(page, { code: OLD }))).toBe('mfa-recovery-code-challenge-new-code');
  });

  test('of two logins that present it at once, one is let through', async () => {
    const user = await somebody();
    const [one, other] = [await atCode(user), await atCode(user)];
    const answers = await Promise.all([press(one, { code: OLD }), press(other, { code: OLD })]);
    expect(answers.map((answer) => (answer.status === 302 ? at(answer) : answer.error)).sort()).toEqual([
      'invalid-code',
      'mfa-recovery-code-challenge-new-code',
    ]);
  });

  test('another method instead; and none is remembered unless the box was ticked', async () => {
    const user = await somebody();
    const page = await atCode(user);
    const picker = await press(page, { action: 'pick-authenticator' });
    expect(await see(picker)).toMatch(/value="otp"[\s\S]*value="recovery-code"/);
    expect((await press(picker, { action: 'back-action' })).location).toBe(page.location);
    const used = await press(page, { code: OLD, rememberBrowser: 'true' });
    isDone(await press(used, {}));
    isDone(await signIn(user));
  });

  test('switched off while its page is open, it is worth nothing', async () => {
    const page = await atCode(await somebody());
    await switchedOn(false);
    expect(at(await press(page, { code: OLD }))).toBe('mfa-otp-challenge');
  });
});

describe('enrolled by a script', () => {
  const AFTER = `
    api.authentication.challengeWith({ type: 'otp' });
    api.authentication.enrollWith({ type: 'recovery-code' });`;
  const otp = () =>
    generateSync({ secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', epoch: Math.floor(house.clock.at / 1000) });

  test('once the person says that it is kept', async () => {
    await script(AFTER);
    const user = await house.user(`person-${++people}`, ['otp']);
    const page = await press(await signIn(user), { code: otp() });
    expect(at(page)).toBe('mfa-recovery-code-enrollment');
    const code = codeIn(await see(page));
    expect(await press(page, {})).toMatchObject({ status: 400, error: 'no-confirmation' });
    expect(await kinds(user)).toEqual(['totp']);
    isDone(await press(page, { saved: 'on' }));
    expect(await kinds(user)).toEqual(['recovery-code', 'totp']);
    await script(CHALLENGE);
    expect(at(await press(await atCode(user), { code }))).toBe('mfa-recovery-code-challenge-new-code');
  });

  test('who has one is asked for nothing', async () => {
    await script(AFTER);
    const user = await somebody();
    isDone(await press(await signIn(user), { code: otp() }));
  });
});
