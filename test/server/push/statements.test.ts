// Test: what a phone says to the server: whole, signed, for one address, of this minute and once. Whatever is not is refused.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse, PASSWORD } from '#test/kit/house.ts';
import { type Exchange, openExchange, type Phone } from './phone.ts';

let house: House;
let phones: Exchange;
let phone: Phone;
beforeAll(async () => {
  house = await openHouse({ on: ['push-notification'] });
  phones = openExchange(house);
  await house.bind(
    `exports.onExecutePostLogin = async (event, api) => api.authentication.enrollWith({ type: 'push-notification' });`,
  );
  phone = await newPhone('somebody');
}, 60_000);
afterAll(() => house.close());

async function newPhone(who: string): Promise<Phone> {
  const { key, picture } = await enrolling(who);
  const enrolled = await phones.enroll(picture);
  await house.step(key, { kind: 'polled' });
  return enrolled.phone;
}

/** A login that shows a picture. */
async function enrolling(who: string): Promise<{ key: string; picture: string }> {
  await house.user(who);
  const { key } = await house.begin();
  const shown = await house.step(key, { kind: 'submitted', identifier: `${who}@example.com`, password: PASSWORD });
  const { state } = shown.login;
  if (state.name !== 'enrolling' || state.enrollment.factor !== 'push-notification') throw new Error(state.name);
  return { key: shown.key, picture: state.enrollment.key };
}

test('the page waits for a phone that has not got its answer, and that may ask again', async () => {
  const { key, picture } = await enrolling('unlucky');
  const look = () => house.step(key, { kind: 'polled' });
  const { phone: unlucky, again } = await phones.enroll(picture, 'My phone', 'lost');
  expect((await look()).notice?.key).toBe('challenge-transaction-pending');
  expect((await phones.enroll(picture)).body.error).toBe('enrollment-over');
  expect((await again()).body).toMatchObject({ device: unlucky.id, secret: unlucky.secret });
  expect((await look()).notice?.key).toBe('challenge-transaction-pending');
  await unlucky.say('requests');
  expect((await look()).login.state.name).toBe('informing');
  expect((await again()).body.error).toBe('enrollment-over');
});

describe('a statement', () => {
  test('is good once', async () => {
    const text = await phone.sign('requests');
    expect((await phones.post('requests', text)).status).toBe(200);
    expect(await phones.post('requests', text)).toMatchObject({ status: 401, body: { error: 'invalid-proof' } });
  });

  test.each<[name: string, code: string, claims: Record<string, string | number>, header?: Record<string, string>]>([
    ['older than a minute', 'stale-proof', { iat: 1 }],
    ['of tomorrow', 'stale-proof', { iat: 4_000_000_000 }],
    ['for another address', 'invalid-proof', { aud: 'http://evil.example/push/api/requests' }],
    ['without a number of its own', 'invalid-proof', { jti: '' }],
    ['of another type', 'invalid-proof', {}, { typ: 'JWT' }],
    ['by nobody', 'unknown-device', {}, { kid: `dev_${'x'.repeat(16)}` }],
    ['by a name that is none', 'invalid-proof', {}, { kid: '../dev' }],
  ])('%s is refused: %s', async (_case, code, claims, header = {}) => {
    const said = await phone.say('requests', claims, { header });
    expect(said.body).toMatchObject({ error: code, now: house.clock.at });
    expect(said.status).toBeLessThan(500);
  });

  test('for one call does not make another', async () => {
    expect((await phone.say('requests', {}, { at: 'remove' })).body.error).toBe('invalid-proof');
  });

  test('signed by another key is refused', async () => {
    const other = await newPhone('somebody-else');
    expect((await other.say('requests', {}, { header: { kid: phone.id } })).body.error).toBe('invalid-proof');
  });

  test('of one tenant says nothing at another', async () => {
    const elsewhere = openExchange(house, () => ({
      ...house.tenant,
      id: 'ten_other',
      baseUrl: 'http://other.example',
    }));
    const said = await elsewhere.post('requests', await phone.sign('requests'));
    expect(said.body.error).toBe('unknown-device');
  });

  test.each<[name: string, body: string, type?: string]>([
    ['empty', ''],
    ['no JWS', 'a.b'],
    ['JSON', '{}', 'application/json'],
    ['three parts of nothing', 'e30.e30.e30'],
    [
      'of the algorithm none',
      `${Buffer.from('{"alg":"none","kid":"dev_abcdefghijklmnop"}').toString('base64url')}.e30.x`,
    ],
  ])('that is %s is refused', async (_case, body, type) => {
    for (const verb of ['requests', 'answer', 'enroll', 'offer']) {
      const { status } = await phones.post(verb, body, type);
      expect([400, 401, 404]).toContain(status);
    }
  });

  test.each([
    ['no request', { decision: 'approve', number: '12' }],
    ['a request that is no id', { request: 'x', decision: 'refuse' }],
    ['no decision', { request: '00000000-0000-4000-8000-000000000000' }],
    ['no number', { request: '00000000-0000-4000-8000-000000000000', decision: 'approve' }],
  ])('with %s is no answer', async (_case, claims) => {
    expect((await phone.say('answer', claims)).status).toBe(400);
  });
});

test('a subscription is kept as it was given, and taken back', async () => {
  const row = async () => (await house.store.authenticators.find(house.tenant.id, phone.id))?.device?.subscription;
  const p256dh = `B${'A'.repeat(86)}`;
  const auth = 'A'.repeat(22);
  const good = { endpoint: 'https://push.example/1', keys: { p256dh, auth } };
  expect((await phone.say('subscribe', { subscription: good })).status).toBe(200);
  expect(await row()).toEqual({ endpoint: good.endpoint, p256dh, auth });
  for (const bad of [
    'text',
    { ...good, endpoint: 'http://push.example/1' },
    { ...good, endpoint: `https://push.example/${'x'.repeat(1000)}` },
    { ...good, keys: { p256dh: 'short', auth } },
    { ...good, keys: { p256dh } },
  ]) {
    expect((await phone.say('subscribe', { subscription: bad as never })).status).toBe(400);
  }
  expect((await phone.say('subscribe', { subscription: null })).status).toBe(200);
  expect(await row()).toBeUndefined();
});
