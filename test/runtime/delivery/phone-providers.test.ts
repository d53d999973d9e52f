// Test: who carries codes to phones: nobody selected, the hundred messages of `auth0`, Twilio; and what the page says where
// a message did not go out.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { DeliveryDesk, Outgoing } from '#runtime/delivery/delivery.ts';
import { SHARED_SMS_MOST, sharedSms } from '#runtime/delivery/shared-sms.ts';
import { MFA_TWILIO } from '#runtime/delivery/twilio-accounts.ts';
import type { Shown } from '#runtime/runtime.ts';
import type { JsonObject, TenantRecord } from '#storage/records.ts';
import { databases } from '#test/kit/databases.ts';
import { type House, openHouse, PASSWORD } from '#test/kit/house.ts';
import { openTwilio, SID, TOKEN, type TwilioDouble } from '#test/kit/twilio.ts';

const PHONE = '+447700900123';
const ASK = `exports.onExecutePostLogin = async (event, api) => api.authentication.challengeWith({ type: 'phone' }, { additionalFactors: [{ type: 'otp' }] });`;

let twilio: TwilioDouble;
let house: House;
/** The same cells, and no dev inbox. */
let production: House;
let people = 0;
beforeAll(async () => {
  twilio = await openTwilio();
  house = await openHouse({ ports: { twilio: twilio.port } });
  production = await openHouse({ sandbox: house.ports.sandbox, ports: { twilio: twilio.port, inbox: false } });
});
afterAll(async () => {
  await production.close();
  await house.close();
  await twilio.close();
});
afterEach(() => {
  twilio.requests.length = 0;
  twilio.manner = { by: 'taking' };
});

/** Somebody new with a phone and an app comes to the second factor. */
async function comeToPhone(house: House, ways: TenantRecord['messageTypes'] = ['sms']): Promise<Shown> {
  await house.editTenant((tenant) => ({ ...tenant, messageTypes: ways }));
  await house.bind(ASK);
  const who = `person-${++people}`;
  await house.user(who, ['phone', 'otp']);
  const { key } = await house.begin();
  return house.step(key, { kind: 'submitted', identifier: `${who}@example.com`, password: PASSWORD });
}

async function select(house: House, phoneProvider: TenantRecord['phoneProvider'], settings?: JsonObject) {
  await house.editTenant(({ phoneProvider: _former, ...tenant }) =>
    phoneProvider === undefined ? tenant : { ...tenant, phoneProvider },
  );
  if (!settings) return;
  const { store, ports, tenant } = house;
  const at = ports.now();
  const row = {
    tenantId: tenant.id,
    id: ports.random.uuid(),
    name: MFA_TWILIO,
    settings,
    createdAt: at,
    updatedAt: at,
  };
  const present = await store.providers.findByKey(tenant.id, MFA_TWILIO);
  if (present) await store.providers.update(tenant.id, present.id, () => ({ ...present, settings }));
  else await store.providers.insert(row);
}

async function lastLog(house: House) {
  const page = { offset: 0, limit: 20 };
  const { records } = await house.store.logs.list(house.tenant.id, { order: 'newest', page });
  return records.find(({ type }) => type.startsWith('gd_send_'));
}

/** What its page tells the person. */
const isUndelivered = ({ login }: Shown) => login.challenges.at(-1)?.undelivered === true;

const sentCode = async (house: House) => (await house.store.messages.inbox(house.tenant.id, PHONE, 1))[0];

describe('in development', () => {
  test.each(['sms', 'voice'] as const)('nothing selected: the inbox takes %s', async (way) => {
    await select(house, undefined);
    expect(isUndelivered(await comeToPhone(house, [way]))).toBe(false);
    expect(await sentCode(house)).toMatchObject({ channel: way, state: 'delivered', outcome: { provider: 'inbox' } });
    expect(await lastLog(house)).toMatchObject({ type: `gd_send_${way}` });
  });

  test('auth0 selected: the inbox takes text messages, under its name', async () => {
    await select(house, 'auth0');
    await comeToPhone(house);
    expect(await sentCode(house)).toMatchObject({ channel: 'sms', outcome: { provider: 'auth0' } });
    expect(await lastLog(house)).toMatchObject({ type: 'gd_send_sms', details: { provider: 'auth0' } });
  });

  test('auth0 selected: no calls, and the page says so', async () => {
    await select(house, 'auth0');
    const shown = await comeToPhone(house, ['voice']);
    expect(isUndelivered(shown)).toBe(true);
    expect(await lastLog(house)).toMatchObject({
      type: 'gd_send_voice_failure',
      description: 'The provider auth0 sends text messages only, no calls.',
      details: { provider: 'auth0', failure_details: { errorCode: 'refused' } },
    });
  });

  test('twilio selected: keys, number, template and language of the login', async () => {
    await select(house, 'twilio', { sid: SID, auth_token: TOKEN, from: '+15005550006' });
    await comeToPhone(house);
    const [asked] = twilio.requests;
    expect(asked?.form.get('To')).toBe(PHONE);
    expect(asked?.form.get('Body')).toMatch(/^\d{6} is your verification code for /);
    expect(await lastLog(house)).toMatchObject({
      type: 'gd_send_sms',
      details: { provider: 'twilio', reference: expect.stringMatching(/^SM\d{32}$/) },
    });
    // What went out to somebody is not kept.
    expect((await house.store.messages.list(house.tenant.id, { page: { offset: 0, limit: 1 } })).records).toMatchObject(
      [{ state: 'delivered', text: '', outcome: { provider: 'twilio', status: 'queued' } }],
    );
  });

  test.each<[name: string, settings: JsonObject, way: 'sms' | 'voice', line: RegExp]>([
    ['no keys', {}, 'sms', /needs `sid` and `auth_token`/],
    [
      'no number for a call',
      { sid: SID, auth_token: TOKEN, messaging_service_sid: 'MG1' },
      'voice',
      /needs a `from` number/,
    ],
    ['wrong keys', { sid: SID, auth_token: 'x', from: '+1' }, 'sms', /not accepted; check `sid` and `auth_token`/],
  ])('twilio with %s: a line in the log that names it', async (_name, settings, way, line) => {
    await select(house, 'twilio', settings);
    expect(isUndelivered(await comeToPhone(house, [way]))).toBe(true);
    const log = await lastLog(house);
    expect(log).toMatchObject({ type: `gd_send_${way}_failure`, details: { provider: 'twilio' } });
    expect(log?.description).toMatch(line);
    expect(JSON.stringify(log)).not.toContain(TOKEN);
  });

  test('an answer that nobody saw: it may have arrived, and its code is good', async () => {
    await select(house, 'twilio', { sid: SID, auth_token: TOKEN, from: '+15005550006' });
    twilio.manner = { by: 'hanging-up' };
    const shown = await comeToPhone(house);
    const code = twilio.requests[0]?.form.get('Body')?.slice(0, 6) ?? '';
    const [message] = (await house.store.messages.list(house.tenant.id, { page: { offset: 0, limit: 1 } })).records;
    expect(message).toMatchObject({ state: 'unconfirmed', attempts: 1 });
    const done = await house.step(shown.key, { kind: 'responded', code });
    expect(done.login.state.name).toBe('completed');
    expect(twilio.requests).toHaveLength(1);
  });
});

describe('in production', () => {
  test.each<[TenantRecord['phoneProvider'], RegExp]>([
    [undefined, /^No provider for SMS is configured\.$/],
    ['auth0', /^The provider auth0 is for development.*: select twilio or phone-message-hook/],
  ])('%s carries nothing, and the log says what to do', async (provider, line) => {
    await select(production, provider);
    expect(isUndelivered(await comeToPhone(production))).toBe(true);
    const log = await lastLog(production);
    expect(log?.type).toBe('gd_send_sms_failure');
    expect(log?.description).toMatch(line);
  });
});

const sendShared = async ({ ports, tenant }: House) => {
  const outgoing = { tenant, message: { channel: 'sms' }, words: { text: '' } } as Outgoing;
  const taken = await sharedSms.send({ ports } as DeliveryDesk, outgoing);
  return taken.end === 'sent' ? 'sent' : taken.fault.code;
};

test.each(databases())('the hundred messages of auth0 are a hundred, however many at once: %s', async (_name, open) => {
  const other = await openHouse({ databaseUrl: await open() });
  for (let round = 0; round < 3; round += 1) {
    const ends = await Promise.all(Array.from({ length: 40 }, () => sendShared(other)));
    expect(ends.filter((end) => end === 'sent')).toHaveLength(Math.min(40, SHARED_SMS_MOST - 40 * round));
    expect(ends.filter((end) => end !== 'sent' && end !== 'quota')).toEqual([]);
    // A year, and the sweep of what is spent.
    other.clock.advance(365 * 24 * 60 * 60_000);
    await other.store.sweep(other.clock.at);
  }
  await other.close();
});

test('once they are used, no code is sent', async () => {
  await select(house, 'auth0');
  while ((await sendShared(house)) === 'sent');
  const sent = (await house.store.messages.inbox(house.tenant.id, PHONE, 100)).length;
  expect(isUndelivered(await comeToPhone(house))).toBe(true);
  expect(await lastLog(house)).toMatchObject({
    type: 'gd_send_sms_failure',
    description: 'The provider auth0 sends 100 messages in the life of a tenant: all are used.',
  });
  expect(await house.store.messages.inbox(house.tenant.id, PHONE, 100)).toHaveLength(sent);
});
