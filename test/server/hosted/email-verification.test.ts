// Test: a link by which an address is verified, from the mail, from an administrator and from the sign-up: looking at it
// changes nothing, the button does, once.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject, UserRecord } from '#storage/records.ts';
import { type Json, type Office, openOffice, type Send } from '../management/office.ts';

let office: Office;
let send: Send;
let people = 0;
beforeAll(async () => {
  office = await openOffice();
  send = office.send;
});
afterAll(() => office.close());

const address = () => `person-${++people}@example.com`;

async function person(more: Partial<UserRecord> = {}): Promise<UserRecord> {
  const name = `person-${++people}`;
  const identities = [
    { connection: 'Username-Password-Authentication', provider: 'auth0', userId: name, isSocial: false },
  ];
  return office.door.house.user(name, [], { id: `auth0|${name}`, identities, ...more });
}

async function ticket(user: UserRecord, more: JsonObject = {}): Promise<string> {
  const { status, body } = await send('POST', '/api/v2/tickets/email-verification', { user_id: user.id, ...more });
  expect([status, Object.keys(body)]).toEqual([201, ['ticket']]);
  return String(body.ticket);
}

const open = (link: string, init: RequestInit = {}) => office.door.app.request(link, { redirect: 'manual', ...init });
const press = (link: string, headers: Record<string, string> = {}) =>
  open(link, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: 'action=default',
  });

const verified = async ({ id }: UserRecord) =>
  (await office.door.house.store.users.find(office.tenant.id, id))?.emailVerified;

async function lines(type: string) {
  const query = { type, order: 'newest', page: { offset: 0, limit: 10 } } as const;
  return (await office.door.house.store.logs.list(office.tenant.id, query)).records;
}

async function mails(to: string): Promise<string[]> {
  await office.door.house.runtime.settled(10_000);
  return (await office.door.house.store.messages.inbox(office.tenant.id, to, 10)).map(({ text }) => text);
}

const linkIn = (text: string | undefined) => /\bhttp:\S+/.exec(text ?? '')?.[0] ?? '';

async function options(given: JsonObject): Promise<void> {
  const { store } = office.door.house;
  const [connection] = (await store.connections.list(office.tenant.id)).records;
  await store.connections.update(office.tenant.id, connection?.id ?? '', (row) => ({ ...row, options: given }));
}

describe('a link', () => {
  test('is looked at as often as one likes, and followed once', async () => {
    const user = await person();
    const link = await ticket(user);
    expect(link).toMatch(new RegExp(`^${office.tenant.baseUrl}/u/email-verification\\?ticket=[\\w-]{43}$`));
    for (let looks = 0; looks < 2; looks++) {
      const page = await open(link);
      expect([page.status, await page.text()]).toEqual([200, expect.stringContaining(String(user.email))]);
    }
    await open(link, { method: 'HEAD' });
    expect(await verified(user)).toBe(false);
    const done = await press(link);
    expect([done.status, await done.text()]).toEqual([200, expect.stringContaining('Your email address is verified')]);
    expect(await verified(user)).toBe(true);
    expect((await lines('sv'))[0]).toMatchObject({ userId: user.id, userName: user.email });
    expect((await open(link)).status).toBe(400);
    const again = await press(link);
    expect([again.status, await again.text()]).toEqual([400, expect.not.stringContaining('<form')]);
    expect(await lines('fv')).toHaveLength(1);
  });

  test('that two people press at once is followed by one', async () => {
    const link = await ticket(await person());
    const pressed = await Promise.all([press(link), press(link)]);
    expect(pressed.map(({ status }) => status).sort()).toEqual([200, 400]);
  });

  test('is worth nothing for an address that the user no longer has', async () => {
    const user = await person();
    const link = await ticket(user);
    await send('PATCH', `/api/v2/users/${encodeURIComponent(user.id)}`, { email: address() });
    expect([(await open(link)).status, (await press(link)).status]).toEqual([400, 400]);
    expect(await verified(user)).toBe(false);
  });

  test('is not pressed by another site, nor opened at another tenant', async () => {
    const user = await person();
    const link = await ticket(user);
    expect((await press(link, { origin: 'https://evil.example' })).status).toBe(403);
    const elsewhere = link.replace(office.tenant.baseUrl, office.neighbour.baseUrl);
    expect([(await open(elsewhere)).status, (await press(elsewhere)).status]).toEqual([400, 400]);
    expect(await verified(user)).toBe(false);
    const before = (await lines('fv')).length;
    for (const key of ['', '?ticket=', '?ticket=x', `?ticket=${'x'.repeat(44)}`]) {
      expect((await press(`${office.tenant.baseUrl}/u/email-verification${key}`)).status).toBe(400);
    }
    expect(await lines('fv')).toHaveLength(before);
    // A key that could be one is worth a line now and then: anybody may make them up.
    for (let i = 0; i < 5; i++) await press(`${office.tenant.baseUrl}/u/email-verification?ticket=${'x'.repeat(43)}`);
    expect((await lines('fv')).length).toBeLessThanOrEqual(before + 1);
  });

  test('leads on to the site that was named', async () => {
    const user = await person();
    const link = await ticket(user, { result_url: 'https://app.example/done?a=1', includeEmailInRedirect: true });
    expect((await open(link)).headers.get('content-security-policy')).toContain(
      "form-action 'self' https://app.example;",
    );
    const { status, headers } = await press(link);
    const target = new URL(headers.get('location') ?? '');
    expect([status, target.origin + target.pathname, Object.fromEntries(target.searchParams)]).toEqual([
      302,
      'https://app.example/done',
      { a: '1', email: user.email, success: 'true', code: 'success', message: expect.any(String) },
    ]);
  });

  test('speaks Japanese to those who ask for it', async () => {
    const page = await open(await ticket(await person()), { headers: { 'accept-language': 'ja' } });
    expect(await page.text()).toMatch(/<html lang="ja" dir="ltr">.*メールアドレスの確認/s);
  });
});

describe('refused tickets', () => {
  test.each<[body: JsonObject, status: number, errorCode: string]>([
    [{}, 400, 'invalid_body'],
    [{ user_id: 'auth0|nobody' }, 404, 'inexistent_user'],
    [{ user_id: 'auth0|named', client_id: 'none' }, 404, 'inexistent_client'],
    [{ user_id: 'auth0|named', identity: { user_id: 'x', provider: 'auth0' } }, 404, 'inexistent_identity'],
    [{ user_id: 'auth0|named', result_url: 'javascript:alert(1)' }, 400, 'invalid_body'],
    [{ user_id: 'auth0|named', ttl_sec: -1 }, 400, 'invalid_body'],
    [{ user_id: 'auth0|named', other: 1 }, 400, 'invalid_body'],
    [{ user_id: 'auth0|silent' }, 400, 'invalid_body'],
  ])('%j', async (body, status, errorCode) => {
    const { store } = office.door.house;
    for (const id of ['auth0|named', 'auth0|silent']) {
      if (!(await store.users.find(office.tenant.id, id))) await person({ id });
    }
    await store.users.update(office.tenant.id, 'auth0|silent', ({ email: _, ...row }) => row);
    for (const path of ['/api/v2/tickets/email-verification', '/api/v2/jobs/verification-email']) {
      if (path.includes('jobs') && ('result_url' in body || 'ttl_sec' in body)) continue;
      const answer = await send('POST', path, body);
      expect([path, answer.status, answer.body.errorCode]).toEqual([path, status, errorCode]);
    }
  });
});

describe('a mail', () => {
  test('is sent as a job, in the recorded shape', async () => {
    const user = await person();
    const identity = { user_id: user.id.slice('auth0|'.length), provider: 'auth0' };
    const { status, body } = await send('POST', '/api/v2/jobs/verification-email', { user_id: user.id, identity });
    const job = {
      type: 'verification_email',
      status: 'pending',
      created_at: expect.stringMatching(/Z$/),
      id: expect.stringMatching(/^job_/),
    };
    expect([status, body]).toEqual([201, job]);
    expect((await send('GET', `/api/v2/jobs/${body.id}`)).body).toEqual({ ...job, status: 'completed' });
    const [text] = await mails(String(user.email));
    expect((await press(linkIn(text))).status).toBe(200);
    expect(await verified(user)).toBe(true);
  });

  const signUp = async (email: string, headers: Record<string, string> = {}): Promise<Json> => {
    const answer = await office.door.app.request(`${office.door.site}/dbconnections/signup`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({
        client_id: 'spa',
        connection: 'Username-Password-Authentication',
        email,
        password: 'a long enough one',
      }),
    });
    expect(answer.status).toBe(200);
    return (await answer.json()) as Json;
  };

  test('greets who signed up through an application, in their language', async () => {
    const email = address();
    await signUp(email, { 'accept-language': 'ja' });
    const texts = await mails(email);
    expect(texts).toEqual([expect.stringContaining('このメールアドレスを確認してください')]);
    expect((await press(linkIn(texts[0]))).status).toBe(200);
    const row = await office.door.house.store.users.findByIdentifier(
      office.tenant.id,
      'Username-Password-Authentication',
      email,
    );
    expect(row?.emailVerified).toBe(true);
  });

  test('greets who signed up on the page', async () => {
    const email = address();
    const browser = office.door.browser();
    const page = await browser.open(office.door.authorizeUrl({ screen_hint: 'signup' }));
    const end = await browser.post(page, { email, password: 'a long enough one', action: 'default' });
    expect(end.url.searchParams.has('code')).toBe(true);
    const texts = await mails(email);
    expect(texts).toHaveLength(1);
    expect((await press(linkIn(texts[0]))).status).toBe(200);
  });

  test('is not sent where the connection does not want it', async () => {
    const email = address();
    await options({ attributes: { email: { signup: { verification: { active: false } } } } });
    await signUp(email);
    expect(await mails(email)).toEqual([]);
    await options({});
  });

  test('is sent to a user whom an administrator made or changed, where that is asked for', async () => {
    const [silent, told, changed] = [address(), address(), address()];
    const body = { connection: 'Username-Password-Authentication', password: 'a long enough one' };
    await send('POST', '/api/v2/users', { ...body, email: silent });
    const made = await send('POST', '/api/v2/users', { ...body, email: told, verify_email: true });
    await send('PATCH', `/api/v2/users/${encodeURIComponent(String(made.body.user_id))}`, {
      email: changed,
      verify_email: true,
    });
    expect(await mails(silent)).toEqual([]);
    expect([await mails(told), await mails(changed)].map((texts) => texts.length)).toEqual([1, 1]);
  });
});

test('a link is good for its time, five days unless said', async () => {
  // Last: the tokens of this file do not live so long.
  const { clock } = office.door.house;
  const [short, long] = [await person(), await person()];
  const links = [await ticket(short, { ttl_sec: 60 }), await ticket(long, { ttl_sec: 0 })];
  clock.advance(61_000);
  expect((await press(links[0] ?? '')).status).toBe(400);
  expect(await verified(short)).toBe(false);
  clock.advance(5 * 24 * 3600_000 - 62_000);
  expect((await open(links[1] ?? '')).status).toBe(200);
  clock.advance(1000);
  expect((await open(links[1] ?? '')).status).toBe(400);
});
