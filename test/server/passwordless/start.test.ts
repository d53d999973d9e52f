// `/passwordless/start`: what it takes, in which dialects, and how it refuses.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { PASSWORDLESS_GRANT } from '#server/oauth/passwordless-grant.ts';
import { MAILBOX, openPasswordlessDesk, type PasswordlessDesk, PHONE } from './passwordless-desk.ts';

let desk: PasswordlessDesk;
beforeAll(async () => {
  desk = await openPasswordlessDesk();
});
afterEach(() => desk.door.house.clock.advance(60 * 60_000));
afterAll(() => desk.close());

const ID = expect.stringMatching(/^[0-9a-f]{24}$/);

describe('what it takes', () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const asked = (more: Record<string, string>) => new URLSearchParams({ client_id: 'app', ...more }).toString();

  test('JSON, for a phone: a code, whatever is asked for', async () => {
    const { status, body } = await desk.start({ send: 'link' });
    expect({ status, body }).toEqual({ status: 200, body: { _id: ID, phone_number: PHONE, phone_verified: false } });
    expect(await desk.codeFor(PHONE)).toMatch(/^\d{6}$/);
  });

  test('a form, for a mailbox: a code where one is asked for', async () => {
    const sent = await desk.post(
      '/passwordless/start',
      asked({ connection: 'email', email: MAILBOX, send: 'code' }),
      form,
    );
    expect(sent.body).toEqual({ _id: ID, email: MAILBOX, email_verified: false });
    expect(await desk.codeFor(MAILBOX)).toMatch(/^\d{6}$/);
  });

  test('a query, and otherwise a link', async () => {
    const params = asked({
      connection: 'email',
      email: MAILBOX,
      'authParams[scope]': 'openid',
      'authParams[state]': 's',
    });
    const answer = await desk.door.get(`/passwordless/start?${params}`);
    expect(answer.status).toBe(200);
    const [{ text } = { text: '' }] = await desk.sent(MAILBOX);
    const link = new URL(/https?:\S+/.exec(text)![0]);
    expect(link.pathname).toBe('/passwordless/verify_redirect');
    expect(Object.fromEntries(link.searchParams)).toMatchObject({
      ...{ client_id: 'app', connection: 'email', email: MAILBOX, scope: 'openid', state: 's' },
    });
  });

  test('a look is none: HEAD sends nothing', async () => {
    const url = `${desk.door.site}/passwordless/start?${asked({ connection: 'sms', phone_number: '+15550001' })}`;
    expect((await desk.door.app.request(url, { method: 'HEAD' })).status).toBe(405);
    expect(await desk.sent('+15550001')).toEqual([]);
  });

  test('what SDKs send beside it is passed over', async () => {
    expect((await desk.start({ captcha: 'x', tenant: 'dev' })).status).toBe(200);
  });

  test('from pages of any origin', async () => {
    const preflight = await desk.door.app.request(`${desk.door.site}/passwordless/start`, { method: 'OPTIONS' });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-methods')).toBe('GET, POST');
    const body = { client_id: 'app', connection: 'sms', phone_number: PHONE };
    const answer = await desk.post('/passwordless/start', body, { origin: 'https://else.example' });
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  });
});

describe('how it refuses', () => {
  const emailOf = { connection: 'email', phone_number: undefined };
  test.each<[string, object, string, string]>([
    ['no client', { client_id: undefined }, 'bad.client_id', 'Missing required property: client_id'],
    ['an unknown client', { client_id: 'nobody' }, 'bad.client_id', 'The client does not exist'],
    ['a client that is no text', { client_id: 5 }, 'bad.client_id', 'invalid type: integer (expected string)'],
    ['no connection', { connection: undefined }, 'bad.connection', 'Missing required property: connection'],
    ['an unknown connection', { connection: 'none' }, 'bad.connection', 'Connection does not exist'],
    [
      'a database',
      { connection: 'Username-Password-Authentication' },
      'bad.connection',
      'Invalid connection strategy. It must either be a passwordless connection',
    ],
    ['no number', { phone_number: undefined }, 'bad.phone_number', 'Missing required property: phone_number'],
    ...['0044', '+44 7700', '+', '+1234567890123456', '+４４７７', `+1${'2'.repeat(300)}`].map(
      (number): [string, object, string, string] => [
        `the number ${number.slice(0, 20)}`,
        { phone_number: number },
        'bad.phone_number',
        'String does not match pattern: ^\\+[0-9]{1,15}$',
      ],
    ),
    ['no mailbox', emailOf, 'bad.email', 'Missing required property: email'],
    ...[
      'a@b\r\nBcc: x@example.com',
      // Senders of mail that take lists would write to the first, and the account would be of the second.
      'a@mine.example,b.example',
      'a@mine.example>,b.example',
      'a@mine.example;b.example',
    ].map((email): [string, object, string, string] => [
      `the mailbox ${JSON.stringify(email)}`,
      { ...emailOf, email },
      'bad.email',
      'String does not match pattern: ^[^\\s@<>()[\\]\\\\,;:"]{1,64}@[^\\s@.<>()[\\]\\\\,;:"]+(\\.[^\\s@.<>()[\\]\\\\,;:"]+)+$',
    ]),
    ['another way to send', { send: 'pigeon' }, 'bad.send', 'No enum match for: pigeon'],
    [
      'authParams as a text',
      { authParams: 'scope=openid' },
      'bad.authParams',
      'error in authParams - invalid type: string (expected object)',
    ],
    [
      'authParams as a list',
      { authParams: [] },
      'bad.authParams',
      'error in authParams - invalid type: array (expected object)',
    ],
    ['what nobody knows', { colour: 'red' }, 'bad.request', 'the following properties are not allowed: colour'],
  ])('%s', async (_name, more, error, error_description) => {
    const { status, body } = await desk.start(more);
    expect({ status, body }).toEqual({ status: 400, body: { error, error_description } });
  });

  test('a client that the connection is not open to', async () => {
    await desk.door.house.store.clients.insert({ ...desk.client, id: 'other' });
    expect(await desk.start({ client_id: 'other' })).toMatchObject({
      status: 400,
      body: { error: 'bad.connection', error_description: 'Connection is disabled' },
    });
  });

  test('a client without the grant', async () => {
    expect(await desk.start({ client_id: 'spa' })).toMatchObject({
      status: 403,
      body: {
        error: 'unauthorized_client',
        error_description: `Grant type '${PASSWORDLESS_GRANT}' not allowed for the client.`,
      },
    });
  });

  test('whom it does not know, where it takes nobody in', async () => {
    await desk.options(desk.sms, { disable_signup: true });
    expect(await desk.start({ phone_number: '+15550099' })).toMatchObject({
      status: 400,
      body: { error: 'bad.connection', error_description: 'Public signup is disabled' },
    });
    await desk.options(desk.sms, {});
  });

  test.each<[string, string, Record<string, string>, number]>([
    ['no JSON', '{', {}, 400],
    ['a list', '[]', {}, 400],
    ['a name that would change the object', '{"__proto__": {}}', {}, 400],
    ['U+0000', '{"client_id": "\\u0000"}', {}, 400],
    ['another kind of body', 'x', { 'content-type': 'text/plain' }, 400],
    ['a body that is packed', 'x', { 'content-encoding': 'gzip' }, 415],
    ['a body without end', `{"client_id": "${'x'.repeat(70_000)}"}`, {}, 413],
  ])('%s', async (_name, body, headers, status) => {
    const answer = await desk.post('/passwordless/start', body, headers);
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({ error: 'invalid_request', error_description: expect.any(String) });
  });
});

describe('a tenant that wants to know who asks', () => {
  beforeAll(async () => {
    const flags = { enforce_client_authentication_on_passwordless_start: true };
    await desk.door.house.editTenant((tenant) => ({ ...tenant, settings: { ...tenant.settings, flags } }));
    const { store, tenant } = desk.door.house;
    const confidential = {
      ...desk.client,
      id: 'server',
      secret: 'the secret',
      authMethod: 'client_secret_post',
    } as const;
    await store.clients.insert(confidential);
    await store.connections.update(tenant.id, desk.sms.id, (current) => ({
      ...current,
      enabledClients: [...current.enabledClients, 'server'],
    }));
  });
  afterAll(() => desk.door.house.editTenant((tenant) => ({ ...tenant, settings: { ...tenant.settings, flags: {} } })));

  test.each<[string, object, number]>([
    ['no secret', {}, 401],
    ['a wrong secret', { client_secret: 'no' }, 401],
    ['the secret', { client_secret: 'the secret' }, 200],
  ])('%s', async (_name, more, status) => {
    const answer = await desk.start({ client_id: 'server', ...more });
    expect(answer.status).toBe(status);
    if (status === 401) expect(answer.body).toEqual({ error: 'access_denied', error_description: 'Unauthorized' });
  });
});

test('fifty an hour from one address', async () => {
  const open = await openPasswordlessDesk();
  try {
    const statuses: number[] = [];
    for (let asked = 0; asked < 51; asked += 1) statuses.push((await open.start({ connection: 'none' })).status);
    expect(new Set(statuses.slice(0, 50))).toEqual(new Set([400]));
    const last = await open.start({ connection: 'none' });
    expect(last.status).toBe(429);
    expect(last.body).toEqual({ error: 'too_many_requests', error_description: 'Rate limit exceeded.' });
    expect(last.headers.get('x-ratelimit-limit')).toBe('50');
  } finally {
    await open.close();
  }
});
