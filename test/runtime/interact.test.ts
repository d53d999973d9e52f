// Interactions that are built in: what they answer, what they count and tell, whose number a code goes to, and how often it
// may be tried and sent.
// Longer than 300 lines because it is rows of one table: every way an interaction can be refused.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '#storage/records.ts';
import { type House, openHouse, PASSWORD } from '#test/kit/house.ts';
import {
  type Answer,
  beginFlow,
  configure,
  counts,
  eventsOf,
  type Flow,
  ownCodes,
  PHONE,
  setPolicies,
  TYPED_PHONE,
} from './interaction-stage.ts';

const ASK = 'sms-authentication-challenge';
const SHOW = 'sms-authentication';
const LOGIN = 'password-authentication';
const REGISTER = 'initial-registration';
const WRONG = { error: 'invalid_grant', error_description: 'Verification code is invalid or expired' };
const OTHERS_NUMBER = '+447700900456';

let house: House;
beforeAll(async () => {
  house = await openHouse();
  await configure(house, 'sms', ownCodes('sms'));
  await configure(house, 'email', ownCodes('email'));
});
afterAll(() => house.close());

let people = 0;
/** Somebody with a number of their own, unless it is said which. */
async function person(more: { phoneNumber?: string | undefined } = {}) {
  const name = `person-${++people}`;
  const phoneNumber = 'phoneNumber' in more ? more.phoneNumber : `+8190${String(10_000_000 + people)}`;
  const user = await house.user(name, [], phoneNumber === undefined ? {} : { phoneNumber });
  return { user, email: `${name}@example.com`, phone: phoneNumber ?? '' };
}

async function atSecondFactor(more: { phoneNumber?: string | undefined } = {}) {
  const who = await person(more);
  const flow = await beginFlow(house);
  expect((await flow.call(LOGIN, { username: who.email, password: PASSWORD })).status).toBe(200);
  return { ...who, flow };
}

async function withCode() {
  const who = await atSecondFactor();
  expect((await who.flow.call(ASK)).status).toBe(200);
  return { ...who, code: await house.codeFor(who.phone) };
}

const show = (flow: Flow, verification_code: string) => flow.call(SHOW, { verification_code });
const other = (code: string) => (code === '000000' ? '111111' : '000000');
const late = (code: string) => {
  house.clock.advance(300_000);
  return code;
};
const eventsFor = async (userId: string) =>
  (await eventsOf(house)).flatMap((event) => (event.userId === userId ? [event.type] : [])).toSorted();
const newest = async () => (await eventsOf(house)).at(-1);
const invalid = (error_description: string) => ({ error: 'invalid_request', error_description });
const countOf = async (flow: Flow, name: string) => (await flow.login()).interactions[name];

describe('somebody who has an account', () => {
  test('shows a password and then a code', async () => {
    const user = await house.user('ann', [], { phoneNumber: PHONE });
    const flow = await beginFlow(house);
    const known = { sub: user.id, status: 'REGISTERED' };
    expect(await flow.call(LOGIN, { username: 'ann@example.com', password: PASSWORD })).toEqual({
      status: 200,
      body: { status: 'success', user_id: user.id, username: 'ann@example.com', user: known },
    });
    expect(await flow.call(ASK, { phone_number: TYPED_PHONE, template: 'authentication' })).toEqual({
      status: 200,
      body: { transaction_id: expect.any(String), expires_in: 300 },
    });
    expect(await show(flow, await house.codeFor(PHONE))).toEqual({
      status: 200,
      body: { status: 'success', user: known },
    });
    const events = await eventsOf(house);
    expect(events.map(({ type, userId }) => [type, userId])).toEqual([
      ['password_success', user.id],
      ['sms_verification_challenge_success', user.id],
      ['sms_verification_success', user.id],
    ]);
    const { methods, posed, interactions } = await flow.login();
    expect(methods.map(({ name, type }) => [name, type])).toEqual([
      ['pwd', undefined],
      ['mfa', 'phone'],
    ]);
    expect(posed).toEqual({});
    expect(interactions[SHOW]).toMatchObject({ operation: 'AUTHENTICATION', method: 'sms', calls: 1, successes: 1 });
    expect((await house.store.users.find(house.tenant.id, user.id))?.phoneVerified).toBe(true);
  });

  test.each([
    ['a wrong password', (email: string) => ({ username: email, password: 'wrong' })],
    ['a name that nobody has', () => ({ username: 'nobody@example.com', password: PASSWORD })],
  ])('%s is answered alike', async (_name, bodyFor) => {
    const { email } = await person();
    const flow = await beginFlow(house);
    const body = bodyFor(email);
    expect(await flow.call(LOGIN, body)).toEqual({
      status: 400,
      body: { error: 'invalid_credentials', error_description: 'Invalid username or password' },
    });
    expect(await countOf(flow, LOGIN)).toMatchObject({ calls: 1, failures: 1, successes: 0 });
    expect(await newest()).toMatchObject({ type: 'password_failure', userName: body.username });
    expect(JSON.stringify(await newest())).not.toContain(body.password);
  });

  test('whoever is blocked is told so once the password is right', async () => {
    const { user, email } = await person();
    await house.store.users.update(house.tenant.id, user.id, (row) => ({ ...row, blocked: true }));
    const flow = await beginFlow(house);
    const answer = await flow.call(LOGIN, { username: email, password: PASSWORD });
    expect(answer).toEqual({
      status: 403,
      body: { error: 'access_denied', error_description: 'The user is not active.' },
    });
    expect(await eventsFor(user.id)).toEqual(['password_failure', 'user_status_inactive']);
  });

  test('a second person in one login is refused, and nothing is counted', async () => {
    const { flow, user } = await atSecondFactor();
    const { email } = await person();
    expect(await flow.call(LOGIN, { username: email, password: PASSWORD })).toEqual({
      status: 400,
      body: invalid('User is not the same as the request'),
    });
    const { subject, interactions } = await flow.login();
    expect(subject).toMatchObject({ userId: user.id });
    expect(interactions[LOGIN]).toMatchObject({ calls: 1, failures: 0 });
    expect((await flow.call(REGISTER, { email: 'x@example.com', password: 'Test1234!' })).status).toBe(400);
  });
});

describe('what cannot run', () => {
  test.each<[string, string, JsonObject, string]>([
    ['an unknown name', 'magic', {}, 'Unsupported interaction type: magic'],
    ['one without a configuration', 'fido2-authentication', {}, 'Authentication configuration not found'],
    ['one by its other name', 'webauthn-authentication', {}, 'Authentication configuration not found'],
    ['a name of every object', 'constructor', {}, 'Unsupported interaction type: constructor'],
  ])('%s is not found and not counted', async (_name, interaction, body, error_description) => {
    const flow = await beginFlow(house);
    expect(await flow.call(interaction, body)).toEqual({ status: 404, body: invalid(error_description) });
    expect((await flow.login()).interactions).toEqual({});
  });

  test.each<[string, JsonObject, string]>([
    ['an unknown function', { execution: { function: 'carrier_pigeon' } }, 'carrier_pigeon'],
    ['no function', { execution: {} }, 'null'],
    [
      'a function of another interaction',
      { execution: { function: 'password_verification' } },
      'password_verification',
    ],
  ])('%s has no executor', async (_name, configuration, type) => {
    await configure(house, 'sms', { ...ownCodes('sms'), [ASK]: configuration });
    const flow = await beginFlow(house);
    const answer = await flow.call(ASK, { phone_number: PHONE });
    await configure(house, 'sms', ownCodes('sms'));
    expect(answer).toEqual({ status: 404, body: invalid(`No authentication executor found for type: ${type}`) });
  });

  test('one that is switched off is not found, a built-in one too', async () => {
    await configure(house, 'password', {}, { enabled: false });
    const flow = await beginFlow(house);
    const answer = await flow.call(LOGIN, { username: 'a', password: 'b' });
    await configure(house, 'password', {});
    expect(answer).toEqual({ status: 404, body: invalid('Authentication configuration not found') });
  });

  test('a body that the schema does not take is refused with each reason, and counted', async () => {
    const flow = await beginFlow(house);
    expect(await flow.call(LOGIN, { username: '' })).toEqual({
      status: 400,
      body: {
        ...invalid('The authentication request is invalid. Please check your input.'),
        error_messages: ['password is missing', 'username minLength is 1'],
      },
    });
    expect(await countOf(flow, LOGIN)).toMatchObject({ calls: 1, failures: 1 });
    expect(await newest()).toMatchObject({ type: 'password_failure' });
  });
});

describe('a policy', () => {
  /** A login under these policies; others begin without. */
  async function under(policy: JsonObject): Promise<Flow> {
    await setPolicies(house, policy);
    const flow = await beginFlow(house);
    const { store, tenant } = house;
    const record = await store.authenticationPolicies.findByKey(tenant.id, 'oauth');
    await store.authenticationPolicies.remove(tenant.id, record?.id ?? '');
    return flow;
  }
  const wrongPassword = { username: 'nobody@example.com', password: 'wrong' };

  test.each<[string, JsonObject, string]>([
    ['locked', { lock_conditions: counts(LOGIN, 'failure_count', 2) }, 'The authentication is locked.'],
    ['failed', { failure_conditions: counts(LOGIN, 'failure_count', 2) }, 'The authentication has failed.'],
  ])('a login that has %s runs nothing any more', async (_name, conditions, error_description) => {
    const flow = await under({ success_conditions: counts(LOGIN), ...conditions });
    for (let tries = 0; tries < 2; tries++) expect((await flow.call(LOGIN, wrongPassword)).status).toBe(400);
    const { email } = await person();
    const refused = { status: 403, body: { error: 'access_denied', error_description } };
    expect(await flow.call(LOGIN, { username: email, password: PASSWORD })).toEqual(refused);
    expect(await countOf(flow, LOGIN)).toMatchObject({ calls: 3, failures: 3, successes: 0 });
    expect(await flow.call(ASK, { phone_number: PHONE })).toEqual(refused);
  });

  test('a lock blocks the account of whoever has shown a factor, and nobody who was only named', async () => {
    const flow = await under({
      success_conditions: counts(SHOW),
      lock_conditions: counts(SHOW, 'failure_count', 2),
    });
    const { user, email, phone } = await person();
    await flow.call(LOGIN, { username: email, password: PASSWORD });
    await flow.call(ASK);
    const code = await house.codeFor(phone);
    expect((await show(flow, other(code))).status).toBe(400);
    expect((await house.store.users.find(house.tenant.id, user.id))?.blocked).toBe(false);
    expect((await show(flow, other(code))).status).toBe(400);
    expect((await house.store.users.find(house.tenant.id, user.id))?.blocked).toBe(true);
    expect(await eventsFor(user.id)).toContain('user_lock');

    const named = await person();
    const guessing = await under({ lock_conditions: counts(LOGIN, 'failure_count', 1) });
    await guessing.call(LOGIN, { username: named.email, password: 'wrong' });
    expect((await house.store.users.find(house.tenant.id, named.user.id))?.blocked).toBe(false);
  });

  test('a method that it does not name is not available, unless it says that it only hints', async () => {
    const hint = { available_methods: ['password'], success_conditions: counts(LOGIN) };
    const flow = await under(hint);
    const answer = await flow.call(ASK, { phone_number: PHONE });
    expect(answer).toEqual({
      status: 403,
      body: { error: 'access_denied', error_description: 'The authentication method is not available: sms' },
    });
    expect((await flow.call(LOGIN, wrongPassword)).status).toBe(400);
    const open = await under({ ...hint, enforce_available_methods: false });
    expect((await open.call(ASK, { phone_number: OTHERS_NUMBER })).status).toBe(200);
  });
});

describe('a code', () => {
  test('that was never asked for', async () => {
    const { flow } = await atSecondFactor();
    expect(await show(flow, '123456')).toEqual({ status: 400, body: invalid('No verification code was requested') });
  });

  test.each<[string, (code: string) => Promise<string> | string]>([
    ['that is wrong', other],
    ['that has expired', late],
    ['with spaces', (code) => ` ${code}`],
    ['of many digits', (code) => code.repeat(1000)],
  ])('%s', async (_name, given) => {
    const { flow, code, user } = await withCode();
    expect(await show(flow, await given(code))).toEqual({ status: 400, body: WRONG });
    expect(await countOf(flow, SHOW)).toMatchObject({ calls: 1, failures: 1 });
    const event = await newest();
    expect(event).toMatchObject({ type: 'sms_verification_failure', userId: user.id, detail: { interaction: SHOW } });
    expect(JSON.stringify(event)).not.toContain(code);
  });

  test.each<[string, JsonObject]>([
    ['none', {}],
    ['a number', { verification_code: 123456 }],
    ['a list', { verification_code: ['123456'] }],
  ])('%s in place of a text takes a try', async (_name, body) => {
    const { flow } = await withCode();
    const answer = await flow.call(SHOW, body);
    expect([answer.status, answer.body.error_messages]).toEqual([400, ['verification_code is missing']]);
    expect((await flow.login()).posed.sms?.tries).toBe(1);
  });

  test('is spent by the first who shows it', async () => {
    const { flow, code } = await withCode();
    expect((await show(flow, code)).status).toBe(200);
    expect(await show(flow, code)).toEqual({ status: 400, body: WRONG });
  });

  test('is void once another was sent, and tries are not given back by that', async () => {
    const { flow, code, phone } = await withCode();
    for (let tries = 0; tries < 3; tries++) expect((await show(flow, other(code))).status).toBe(400);
    expect((await flow.call(ASK)).status).toBe(200);
    const second = await house.codeFor(phone);
    if (second !== code) expect(await show(flow, code)).toEqual({ status: 400, body: WRONG });
    expect((await flow.login()).posed.sms).toMatchObject({ tries: second === code ? 3 : 4, resends: 1 });
    expect(await show(flow, other(second))).toEqual({ status: 400, body: WRONG });
    // Five in all: even the right one comes too late.
    expect(await show(flow, second)).toEqual({ status: 400, body: WRONG });
  });

  test('is judged no more often than allowed, however many come at once', async () => {
    const { flow, code } = await withCode();
    const answers = await Promise.all(Array.from({ length: 12 }, () => show(flow, other(code))));
    const judged = answers.filter(({ status }) => status === 400);
    expect(judged.length + answers.filter(({ status }) => status === 409).length).toBe(12);
    expect((await flow.login()).posed.sms?.tries).toBe(Math.min(5, judged.length));
    for (let tries = judged.length; tries < 5; tries++) await show(flow, other(code));
    expect(await show(flow, code)).toEqual({ status: 400, body: WRONG });
  });

  test('of one person is judged ten times, whatever the login', async () => {
    const who = await person();
    const answers: Answer[] = [];
    for (let logins = 0; logins < 3; logins++) {
      const flow = await beginFlow(house);
      await flow.call(LOGIN, { username: who.email, password: PASSWORD });
      await flow.call(ASK);
      const code = await house.codeFor(who.phone);
      for (let tries = 0; tries < 4; tries++) answers.push(await show(flow, other(code)));
    }
    expect(answers.map(({ status }) => status)).toEqual([...Array(10).fill(400), 429, 429]);
    const answer = answers.at(-1);
    expect(answer).toMatchObject({ status: 429, body: { error: 'too_many_requests' } });
  });

  test('is sent again five times', async () => {
    const { flow } = await withCode();
    for (let resends = 0; resends < 5; resends++) expect((await flow.call(ASK)).status).toBe(200);
    expect(await flow.call(ASK)).toMatchObject({ status: 429, body: { error: 'too_many_requests' } });
  });

  test('asked for twice at once is sent once', async () => {
    const { flow } = await atSecondFactor();
    const answers = await Promise.all([flow.call(ASK), flow.call(ASK)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  });

  test('by mail stands for the mailbox', async () => {
    const { flow, email, user } = await atSecondFactor();
    expect((await flow.call('email-authentication-challenge', { email: email.toUpperCase() })).status).toBe(200);
    const verification_code = await house.codeFor(email);
    expect((await flow.call('email-authentication', { verification_code })).status).toBe(200);
    expect((await house.store.users.find(house.tenant.id, user.id))?.emailVerified).toBe(true);
    expect((await flow.login()).methods.at(-1)).toMatchObject({ name: 'mfa', type: 'email' });
  });

  test('comes in the words, and under the limits, of the configuration', async () => {
    const templates = { registration: { subject: 'Hello', body: 'R {VERIFICATION_CODE} {EXPIRE_SECONDS}' } };
    const details = { templates, retry_count_limitation: 1, expire_seconds: 60, resend_limitation: 1 };
    await configure(house, 'sms', ownCodes('sms', details));
    const { flow, phone } = await atSecondFactor();
    const asked = await flow.call(ASK, { template: 'registration' });
    expect((await flow.call(ASK, { template: 'constructor' })).status).toBe(200);
    expect((await flow.call(ASK)).status).toBe(429);
    await configure(house, 'sms', ownCodes('sms'));
    expect(asked.body.expires_in).toBe(60);
    const [latest, first] = await house.store.messages.inbox(house.tenant.id, phone, 2);
    expect(first?.text).toBe(`R ${first?.code} 60`);
    expect(latest?.text).toContain(`${latest?.code} is your verification code`);
    expect((await show(flow, other(latest?.code ?? ''))).status).toBe(400);
    expect(await show(flow, latest?.code ?? '')).toEqual({ status: 400, body: WRONG });
  });
});
