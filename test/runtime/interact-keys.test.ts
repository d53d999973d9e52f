// Interactions by security keys and passkeys: what is posed, what is taken once, and what is not. And messages of ours that
// do not get through.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Asked, createSoftKey, type SoftKey } from '#server/testing/soft-key.ts';
import type { AuthenticatorRecord, JsonObject } from '#storage/records.ts';
import { type House, openHouse, PASSWORD } from '#test/kit/house.ts';
import { type Answer, beginFlow, configure, eventsOf, type Flow, ownCodes } from './interaction-stage.ts';

const ASK = 'fido2-authentication-challenge';
const SHOW = 'fido2-authentication';
const NOT_ACCEPTED = { error: 'invalid_grant', error_description: 'The security key was not accepted' };

let house: House;
beforeAll(async () => {
  house = await openHouse({ ports: { inbox: false } });
  await configure(house, 'sms', ownCodes('sms'));
  await configure(house, 'fido2', {
    [ASK]: { execution: { function: 'fido2_authentication_challenge' } },
    [SHOW]: { execution: { function: 'fido2_authentication' } },
  });
});
afterAll(() => house.close());

let people = 0;
async function atSecondFactor(type?: AuthenticatorRecord['type']) {
  const name = `key-${++people}`;
  const user = await house.user(name, [], { phoneNumber: `+8190${String(40_000_000 + people)}` });
  const key = createSoftKey();
  const { tenant, store, ports } = house;
  if (type) {
    await store.authenticators.insert({
      tenantId: tenant.id,
      id: `dev_${ports.random.letters(16)}`,
      userId: user.id,
      type,
      confirmed: true,
      credential: key.credential(new URL(tenant.baseUrl).hostname),
      createdAt: house.clock.at,
    });
  }
  const flow = await beginFlow(house);
  const shown = await flow.call('password-authentication', { username: `${name}@example.com`, password: PASSWORD });
  expect(shown.status).toBe(200);
  return { user, key, flow };
}

function asked({ body }: Answer): Asked {
  return { challenge: String(body.challenge), relyingPartyId: String(body.rpId), origin: house.tenant.baseUrl };
}
async function withChallenge(type: AuthenticatorRecord['type'] = 'webauthn-roaming') {
  const who = await atSecondFactor(type);
  const answer = await who.flow.call(ASK);
  expect(answer.status).toBe(200);
  return { ...who, asked: asked(answer) };
}
function late<T>(sign: () => T): T {
  house.clock.advance(300_000);
  return sign();
}
const failures = async (flow: Flow) => (await flow.login()).interactions[SHOW]?.failures;

describe('a key', () => {
  test.each<[AuthenticatorRecord['type'], JsonObject]>([
    ['webauthn-roaming', { name: 'mfa', type: 'webauthn-roaming' }],
    ['webauthn-platform', { name: 'mfa', type: 'webauthn-platform' }],
    ['passkey', { name: 'passkey' }],
  ])('of type %s signs what was posed, once', async (type, method) => {
    const { flow, key, user } = await atSecondFactor(type);
    const posed = await flow.call('webauthn-authentication-challenge');
    expect(posed.body.allowCredentials).toMatchObject([{ type: 'public-key', id: key.id }]);
    const signed = key.get(asked(posed));
    expect(await flow.call(SHOW, signed)).toEqual({
      status: 200,
      body: { status: 'success', user: { sub: user.id, status: 'REGISTERED' } },
    });
    expect((await flow.login()).methods.at(-1)).toMatchObject(method);
    expect((await flow.call(SHOW, signed)).status).toBe(400);
    expect((await eventsOf(house)).map(({ type: told }) => told)).toContain('fido2_authentication_success');
  });

  test.each<[string, (key: SoftKey, to: Asked) => JsonObject]>([
    ['another challenge', (key, to) => key.get(to, { challenge: 'AAAA' })],
    ['another site', (key, to) => key.get(to, { origin: 'https://elsewhere.example' })],
    ['a forged signature', (key, to) => key.get(to, { forged: true })],
    ['a key of nobody', (_key, to) => createSoftKey().get(to)],
    ['a challenge of before', (key, to) => late(() => key.get(to))],
  ])('is not accepted for %s, and what was posed is spent', async (_name, sign) => {
    const { flow, key, asked: to } = await withChallenge();
    expect(await flow.call(SHOW, sign(key, to))).toEqual({ status: 400, body: NOT_ACCEPTED });
    expect(await flow.call(SHOW, key.get(to))).toMatchObject({
      body: { error_description: 'No challenge was requested' },
    });
    expect(await failures(flow)).toBe(2);
  });

  test('of another person is not accepted', async () => {
    const theirs = await withChallenge();
    const { flow, asked: to } = await withChallenge();
    expect(await flow.call(SHOW, theirs.key.get(to))).toEqual({ status: 400, body: NOT_ACCEPTED });
  });

  test('needs somebody, and somebody who has one', async () => {
    expect(await (await beginFlow(house)).call(ASK)).toMatchObject({ status: 400, body: { error: 'user_not_found' } });
    const { flow } = await atSecondFactor();
    expect(await flow.call(ASK)).toMatchObject({ body: { error_description: 'User does not have a security key' } });
  });
});

test('a message of ours that nobody carries is known to the login', async () => {
  const { flow } = await atSecondFactor();
  expect((await flow.call('sms-authentication-challenge')).status).toBe(200);
  expect((await flow.login()).posed.sms).toMatchObject({ undelivered: true });
});
