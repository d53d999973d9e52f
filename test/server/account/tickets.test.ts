// Links by which people set up a second factor: made by administrators, mailed, followed, used once.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Office, openOffice, payloadError } from '../management/office.ts';
import { answer, at, factorsOf, heading, keyIn, logTypes, totp, typesOf } from './person.ts';

const PATH = '/api/v2/guardian/enrollments/ticket';

let office: Office;
beforeAll(async () => {
  office = await openOffice();
});
afterAll(() => office.close());

let people = 0;
const person = (has: ('otp' | 'phone' | 'email')[] = []) => office.door.house.user(`invited-${++people}`, has);

async function ticket(user_id: string, more: object = {}): Promise<string> {
  const made = await office.send('POST', PATH, { user_id, ...more });
  expect(made).toMatchObject({ status: 200, body: { ticket_id: expect.stringMatching(/^[A-Za-z0-9]{32}$/) } });
  const { ticket_id, ticket_url } = made.body;
  expect(ticket_url).toBe(`${office.door.site}/mfa/enrollment?ticket=${ticket_id}`);
  return String(ticket_url);
}

test('leads to the picker, enrolls once, opens no account, and says what to do when it is followed again', async () => {
  const { door } = office;
  const { id } = await person();
  const link = await ticket(id);
  const browser = door.browser();
  const picker = await browser.open(link);
  expect(at(picker)).toBe('/u/mfa-begin-enroll-options');
  // Opening it uses nothing up: mail is scanned.
  expect(at(await door.browser().open(link))).toBe('/u/mfa-begin-enroll-options');
  const otp = await browser.post(picker, { action: 'otp' });
  expect(at(otp)).toBe('/u/mfa-otp-enrollment-qr');
  const end = await answer(browser, otp, totp(door, keyIn(otp)));
  expect([at(end), heading(end)]).toEqual(['/u/mfa-enroll-result', 'All set']);
  expect(await typesOf(door, id)).toEqual(['totp']);
  expect(await logTypes(door, id)).toEqual(['gd_start_enroll', 'gd_enrollment_complete']);
  expect([...browser.cookies.keys()].some((name) => name.includes('session'))).toBe(false);
  const again = await door.browser().open(link);
  expect([again.status, heading(again)]).toEqual([400, 'This link does not work any more']);
});

test('of two windows that follow one link only one enrolls', async () => {
  const { door } = office;
  const { id } = await person();
  const link = await ticket(id, { factor: 'otp', allow_multiple_enrollments: true });
  const [first, second] = [door.browser(), door.browser()];
  const [one, two] = [await first.open(link), await second.open(link)];
  expect(at(one)).toBe('/u/mfa-otp-enrollment-qr');
  const ends = await Promise.all([
    answer(first, one, totp(door, keyIn(one))),
    answer(second, two, totp(door, keyIn(two))),
  ]);
  expect(ends.map(({ status }) => status).toSorted()).toEqual([200, 400]);
  const lost = ends.find(({ status }) => status === 400);
  expect(lost && heading(lost)).toBe('This link was used already');
  expect(await factorsOf(door, id)).toHaveLength(1);
});

test('is for a first factor, unless it says that it is for another', async () => {
  const { door } = office;
  const { id } = await person(['otp']);
  const first = await door.browser().open(await ticket(id));
  expect([first.status, first.html.includes('You have set up a method already.')]).toEqual([200, true]);
  const browser = door.browser();
  const phone = await browser.open(await ticket(id, { allow_multiple_enrollments: true, factor: 'phone' }));
  expect(at(phone)).toBe('/u/mfa-sms-enrollment');
  const sent = await browser.post(phone, { phone: '+447700900999', action: 'default' });
  const end = await answer(browser, sent, await door.house.codeFor('+447700900999'));
  expect(at(end)).toBe('/u/mfa-enroll-result');
  expect(await typesOf(door, id)).toEqual(['phone', 'totp']);
});

test('opened before the person got a factor elsewhere, it gives no other', async () => {
  const { door } = office;
  const { store, tenant, clock } = door.house;
  const { id } = await person();
  const link = await ticket(id, { factor: 'otp' });
  const browser = door.browser();
  const otp = await browser.open(link);
  expect(at(otp)).toBe('/u/mfa-otp-enrollment-qr');
  const phone = { type: 'phone', confirmed: true, phoneNumber: '+447700900123', createdAt: clock.at } as const;
  await store.authenticators.insert({ ...phone, tenantId: tenant.id, id: `dev_${'e'.repeat(16)}`, userId: id });
  const end = await answer(browser, otp, totp(door, keyIn(otp)));
  expect([end.status, end.html.includes('You have set up a method already.')]).toEqual([200, true]);
  expect(await typesOf(door, id)).toEqual(['phone']);
});

test('is mailed to the person, or to the address that is named, in the language that is named', async () => {
  const { house, browser } = office.door;
  const { id, email = '' } = await person();
  const link = await ticket(id, { send_mail: true });
  const other = await ticket(id, { send_mail: true, email: 'Helper@example.com', email_locale: 'ja' });
  const textTo = async (to: string) => (await house.store.messages.inbox(house.tenant.id, to, 1))[0]?.text ?? '';
  expect(await textTo(email)).toContain(link);
  expect(await textTo('helper@example.com')).toContain('設定してください');
  expect(await textTo('helper@example.com')).toContain(other);
  const page = await browser().open(other);
  expect(page.html).toContain('<html lang="ja"');
});

describe('a link that is', () => {
  const gone = async (link: string) => {
    const page = await office.door.browser().open(link);
    return [page.status, heading(page)];
  };
  const OLD = [400, 'This link does not work any more'];

  test('of somebody whose address changed, or who was blocked', async () => {
    const { store, tenant } = office.door.house;
    for (const change of [{ email: 'another@example.com' }, { blocked: true }]) {
      const { id } = await person();
      const link = await ticket(id);
      await store.users.update(tenant.id, id, (current) => ({ ...current, ...change }));
      expect(await gone(link)).toEqual(OLD);
    }
  });

  test('older than a new password', async () => {
    const { id } = await person();
    const link = await ticket(id);
    await office.send('PATCH', `/api/v2/users/${encodeURIComponent(id)}`, { password: 'quite another horse 7' });
    expect(await gone(link)).toEqual(OLD);
  });

  test.each([
    ['cut off', '?ticket=abc'],
    ['none', ''],
    ['sent twice', '?ticket=a&ticket=b'],
    ['never ours', `?ticket=${'x'.repeat(32)}`],
  ])('%s', async (what, query) => {
    const seen = await gone(`${office.door.site}/mfa/enrollment${query}`);
    expect(seen).toEqual(what === 'never ours' ? OLD : [400, 'This link cannot be used']);
  });

  test('another tenant’s', async () => {
    const { id } = await person();
    const key = new URL(await ticket(id)).search;
    const { app } = office.door;
    expect((await app.request(`${office.neighbour.baseUrl}/mfa/enrollment${key}`)).status).toBe(400);
  });

  test('opened again and again', async () => {
    const { id } = await person();
    const link = await ticket(id);
    for (let times = 0; times < 10; times++) expect((await office.door.browser().open(link)).status).toBe(200);
    expect((await office.door.browser().open(link)).status).toBe(429);
  });

  test('for a factor that is switched off', async () => {
    const { house } = office.door;
    const { id } = await person();
    expect(await gone(await ticket(id, { factor: 'webauthn-roaming' }))).toEqual([400, 'This link cannot be used']);
    expect(await factorsOf(office.door, id)).toEqual([]);
    expect(house.tenant.factors['webauthn-roaming']).toBe(false);
  });
});

test.each<[what: string, body: object, status: number, more: object]>([
  ['nobody', {}, 400, payloadError('Missing required property: user_id')],
  ['an unknown user', { user_id: 'auth0|nobody' }, 404, { errorCode: 'inexistent_user' }],
  ['an unknown factor', { user_id: 'USER', factor: 'duo' }, 400, payloadError('No enum match for: "duo"', 'factor')],
  ['no address', { user_id: 'USER', email: 'x', send_mail: true }, 400, { errorCode: 'invalid_body' }],
  ['a yes that is none', { user_id: 'USER', send_mail: 'yes' }, 400, { errorCode: 'invalid_body' }],
  ['more than is known', { user_id: 'USER', more: 1 }, 400, payloadError('Additional properties not allowed: more')],
])('for %s is not made', async (_what, body, status, more) => {
  const { id } = await person();
  const filled = JSON.parse(JSON.stringify(body).replace('"USER"', `"${id}"`));
  expect(await office.send('POST', PATH, filled)).toMatchObject({ status, body: more });
});

test('is made by those alone who may, for users of their own tenant', async () => {
  const { id: user_id } = await person();
  const clerk = await office.as('update:users');
  expect((await clerk('POST', PATH, { user_id })).status).toBe(403);
  expect((await office.sendAsNeighbour('POST', PATH, { user_id })).status).toBe(404);
});

// Last: the tokens of the office are older then, too.
test('five days later no link works any more', async () => {
  const { id } = await person();
  const link = await ticket(id);
  office.door.house.clock.advance(5 * 24 * 3_600_000);
  const page = await office.door.browser().open(link);
  expect([page.status, heading(page)]).toEqual([400, 'This link does not work any more']);
});
