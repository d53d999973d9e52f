// Test: text messages and calls for the second factor, step by step as the vendor's document tells it: which of them people
// get, who carries them, in which words, how many, and where somebody hears that many go wrong.
// Longer than 300 lines because the document's steps follow one another.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { DeliveryDesk, Outgoing } from '#runtime/delivery/delivery.ts';
import { sharedSms } from '#runtime/delivery/shared-sms.ts';
import { createStreaming } from '#server/log-streams/keep-streaming.ts';
import { PASSWORD, TOTP_KEY } from '#test/kit/house.ts';
import { type HttpStub, openHttpStub } from '#test/kit/http-stub.ts';
import type { Page, PlainBrowser } from '#test/kit/plain-browser.ts';
import { openTwilio, SID, TOKEN, type TwilioDouble, twilioSignature } from '#test/kit/twilio.ts';
import { items, type Office, openOffice, payloadError } from './management/office.ts';

const FACTORS = '/api/v2/guardian/factors';
const MESSAGE_TYPES = `${FACTORS}/phone/message-types`;
const HOUR_MS = 60 * 60_000;

let twilio: TwilioDouble;
let office: Office;
/** A gateway that an Action calls, and a monitoring tool. */
let stub: HttpStub;
let people = 0;
beforeAll(async () => {
  [twilio, stub] = await Promise.all([openTwilio(), openHttpStub()]);
  office = await openOffice(undefined, { ports: { twilio: twilio.port }, egressAllow: [stub.host] });
  await put(`${FACTORS}/otp`, { enabled: false });
  await put(`${FACTORS}/email`, { enabled: false });
  await put(`${FACTORS}/sms`, { enabled: true });
  await put('/api/v2/guardian/policies', ['all-applications']);
});
afterAll(async () => {
  await office.close();
  await Promise.all([twilio.close(), stub.close()]);
});
beforeEach(() => {
  twilio.requests.length = 0;
  twilio.manner = { by: 'taking' };
  stub.requests.length = 0;
});

async function put(path: string, body: object): Promise<void> {
  expect(await office.send('PUT', path, body)).toMatchObject({ status: 200, body });
}

type Visit = { browser: PlainBrowser; page: Page };
const screenOf = ({ url }: Page) => url.pathname.replace('/u/', '');
const errorOf = ({ html }: Page) => /<form[^>]* data-error="([^"]*)"/.exec(html)?.[1];
const press = async ({ browser, page }: Visit, fields: Record<string, string>): Promise<Visit> => ({
  browser,
  page: await browser.post(page, fields),
});

/** Somebody new, with a number of their own, comes to the second factor. */
async function signIn(has: 'phone' | 'phone and app' | 'nothing' = 'phone'): Promise<Visit & { phone: string }> {
  const { door } = office;
  const { house } = door;
  const name = `person-${++people}`;
  const phone = `+4477009001${String(people).padStart(2, '0')}`;
  const user = await house.user(name);
  const own = () => ({ tenantId: user.tenantId, userId: user.id, id: `dev_${house.ports.random.letters(16)}` });
  const { authenticators } = house.store;
  const confirmed = { confirmed: true, createdAt: house.clock.at };
  if (has !== 'nothing') await authenticators.insert({ ...own(), ...confirmed, type: 'phone', phoneNumber: phone });
  if (has === 'phone and app') await authenticators.insert({ ...own(), ...confirmed, type: 'totp', secret: TOTP_KEY });
  const browser = door.browser();
  const visit = { browser, page: await browser.open(door.authorizeUrl()) };
  const next = await press(visit, { username: `${name}@example.com`, password: PASSWORD, action: 'default' });
  return { ...next, phone };
}

const inboxOf = (phone: string) => office.door.house.store.messages.inbox(office.tenant.id, phone, 50);

/** What the tenant's log says last of messages. */
async function lastLog() {
  const { body } = await office.send('GET', '/api/v2/logs?sort=date:-1&per_page=20');
  return items(body).find(({ type }) => String(type).startsWith('gd_send_'));
}

describe('which messages people get', () => {
  test.each([[['sms']], [['voice']], [['sms', 'voice']]])('%j', async (message_types) => {
    await put(MESSAGE_TYPES, { message_types });
    expect((await office.send('GET', MESSAGE_TYPES)).body).toEqual({ message_types });
  });

  test('any other is refused, and so is a token without the scope', async () => {
    const refused = await office.send('PUT', MESSAGE_TYPES, { message_types: ['fax'] });
    expect(refused.body).toEqual(payloadError('No enum match for: "fax"', 'message_types[0]'));
    expect((await office.send('PUT', MESSAGE_TYPES, { message_types: [] })).status).toBe(400);
    const reader = await office.as('read:guardian_factors');
    expect(await reader('PUT', MESSAGE_TYPES, { message_types: ['sms'] })).toMatchObject({
      status: 403,
      body: { errorCode: 'insufficient_scope' },
    });
  });

  test('both: whoever enrolls says how', async () => {
    await put(MESSAGE_TYPES, { message_types: ['sms', 'voice'] });
    const { phone, ...visit } = await signIn('nothing');
    expect(screenOf(visit.page)).toBe('mfa-phone-enrollment');
    const called = await press(visit, { phone, type: 'voice', action: 'default' });
    expect(screenOf(called.page)).toBe('mfa-voice-challenge');
    const [message] = await inboxOf(phone);
    expect(message?.channel).toBe('voice');
    const { page } = await press(called, { code: message?.code ?? '', action: 'default' });
    expect(page.status).toBe(0);
  });

  test('text messages only: there is nothing to say', async () => {
    await put(MESSAGE_TYPES, { message_types: ['sms'] });
    const { phone, ...visit } = await signIn('nothing');
    expect(screenOf(visit.page)).toBe('mfa-sms-enrollment');
    const sent = await press(visit, { phone, action: 'default' });
    expect(screenOf(sent.page)).toBe('mfa-sms-challenge');
    const [message] = await inboxOf(phone);
    expect((await press(sent, { code: message?.code ?? '', action: 'default' })).page.status).toBe(0);
  });
});

describe('the provider auth0', () => {
  beforeEach(async () => {
    await put(`${FACTORS}/phone/selected-provider`, { provider: 'auth0' });
  });

  test('sends text messages, and no calls', async () => {
    await put(MESSAGE_TYPES, { message_types: ['sms', 'voice'] });
    const { phone, ...visit } = await signIn();
    expect(await inboxOf(phone)).toHaveLength(1);
    const called = await press(visit, { action: 'switch-to-voice' });
    expect(errorOf(called.page)).toBe('send-voice-failed');
    expect(await lastLog()).toMatchObject({ type: 'gd_send_voice_failure' });
    // The way back is open, and its code is good.
    const back = await press(called, { action: 'switch-to-sms' });
    const [message] = await inboxOf(phone);
    expect((await press(back, { code: message?.code ?? '', action: 'default' })).page.status).toBe(0);
  });

  test('sends a hundred messages in the life of the tenant; then no code arrives, and another factor is offered', async () => {
    const { ports, tenant } = office.door.house;
    const outgoing = { tenant, message: { channel: 'sms' }, words: { text: '' } } as Outgoing;
    while ((await sharedSms.send({ ports } as DeliveryDesk, outgoing)).end === 'sent');
    await put(`${FACTORS}/otp`, { enabled: true });
    await put(MESSAGE_TYPES, { message_types: ['sms'] });
    const { phone, ...first } = await signIn('phone and app');
    const options = await press(first, { action: 'pick-authenticator' });
    const visit = await press(options, { action: 'sms' });
    expect(screenOf(visit.page)).toBe('mfa-sms-challenge');
    expect(await inboxOf(phone)).toEqual([]);
    expect(errorOf(visit.page)).toBe('send-sms-failed');
    expect(await lastLog()).toMatchObject({
      type: 'gd_send_sms_failure',
      description: 'The provider auth0 sends 100 messages in the life of a tenant: all are used.',
    });
    const picker = await press(visit, { action: 'pick-authenticator' });
    expect(picker.page.html).toContain('value="otp"');
    await put(`${FACTORS}/otp`, { enabled: false });
  });
});

describe('Twilio', () => {
  const SETTINGS = `${FACTORS}/phone/providers/twilio`;
  beforeEach(async () => {
    await put(`${FACTORS}/phone/selected-provider`, { provider: 'twilio' });
    await put(MESSAGE_TYPES, { message_types: ['sms', 'voice'] });
  });

  test('by a number: account, token and source', async () => {
    await put(SETTINGS, { sid: SID, auth_token: TOKEN, from: '+15005550006' });
    const { phone, ...visit } = await signIn();
    const [asked] = twilio.requests;
    expect(asked).toMatchObject({ kind: 'Messages', sid: SID });
    expect(asked?.form.get('To')).toBe(phone);
    expect(asked?.form.get('From')).toBe('+15005550006');
    const code = asked?.form.get('Body')?.slice(0, 6) ?? '';
    expect((await press(visit, { code, action: 'default' })).page.status).toBe(0);
    expect(await lastLog()).toMatchObject({ type: 'gd_send_sms' });
  });

  test('by a messaging service: text messages go, calls need a number all the same', async () => {
    await put(SETTINGS, { sid: SID, auth_token: TOKEN, messaging_service_sid: 'MG1' });
    const visit = await signIn();
    expect(twilio.requests[0]?.form.get('MessagingServiceSid')).toBe('MG1');
    const called = await press(visit, { action: 'switch-to-voice' });
    expect(errorOf(called.page)).toBe('send-voice-failed');
    expect(await lastLog()).toMatchObject({
      type: 'gd_send_voice_failure',
      description: expect.stringContaining('needs a `from` number for calls'),
    });
    await put(SETTINGS, { sid: SID, auth_token: TOKEN, messaging_service_sid: 'MG1', from: '+15005550006' });
    const again = await press(called, { action: 'resend-code' });
    expect(twilio.requests.at(-1)).toMatchObject({ kind: 'Calls' });
    const said =
      twilio.requests
        .at(-1)
        ?.form.get('Twiml')
        ?.match(/(?:\d\.){5}\d/)?.[0] ?? '';
    expect((await press(again, { code: said.replaceAll('.', ''), action: 'default' })).page.status).toBe(0);
    expect(await lastLog()).toMatchObject({ type: 'gd_send_voice' });
  });

  test('a report that it did not arrive: the log says of whom', async () => {
    await put(SETTINGS, { sid: SID, auth_token: TOKEN, from: '+15005550006' });
    await signIn();
    const url = twilio.requests[0]?.form.get('StatusCallback') ?? '';
    const [sent] = items((await office.send('GET', '/api/v2/logs?sort=date:-1&per_page=1')).body);
    const form = { MessageStatus: 'undelivered', ErrorCode: '30005' };
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': twilioSignature(url, form),
    };
    const report = { method: 'POST', headers, body: String(new URLSearchParams(form)) };
    expect((await office.door.app.request(url, report)).status).toBe(404);
    const told = { ...form, MessageSid: String(sent?.details?.reference) };
    headers['x-twilio-signature'] = twilioSignature(url, told);
    const body = String(new URLSearchParams(told));
    expect((await office.door.app.request(url, { ...report, body })).status).toBe(204);
    expect(await lastLog()).toMatchObject({
      type: 'gd_send_sms_failure',
      user_id: expect.stringMatching(/^auth0\|/),
      client_id: 'spa',
      description: 'Twilio refused it: the number does not exist, or is out of service (error 30005).',
    });
  });

  test.each([
    [20008, 'test credentials'],
    [21408, 'Geo permissions'],
  ])('error %i: the log says what to do', async (code, words) => {
    await put(SETTINGS, { sid: SID, auth_token: TOKEN, from: '+15005550006' });
    twilio.manner = { by: 'error', status: 400, code };
    expect(errorOf((await signIn()).page)).toBe('send-sms-failed');
    expect(await lastLog()).toMatchObject({
      type: 'gd_send_sms_failure',
      description: expect.stringContaining(words),
      details: { provider_error: { code: String(code) } },
    });
  });

  test('templates of one’s own', async () => {
    await put(SETTINGS, { sid: SID, auth_token: TOKEN, from: '+15005550006' });
    await put(`${FACTORS}/phone/templates`, {
      enrollment_message: 'Enroll with @@code@@',
      verification_message:
        '{% if message_type == "voice" %}Your code:{{pause}}{{code}}{% else %}{{code}} at {{tenant.friendly_name}}{% endif %}',
    });
    const visit = await signIn();
    expect(twilio.requests.at(-1)?.form.get('Body')).toMatch(/^\d{6} at \S+$/);
    await press(visit, { action: 'switch-to-voice' });
    expect(twilio.requests.at(-1)?.form.get('Twiml')).toMatch(
      />Your code:<\/Say><Pause length="1"\/><Say[^>]*>(\d\.){5}\d</,
    );
    const newcomer = await signIn('nothing');
    await press(newcomer, { phone: newcomer.phone, type: 'sms', action: 'default' });
    expect(twilio.requests.at(-1)?.form.get('Body')).toMatch(/^Enroll with \d{6}$/);
  });
});

describe('an Action that carries messages', () => {
  test('another message for another application, by a gateway of one’s own', async () => {
    await put(`${FACTORS}/phone/selected-provider`, { provider: 'phone-message-hook' });
    await put(MESSAGE_TYPES, { message_types: ['sms'] });
    await office.send('PUT', `${FACTORS}/phone/templates`, {
      enrollment_message: '{{code}}',
      verification_message: 'as ever: {{code}}',
    });
    const code = readFileSync('actions/library/message-per-client.js', 'utf8');
    const secrets = [
      { name: 'GATEWAY_URL', value: `${stub.origin}/send` },
      { name: 'GATEWAY_TOKEN', value: 'the gateway token' },
    ];
    const action = {
      name: 'gateway',
      code,
      secrets,
      supported_triggers: [{ id: 'send-phone-message', version: 'v2' }],
    };
    const made = await office.send('POST', '/api/v2/actions/actions', action);
    expect(made.status).toBe(201);
    const id = String(made.body.id);
    await office.built(id);
    expect((await office.send('POST', `/api/v2/actions/actions/${id}/deploy`)).status).toBe(200);
    const bindings = [{ ref: { type: 'action_id', value: id } }];
    const path = '/api/v2/actions/triggers/send-phone-message/bindings';
    expect((await office.send('PATCH', path, { bindings })).status).toBe(200);
    await office.send('PATCH', '/api/v2/clients/spa', { client_metadata: { sms_text: 'Shop code {code}' } });

    const { phone, ...visit } = await signIn();
    const [asked] = stub.requests;
    expect(asked?.headers.authorization).toBe('Bearer the gateway token');
    const sent = JSON.parse(asked?.body ?? '{}');
    expect(sent).toMatchObject({ to: phone, text: expect.stringMatching(/^Shop code \d{6}$/), channel: 'sms' });
    expect((await press(visit, { code: sent.text.slice(-6), action: 'default' })).page.status).toBe(0);
    expect(await lastLog()).toMatchObject({ type: 'gd_send_sms', details: { provider: 'phone-message-hook' } });
  });
});

describe('what keeps the bill small', () => {
  beforeEach(async () => {
    await put(`${FACTORS}/phone/selected-provider`, { provider: 'twilio' });
    await put(`${FACTORS}/phone/providers/twilio`, { sid: SID, auth_token: TOKEN, from: '+15005550006' });
    await put(MESSAGE_TYPES, { message_types: ['sms', 'voice'] });
  });

  test('ten text messages and calls in any hour for each person, and no eleventh', async () => {
    const { clock } = office.door.house;
    let visit: Visit = await signIn();
    for (let sent = 1; sent < 10; sent += 1) visit = await press(visit, { action: 'resend-code' });
    expect(twilio.requests).toHaveLength(10);
    expect(errorOf((await press(visit, { action: 'resend-code' })).page)).toBe('too-many-sms');
    expect(errorOf((await press(visit, { action: 'switch-to-voice' })).page)).toMatch(/^too-many-(sms|voice)$/);
    expect(twilio.requests).toHaveLength(10);
    // Nobody else is held up by it, and an hour later neither is this person.
    await signIn();
    expect(twilio.requests).toHaveLength(11);
    clock.advance(HOUR_MS + 1000);
  });

  test('a monitoring tool hears of calls that fail, by a log stream', async () => {
    const made = await office.send('POST', '/api/v2/log-streams', {
      name: 'Monitoring',
      type: 'http',
      sink: {
        httpEndpoint: `${stub.origin}/logs`,
        httpContentType: 'application/json',
        httpContentFormat: 'JSONLINES',
      },
    });
    expect(made.status).toBe(200);
    twilio.manner = { by: 'error', status: 400, code: 21215 };
    await press(await signIn(), { action: 'switch-to-voice' });
    await createStreaming(office.door.deps).look();
    const lines = stub.requests.flatMap(({ body }) => body.split('\n')).map((line) => JSON.parse(line));
    expect(lines.map(({ data }) => data.type)).toContain('gd_send_voice_failure');
  });
});
