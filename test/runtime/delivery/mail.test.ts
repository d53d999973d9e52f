// Test: mails of every kind, from their row to a real mail server: in our words and in a tenant's.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { followVerificationLink } from '#runtime/verification-ticket.ts';
import type { JsonObject, MessageKind, MessageRecord } from '#storage/records.ts';
import { type House, openHouse } from '#test/kit/house.ts';
import { type MailServer, openMailServer } from '#test/kit/mail-server.ts';
import * as mailing from './mailing.ts';
import { hasCode, LINK } from './mailing.ts';

let house: House;
let smtp: MailServer;

beforeAll(async () => {
  smtp = await openMailServer({
    login: { user: 'shop', pass: 'secret' },
    refuses: (to) => (to.startsWith('nobody') ? 550 : to.startsWith('later') ? 451 : undefined),
  });
  house = await openHouse({ egressAllow: ['127.0.0.1'], ports: { inbox: false } });
});
afterAll(async () => {
  await house.close();
  await smtp.close();
});

beforeEach(() => {
  smtp.mails.length = 0;
});
afterEach(async () => {
  const { records } = await house.store.pages.list(house.tenant.id);
  for (const { id } of records) await house.store.pages.remove(house.tenant.id, id);
});

const provideSmtp = (more: JsonObject = {}, pass = 'secret') => {
  const credentials = { smtp_host: '127.0.0.1', smtp_port: smtp.port, smtp_user: 'shop', smtp_pass: pass };
  return mailing.provide(house, 'smtp', credentials, more);
};
const template = (name: string, document: JsonObject) => mailing.writeTemplate(house, name, document);
const mail = (kind: MessageKind, more?: Partial<MessageRecord>, about?: object) =>
  mailing.mail(house, kind, more, about);
const newestLog = () => mailing.newestLog(house);

const INVITED = { values: { inviter: 'Ben "B" <b>', organization: 'Acme' } };

describe('by SMTP', () => {
  test.each<[MessageKind, RegExp, object?]>([
    ['second-factor', /^Your verification code for /],
    ['enrollment', /^Your verification code for /],
    ['verify-email-by-code', /^Your verification code for /],
    ['passwordless-code', /^Your verification code for /],
    ['passwordless-link', /^Log in to /],
    ['verify-email', /^Verify your email address for /],
    ['reset-password', /^Choose a new password for /],
    ['unblock', /^Logins to your account at .* were stopped$/],
    ['enrollment-ticket', /^Set up a second way to log in to /],
    ['invitation', /^Ben "B" <b> invites you to Acme$/, INVITED],
    ['welcome', /^Welcome to /],
    ['stolen-credentials', /^Your password for .* is not safe$/],
    ['try-provider', /^Test mail from /],
  ])('%s arrives with a subject, a text and HTML', async (kind, subject, about) => {
    await provideSmtp();
    const kept = await mail(kind, {}, about);
    expect(kept).toMatchObject({
      state: 'delivered',
      outcome: { provider: 'smtp', reference: `<${kept.id}@shop.example>` },
    });
    const [arrived, ...more] = smtp.mails;
    expect(more).toEqual([]);
    expect(arrived).toMatchObject({
      to: [{ address: 'ada@example.com' }],
      from: { name: 'Shop', address: 'login@shop.example' },
    });
    expect(arrived?.subject).toMatch(subject);
    const has = hasCode(kind) ? '123456' : LINK;
    expect(arrived?.text).toContain(has);
    if (kind !== 'welcome' && kind !== 'try-provider') {
      expect(arrived?.html).toContain(has.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;'));
    }
    expect(arrived?.html).not.toMatch(/<b>|<c>|<script/);
    expect(arrived?.headers).toContainEqual(expect.objectContaining({ key: 'auto-submitted' }));
  });

  test.each([
    [
      'a wrong password',
      'ada@example.com',
      'wrong',
      'unauthorized',
      'The mail server does not take the user and password.',
    ],
    [
      'a refused recipient',
      'nobody@example.com',
      'secret',
      'refused',
      'The mail server answered 550 to the recipient.',
    ],
  ])('%s is a failure that the log tells of', async (_name, to, pass, code, line) => {
    await provideSmtp({}, pass);
    expect(await mail('second-factor', { to })).toMatchObject({ state: 'failed', outcome: { provider: 'smtp', code } });
    expect(await newestLog()).toMatchObject({ type: 'gd_send_email_failure', description: line });
    await mail('reset-password', { to });
    expect(await newestLog()).toMatchObject({
      type: 'fn',
      description: line,
      details: { notification_type: 'reset-password' },
    });
    expect(JSON.stringify(await newestLog())).not.toMatch(/123456|ticket=|"secret|wrong"/);
  });

  test('a server that wants to be asked again is, until the message is too old', async () => {
    await provideSmtp();
    const visits = smtp.visits();
    const { id } = await mail('second-factor', { to: 'later@example.com' });
    const find = () => house.store.messages.find(house.tenant.id, id);
    expect(await find()).toMatchObject({ state: 'pending', attempts: 1, outcome: { code: 'refused' } });
    for (let rounds = 0; rounds < 10; rounds += 1) {
      house.clock.advance(60_000);
      await house.runtime.deliverDue();
    }
    expect(await find()).toMatchObject({ state: 'failed' });
    expect(smtp.visits() - visits).toBeGreaterThan(1);
    expect(await newestLog()).toMatchObject({
      type: 'gd_send_email_failure',
      description: 'The mail server answered 451 to the recipient.',
    });
  });

  test('without a provider nothing goes out in production', async () => {
    await provideSmtp({ enabled: false });
    expect(await mail('second-factor')).toMatchObject({ state: 'failed', outcome: { code: 'no-provider' } });
    expect(await newestLog()).toMatchObject({
      type: 'gd_send_email_failure',
      description: 'No provider for e-mail is configured.',
    });
  });

  test('a provider without a sender says so', async () => {
    await provideSmtp({ default_from_address: '' });
    expect(await mail('verify-email')).toMatchObject({ state: 'failed', outcome: { code: 'configuration' } });
    expect(await newestLog()).toMatchObject({
      type: 'fn',
      description: 'The mail has no sender: the e-mail provider has no default_from_address.',
    });
  });

  test("headers of the provider's settings go along", async () => {
    await provideSmtp({ settings: { headers: { 'X-MC-ViewContentLink': 'true' } } });
    await mail('verify-email');
    expect(smtp.mails[0]?.headers).toContainEqual(
      expect.objectContaining({ key: 'x-mc-viewcontentlink', value: 'true' }),
    );
  });
});

describe("a tenant's template", () => {
  test('takes the place of our words, and speaks of the person, the application and the organization', async () => {
    await provideSmtp();
    const user = await house.user('grace', [], { userMetadata: { hobby: '<i>knots</i>' }, givenName: 'Grace' });
    await template('verify_email', {
      subject: 'Hello {{ user.given_name }}',
      from: '{{ application.name }} <hello@shop.example>',
      body: `<p>{{ user.email }} {{ user.user_metadata.hobby }} {{ user.name | escape }} {{ application.clientID }}
        {{ connection.name }} {{ friendly_name }} {{ missing }}</p><a href="{{ url }}">go</a><a href="{{ url | escape }}">on</a>`,
    });
    await mail(
      'verify-email',
      { to: user.email ?? '' },
      {
        place: { userId: user.id, clientId: house.client.id, connection: user.connection },
      },
    );
    const [arrived] = smtp.mails;
    expect(arrived).toMatchObject({ subject: 'Hello Grace', from: { name: 'App', address: 'hello@shop.example' } });
    const link = LINK.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;');
    expect(arrived?.html).toContain(`<a href="${link}">go</a><a href="${link}">on</a>`);
    expect(arrived?.html).toContain(`grace@example.com &lt;i&gt;knots&lt;/i&gt; grace ${house.client.id}`);
    expect(arrived?.text).toContain(LINK);
    expect(arrived?.text).not.toMatch(/<p>|&lt;/);
  });

  test.each([
    ['subject', 'Hi {{ user.name }}', 'Eve\r\nBcc: all@example.com', 'Hi Eve Bcc: all@example.com'],
    ['from', '{{ user.name }} <a@shop.example>', 'Eve\r\nBcc: all@example.com', 'Eve Bcc: all@example.com'],
  ])('puts no header of anybody else into a mail by its %s', async (field, text, name, shown) => {
    await provideSmtp();
    const user = await house.user(`eve-${field}`, [], { name });
    await template('verify_email', { subject: 'S', body: 'B {{ url }}', [field]: text });
    await mail('verify-email', {}, { place: { userId: user.id } });
    expect(smtp.raw.at(-1)).not.toMatch(/^bcc:/im);
    const [arrived] = smtp.mails;
    expect(field === 'from' ? arrived?.from?.name : arrived?.subject).toBe(shown);
    expect(arrived?.to).toEqual([{ address: 'ada@example.com', name: '' }]);
  });

  test('that is switched off leaves the word to ours; one that cannot be rendered is a failure', async () => {
    await provideSmtp();
    await template('verify_email', { subject: 'Mine', body: 'x', enabled: false });
    await mail('verify-email');
    expect(smtp.mails[0]?.subject).toMatch(/^Verify your email/);
    await template('reset_email', { subject: 'Mine', body: '{{ user.name | nosuchfilter }}' });
    expect(await mail('reset-password')).toMatchObject({ state: 'failed', outcome: { code: 'template' } });
  });

  test('says how long links are good, and where they lead afterwards', async () => {
    await provideSmtp();
    await template('reset_email', {
      subject: 'Reset',
      body: '{{ url }}',
      resultUrl: '{{ application.callback_domain }}/done',
      urlLifetimeInSeconds: 3600,
    });
    const { store, tenant, client, runtime, clock } = house;
    const user = await house.user('lin');
    const connection = await store.connections.findByKey(tenant.id, user.connection);
    if (!connection) throw new Error('no connection');
    const caller = { ip: '203.0.113.7', method: 'POST' };
    await runtime.requestPasswordReset({
      tenant,
      connection,
      client,
      identifier: user.email ?? '',
      locale: 'en',
      caller,
    });
    await expect.poll(() => smtp.mails.length, { timeout: 5_000 }).toBe(1);
    const [, key = ''] = /ticket=([\w-]+)/.exec(smtp.mails[0]?.text ?? '') ?? [];
    const ticket = await store.tickets.findByKey(tenant.id, 'password-reset', key);
    expect(ticket).toMatchObject({
      expiresAt: clock.at + 3_600_000,
      content: { resultUrl: 'https://app.example/done' },
    });
  });
});

describe('a greeting', () => {
  test('goes to who verifies an address, where the tenant has written one', async () => {
    await provideSmtp();
    const { runtime, tenant } = house;
    const user = await house.user('wel');
    const addressee = { id: user.id, email: user.email ?? '' };
    await template('welcome_email', { subject: 'Welcome aboard', body: 'Hi {{ user.name }}' });
    await runtime.sendVerification(tenant, addressee, { locale: 'en' });
    const [, key = ''] = /ticket=([\w-]+)/.exec(smtp.mails[0]?.text ?? '') ?? [];
    await followVerificationLink(house.ports, tenant, key, { ip: '203.0.113.7', method: 'POST' });
    house.clock.advance(31_000);
    await runtime.deliverDue();
    expect(smtp.mails.map(({ subject }) => subject)[1]).toBe('Welcome aboard');
  });
});
