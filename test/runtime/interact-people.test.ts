// Interactions: whose number or mailbox a code goes to, and how somebody new comes to an account.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '#storage/records.ts';
import { type House, openHouse, PASSWORD } from '#test/kit/house.ts';
import {
  beginFlow,
  CONNECTION,
  configure,
  counts,
  eventsOf,
  type Flow,
  ownCodes,
  setPolicies,
} from './interaction-stage.ts';

const ASK = 'sms-authentication-challenge';
const SHOW = 'sms-authentication';
const LOGIN = 'password-authentication';
const REGISTER = 'initial-registration';
const WRONG = { error: 'invalid_grant', error_description: 'Verification code is invalid or expired' };
const OTHERS = '+447700900456';

let house: House;
beforeAll(async () => {
  house = await openHouse();
  await configure(house, 'sms', ownCodes('sms'));
  await configure(house, 'email', ownCodes('email'));
});
afterAll(() => house.close());

let people = 0;
const number = () => `+8190${String(20_000_000 + ++people)}`;
async function person(more: JsonObject = {}) {
  const name = `one-${++people}`;
  return { user: await house.user(name, [], more), email: `${name}@example.com` };
}
async function signedIn(more: JsonObject = {}) {
  const who = await person(more);
  const flow = await beginFlow(house);
  expect((await flow.call(LOGIN, { username: who.email, password: PASSWORD })).status).toBe(200);
  return { ...who, flow };
}
async function registered(more: JsonObject = {}) {
  const email = `new-${++people}@example.com`;
  const flow = await beginFlow(house);
  expect((await flow.call(REGISTER, { email, password: 'Test1234!', ...more })).status).toBe(200);
  return { flow, email };
}
async function mailsTo(to: string) {
  const page = { offset: 0, limit: 10 };
  const { records } = await house.store.messages.list(house.tenant.id, { to, channel: 'email', page });
  return records.map(({ about }) => about?.kind);
}
/** Logins that begin in it are under this policy. */
async function underStep<T>(step: JsonObject, begin: () => Promise<T>): Promise<T> {
  const policy = { success_conditions: counts(SHOW), step_definitions: [{ order: 1, ...step }] };
  await setPolicies(house, policy);
  try {
    return await begin();
  } finally {
    const record = await house.store.authenticationPolicies.findByKey(house.tenant.id, 'oauth');
    await house.store.authenticationPolicies.remove(house.tenant.id, record?.id ?? '');
  }
}
const invalid = (error_description: string) => ({ status: 400, body: { error: 'invalid_request', error_description } });
const sentTo = async (to: string) => (await house.store.messages.inbox(house.tenant.id, to, 10)).length;
const show = async (flow: Flow, to: string) => flow.call(SHOW, { verification_code: await house.codeFor(to) });
const rowOf = (identifier: string) => house.store.users.findByIdentifier(house.tenant.id, CONNECTION, identifier);

describe('a code for somebody who has shown a password', () => {
  test.each<[string, JsonObject, string]>([
    ['another number', { phone_number: OTHERS }, 'The phone number does not belong to the user'],
    ['no number', { phone_number: 'hello' }, 'phone_number is unspecified or invalid format.'],
    ['a list', { phone_number: [OTHERS] }, 'phone_number is unspecified or invalid format.'],
  ])('goes nowhere with %s', async (_name, body, text) => {
    const { flow } = await signedIn({ phoneNumber: number() });
    expect(await flow.call(ASK, body)).toEqual(invalid(text));
    expect(await sentTo(OTHERS)).toBe(0);
  });

  test.each<[string, (own: string) => JsonObject]>([
    ['none', () => ({})],
    ['theirs', (own) => ({ phone_number: own })],
    ['theirs as people write it', (own) => ({ phone_number: `${own.slice(0, 3)}-${own.slice(3, 5)} ${own.slice(5)}` })],
  ])('goes to their number where the request says %s', async (_name, bodyFor) => {
    const own = number();
    const { flow } = await signedIn({ phoneNumber: own });
    expect((await flow.call(ASK, bodyFor(own))).status).toBe(200);
    expect((await show(flow, own)).status).toBe(200);
  });

  test('needs a number, and a mailbox of theirs', async () => {
    const { flow } = await signedIn();
    expect(await flow.call(ASK, { phone_number: OTHERS })).toEqual(invalid('User does not have a phone number'));
    expect(await flow.call('email-authentication-challenge', { email: 'x@example.org' })).toEqual(
      invalid('The email address does not belong to the user'),
    );
  });

  test('is not one that was sent to somebody else before', async () => {
    const flow = await beginFlow(house);
    const stranger = number();
    await person({ phoneNumber: stranger });
    expect((await flow.call(ASK, { phone_number: stranger })).status).toBe(200);
    const { email } = await person({ phoneNumber: number() });
    expect((await flow.call(LOGIN, { username: email, password: PASSWORD })).status).toBe(200);
    expect(await show(flow, stranger)).toEqual({ status: 400, body: WRONG });
  });
});

describe('a code as the first factor', () => {
  test('says nothing of whether somebody has the number, and lets in who has', async () => {
    const known = number();
    const { user } = await person({ phoneNumber: known });
    const unknown = number();
    const flows = [await beginFlow(house), await beginFlow(house)] as const;
    const asked = await Promise.all([
      flows[0].call(ASK, { phone_number: known }),
      flows[1].call(ASK, { phone_number: unknown }),
    ]);
    const alike = { status: 200, body: { transaction_id: expect.any(String), expires_in: 300 } };
    expect(asked).toEqual([alike, alike]);
    expect(await flows[1].call(SHOW, { verification_code: '123456' })).toEqual({ status: 400, body: WRONG });
    await house.runtime.settled(2_000);
    expect(await sentTo(unknown)).toBe(0);
    expect(await show(flows[0], known)).toEqual({
      status: 200,
      body: { status: 'success', user: { sub: user.id, status: 'REGISTERED' } },
    });
    const { methods, subject } = await flows[0].login();
    expect(methods).toMatchObject([{ name: 'sms' }]);
    expect(subject).toMatchObject({ userId: user.id, connection: CONNECTION });
    expect((await rowOf(known))?.loginsCount).toBe(1);
  });

  test.each(['09012348765', '090-1234-8764'])('%s does not let in whose username reads like it', async (typed) => {
    const username = typed.replaceAll('-', '');
    await person({ username });
    const flow = await beginFlow(house);
    expect((await flow.call(ASK, { phone_number: typed })).status).toBe(200);
    await house.runtime.settled(2_000);
    expect(await sentTo(username)).toBe(0);
  });

  test('needs somebody first where its step says so', async () => {
    const flow = await underStep({ method: 'sms', requires_user: true, allow_registration: false }, () =>
      beginFlow(house),
    );
    expect(await flow.call(ASK, { phone_number: OTHERS })).toMatchObject({
      status: 400,
      body: { error: 'user_not_found' },
    });
  });

  test('makes an account where its step says so', async () => {
    const flow = await underStep({ method: 'sms', requires_user: false, allow_registration: true }, () =>
      beginFlow(house),
    );
    const own = number();
    expect((await flow.call(ASK, { phone_number: own })).status).toBe(200);
    expect(await show(flow, own)).toMatchObject({ status: 200, body: { user: { status: 'INITIALIZED' } } });
    expect(await rowOf(own)).toBeUndefined();
    expect((await flow.submit({ kind: 'authorized' })).login.state.name).toBe('completed');
    expect(await rowOf(own)).toMatchObject({ phoneNumber: own, phoneVerified: true });
  });
});

describe('somebody new', () => {
  test('registers, shows a code, and is written when the login completes', async () => {
    const own = '+819022223333';
    const { flow, email } = await registered({ name: 'New', phone_number: '+81-90-2222-3333' });
    expect(await rowOf(email)).toBeUndefined();
    expect((await flow.call(ASK)).status).toBe(200);
    expect(await show(flow, own)).toMatchObject({ status: 200, body: { user: { status: 'INITIALIZED' } } });
    expect(await mailsTo(email)).toEqual([]);
    expect((await flow.submit({ kind: 'authorized' })).login.state.name).toBe('completed');
    expect(await rowOf(email)).toMatchObject({
      phoneNumber: own,
      phoneVerified: true,
      emailVerified: false,
      name: 'New',
    });
    expect(await mailsTo(email)).toEqual(['verify-email']);
  });

  test('may show another number than the one they registered with, which is theirs then', async () => {
    const { flow, email } = await registered({ phone_number: number() });
    const second = number();
    expect((await flow.call(ASK, { phone_number: second })).status).toBe(200);
    expect((await show(flow, second)).status).toBe(200);
    await flow.submit({ kind: 'authorized' });
    expect((await rowOf(email))?.phoneNumber).toBe(second);
  });

  test('may not show another mailbox than the one that scripts were asked about', async () => {
    const { flow } = await registered();
    expect(await flow.call('email-authentication-challenge', { email: 'x@example.org' })).toEqual(
      invalid('The email address does not belong to the user'),
    );
  });

  test('may not where the step ties the code to them', async () => {
    const step = { method: 'sms', requires_user: true, allow_registration: false };
    const { flow } = await underStep(step, () => registered({ phone_number: number() }));
    expect(await flow.call(ASK, { phone_number: OTHERS })).toEqual(
      invalid('The phone number does not belong to the user'),
    );
  });

  test.each<[string, JsonObject, JsonObject]>([
    ['no e-mail address', { password: 'Test1234!' }, { error_messages: ['email is missing'] }],
    ['no address at all', { email: 'x', password: 'Test1234!' }, { error_messages: ['email format is email'] }],
    ['no password', { email: 'w@example.com' }, { error_messages: ['password is missing'] }],
    ['a weak password', { email: 'w@example.com', password: 'a' }, { error_description: 'The password is too weak.' }],
    [
      'a number that is none',
      { email: 'w@example.com', password: 'Test1234!', phone_number: '12' },
      { error_description: 'invalid request.' },
    ],
    [
      'an object for a name',
      { email: 'w@example.com', password: 'Test1234!', name: {} },
      { error_messages: ['name type is string'] },
    ],
  ])('is refused with %s', async (_name, body, told) => {
    const flow = await beginFlow(house);
    const answer = await flow.call(REGISTER, body);
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request', ...told } });
    expect((await flow.login()).interactions[REGISTER]).toMatchObject({ failures: 1, successes: 0 });
    expect((await eventsOf(house)).at(-1)?.type).toBe('user_initial_registration_failure');
  });

  test.each<[string, (taken: { email: string; phone: string }) => JsonObject]>([
    ['an address', ({ email }) => ({ email: email.toUpperCase() })],
    ['a number', ({ phone }) => ({ email: 'fresh@example.com', phone_number: phone })],
  ])('conflicts with somebody who has %s already', async (_name, bodyFor) => {
    const phone = number();
    const { email } = await person({ phoneNumber: phone });
    const flow = await beginFlow(house);
    const answer = await flow.call(REGISTER, { password: 'Test1234!', ...bodyFor({ email, phone }) });
    expect(answer).toEqual(invalid('user is conflict with username and password'));
    expect((await eventsOf(house)).at(-1)?.type).toBe('user_initial_registration_conflict');
  });

  test('registers once in a login', async () => {
    const { flow } = await registered();
    const again = await flow.call(REGISTER, { email: 'again@example.com', password: 'Test1234!' });
    expect(again).toEqual(invalid('User is not the same as the request'));
  });

  test('is taken at their word only where the schema asks', async () => {
    const properties = { email: {}, password: {}, nickname: {}, birthdate: {} };
    await configure(house, REGISTER, { [REGISTER]: { request: { schema: { type: 'object', properties } } } });
    const { flow, email } = await registered({
      ...{ nickname: 'Nick', birthdate: '2000-01-01', name: 'Undeclared' },
      ...{ email_verified: true, app_metadata: { admin: true } },
    });
    await configure(house, REGISTER, {});
    await flow.submit({ kind: 'authorized' });
    const row = await rowOf(email);
    expect(row).toMatchObject({ nickname: 'Nick', userMetadata: { birthdate: '2000-01-01' } });
    expect([row?.emailVerified, row?.appMetadata, row?.name]).toEqual([false, {}, email]);
  });
});
