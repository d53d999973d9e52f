// Test: what carries mails, and the templates of mails, through the Management API, in the shapes of the wire.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Json, type Office, openOffice, payloadError } from './office.ts';

let office: Office;
beforeAll(async () => {
  office = await openOffice();
});
afterAll(() => office.close());

const PROVIDER = '/api/v2/emails/provider';
const SMTP = { smtp_host: 'mail.example.com', smtp_port: 587, smtp_user: 'bob', smtp_pass: 'secret' };
const FROM = { default_from_address: 'accounts@example.com' };
const provider = (method: string, body?: unknown) => office.send(method, PROVIDER, body);

describe('the provider', () => {
  beforeEach(() => provider('DELETE'));

  test('is made once, shown without its secrets, changed and taken away', async () => {
    const none = { statusCode: 404, error: 'Not Found', message: 'There is not a configured email provider' };
    expect(await provider('GET')).toMatchObject({
      status: 404,
      body: { ...none, errorCode: 'inexistent_email_provider' },
    });
    expect((await provider('PATCH', { enabled: false })).status).toBe(404);
    const { smtp_pass: _secret, ...shown } = SMTP;
    const made = { name: 'smtp', enabled: true, ...FROM, credentials: shown };
    expect(await provider('POST', { name: 'smtp', ...FROM, credentials: SMTP })).toMatchObject({
      status: 201,
      body: made,
    });
    expect((await provider('POST', { name: 'smtp', ...FROM, credentials: SMTP })).status).toBe(409);
    expect((await provider('GET')).body).toEqual(made);
    expect((await office.send('GET', `${PROVIDER}?fields=name,enabled&include_fields=true`)).body).toEqual({
      name: 'smtp',
      enabled: true,
    });
    expect((await office.sendAsNeighbour('GET', PROVIDER)).status).toBe(404);
    expect((await provider('PATCH', { enabled: false, default_from_address: '' })).body).toEqual({
      ...made,
      enabled: false,
      default_from_address: '',
    });
    for (let times = 0; times < 2; times += 1) expect((await provider('DELETE')).status).toBe(204);
    expect((await provider('GET')).status).toBe(404);
  });

  test('goes from one name to the next as recorded, and leaves the settings of the last behind', async () => {
    const ses = { accessKeyId: 'AKIA', secretAccessKey: 'x', region: 'us-east-1' };
    await provider('POST', { name: 'ses', enabled: true, ...FROM, credentials: ses });
    const settings = { message: { configuration_set_name: 'example' } };
    expect((await provider('PATCH', { name: 'ses', credentials: ses, settings })).body).toEqual({
      name: 'ses',
      enabled: true,
      ...FROM,
      credentials: { region: 'us-east-1' },
      settings,
    });
    for (const [name, credentials, shown] of [
      ['mandrill', { api_key: 'k' }, {}],
      ['mailgun', { api_key: 'k', domain: 'example.com', region: 'eu' }, { domain: 'example.com', region: 'eu' }],
      ['azure_cs', { connectionString: 's' }, {}],
      ['ms365', { tenantId: 't', clientId: 'c', clientSecret: 's' }, {}],
      ['custom', {}, {}],
      ['sendgrid', { api_key: 'k' }, {}],
      ['resend', { api_key: 'k' }, {}],
      ['sparkpost', { api_key: 'k' }, {}],
      ['postmark', { api_key: 'k' }, {}],
    ] as const) {
      const changed = await provider('PATCH', { name, enabled: true, ...FROM, credentials });
      expect(changed).toMatchObject({ status: 200 });
      expect(changed.body).toEqual({ name, enabled: true, ...FROM, credentials: shown });
    }
  });

  test('two changes of different properties at once both stay; the log and a rehearsal hold no secret', async () => {
    await provider('POST', { name: 'smtp', ...FROM, credentials: SMTP });
    await Promise.all([
      provider('PATCH', { enabled: false }),
      provider('PATCH', { default_from_address: 'other@example.com' }),
      provider('PATCH', { settings: { headers: { 'X-A': 'b' } } }),
    ]);
    expect((await provider('GET')).body).toMatchObject({
      enabled: false,
      default_from_address: 'other@example.com',
      settings: { headers: { 'X-A': 'b' } },
    });
    const played = await office.send('PATCH', `${PROVIDER}?dry_run=true`, {
      enabled: true,
      credentials: { ...SMTP, smtp_user: 'eve', smtp_pass: 'another secret' },
    });
    expect(played.body).toMatchObject({ diff: { enabled: { before: false, after: true } } });
    expect(JSON.stringify(played.body)).not.toContain('secret');
    const { body } = await office.send('GET', '/api/v2/logs?per_page=10');
    expect(JSON.stringify(body)).toContain('"default_from_address":"other@example.com"');
    expect(JSON.stringify(body)).not.toContain('secret"');
  });

  test('sends no secret that was kept to a host that was named since', async () => {
    await provider('POST', { name: 'smtp', ...FROM, credentials: SMTP });
    await provider('PATCH', { credentials: { smtp_host: 'evil.example', smtp_port: 25 } });
    const { store, tenant } = office.door.house;
    const kept = await store.providers.findByKey(tenant.id, 'email');
    expect(JSON.stringify(kept)).not.toContain('secret');
  });

  test.each<[string, object]>([
    ['an unknown name', { name: 'pigeon', credentials: {} }],
    ['no credentials', { name: 'smtp' }],
    ['credentials of another', { name: 'smtp', credentials: { api_key: 'k' } }],
    ['a host that is more than a host', { name: 'smtp', credentials: { ...SMTP, smtp_host: 'a.example/x@b' } }],
    ['a host with a line break', { name: 'smtp', credentials: { ...SMTP, smtp_host: 'a\r\nb' } }],
    ['a port that is none', { name: 'smtp', credentials: { ...SMTP, smtp_port: 70_000 } }],
    [
      'a region that is more',
      { name: 'ses', credentials: { accessKeyId: 'a', secretAccessKey: 'b', region: 'x.evil' } },
    ],
    ['a domain that is more', { name: 'mailgun', credentials: { api_key: 'k', domain: '../x' } }],
    ['a sender that is none', { name: 'smtp', credentials: SMTP, default_from_address: 'nobody' }],
    [
      'a sender with a header',
      { name: 'smtp', credentials: SMTP, default_from_address: 'a@b.example\r\nBcc: c@d.example' },
    ],
    ['a header of ours', { name: 'smtp', credentials: SMTP, settings: { headers: { Bcc: 'a@b.example' } } }],
    [
      'a header with a line break',
      { name: 'smtp', credentials: SMTP, settings: { headers: { 'X-A': 'a\r\nBcc: c' } } },
    ],
    ['settings that are none', { name: 'smtp', credentials: SMTP, settings: 'x' }],
    ['more than there is', { name: 'smtp', credentials: SMTP, colour: 'red' }],
  ])('is refused with %s', async (_name, body) => {
    expect(await provider('POST', body)).toMatchObject({ status: 400, body: { errorCode: 'invalid_body' } });
    expect((await provider('GET')).status).toBe(404);
  });

  test.each([
    ['GET', 'read:email_provider'],
    ['POST', 'create:email_provider'],
    ['PATCH', 'update:email_provider'],
    ['DELETE', 'delete:email_provider'],
  ] as const)('%s asks for %s', async (method, scope) => {
    const send = await office.as('read:users');
    const refused = await send(method, PROVIDER, method === 'POST' || method === 'PATCH' ? {} : undefined);
    expect(refused).toMatchObject({ status: 403, body: { message: `Insufficient scope, expected any of: ${scope}` } });
  });
});

const TEMPLATES = '/api/v2/email-templates';
const VERIFY = {
  template: 'verify_email',
  body: '<html><body><h1>Verify your email</h1>{{ url }}</body></html>',
  from: 'me@example.com',
  resultUrl: 'https://www.example.com/verify-email',
  subject: 'Verify your email',
  syntax: 'liquid',
  enabled: true,
  includeEmailInRedirect: true,
};
const templates = (method: string, name = '', body?: unknown) =>
  office.send(method, `${TEMPLATES}${name === '' ? '' : `/${name}`}`, body);

describe('templates', () => {
  test('are made once, read, replaced and changed', async () => {
    const none = { statusCode: 404, error: 'Not Found', message: 'The template does not exist.' };
    for (const method of ['GET', 'PUT', 'PATCH']) {
      const body = method === 'GET' ? undefined : { enabled: false };
      expect((await templates(method, 'reset_email', body)).body).toEqual({
        ...none,
        errorCode: 'inexistent_email_template',
      });
    }
    expect(await templates('POST', '', VERIFY)).toMatchObject({ status: 200, body: VERIFY });
    const twice = await templates('POST', '', VERIFY);
    expect(twice.body).toEqual({
      statusCode: 409,
      error: 'Conflict',
      message: 'Template verify_email already exists.',
    });
    expect((await templates('GET', 'verify_email')).body).toEqual(VERIFY);
    expect((await templates('PATCH', 'verify_email', { enabled: false })).body).toEqual({ ...VERIFY, enabled: false });
    const put = { subject: 'New', body: 'x', from: '', syntax: 'liquid', enabled: true };
    expect((await templates('PUT', 'verify_email', put)).body).toEqual({ template: 'verify_email', ...put });
    expect((await office.sendAsNeighbour('GET', `${TEMPLATES}/verify_email`)).body).toMatchObject({ enabled: false });
  });

  test.each(['verify_email', 'welcome_email'])(
    '%s is there from the start, switched off, and is changed',
    async (name) => {
      const neighbour = (method: string, body?: unknown) =>
        office.sendAsNeighbour(method, `${TEMPLATES}/${name}`, body);
      const { body: stock } = await neighbour('GET');
      expect(stock).toEqual({
        template: name,
        body: expect.stringContaining('{{ application.name }}'),
        from: '',
        subject: '',
        syntax: 'liquid',
        urlLifetimeInSeconds: 432_000,
        enabled: false,
      });
      expect((await neighbour('PATCH', { enabled: true })).body).toEqual({ ...stock, enabled: true });
      expect((await neighbour('PATCH', { subject: 'Hello' })).body).toEqual({
        ...stock,
        enabled: true,
        subject: 'Hello',
      });
      const made = await office.sendAsNeighbour('POST', TEMPLATES, { ...VERIFY, template: name });
      expect(made.status).toBe(409);
    },
  );

  test('a rehearsal of a change to one that was never written says the change, and keeps nothing', async () => {
    const played = await office.send('PATCH', `${TEMPLATES}/welcome_email?dry_run=true`, { enabled: true });
    expect(played.body).toMatchObject({ diff: { enabled: { before: false, after: true } } });
    expect((await templates('GET', 'welcome_email')).body).toMatchObject({ enabled: false });
  });

  test('have fourteen names', async () => {
    const names =
      'verify_email_by_code auth_email_by_code reset_email reset_email_by_code welcome_email blocked_account stolen_credentials enrollment_email mfa_oob_code user_invitation change_password password_reset async_approval';
    for (const template of names.split(' ')) {
      expect((await templates('POST', '', { ...VERIFY, template })).status).toBe(200);
      expect((await templates('GET', template)).body).toMatchObject({ template });
    }
    expect(await templates('GET', 'nonsense')).toMatchObject({ status: 400, body: { errorCode: 'invalid_uri' } });
  });

  test.each<[string, object, RegExp]>([
    [
      'a tag that does not end',
      { body: '<p>\n  {% if user %}x' },
      /tag "?{% if user %}"? not closed, line:2, col:3' on property body/,
    ],
    [
      'a filter that there is none of',
      { subject: '{{ user.name | shout }}' },
      /undefined filter: shout, line:1, col:1' on property subject/,
    ],
    ['a file', { body: "{% include 'x' %}" }, /line:1, col:1/],
    ['an address that does not parse', { resultUrl: '{{ application.name' }, /on property resultUrl/],
    ['another syntax', { syntax: 'mustache' }, /on property syntax/],
    ['a lifetime that is none', { urlLifetimeInSeconds: -1 }, /less than minimum/],
    ['another name', { template: 'reset_email' }, /on property template/],
  ])('are refused with %s, and it is said where', async (_name, more, message) => {
    await templates('POST', '', VERIFY);
    const refused = await templates('PATCH', 'verify_email', more);
    expect(refused).toMatchObject({ status: 400, body: { errorCode: 'invalid_body' } });
    expect(String((refused.body as Json).message)).toMatch(message);
  });

  test('ask for all that they are made of', async () => {
    const { enabled: _on, ...less } = VERIFY;
    expect((await templates('POST', '', less)).body).toEqual(payloadError('Missing required property: enabled'));
  });

  test.each([
    ['GET', 'read:email_templates'],
    ['POST', 'create:email_templates'],
    ['PUT', 'update:email_templates'],
    ['PATCH', 'update:email_templates'],
  ] as const)('%s asks for %s', async (method, scope) => {
    const send = await office.as('read:users');
    const path = method === 'POST' ? TEMPLATES : `${TEMPLATES}/verify_email`;
    const refused = await send(method, path, method === 'GET' ? undefined : {});
    expect(refused).toMatchObject({ status: 403, body: { message: `Insufficient scope, expected any of: ${scope}` } });
  });
});
