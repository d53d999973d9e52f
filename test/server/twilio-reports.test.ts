// Test: what Twilio reports of a message that it took: believed when it is signed, kept, and told to the log where it says
// that nothing arrived.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { MessageRecord } from '#storage/records.ts';
import { openTwilio, SID, TOKEN, type TwilioDouble, twilioSignature } from '#test/kit/twilio.ts';
import { type Office, openOffice } from './management/office.ts';

let twilio: TwilioDouble;
let office: Office;
beforeAll(async () => {
  twilio = await openTwilio();
  office = await openOffice(undefined, { ports: { twilio: twilio.port } });
  const keys = { sid: SID, auth_token: TOKEN, from: '+15005550006' };
  await office.send('PUT', '/api/v2/guardian/factors/phone/providers/twilio', keys);
});
afterAll(async () => {
  await office.close();
  await twilio.close();
});
beforeEach(() => {
  twilio.price = null;
});

/** A message that Twilio has taken; `unseen`: and nobody saw it do so. */
async function taken(channel: 'sms' | 'voice' = 'sms', unseen = false): Promise<{ id: string; reference: string }> {
  const { store, ports, tenant } = office.door.house;
  const { now, random } = ports;
  const [id, reference] = [random.uuid(), `SM${random.hex(32)}`];
  const message: MessageRecord = {
    tenantId: tenant.id,
    id,
    channel,
    to: '+447700900123',
    text: 'x',
    state: 'pending',
    attempts: 0,
    at: now(),
    expiresAt: now() + 300_000,
  };
  const end = unseen
    ? ({ state: 'unconfirmed', outcome: { provider: 'twilio', code: 'timeout', detail: 'No answer.' } } as const)
    : ({ state: 'delivered', outcome: { provider: 'twilio', reference, status: 'queued' } } as const);
  await store.commit([{ kind: 'message.insert', message }]);
  await store.messages.attempt(tenant.id, id, now());
  await store.commit([{ kind: 'message.settle', tenantId: tenant.id, id, attempt: 1, end }]);
  return { id, reference };
}

type Report = Record<string, string>;
type Way = { token?: string; source?: string; signature?: string; url?: string; type?: string };

async function report(id: string, form: Report, way: Way = {}): Promise<{ status: number; text: string }> {
  const url = `${office.tenant.baseUrl}/twilio/status/${way.source ?? 'mfa'}/${id}`;
  const answer = await office.door.app.request(url, {
    method: 'POST',
    headers: {
      'content-type': way.type ?? 'application/x-www-form-urlencoded',
      'x-twilio-signature': way.signature ?? twilioSignature(way.url ?? url, form, way.token),
    },
    body: new URLSearchParams(form).toString(),
  });
  return { status: answer.status, text: await answer.text() };
}

const outcomeOf = async (id: string) => (await office.door.house.store.messages.find(office.tenant.id, id))?.outcome;

async function failures(reference: string): Promise<{ type: string; description: string }[]> {
  const page = { offset: 0, limit: 100 };
  const { records } = await office.door.house.store.logs.list(office.tenant.id, { order: 'oldest', page });
  return records
    .filter(({ details }) => details?.reference === reference)
    .map(({ type, description }) => ({ type, description }));
}

describe('a text message', () => {
  test('arrives: its state goes on and never back, and what it cost is asked for once it is over', async () => {
    const { id, reference } = await taken();
    const say = (MessageStatus: string) => report(id, { MessageSid: reference, MessageStatus, AccountSid: SID });
    expect((await say('sent')).status).toBe(204);
    expect(await outcomeOf(id)).toMatchObject({ provider: 'twilio', reference, status: 'sent' });
    twilio.price = '-0.00750';
    expect((await say('delivered')).status).toBe(204);
    const end = { status: 'delivered', cost: '0.00750 USD' };
    expect(await outcomeOf(id)).toMatchObject(end);
    for (const late of ['sent', 'undelivered']) expect((await say(late)).status).toBe(204);
    expect(await outcomeOf(id)).toMatchObject(end);
    expect(await failures(reference)).toEqual([]);
  });

  test.each([
    [
      'undelivered',
      '30003',
      'Twilio refused it: the device cannot be reached: switched off, or out of service (error 30003).',
    ],
    ['failed', '39999', 'Twilio refused it (39999, see https://www.twilio.com/docs/api/errors/39999).'],
    ['failed', undefined, 'Twilio took it, but: It was not delivered.'],
    ['failed', '<script>', 'Twilio took it, but: It was not delivered.'],
  ])('does not arrive (%s, %s): one line in the log, however often it is told', async (MessageStatus, code, line) => {
    const { id, reference } = await taken();
    const form = { MessageSid: reference, MessageStatus, ...(code === undefined ? {} : { ErrorCode: code }) };
    const told = await Promise.all([report(id, form), report(id, form), report(id, form)]);
    expect(told.map(({ status }) => status)).toEqual([204, 204, 204]);
    expect(await failures(reference)).toEqual([{ type: 'gd_send_sms_failure', description: line }]);
    expect(await outcomeOf(id)).toMatchObject({ status: MessageStatus, detail: line });
  });
});

test.each([
  ['completed', undefined],
  ['busy', 'Twilio took it, but: The line was busy.'],
  ['no-answer', 'Twilio took it, but: Nobody answered the call.'],
])('a call: %s', async (CallStatus, line) => {
  const { id, reference } = await taken('voice');
  expect((await report(id, { CallSid: reference, CallStatus })).status).toBe(204);
  expect(await outcomeOf(id)).toMatchObject({ status: CallStatus });
  const lines = line === undefined ? [] : [{ type: 'gd_send_voice_failure', description: line }];
  expect(await failures(reference)).toEqual(lines);
});

test('an address with its usual port, or without: the signature may be over either', async () => {
  const { id, reference } = await taken();
  const { protocol, hostname, port } = new URL(office.tenant.baseUrl);
  const form = { MessageSid: reference, MessageStatus: 'sent' };
  const path = `/twilio/status/mfa/${id}`;
  expect((await report(id, form, { url: `${protocol}//${hostname}:${port}${path}` })).status).toBe(204);
  expect((await report(id, form, { url: `${protocol}//${hostname}${path}` })).status).toBe(204);
  expect((await report(id, form, { url: `${protocol}//${hostname}:1${path}` })).status).toBe(403);
});

test.each([
  ['sent', undefined, 'delivered', 'gd_send_sms'],
  ['undelivered', '30007', 'failed', 'gd_send_sms_failure'],
])('one that nobody saw it take: a report of it (%s) says that it did', async (MessageStatus, code, state, type) => {
  const { id, reference } = await taken('sms', true);
  const form = { MessageSid: reference, MessageStatus, ...(code === undefined ? {} : { ErrorCode: code }) };
  const told = await Promise.all([report(id, form), report(id, form), report(id, form)]);
  expect(told.map(({ status }) => status)).toEqual([204, 204, 204]);
  const message = await office.door.house.store.messages.find(office.tenant.id, id);
  expect(message).toMatchObject({ state, outcome: { reference, status: MessageStatus } });
  expect((await failures(reference)).map((line) => line.type)).toEqual([type]);
});

describe('is not believed', () => {
  const rows: [name: string, form: Report, way: Way, status: number][] = [
    ['without a signature', {}, { signature: '' }, 403],
    ['with a signature of nothing', {}, { signature: 'x'.repeat(28) }, 403],
    ['signed by another account', {}, { token: 'another' }, 403],
    ['signed over another address', {}, { url: 'https://evil.example/' }, 403],
    ['from an account that is none', {}, { source: 'con_none' }, 404],
    ['from an odd source', {}, { source: '%00%20' }, 404],
    ['of another message', { MessageSid: 'SM-other' }, {}, 404],
    ['without a status', { MessageStatus: '' }, {}, 400],
    ['with a status that is none', { MessageStatus: 'Délivré!' }, {}, 400],
    ['as something else than a form', {}, { type: 'application/json' }, 400],
  ];
  test.each(rows)('%s', async (_name, more, way, status) => {
    const { id, reference } = await taken();
    const answer = await report(id, { MessageSid: reference, MessageStatus: 'failed', ...more }, way);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toMatchObject({ statusCode: status, message: expect.stringMatching(/\.$/) });
    expect(await outcomeOf(id)).toMatchObject({ status: 'queued' });
    expect(await failures(reference)).toEqual([]);
  });

  test('one of a message that is nobody’s, or another tenant’s', async () => {
    const form = { MessageSid: 'SM1', MessageStatus: 'failed' };
    for (const id of ['nothing', office.door.house.ports.random.uuid(), 'x'.repeat(2000)]) {
      expect((await report(id, form)).status).toBe(404);
    }
    const { id, reference } = await taken();
    const url = `${office.neighbour.baseUrl}/twilio/status/mfa/${id}`;
    const signed = { MessageSid: reference, MessageStatus: 'failed' };
    const answer = await office.door.app.request(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-twilio-signature': twilioSignature(url, signed),
      },
      body: new URLSearchParams(signed),
    });
    expect(answer.status).toBe(404);
  });

  test('a status whose name is one of JavaScript’s', async () => {
    const { id, reference } = await taken();
    expect((await report(id, { MessageSid: reference, MessageStatus: 'constructor' })).status).toBe(204);
    expect(await failures(reference)).toEqual([]);
  });
});
