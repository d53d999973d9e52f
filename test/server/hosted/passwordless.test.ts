// The pages of people who log in by a code: where they give an address, where the code is asked for, and the ways between
// them and the password. Without scripts, as plain forms.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { LANGUAGES } from '#server/hosted/texts/catalogue.ts';
import { type House, openHouse } from '#test/kit/house.ts';
import { connect, freshAddress, known, type Strategy } from '#test/runtime/passwordless-stage.ts';
import { type Answer, BROWSER, beginLogin, cookie, openPages, type Pages, stateIn } from './pages.ts';

const AT = { sms: '/u/login/passwordless-sms', email: '/u/login/passwordless-email' };
const ROWS: [strategy: Strategy, field: string, said: RegExp][] = [
  ['sms', 'phone', /We sent a text message with a code to/],
  ['email', 'email', /We sent an email with a code to/],
];

let house: House;
let pages: Pages;
const ids: Record<string, string> = {};
beforeAll(async () => {
  house = await openHouse();
  pages = openPages(house);
  for (const strategy of ['sms', 'email'] as const) ids[strategy] = (await connect(house, strategy)).id;
  const { records } = await house.store.connections.list(house.tenant.id);
  for (const { id, strategy } of records) if (strategy === 'auth0') ids.auth0 = id;
});
afterAll(() => house.close());
afterEach(() => enable('auth0', 'sms', 'email'));

/** Which connections the application may use. */
async function enable(...open: string[]): Promise<void> {
  for (const [strategy, id] of Object.entries(ids)) {
    const enabledClients = open.includes(strategy) ? [house.client.id] : [];
    await house.store.connections.update(house.tenant.id, id, (own) => ({ ...own, enabledClients }));
  }
}

const pathOf = ({ location }: Answer) => location?.split('?')[0];
/** The page at which somebody gives an address of this kind. */
const addressPage = async (strategy: Strategy) => {
  const { key } = await beginLogin(house);
  return { key, path: `${AT[strategy]}?state=${key}` };
};
const giveAddress = async (strategy: Strategy, field: string, address: string) => {
  const { key, path } = await addressPage(strategy);
  return pages.post(path, { state: key, [field]: address, action: 'default' });
};
/** On the page that a redirect has led to. */
const press = (page: Answer, fields: Record<string, string>) =>
  pages.post(page.location ?? '', { state: stateIn(page), ...fields });

describe.each(ROWS)('%s', (strategy, field, said) => {
  test('an address, its code, and the way to the application', async () => {
    const address = freshAddress(strategy);
    const waiting = await giveAddress(strategy, field, address);
    expect(waiting.status).toBe(302);
    expect(pathOf(waiting)).toBe(`/u/login/passwordless-${strategy}-challenge`);
    const page = await pages.get(waiting.location ?? '');
    expect(page.text).toMatch(said);
    expect(page.text).toContain(address);
    expect(page.text).toMatch(/<input[^>]* name="code"[^>]* autocomplete="one-time-code"/);
    const done = await press(waiting, { action: 'default', code: await house.codeFor(address) });
    expect(pathOf(done)).toBe('/authorize/resume');
  });

  test('pieces of the tenant’s own stand around the code', async () => {
    const at = house.clock.at;
    const screen = strategy === 'sms' ? 'login-passwordless-sms-otp' : 'login-passwordless-email-code';
    await house.store.pages.insert({
      tenantId: house.tenant.id,
      id: `partials-${strategy}`,
      kind: 'partials',
      name: 'login-passwordless',
      document: { [screen]: { 'form-content-start': '<p>first</p>', 'secondary-actions-end': '<p>last</p>' } },
      createdAt: at,
      updatedAt: at,
    });
    const waiting = await giveAddress(strategy, field, freshAddress(strategy));
    expect((await pages.get(waiting.location ?? '')).text).toMatch(
      /<p>first<\/p>.*name="code".*<\/form>.*<p>last<\/p>/s,
    );
    await house.store.pages.remove(house.tenant.id, `partials-${strategy}`);
  });

  test('another code makes the first one worthless; another address starts over', async () => {
    const [address, mistyped] = [freshAddress(strategy), freshAddress(strategy)];
    const waiting = await giveAddress(strategy, field, mistyped);
    const edited = await press(waiting, { action: 'edit' });
    expect(pathOf(edited)).toBe('/u/login');
    const again = await pages.post(`${AT[strategy]}?state=${stateIn(edited)}`, {
      state: stateIn(edited),
      [field]: address,
      action: 'default',
    });
    const first = await house.codeFor(address);
    house.clock.advance(1000);
    const resent = await press(again, { action: 'resend' });
    expect(pathOf(resent)).toBe(pathOf(again));
    const code = await house.codeFor(address);
    if (code !== first) {
      const refused = await press(again, { action: 'default', code: first });
      expect([refused.status, refused.error]).toEqual([400, 'invalid-code']);
    }
    expect(pathOf(await press(again, { action: 'default', code }))).toBe('/authorize/resume');
  });

  test.each([
    ['nothing', { code: '' }, 'no-code'],
    ['letters', { code: 'abcdef' }, 'invalid-code'],
    ['three digits', { code: '123' }, 'invalid-code'],
    ['more digits than any code has', { code: '1'.repeat(41) }, 'invalid-code'],
    ['another action', { action: 'pick-authenticator' }, 'authenticator-error'],
  ])('a code of %s is refused on the page, and costs no try', async (_what, fields, error) => {
    const address = freshAddress(strategy);
    const waiting = await giveAddress(strategy, field, address);
    for (let i = 0; i < 4; i++) {
      const refused = await press(waiting, { action: 'default', ...fields });
      expect([refused.status, refused.error]).toEqual([400, error]);
      expect(refused.text).toContain('role="alert"');
    }
    const code = await house.codeFor(address);
    const spread = `${code.slice(0, 3)} ${code.slice(3)}`;
    expect(pathOf(await press(waiting, { action: 'default', code: spread }))).toBe('/authorize/resume');
  });

  test.each([
    ['nothing', ' ', `no-${field}`],
    ['no address', 'somebody', `invalid-${field}`],
  ])('%s is no address', async (_what, address, error) => {
    const refused = await giveAddress(strategy, field, address);
    expect([refused.status, refused.error]).toEqual([400, error]);
  });

  test('a page says the same of an address that nobody has where nobody new is let in', async () => {
    const id = ids[strategy] ?? '';
    await house.store.connections.update(house.tenant.id, id, (own) => ({ ...own, options: { disable_signup: true } }));
    const [stranger, member] = [freshAddress(strategy), freshAddress(strategy)];
    await known(house, { name: strategy, strategy }, member);
    const seen = [];
    for (const address of [stranger, member]) {
      const waiting = await giveAddress(strategy, field, address);
      const page = await pages.get(waiting.location ?? '');
      const wrong = await press(waiting, { action: 'default', code: '0000000' });
      const plain = (text: string) => text.replaceAll(address, '…').replaceAll(stateIn(waiting), '…');
      seen.push([waiting.status, pathOf(waiting), plain(page.text), wrong.status, plain(wrong.text)]);
    }
    expect(seen[0]).toEqual(seen[1]);
    await house.store.connections.update(house.tenant.id, id, (own) => ({ ...own, options: {} }));
  });

  test('another browser does not find the page', async () => {
    const waiting = await giveAddress(strategy, field, freshAddress(strategy));
    const elsewhere = await pages.get(waiting.location ?? '', { cookie: cookie('c'.repeat(43)) });
    expect(elsewhere.status).toBe(400);
    expect((await pages.get(waiting.location ?? '', { cookie: cookie(BROWSER) })).status).toBe(200);
  });

  test.each(LANGUAGES)('in %s, both pages say everything', async (locale) => {
    const { key } = await beginLogin(house, { locale });
    const path = `${AT[strategy]}?state=${key}`;
    const first = await pages.get(path);
    const waiting = await pages.post(path, { state: key, [field]: freshAddress(strategy), action: 'default' });
    const second = await pages.get(waiting.location ?? '');
    for (const { text, status } of [first, second]) {
      expect(status).toBe(200);
      expect(text).toContain(`<html lang="${locale}"`);
      expect(text).not.toMatch(/\$\{|undefined|\[object/);
    }
  });
});

describe('which way', () => {
  const HINT = '+447700900999';
  test.each<[string[], Record<string, string>, string, string[]]>([
    [['auth0'], {}, '/u/login', []],
    [['auth0', 'sms'], {}, '/u/login', [AT.sms]],
    [['auth0', 'sms', 'email'], {}, '/u/login', [AT.sms, AT.email]],
    [['sms'], {}, AT.sms, []],
    [['email'], {}, AT.email, []],
    [['sms', 'email'], {}, AT.sms, [AT.email]],
    [['auth0', 'sms', 'email'], { connection: 'sms' }, AT.sms, []],
    [['auth0', 'sms', 'email'], { connection: 'email' }, AT.email, []],
    [['auth0', 'sms', 'email'], { connection: 'Username-Password-Authentication' }, '/u/login', []],
    [['auth0'], { connection: 'sms' }, '/u/login', []],
  ])('with %j and %j people come to %s', async (open, request, path, links) => {
    await enable(...open);
    const { key } = await beginLogin(house, request);
    let page = await pages.get(`/u/login?state=${key}`);
    if (page.location) {
      expect(pathOf(page)).toBe(path);
      page = await pages.get(page.location);
    } else expect(path).toBe('/u/login');
    expect(page.status).toBe(200);
    const found = Object.values(AT).filter((each) => page.text.includes(`href="${each}?state=`));
    expect(found.sort()).toEqual([...links].sort());
  });

  test('a page whose connection is not open leads to one that is', async () => {
    await enable('auth0');
    const { key } = await beginLogin(house);
    for (const path of Object.values(AT)) {
      expect(pathOf(await pages.get(`${path}?state=${key}`))).toBe('/u/login');
      const posted = await pages.post(`${path}?state=${key}`, { state: key, phone: HINT, action: 'default' });
      expect(pathOf(posted)).toBe('/u/login');
    }
  });

  test('from the page of an address a link leads to the password', async () => {
    const { path } = await addressPage('sms');
    expect((await pages.get(path)).text).toContain('href="/u/login?state=');
  });

  test('what the application knows of the person stands in the field', async () => {
    for (const [strategy, loginHint] of [
      ['sms', HINT],
      ['email', 'ana@example.com'],
    ] as const) {
      const { key } = await beginLogin(house, { loginHint });
      expect((await pages.get(`${AT[strategy]}?state=${key}`)).text).toContain(`value="${loginHint}"`);
    }
  });

  test('the country is chosen beside the number', async () => {
    const { key, path } = await addressPage('sms');
    const list = await pages.post(path, { state: key, action: 'pick-country-code' });
    expect(pathOf(list)).toBe('/u/mfa-country-codes');
    expect((await pages.get(list.location ?? '')).text).toContain('selection-action::JP81');
    const back = await press(list, { action: 'selection-action::JP81' });
    expect(pathOf(back)).toBe(AT.sms);
    expect((await pages.get(back.location ?? '')).text).toContain('JP +81');
    const waiting = await press(back, { action: 'default', phone: '090-1234-5678' });
    expect((await pages.get(waiting.location ?? '')).text).toContain('+819012345678');
  });

  test('a code page that is opened again after "back" shows where the login is', async () => {
    const waiting = await giveAddress('sms', 'phone', freshAddress('sms'));
    expect(pathOf(await pages.get(`/u/login?state=${stateIn(waiting)}`))).toBe('/u/login/passwordless-sms-challenge');
  });

  test('texts of the tenant stand in the place of ours, under the names of the wire', async () => {
    await house.store.pages.insert({
      tenantId: house.tenant.id,
      id: 'texts',
      kind: 'custom-text',
      name: 'login-passwordless en',
      document: { 'login-passwordless-sms-otp': { title: 'The six digits, please' } },
      createdAt: 0,
      updatedAt: 0,
    });
    const waiting = await giveAddress('sms', 'phone', freshAddress('sms'));
    expect((await pages.get(waiting.location ?? '')).text).toContain('<h1>The six digits, please</h1>');
  });
});

test('a message that does not get through is told on the page, with another try', async () => {
  const mute = await openHouse({ ports: { inbox: false } });
  const own = openPages(mute);
  await connect(mute, 'sms');
  const { key } = await beginLogin(mute);
  const waiting = await own.post(`${AT.sms}?state=${key}`, {
    state: key,
    phone: freshAddress('sms'),
    action: 'default',
  });
  const page = await own.get(waiting.location ?? '');
  expect(page.error).toBe('send-sms-failed');
  expect(page.text).toContain('value="resend"');
  await mute.close();
});
