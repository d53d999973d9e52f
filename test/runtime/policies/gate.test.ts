// Who asks to be let through the gate, and what becomes of it: real rows, the real runtime, no HTTP.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject, UserRecord } from '#storage/records.ts';
import { type House, openHouse, PASSWORD } from '#test/kit/house.ts';
import { beginFlow, configure, eventsOf, type Flow, ownCodes } from '../interaction-stage.ts';
import { putPolicies } from './policy-rows.ts';
import { anyOf, PASSWORD_OR_REGISTRATION_THEN_SMS, passed } from './policy-sample.ts';

let house: House;
let ana: UserRecord;
beforeAll(async () => {
  house = await openHouse();
  await configure(house, 'sms', ownCodes('sms'));
  ana = await house.user('ana', [], { phoneNumber: '+819012345678', appMetadata: { level: 'gold' } });
});
afterAll(() => house.close());
beforeEach(() => house.bind());

const policies = (...given: JsonObject[]) => putPolicies(house, ...given);
const signIn = (flow: Flow, password = PASSWORD) =>
  flow.call('password-authentication', { username: 'ana@example.com', password });
const register = (flow: Flow, email: string) =>
  flow.call('initial-registration', { email, password: 'Test1234!', phone_number: '+81-90-1111-2222' });
async function showCode(flow: Flow, to = '+819012345678') {
  await flow.call('sms-authentication-challenge');
  return flow.call('sms-authentication', { verification_code: await house.codeFor(to) });
}
const authorize = async (flow: Flow) => (await flow.submit({ kind: 'authorized' })).answer;
const stateOf = async (flow: Flow) => (await flow.login()).state;

describe('what is missing is said', () => {
  test('step by step, until nothing is', async () => {
    await policies(PASSWORD_OR_REGISTRATION_THEN_SMS);
    const flow = await beginFlow(house);
    expect(await authorize(flow)).toEqual({
      status: 400,
      body: {
        error: 'invalid_request',
        error_description: 'user is required',
        next: ['password-authentication', 'initial-registration'],
      },
    });
    await signIn(flow);
    expect(await authorize(flow)).toEqual({
      status: 400,
      body: {
        error: 'invalid_request',
        error_description: 'authentication is required',
        details: {
          policy: 'mfa_required_for_registration_and_login',
          unmet: [
            { group: 0, ...passed('sms-authentication'), actual: null },
            { group: 1, ...passed('initial-registration'), actual: null },
            { group: 1, ...passed('sms-authentication'), actual: null },
          ],
        },
        next: ['sms-authentication-challenge'],
      },
    });
    await showCode(flow);
    expect(await authorize(flow)).toBeUndefined();
    expect(await stateOf(flow)).toEqual({ name: 'completed', taken: false });
    const failures = (await eventsOf(house)).filter(({ type }) => type === 'authorize_failure');
    expect(failures).toMatchObject([
      { detail: { execution_result: { error_description: 'user is required' } } },
      { userId: ana.id, detail: { execution_result: { error_description: 'authentication is required' } } },
    ]);
  });

  test('the values that a tenant keeps about somebody are not', async () => {
    const path = '$.user.custom_properties.level';
    await policies({ success_conditions: anyOf([{ path, operation: 'eq', value: 'platinum' }]) });
    const flow = await beginFlow(house);
    await signIn(flow);
    expect((await authorize(flow))?.body).toMatchObject({
      details: { unmet: [{ path, value: 'platinum' }] },
      next: [],
    });
    expect(JSON.stringify(await authorize(flow))).not.toContain('gold');
  });
});

test('too many failures, and then a success, let nobody through', async () => {
  const failed = (value: number) => [{ path: '$.password-authentication.failure_count', operation: 'gte', value }];
  const fails = {
    success_conditions: anyOf([passed('password-authentication')]),
    failure_conditions: anyOf(failed(1)),
  };
  // Judged alone: an interaction would be refused before it ran.
  await policies({ success_conditions: fails.success_conditions });
  const before = await beginFlow(house);
  await signIn(before, 'wrong');
  await signIn(before);
  expect(await authorize(before)).toBeUndefined();

  await policies(fails);
  const flow = await beginFlow(house);
  await signIn(flow);
  await signIn(flow, 'wrong');
  expect(await authorize(flow)).toEqual({
    status: 403,
    body: { error: 'access_denied', error_description: 'The authentication has failed.' },
  });
});

test('a policy that is changed meanwhile is that of the next login', async () => {
  await policies(PASSWORD_OR_REGISTRATION_THEN_SMS);
  const flow = await beginFlow(house);
  await policies({ success_conditions: anyOf([passed('password-authentication')]) });
  await signIn(flow);
  expect((await authorize(flow))?.status).toBe(400);
  const next = await beginFlow(house);
  await signIn(next);
  expect(await authorize(next)).toBeUndefined();
});

test('a policy about some people counts for them', async () => {
  const gold = { path: '$.user.custom_properties.level', operation: 'eq', value: 'gold' };
  await policies(
    { priority: 1, conditions: { user_attributes: [gold] }, success_conditions: anyOf([passed('sms-authentication')]) },
    { success_conditions: anyOf([passed('password-authentication')]) },
  );
  await house.user('bob');
  const flow = await beginFlow(house);
  await flow.call('password-authentication', { username: 'bob@example.com', password: PASSWORD });
  expect(await authorize(flow)).toBeUndefined();
  const second = await beginFlow(house);
  await signIn(second);
  expect((await authorize(second))?.body).toMatchObject({ next: ['sms-authentication-challenge'] });
});

test('what the login amounts to: its class, and the scopes that want more', async () => {
  const rules = {
    acr_mapping_rules: { 'urn:high': ['sms'], 'urn:low': ['password'] },
    level_of_authentication_scopes: { email: ['sms'], openid: ['password'] },
    success_conditions: anyOf([passed('password-authentication')]),
  };
  await policies(rules);
  const request = { ...(await (await beginFlow(house)).login()).request, scope: ['openid', 'email'] };
  const low = await beginFlow(house, { request });
  await signIn(low);
  await authorize(low);
  expect(await low.login()).toMatchObject({
    gate: { acr: 'urn:low' },
    outcome: { scopes: [{ scope: 'email', granted: false }] },
  });
  const high = await beginFlow(house, { request });
  await signIn(high);
  await showCode(high);
  await authorize(high);
  expect(await high.login()).toMatchObject({ gate: { acr: 'urn:high' }, outcome: { scopes: [] } });
});

describe('the names of somebody new', () => {
  beforeEach(() => policies({ success_conditions: anyOf([passed('initial-registration')]) }));

  test('taken by somebody else in between', async () => {
    const flow = await beginFlow(house);
    await register(flow, 'cora@example.com');
    await house.user('cora');
    expect(await authorize(flow)).toEqual({
      status: 400,
      body: { error: 'invalid_request', error_description: 'user is conflict with username and password' },
    });
    expect(await stateOf(flow)).toMatchObject({ name: 'gated' });
  });

  test('taken while a script had its person do something', async () => {
    await house.bind(
      "exports.onExecutePostLogin = async (event, api) => api.authentication.challengeWith({ type: 'phone' });",
    );
    const flow = await beginFlow(house);
    await register(flow, 'dora@example.com');
    expect(await authorize(flow)).toBeUndefined();
    expect(await stateOf(flow)).toMatchObject({ name: 'gated', ask: {}, offers: [{ factor: 'phone' }] });
    await house.user('dora');
    await showCode(flow, '+819011112222');
    expect(await stateOf(flow)).toEqual({
      name: 'denied',
      code: 'access_denied',
      reason: 'user is conflict with username and password',
    });
  });

  test('two at once: one account', async () => {
    const flows = [await beginFlow(house), await beginFlow(house)];
    for (const flow of flows) await register(flow, 'emma@example.com');
    const answers = await Promise.all(flows.map((flow) => authorize(flow)));
    expect(answers.map((answer) => answer?.status).toSorted()).toEqual([400, undefined]);
  });
});

test('somebody who is blocked meanwhile gets no further', async () => {
  await policies({ success_conditions: anyOf([passed('password-authentication')]) });
  const eve = await house.user('eve');
  const flow = await beginFlow(house);
  await flow.call('password-authentication', { username: 'eve@example.com', password: PASSWORD });
  await house.store.users.update(house.tenant.id, eve.id, (user) => ({ ...user, blocked: true }));
  expect(await authorize(flow)).toBeUndefined();
  expect(await stateOf(flow)).toMatchObject({ name: 'denied', code: 'unauthorized' });
});
