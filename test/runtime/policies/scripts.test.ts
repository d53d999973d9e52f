// Scripts in the JSON flow, in real cells: what they see of its interactions, and what they ask for beyond the policy.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Opening } from '#runtime/runtime.ts';
import type { UserRecord } from '#storage/records.ts';
import { type House, openHouse, PASSWORD } from '#test/kit/house.ts';
import { beginFlow, configure, type Flow, ownCodes } from '../interaction-stage.ts';
import { putPolicies } from './policy-rows.ts';
import { anyOf, passed } from './policy-sample.ts';

const PHONE = '+819012345678';
const TELL = `exports.onExecutePostLogin = async (event, api) => {
  api.idToken.setCustomClaim('told', event.authentication.interactions ?? 'nothing');
};`;
const asking = (command: string) => `exports.onExecutePostLogin = async (event, api) => { ${command} };`;
const ASK_PHONE = "api.authentication.challengeWith({ type: 'phone' });";

let house: House;
let people: { [name: string]: UserRecord };
beforeAll(async () => {
  house = await openHouse({ on: ['otp', 'email'] });
  await configure(house, 'sms', ownCodes('sms'));
  await configure(house, 'email', ownCodes('email'));
  await putPolicies(house, { success_conditions: anyOf([passed('password-authentication')]) });
  people = {
    ana: await house.user('ana', [], { phoneNumber: PHONE }),
    /** Has an app as well. */
    bob: await house.user('bob', ['otp'], { phoneNumber: PHONE.replace(/8$/, '9') }),
    dan: await house.user('dan', ['otp'], { phoneNumber: PHONE.replace(/8$/, '7'), phoneVerified: true }),
    /** Has no phone. */
    cora: await house.user('cora'),
  };
});
afterAll(() => house.close());
beforeEach(() => house.bind());

async function signIn(name: string, more: Partial<Opening> = {}): Promise<Flow> {
  const flow = await beginFlow(house, more);
  await flow.call('password-authentication', { username: `${name}@example.com`, password: PASSWORD });
  return flow;
}
async function showCode(flow: Flow, to = PHONE) {
  await flow.call('sms-authentication-challenge');
  return flow.call('sms-authentication', { verification_code: await house.codeFor(to) });
}

describe('what scripts see', () => {
  test('how often each interaction was called', async () => {
    await house.bind(TELL);
    const flow = await beginFlow(house);
    await flow.call('password-authentication', { username: 'ana@example.com', password: 'wrong' });
    await flow.call('password-authentication', { username: 'ana@example.com', password: PASSWORD });
    await flow.call('sms-authentication-challenge');
    await flow.submit({ kind: 'authorized' });
    const { state, outcome } = await flow.login();
    expect(state.name).toBe('completed');
    const interaction_time = expect.stringMatching(/^2026-01-15T12:00:00\.\d{3}Z$/);
    const once = { call_count: 1, success_count: 1, failure_count: 0, interaction_time };
    expect(outcome.idTokenClaims.told).toEqual({
      'password-authentication': {
        operation_type: 'AUTHENTICATION',
        method: 'password',
        ...once,
        call_count: 2,
        failure_count: 1,
      },
      'sms-authentication-challenge': { operation_type: 'CHALLENGE', method: 'sms', ...once },
    });
  });

  test('nothing of the kind in other logins', async () => {
    await house.bind(TELL);
    const { key } = await house.begin();
    const { login } = await house.step(key, { kind: 'submitted', identifier: 'ana@example.com', password: PASSWORD });
    expect(login.outcome.idTokenClaims.told).toBe('nothing');
  });
});

describe('what a script asks for', () => {
  test('is met by the same interactions, and the next script sees that', async () => {
    await house.bind(asking(ASK_PHONE), TELL);
    const flow = await signIn('ana');
    await flow.submit({ kind: 'authorized' });
    expect((await flow.login()).state).toMatchObject({
      name: 'gated',
      ask: { kind: 'challenge' },
      offers: [{ factor: 'phone', authenticators: [] }],
    });
    // What it asked for is not what the policy asks for.
    const again = await flow.call('password-authentication', { username: 'ana@example.com', password: PASSWORD });
    expect(again.status).toBe(200);
    expect((await flow.login()).state).toMatchObject({ name: 'gated', ask: { kind: 'challenge' } });
    expect((await showCode(flow)).status).toBe(200);
    const { state, outcome, methods } = await flow.login();
    expect(state.name).toBe('completed');
    expect(outcome.idTokenClaims.told).toMatchObject({ 'sms-authentication': { success_count: 1 } });
    expect(methods.at(-1)).toMatchObject({ name: 'mfa', type: 'phone', in: 'transaction' });
  });

  test('and was shown already is not asked for twice', async () => {
    await house.bind(asking(ASK_PHONE));
    const flow = await signIn('ana');
    await showCode(flow);
    await flow.submit({ kind: 'authorized' });
    expect((await flow.login()).state.name).toBe('completed');
  });

  const ROWS: [what: string, who: string, command: string, state: object][] = [
    [
      'either of two',
      'ana',
      "api.authentication.challengeWithAny([{ type: 'email' }, { type: 'phone' }]);",
      { name: 'gated', offers: [{ factor: 'email' }, { factor: 'phone' }] },
    ],
    [
      'only what the person has',
      'cora',
      "api.authentication.challengeWithAny([{ type: 'email' }, { type: 'phone' }]);",
      { name: 'gated', offers: [{ factor: 'email' }] },
    ],
    [
      'any factor',
      'ana',
      "api.multifactor.enable('any');",
      { name: 'gated', offers: [{ factor: 'phone' }, { factor: 'email' }] },
    ],
    ['what nobody can show', 'cora', ASK_PHONE, { name: 'denied', code: 'access_denied' }],
    [
      'what no interaction shows',
      'bob',
      "api.authentication.challengeWith({ type: 'otp' });",
      { name: 'choosing', offers: [{ factor: 'otp' }] },
    ],
    [
      'an app or a phone',
      'bob',
      "api.authentication.challengeWith({ type: 'otp' }, { additionalFactors: [{ type: 'phone' }] });",
      { name: 'gated', offers: [{ factor: 'phone' }] },
    ],
    ['another factor', 'ana', "api.authentication.enrollWith({ type: 'otp' });", { name: 'choosing', to: 'enroll' }],
    [
      'any factor, of somebody with an app whose addresses nobody has proven',
      'bob',
      "api.multifactor.enable('any');",
      { name: 'choosing', offers: [{ factor: 'otp' }] },
    ],
    [
      'any factor, of somebody with an app and a proven phone',
      'dan',
      "api.multifactor.enable('any');",
      { name: 'gated', offers: [{ factor: 'phone', authenticators: [] }] },
    ],
    ['to be refused', 'ana', "api.access.deny('not today');", { name: 'denied', reason: 'not today' }],
    [
      'that they go elsewhere',
      'ana',
      "api.redirect.sendUserTo('https://away.example/');",
      { name: 'denied', code: 'interaction_required' },
    ],
  ];
  test.each(ROWS)('%s', async (_what, who, command, state) => {
    await house.bind(asking(command));
    const flow = await signIn(who);
    await flow.submit({ kind: 'authorized' });
    expect((await flow.login()).state).toMatchObject(state);
  });

  test('without a configuration nothing is sent', async () => {
    await house.bind(asking(ASK_PHONE));
    await configure(house, 'sms', ownCodes('sms'), { enabled: false });
    const flow = await signIn('ana');
    await flow.submit({ kind: 'authorized' });
    expect((await flow.login()).state).toMatchObject({ name: 'denied', code: 'access_denied' });
    await configure(house, 'sms', ownCodes('sms'));
  });

  test('on a page, what the person has enrolled is shown as ever', async () => {
    await house.bind(
      asking("api.authentication.challengeWith({ type: 'otp' }, { additionalFactors: [{ type: 'phone' }] });"),
    );
    const binding = 'a-browser';
    const { key } = await house.begin({ door: 'json', selection: 'client', binding });
    const opened = await house.runtime.openPages(house.tenant, { key, heldBy: 'flow', binding, headless: false });
    if (opened.found !== 'present') throw new Error(opened.found);
    const shown = await house.runtime.submit(
      house.tenant,
      { key: opened.shown.key, binding },
      { kind: 'submitted', identifier: 'bob@example.com', password: PASSWORD },
      { ip: '203.0.113.7', method: 'POST' },
    );
    expect(shown).toMatchObject({ shown: { login: { state: { name: 'challenging', offers: [{ factor: 'otp' }] } } } });
    expect(people.bob?.phoneNumber).toBeDefined();
  });
});
