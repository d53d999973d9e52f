// Phones at the MFA API, by text message and by call: one phone, two ids; what is listed, enrolled, challenged and removed.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type MfaDesk, openMfaDesk } from './mfa-desk.ts';

type Way = 'sms' | 'voice';
type Listed = { id: string; oob_channel?: string; name?: string; active: boolean };

let desk: MfaDesk;
let people = 0;
beforeAll(async () => {
  desk = await openMfaDesk();
  await desk.door.house.editTenant((tenant) => ({ ...tenant, policies: ['all-applications'] }));
});
afterAll(() => desk.close());
beforeEach(async () => {
  await desk.door.house.bind();
  await ways('sms', 'voice');
});

const ways = (...messageTypes: Way[]) => desk.door.house.editTenant((tenant) => ({ ...tenant, messageTypes }));
const listed = async (token: string) => (await desk.list(token)) as Listed[];
const newest = async (to: string) => (await desk.door.house.store.messages.inbox(desk.door.house.tenant.id, to, 1))[0];

/** Somebody with a phone whose number nobody else has. */
async function caller(...more: 'otp'[]) {
  const { name, user } = await desk.newUser(...more);
  const { house } = desk.door;
  const phone = `+4477009002${String(++people).padStart(2, '0')}`;
  const id = `dev_${house.ports.random.letters(16)}`;
  const base = { tenantId: user.tenantId, userId: user.id, confirmed: true, createdAt: house.clock.at + 1 };
  await house.store.authenticators.insert({ ...base, id, type: 'phone', phoneNumber: phone });
  return { name, user, phone, id };
}

describe('a phone that is enrolled', () => {
  test.each<[Way[]]>([[['sms']], [['voice']], [['sms', 'voice']]])('is listed once for each of %j', async (on) => {
    await ways(...on);
    const { name, phone, id } = await caller();
    expect(await listed(await desk.mfaToken(name))).toEqual(
      on.map((way) => ({
        id: `${way}|${id}`,
        authenticator_type: 'oob',
        active: true,
        oob_channel: way,
        name: `XXXXXXXXX${phone.slice(-4)}`,
      })),
    );
  });

  test.each<Way>(['sms', 'voice'])('is reached by the id that is named: %s', async (way) => {
    const { name, phone, id } = await caller();
    const token = await desk.mfaToken(name);
    const body = { mfa_token: token, challenge_type: 'oob', authenticator_id: `${way}|${id}` };
    const asked = await desk.call('POST', 'challenge', { body });
    expect(asked.body).toEqual({ challenge_type: 'oob', oob_code: expect.any(String), binding_method: 'prompt' });
    const message = await newest(phone);
    expect(message?.channel).toBe(way);
    expect(await desk.oob(token, String(asked.body.oob_code), message?.code)).toMatchObject({ status: 200 });
  });

  test('the other id of the same phone voids what was sent by the first', async () => {
    const { name, phone, id } = await caller();
    const mfa_token = await desk.mfaToken(name);
    const ask = async (way: Way) => {
      desk.door.house.clock.advance(1000);
      const { body } = await desk.call('POST', 'challenge', { body: { mfa_token, authenticator_id: `${way}|${id}` } });
      return { oobCode: String(body.oob_code), code: await desk.door.house.codeFor(phone) };
    };
    const [text, call] = [await ask('sms'), await ask('voice')];
    expect(await desk.oob(mfa_token, text.oobCode, text.code)).toMatchObject({ status: 400 });
    expect(await desk.oob(mfa_token, call.oobCode, call.code)).toMatchObject({ status: 200 });
  });

  test.each<[Way, Way]>([
    ['sms', 'voice'],
    ['voice', 'sms'],
  ])('has no id for %s where only %s is on', async (way, on) => {
    await ways(on);
    const { name, id } = await caller();
    const body = { mfa_token: await desk.mfaToken(name), authenticator_id: `${way}|${id}` };
    expect(await desk.call('POST', 'challenge', { body })).toMatchObject({ status: 404, body: { error: 'not_found' } });
  });

  test('unnamed, it is reached as the script likes', async () => {
    const { name, phone } = await caller();
    await desk.door.house.bind(`exports.onExecutePostLogin = async (event, api) => {
      api.authentication.challengeWith({ type: 'phone', options: { preferredMethod: 'voice' } });
    };`);
    const mfa_token = await desk.mfaToken(name);
    expect((await desk.call('POST', 'challenge', { body: { mfa_token } })).status).toBe(200);
    expect(await newest(phone)).toMatchObject({ channel: 'voice' });
  });

  test('ten calls in one login, then no more', async () => {
    const { name, id } = await caller();
    const body = { mfa_token: await desk.mfaToken(name), authenticator_id: `voice|${id}` };
    for (let sent = 0; sent < 10; sent++) expect((await desk.call('POST', 'challenge', { body })).status).toBe(200);
    expect(await desk.call('POST', 'challenge', { body })).toMatchObject({
      status: 429,
      body: { error: 'invalid_request', error_description: expect.stringMatching(/^Too many calls/) },
    });
  });
});

describe('a phone to enroll', () => {
  const PHONE = (oob_channels: string[], phone_number = '+44 7700 900777') => ({
    authenticator_types: ['oob'],
    oob_channels,
    phone_number,
  });

  test.each<[on: Way[], channels: string[], expected: Way]>([
    [['sms', 'voice'], ['voice'], 'voice'],
    [['sms', 'voice'], ['voice', 'sms'], 'voice'],
    [['sms', 'voice'], ['sms', 'voice'], 'sms'],
    [['sms'], ['voice', 'sms'], 'sms'],
    [['voice'], ['sms', 'voice'], 'voice'],
  ])('%j on, %j taken: by %s', async (on, channels, expected) => {
    await ways(...on);
    desk.door.house.clock.advance(1000);
    const { name, user } = await desk.newUser();
    const token = await desk.mfaToken(name);
    const { status, body } = await desk.associate(token, PHONE(channels));
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { authenticator_type: 'oob', binding_method: 'prompt', oob_channel: expected },
    });
    const message = await newest('+447700900777');
    expect(message).toMatchObject({ channel: expected });
    const id = expect.stringMatching(new RegExp(`^${expected}\\|dev_`));
    expect(await listed(token)).toMatchObject([{ id, active: false, oob_channel: expected }]);
    expect(await desk.oob(token, String(body.oob_code), message?.code)).toMatchObject({ status: 200 });
    const rows = await desk.door.house.store.authenticators.ofUser(user.tenantId, user.id);
    const phoneNumber = '+447700900777';
    expect(rows.find(({ type }) => type === 'phone')).toMatchObject({ phoneNumber, preferredMethod: expected });
  });

  test.each<[on: Way[], channels: string[]]>([
    [['sms'], ['voice']],
    [['voice'], ['sms']],
  ])('%j on, %j wanted: refused', async (on, channels) => {
    await ways(...on);
    const { name } = await desk.newUser();
    expect(await desk.associate(await desk.mfaToken(name), PHONE(channels))).toMatchObject({
      status: 400,
      body: { error: 'invalid_request', error_description: `The oob_channel ${channels[0]} is not supported` },
    });
  });

  test('a number that is none', async () => {
    const { name } = await desk.newUser();
    expect(await desk.associate(await desk.mfaToken(name), PHONE(['voice'], 'call me'))).toMatchObject({
      status: 400,
      body: { error_description: 'The phone number is invalid.' },
    });
  });
});

test('removed by either of its ids, it is gone by both', async () => {
  const { name, id, user } = await caller('otp');
  const audience = `${desk.door.house.tenant.baseUrl}/mfa/`;
  const scope = 'read:authenticators remove:authenticators';
  const token = await desk.mfaToken(name, { audience, scope });
  const bearer = String((await desk.otp(token, desk.code())).body.access_token);
  expect((await listed(bearer)).map((each) => each.id)).toEqual([expect.any(String), `sms|${id}`, `voice|${id}`]);
  expect((await desk.call('DELETE', `authenticators/voice%7C${id}`, { bearer })).status).toBe(204);
  expect((await listed(bearer)).map((each) => each.id)).toHaveLength(1);
  expect((await desk.call('DELETE', `authenticators/sms%7C${id}`, { bearer })).status).toBe(404);
  const rows = await desk.door.house.store.authenticators.ofUser(user.tenantId, user.id);
  expect(rows.map(({ type }) => type)).toEqual(['totp']);
});
