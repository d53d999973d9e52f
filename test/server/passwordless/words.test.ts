// What a code or a link comes with, by the template of its connection, and who carries it there.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '#storage/records.ts';
import { openTwilio, SID, TOKEN, type TwilioDouble } from '#test/kit/twilio.ts';
import { openPasswordlessDesk, type PasswordlessDesk, PHONE } from './passwordless-desk.ts';

const MAILBOX = 'words@example.com';

let desk: PasswordlessDesk;
let twilio: TwilioDouble;
beforeAll(async () => {
  twilio = await openTwilio();
  desk = await openPasswordlessDesk({ ports: { twilio: twilio.port } });
});
afterEach(() => {
  twilio.requests.length = 0;
  twilio.manner = { by: 'taking' };
  desk.door.house.clock.advance(60 * 60_000);
});
afterAll(async () => {
  await desk.close();
  await twilio.close();
});

const newest = async (to: string) => {
  const [message] = await desk.door.house.store.messages.inbox(desk.door.house.tenant.id, to, 1);
  if (!message) throw new Error('no message');
  return message;
};

describe('text messages', () => {
  test.each<[JsonObject, RegExp]>([
    [{}, /\d{6}/],
    [{ template: 'Your SMS verification code is: @@password@@' }, /^Your SMS verification code is: \d{6}$/],
    [
      { template: '@@code@@ @@phone_number@@ @@application.name@@', syntax: 'md_with_macros' },
      /^\d{6} \+447700900555 The App$/,
    ],
    [
      { template: '{{ password }} {% if request_language == "ja" %}!{% else %}?{% endif %}', syntax: 'liquid' },
      /^\d{6} \?$/,
    ],
    [{ template: '{{ application.name }} <{{ phone_number }}>', syntax: 'liquid' }, /^The App <\+447700900555>$/],
    [{ template: '@@password@@', totp: { length: 8, time_step: 60 } }, /^\d{8}$/],
    [{ template: null, syntax: null }, /\d{6}/],
  ])('%j', async (options, text) => {
    await desk.options(desk.sms, options);
    expect((await desk.start()).status).toBe(200);
    expect((await newest(PHONE)).text).toMatch(text);
  });
});

test('a template repeats no more of what the caller says than a language', async () => {
  await desk.options(desk.sms, { template: '{{ request_language }}|{{ code }}', syntax: 'liquid' });
  const body = { client_id: 'app', connection: 'sms', phone_number: PHONE };
  for (const [said, shown] of [
    ['ja-JP', 'ja-JP'],
    ['see http://evil.example/', 'en'],
  ] as const) {
    await desk.post('/passwordless/start', body, { 'x-request-language': said });
    expect((await newest(PHONE)).text.split('|')[0]).toBe(shown);
  }
});

describe('mails', () => {
  const start = (send: string) => desk.start({ connection: 'email', email: MAILBOX, phone_number: undefined, send });

  test('by the vendor’s way to tell a link from a code', async () => {
    const body = `{% if send == 'link' %}<a href="{{ link }}">Log in</a>{% elsif send == 'code' %}<b>{{ code }}</b>{% endif %}`;
    const from = '{{ application.name }} <codes@example.com>';
    const email = { syntax: 'liquid', from, subject: 'Welcome to {{ application.name }}\r\nBcc: x', body };
    await desk.options(desk.email, { email });
    await start('code');
    const code = await newest(MAILBOX);
    expect(code.mail).toEqual({
      ...{ from: 'The App <codes@example.com>', subject: 'Welcome to The App Bcc: x' },
      html: `<b>${code.code}</b>`,
    });
    await start('link');
    const link = await newest(MAILBOX);
    expect(link.mail?.html).toMatch(
      /^<a href="http:\/\/[^"]+\/passwordless\/verify_redirect\?[^"]*&amp;verification_code=\w+">Log in<\/a>$/,
    );
    expect(link.text).toMatch(/Log in http:\S+verify_redirect/);
  });

  test('a body without markup is a text, and a subject alone leaves the rest to us', async () => {
    await desk.options(desk.email, { email: { syntax: 'md_with_macros', body: 'Code: @@password@@, @@email@@' } });
    await start('code');
    const plain = await newest(MAILBOX);
    expect(plain.text).toBe(`Code: ${plain.code}, ${MAILBOX}`);
    expect(plain.mail?.html).toBeUndefined();
    await desk.options(desk.email, { email: { subject: 'Only this' } });
    await start('code');
    const ours = await newest(MAILBOX);
    expect(ours.mail).toMatchObject({ subject: 'Only this', html: expect.stringContaining(String(ours.code)) });
  });
});

describe('an account with Twilio of its own', () => {
  const options = { twilio_sid: SID, twilio_token: TOKEN, from: '+15555555555', template: 'Code @@password@@' };

  test('carries the code', async () => {
    await desk.options(desk.sms, { ...options, messaging_service_sid: null });
    expect((await desk.start()).status).toBe(200);
    expect(Object.fromEntries(twilio.requests[0]?.form ?? [])).toMatchObject({
      ...{ To: PHONE, From: '+15555555555', Body: expect.stringMatching(/^Code \d{6}$/) },
    });
  });

  test.each<[number, string]>([
    [21211, '(Code: 21211)'],
    [99999, '(Code: 99999)'],
  ])('what it refuses is told with its code: %i', async (code, text) => {
    twilio.manner = { by: 'error', status: 400, code };
    const { status, body } = await desk.start();
    expect(status).toBe(400);
    expect(body.error).toBe('sms_provider_error');
    expect(body.error_description).toContain(text);
  });

  test('a gateway takes its place', async () => {
    await desk.options(desk.sms, { ...options, provider: 'sms_gateway', gateway_url: 'http://10.0.0.1/' });
    expect((await desk.start()).body).toEqual({
      error: 'sms_provider_error',
      error_description: 'Unexpected response while calling the SMS gateway: ERR_EGRESS_REFUSED',
    });
    expect(twilio.requests).toEqual([]);
  });
});
