// Interactions that a service of the tenant's runs: what it is asked, what is made of its answers, how its failures are told,
// and that the limits of codes hold although the service keeps the codes.
// Longer than 300 lines because it is rows of one table: what a service can say, and what callers are told of it.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '#storage/records.ts';
import { type House, openHouse, PASSWORD } from '#test/kit/house.ts';
import { type CodeService, openCodeService, type ServiceAnswer } from './code-sender.ts';
import { beginFlow, configure, counts, eventsOf, type Flow, flowOf, setPolicies } from './interaction-stage.ts';

const ASK = 'sms-authentication-challenge';
const SHOW = 'sms-authentication';
const LOGIN = 'password-authentication';
const WRONG = { error: 'invalid_grant', error_description: 'Verification code is invalid or expired' };
const UNREACHABLE = {
  error: 'server_error',
  error_description: 'Failed to connect to external authentication service',
};
const REST = { from: '$.execution_http_request.response_body', to: '*' };

let service: CodeService;
let house: House;

beforeAll(async () => {
  service = await openCodeService();
  house = await openHouse({ egressAllow: [service.host] });
});
afterAll(async () => {
  await house.close();
  await service.close();
});
beforeEach(async () => {
  service.seen = [];
  service.answers = new Map();
  await configure(house, 'sms', sms());
});

const calls = (name: string, more: JsonObject = {}): JsonObject => ({
  function: 'http_request',
  http_request: {
    url: `${service.origin}/${name}`,
    method: 'POST',
    body_mapping_rules: [{ from: '$.request_body', to: '*' }],
    ...more,
  },
});

/** As the document has it, without the token unless it is asked for. */
function sms(request: JsonObject = {}): JsonObject {
  const store = {
    key: ASK,
    interaction_mapping_rules: [{ from: '$.response_body.transaction_id', to: 'transaction_id' }],
  };
  const response = { body_mapping_rules: [REST] };
  return {
    [ASK]: { execution: { ...calls(ASK, request), http_request_store: store }, response },
    [SHOW]: { execution: { ...calls(SHOW, request), previous_interaction: { key: ASK } }, response },
  };
}

let people = 0;
async function atSecondFactor(initial = 'o') {
  const name = `${initial}ut-${++people}`;
  const phone = `+8190${String(30_000_000 + people)}`;
  const user = await house.user(name, [], { phoneNumber: phone });
  const flow = await beginFlow(house);
  expect((await flow.call(LOGIN, { username: `${name}@example.com`, password: PASSWORD })).status).toBe(200);
  return { flow, user, phone };
}
async function withCode() {
  const who = await atSecondFactor();
  const asked = await who.flow.call(ASK, { template: 'authentication' });
  expect(asked.status).toBe(200);
  return { ...who, asked, code: String(asked.body.verification_code) };
}
const show = (flow: Flow, verification_code: string, more: JsonObject = {}) =>
  flow.call(SHOW, { verification_code, ...more });
const newest = async () => (await eventsOf(house)).at(-1);

describe('a code of a service', () => {
  test('is asked for, and judged, by what the configuration says', async () => {
    const { flow, user, phone } = await atSecondFactor();
    const typed = `${phone.slice(0, 3)}-${phone.slice(3)}`;
    const asked = await flow.call(ASK, { phone_number: typed, template: 'authentication' });
    expect(asked).toEqual({
      status: 200,
      body: { transaction_id: expect.any(String), verification_code: expect.any(String), expires_in: 300 },
    });
    const { verification_code, transaction_id } = asked.body;
    expect(await show(flow, String(verification_code))).toEqual({
      status: 200,
      // Who it is, is not for the service to say.
      body: { status: 'ok', verified: true, user: { sub: user.id, status: 'REGISTERED' } },
    });
    expect(service.seen).toEqual([
      { path: `/${ASK}`, body: { phone_number: typed, template: 'authentication' } },
      { path: `/${SHOW}`, body: { verification_code, transaction_id } },
    ]);
    expect((await flow.login()).methods.at(-1)).toMatchObject({ name: 'mfa', type: 'phone' });
    expect(JSON.stringify(await eventsOf(house))).not.toContain(String(verification_code));
  });

  test('is asked for with the number as it was registered where the request does not say it', async () => {
    const flow = await beginFlow(house);
    const phone_number = '+81-90-4444-5555';
    await flow.call('initial-registration', { email: 'typed@example.com', password: 'Test1234!', phone_number });
    expect((await flow.call(ASK)).status).toBe(200);
    expect(service.seen).toEqual([{ path: `/${ASK}`, body: { phone_number } }]);
  });

  test('is judged as the answer to the challenge of this login, whatever the caller says', async () => {
    const mine = await withCode();
    const theirs = await withCode();
    const { transaction_id } = mine.asked.body;
    // With the code, and the name, of a challenge that went to a phone of their own.
    const answer = await show(theirs.flow, mine.code, { transaction_id: transaction_id ?? null });
    expect(answer).toEqual({ status: 400, body: WRONG });
    expect(service.seen.at(-1)?.body.transaction_id).toBe(theirs.asked.body.transaction_id);
  });

  test('is shown for the number that it went to, whatever the caller says', async () => {
    const { flow, phone, code } = await withCode();
    const asked = service.seen.length;
    const others = { phone_number: '+447700900456' };
    expect(await show(flow, code, others)).toMatchObject({
      status: 400,
      body: { error_description: 'The phone number does not belong to the user' },
    });
    expect(service.seen).toHaveLength(asked);
    expect((await show(flow, code, { phone_number: phone })).status).toBe(200);
  });

  test('goes to the mailbox that was compared, and not to one that only looks like it', async () => {
    const { [ASK]: asks = null, [SHOW]: shows = null } = sms();
    await configure(house, 'email', { 'email-authentication-challenge': asks, 'email-authentication': shows });
    const { flow, user } = await atSecondFactor('k');
    // U+212A, the sign of Kelvin, is a small k to every comparison.
    const typed = String(user.email).replace('k', '\u212A');
    expect((await flow.call('email-authentication-challenge', { email: typed })).status).toBe(200);
    expect(service.seen.at(-1)?.body.email).toBe(user.email);
  });

  test('does not reach callers where there are phones', async () => {
    const { ports } = house;
    const live = await openHouse({ ports: { ...ports, inbox: false, store: house.store } });
    try {
      const flow = await beginFlow(live);
      await configure(live, 'sms', sms());
      const asked = await flow.call(ASK, { phone_number: '+819055556666' });
      expect(asked).toEqual({ status: 200, body: { transaction_id: expect.any(String), expires_in: 300 } });
    } finally {
      await live.egress.close();
    }
  });

  test('is tried no more often than its configuration says, and not after its time', async () => {
    await configure(house, 'sms', sms(), { metadata: { retry_count_limitation: 2, expire_seconds: 60 } });
    const tried = await withCode();
    for (let tries = 0; tries < 2; tries++)
      expect(await show(tried.flow, 'wrong')).toEqual({ status: 400, body: WRONG });
    const asks = service.seen.length;
    expect(await show(tried.flow, tried.code)).toEqual({ status: 400, body: WRONG });
    const late = await withCode();
    house.clock.advance(60_000);
    expect(await show(late.flow, late.code)).toEqual({ status: 400, body: WRONG });
    expect(service.seen.length).toBe(asks + 1);
  });

  test('is tried at the service no more often than allowed, however many come at once', async () => {
    const { flow } = await withCode();
    await Promise.all(Array.from({ length: 10 }, () => show(flow, 'wrong')));
    for (let more = 0; more < 6; more++) await show(flow, 'wrong');
    expect(service.seen.filter(({ path }) => path === `/${SHOW}`).length).toBeLessThanOrEqual(5);
  });

  test('is not judged more often because the server fails after each time', async () => {
    const { ports, store, tenant, client } = house;
    let fails = false;
    const commit: typeof store.commit = async (changes) => {
      if (fails && changes.some(({ kind }) => kind === 'transaction.replace')) throw new Error('out of order');
      // The claim of a server that has failed runs out; here it does so at once.
      return store.commit(
        changes.map((each) => (each.kind === 'transaction.claim' ? { ...each, leaseSeconds: 0 } : each)),
      );
    };
    const failing = await openHouse({ ports: { ...ports, store: { ...store, commit } } });
    const { flow } = await withCode();
    const again = flowOf({ ...failing, tenant, client }, flow.key, flow.id);
    fails = true;
    for (let calls = 0; calls < 8; calls++) {
      await expect(show(again, 'wrong')).rejects.toThrow('out of order');
    }
    expect(service.seen.filter(({ path }) => path === `/${SHOW}`).length).toBe(5);
    await failing.egress.close();
  });

  test('sent by several calls at once is sent once', async () => {
    const { flow } = await atSecondFactor();
    const asked = await Promise.all([flow.call(ASK), flow.call(ASK)]);
    expect(asked.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    expect(service.seen.length).toBe(1);
  });
});

describe('a failure of the service', () => {
  test.each<[string, string, ServiceAnswer, number, JsonObject]>([
    ['a refusal without words of its own', SHOW, { status: 422, body: { oops: 1 } }, 400, WRONG],
    [
      'a refusal in its own words',
      SHOW,
      { status: 409, body: { error: 'gone', left: 2 } },
      409,
      { error: 'gone', left: 2 },
    ],
    ['an error of its own', SHOW, { status: 500, body: 'oops' }, 500, UNREACHABLE],
    ['an error when it is asked', ASK, { status: 503, body: {} }, 503, UNREACHABLE],
    ['a refusal when it is asked', ASK, { status: 400, body: { error: 'bad_number' } }, 400, { error: 'bad_number' }],
    ['no answer in time', SHOW, 'never', 504, UNREACHABLE],
  ])('%s', async (_name, at, answer, status, body) => {
    await configure(house, 'sms', sms({ request_timeout_seconds: 1 }));
    const who = at === SHOW ? await withCode() : await atSecondFactor();
    service.answers.set(`/${at}`, answer);
    expect(await who.flow.call(at, { verification_code: '1' })).toEqual({ status, body });
    expect((await who.flow.login()).interactions[at]).toMatchObject({ calls: 1, failures: 1 });
    const type = at === SHOW ? 'sms_verification_failure' : 'sms_verification_challenge_failure';
    expect(await newest()).toMatchObject({ type, userId: who.user.id, detail: { status_code: status } });
  });

  test('that it is not there costs no try', async () => {
    const gone = sms();
    const { flow, code } = await withCode();
    await configure(house, 'sms', { ...gone, [SHOW]: { execution: calls(SHOW, { url: 'http://127.0.0.1:1/gone' }) } });
    expect(await show(flow, code)).toEqual({ status: 503, body: UNREACHABLE });
    expect((await flow.login()).posed.sms?.tries).toBe(0);
    await configure(house, 'sms', gone);
    expect((await show(flow, code)).status).toBe(200);
  });

  test('of its token endpoint is told as such', async () => {
    const oauth_authorization = {
      type: 'password',
      token_endpoint: `${service.origin}/token`,
      username: 'u',
      password: 'p',
    };
    await configure(house, 'sms', sms({ auth_type: 'oauth2', oauth_authorization }));
    const { flow } = await atSecondFactor();
    service.answers.set('/token', { status: 401, body: { error: 'invalid_client' } });
    expect(await flow.call(ASK)).toMatchObject({ status: 502, body: { error: 'external_service_error' } });
    service.answers.delete('/token');
    expect((await flow.call(ASK)).status).toBe(200);
    expect(service.seen.at(-1)?.authorization).toBe('Bearer of-the-service');
  });
});

describe('a password that a service knows', () => {
  const PASSWORDS = {
    [LOGIN]: { execution: {}, user_resolve: {} } as JsonObject,
  };
  beforeAll(() => {
    PASSWORDS[LOGIN] = {
      execution: calls('auth'),
      user_resolve: {
        user_mapping_rules: [{ from: '$.execution_http_request.response_body.mail', to: 'email' }],
        identity_match_field: 'email',
      },
      response: { body_mapping_rules: [REST] },
    };
  });

  test('lets in whom the service names, and nobody whom we do not know', async () => {
    await configure(house, 'password', PASSWORDS);
    const user = await house.user('known-there');
    const flow = await beginFlow(house);
    service.answers.set('/auth', { status: 200, body: { mail: 'known-there@example.com' } });
    expect(await flow.call(LOGIN, { username: 'member-1', password: 'theirs' })).toEqual({
      status: 200,
      body: { status: 'success', mail: 'known-there@example.com', user: { sub: user.id, status: 'REGISTERED' } },
    });
    service.answers.set('/auth', { status: 200, body: { mail: 'unknown-there@example.com' } });
    const stranger = await (await beginFlow(house)).call(LOGIN, { username: 'member-2', password: 'theirs' });
    expect(stranger).toMatchObject({ status: 400, body: { error: 'user_not_found' } });
    service.answers.set('/auth', { status: 401, body: {} });
    const wrong = await (await beginFlow(house)).call(LOGIN, { username: 'member-1', password: 'wrong' });
    await configure(house, 'password', {});
    expect(wrong).toMatchObject({ status: 400, body: { error: 'invalid_credentials' } });
  });
});

describe('a service of any kind', () => {
  const NAME = 'external-api-authentication';
  const check = () => ({ check: { execution: calls('check'), response: { body_mapping_rules: [REST] } } });

  test.each<[string, JsonObject, string]>([
    ['no name', {}, "The 'interaction' field is required."],
    ['a name that is not configured', { interaction: 'other' }, "The interaction 'other' is not configured."],
    ['a name of every object', { interaction: 'constructor' }, "The interaction 'constructor' is not configured."],
  ])('is not asked with %s', async (_name, body, error_description) => {
    await configure(house, NAME, check());
    const flow = await beginFlow(house);
    expect(await flow.call(NAME, body)).toEqual({ status: 400, body: { error: 'invalid_request', error_description } });
    expect((await flow.login()).interactions).toEqual({});
  });

  test('is not asked about nobody where its step needs somebody', async () => {
    await configure(house, NAME, check());
    const steps = [{ method: NAME, order: 2, requires_user: true, allow_registration: false }];
    await setPolicies(house, { success_conditions: counts(NAME), step_definitions: steps });
    const flow = await beginFlow(house);
    await setPolicies(house);
    expect(await flow.call(NAME, { interaction: 'check' })).toMatchObject({
      status: 400,
      body: { error: 'user_not_found' },
    });
    expect(service.seen).toEqual([]);
  });

  test('is told of the person, and cannot make them another', async () => {
    const rules = [{ from: '$.execution_http_request.response_body.mail', to: 'email' }];
    const { check: plain } = check();
    const request = calls('check', { body_mapping_rules: [{ from: '$.user.sub', to: 'sub' }] });
    await configure(house, NAME, {
      check: { ...plain, execution: request, user_resolve: { user_mapping_rules: rules } },
    });
    const { flow, user } = await atSecondFactor();
    service.answers.set('/check', { status: 200, body: { mail: 'known-there@example.com' } });
    expect(await flow.call(NAME, { interaction: 'check' })).toMatchObject({
      status: 400,
      body: { error: 'user_identity_mismatch' },
    });
    service.answers.set('/check', { status: 200, body: { mail: user.email ?? '' } });
    expect(await flow.call(NAME, { interaction: 'check' })).toMatchObject({
      status: 200,
      body: { user: { sub: user.id } },
    });
    expect(service.seen.at(-1)?.body).toEqual({ sub: user.id });
    expect((await newest())?.type).toBe('external_api_check_success');
  });
});

describe('hooks', () => {
  test('come before, and can stop it, and after, and can not', async () => {
    const hook = (name: string) => ({ additional_parameters: [calls(name)] });
    const base = sms();
    const ask = base[ASK] as JsonObject;
    await configure(house, 'sms', { ...base, [ASK]: { ...ask, pre_hook: hook('before'), post_hook: hook('after') } });
    const { flow } = await atSecondFactor();
    service.answers.set('/before', { status: 403, body: { error: 'not_now' } });
    expect((await flow.call(ASK)).status).toBe(403);
    expect(service.seen.map(({ path }) => path)).toEqual(['/before']);
    service.answers.set('/before', { status: 200, body: {} });
    service.answers.set('/after', { status: 500, body: {} });
    expect((await flow.call(ASK)).status).toBe(200);
    expect(service.seen.map(({ path }) => path)).toEqual(['/before', '/before', `/${ASK}`, '/after']);
    expect((await newest())?.detail.post_hook_failures).toEqual([{ status: 500 }]);
  });
});
