// Whole logins of the JSON flow over HTTP: somebody new, somebody known, with codes that we send ourselves; what the end
// gives, who gets it, and what is told on the way.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { PASSWORD } from '#test/kit/house.ts';
import { CALLBACK } from '../oauth/front-door.ts';
import { type Answered, type FlowDesk, OWN_CODES, openFlowDesk, ownPage } from './flow-desk.ts';

const NAVIGATION = { accept: 'text/html,*/*', 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' };
const CREDENTIALS = `Basic ${Buffer.from('web:web+secret+%2B+more').toString('base64')}`;
const PASSWORD_AND_SMS = ['password-authentication', 'sms-authentication'];
const NEW_AND_SMS = ['initial-registration', 'sms-authentication'];

describe('a login of the JSON flow', () => {
  let desk: FlowDesk;
  let people = 0;
  beforeAll(async () => {
    desk = await openFlowDesk();
    await desk.configure('sms', OWN_CODES('sms'));
    await desk.demand(PASSWORD_AND_SMS, NEW_AND_SMS);
  });
  beforeEach(() => desk.door.house.clock.advance(60 * 60_000));
  afterAll(() => desk.close());

  /** Somebody with a phone of their own. */
  const person = async () => {
    people += 1;
    const phoneNumber = `+4477009${String(people).padStart(5, '0')}`;
    const user = await desk.door.house.user(`person-${people}`, [], { phoneNumber, phoneVerified: true });
    return { user, email: `person-${people}@example.com`, phoneNumber };
  };
  type Person = Awaited<ReturnType<typeof person>>;

  /** Shows the password and the phone. */
  const show = async (id: string, { email, phoneNumber }: Person, headers: Record<string, string> = {}) => {
    const entered = await desk.call(id, 'password-authentication', { username: email, password: PASSWORD }, headers);
    expect(entered).toMatchObject({ status: 200, body: { status: 'success' } });
    const asked = await desk.call(id, 'sms-authentication-challenge', { phone_number: phoneNumber }, headers);
    expect(asked.status).toBe(200);
    const code = await desk.door.house.codeFor(phoneNumber);
    const shown = await desk.call(id, 'sms-authentication', { verification_code: code }, headers);
    expect(shown).toMatchObject({ status: 200, body: { status: 'success' } });
  };
  const codeOf = ({ body }: Answered) => new URL(String(body.redirect_uri)).searchParams.get('code') ?? '';
  const exchange = (code: string) =>
    desk.door.token({ grant_type: 'authorization_code', code, redirect_uri: CALLBACK }, { authorization: CREDENTIALS });
  const events = async () => {
    const { store, tenant } = desk.door.house;
    const { records } = await store.securityEvents.list(tenant.id, { page: { offset: 0, limit: 50 } });
    return records.map(({ type }) => type).toReversed();
  };

  test('somebody new: the account is there when the login is through, and not before', async () => {
    const { store, tenant } = desk.door.house;
    const { id } = await desk.begin();
    const phone_number = '+81-90-1234-5678';
    const applied = await desk.call(id, 'initial-registration', {
      email: 'new@example.com',
      password: 'Test1234!',
      name: 'New Test User',
      phone_number,
    });
    expect(applied).toMatchObject({ status: 200, body: { status: 'success', user: { status: 'INITIALIZED' } } });
    const early = await desk.call(id, 'authorize');
    expect(early).toMatchObject({
      status: 400,
      body: {
        error: 'invalid_request',
        error_description: 'authentication is required',
        details: {
          unmet: expect.arrayContaining([expect.objectContaining({ path: '$.sms-authentication.success_count' })]),
        },
        next: ['sms-authentication-challenge'],
      },
    });
    const asked = await desk.call(id, 'sms-authentication-challenge', { phone_number, template: 'registration' });
    expect(asked.status).toBe(200);
    expect(asked.body).not.toHaveProperty('verification_code');
    const verification_code = await desk.door.house.codeFor('+819012345678');
    expect(await desk.call(id, 'sms-authentication', { verification_code })).toMatchObject({
      status: 200,
      body: { status: 'success' },
    });
    const find = () => store.users.findByIdentifier(tenant.id, 'Username-Password-Authentication', 'new@example.com');
    expect(await find()).toBeUndefined();

    const end = await desk.call(id, 'authorize');
    expect(end.status).toBe(200);
    expect(Object.keys(end.body)).toEqual(['redirect_uri']);
    expect(end.headers.get('cache-control')).toBe('no-store, private');
    expect(end.headers.getSetCookie()).toEqual([]);
    const address = new URL(String(end.body.redirect_uri));
    expect(address.origin + address.pathname).toBe(CALLBACK);
    expect([...address.searchParams.keys()]).toEqual(['code', 'state', 'iss']);
    expect(await find()).toMatchObject({ phoneVerified: true, phoneNumber: '+819012345678' });

    const tokens = await exchange(codeOf(end));
    expect(tokens).toMatchObject({
      status: 200,
      body: { access_token: expect.any(String), id_token: expect.any(String) },
    });
    expect(await exchange(codeOf(end))).toMatchObject({ status: 403, body: { error: 'invalid_grant' } });
    expect(await events()).toEqual(expect.arrayContaining(['user_signup', 'oauth_authorize', 'authorize_failure']));
  });

  test('somebody known, in a browser, who is signed in afterwards', async () => {
    const somebody = await person();
    const { id, cookie } = await desk.begin({}, NAVIGATION);
    const headers = { cookie, ...ownPage(desk.door.house.tenant) };
    await show(id, somebody, headers);
    const end = await desk.call(id, 'authorize', {}, headers);
    expect(end.status).toBe(200);
    expect(end.headers.getSetCookie()).toEqual([expect.stringMatching(/^sallyport_session=/)]);
    expect((await exchange(codeOf(end))).status).toBe(200);
    const silent = await desk.begin({ prompt: 'none' }, { cookie: end.headers.getSetCookie()[0]?.split(';')[0] ?? '' });
    expect(new URL(silent.response.headers.get('location') ?? '').searchParams.get('code')).toBeTruthy();
  });

  test('whoever goes on in another browser, where a policy lets them, is signed in nowhere', async () => {
    const { store, tenant } = desk.door.house;
    const record = await store.authenticationPolicies.findByKey(tenant.id, 'oauth');
    const edit = (more: object) =>
      store.authenticationPolicies.update(tenant.id, record?.id ?? '', (current) => ({
        ...current,
        policies: current.policies.map((policy) => ({ ...policy, ...more })),
      }));
    await edit({ auth_session_binding_required: false });
    const { id } = await desk.begin({}, NAVIGATION);
    await edit({ auth_session_binding_required: true });
    const elsewhere = { cookie: `sallyport_browser=${'B'.repeat(43)}` };
    await show(id, await person(), elsewhere);
    const end = await desk.call(id, 'authorize', {}, elsewhere);
    await desk.demand(PASSWORD_AND_SMS, NEW_AND_SMS);
    expect(end.status).toBe(200);
    expect(end.headers.getSetCookie()).toEqual([]);
  });

  test('two that ask to be let through at once get one code', async () => {
    const { id } = await desk.begin();
    await show(id, await person());
    const ends = await Promise.all([1, 2, 3].map(() => desk.call(id, 'authorize')));
    const given = ends.filter(({ status }) => status === 200);
    expect(given).toHaveLength(1);
    for (const { status } of ends.filter((end) => !given.includes(end))) expect([404, 409]).toContain(status);
    expect((await exchange(codeOf(given[0]!))).status).toBe(200);
  });

  test('a login whose end was fetched is over', async () => {
    const { id } = await desk.begin();
    await show(id, await person());
    await desk.call(id, 'authorize');
    const ways = [
      desk.call(id, 'authorize'),
      desk.call(id, 'deny'),
      desk.call(id, 'password-authentication', { username: 'a', password: 'b' }),
      desk.look(id, 'authentication-status'),
      desk.look(id, 'view-data'),
    ];
    for (const { status } of await Promise.all(ways)) expect(status).toBe(404);
  });

  test('the person says no', async () => {
    const { id } = await desk.begin();
    const said = await desk.call(id, 'deny');
    expect(said.status).toBe(200);
    const { searchParams } = new URL(String(said.body.redirect_uri));
    expect(Object.fromEntries(searchParams)).toMatchObject({ error: 'access_denied', state: 'the state' });
    // Told again to whoever lost the answer; nothing leads on.
    expect((await desk.call(id, 'deny')).body).toEqual(said.body);
    expect((await desk.call(id, 'authorize')).body).toEqual(said.body);
    expect(await desk.call(id, 'password-authentication', { username: 'a', password: 'b' })).toMatchObject({
      status: 403,
      body: { error: 'access_denied' },
    });
    expect((await desk.look(id, 'authentication-status')).body).toMatchObject({ status: 'failure' });
    expect(await events()).toContain('oauth_deny');
  });

  test('a scope that the person does not want to give is not in the token', async () => {
    const { id } = await desk.begin({ scope: 'openid profile email' });
    await show(id, await person());
    expect((await desk.call(id, 'authorize', { denied_claims: ['name'] })).status).toBe(400);
    expect((await desk.call(id, 'authorize', { denied_scopes: 'profile' })).status).toBe(400);
    const end = await desk.call(id, 'authorize', { denied_scopes: ['profile', 'unasked'] });
    expect(await exchange(codeOf(end))).toMatchObject({ status: 200, body: { scope: 'openid email' } });
  });

  test('the status explains what was shown and what is missing', async () => {
    const { email, phoneNumber } = await person();
    const { id } = await desk.begin();
    expect((await desk.look(id, 'authentication-status')).body).toMatchObject({
      status: 'in_progress',
      interaction_results: {},
      authentication_methods: [],
      explanation: { next: expect.arrayContaining(['password-authentication', 'initial-registration']) },
    });
    await desk.call(id, 'password-authentication', { username: email, password: 'wrong' });
    await desk.call(id, 'password-authentication', { username: email, password: PASSWORD });
    expect((await desk.look(id, 'authentication-status')).body).toMatchObject({
      status: 'in_progress',
      interaction_results: {
        'password-authentication': {
          operation_type: 'AUTHENTICATION',
          method: 'password',
          call_count: 2,
          success_count: 1,
          failure_count: 1,
        },
      },
      authentication_methods: ['password'],
      explanation: { next: ['sms-authentication-challenge'] },
    });
    await desk.call(id, 'sms-authentication-challenge', {});
    const verification_code = await desk.door.house.codeFor(phoneNumber);
    await desk.call(id, 'sms-authentication', { verification_code });
    expect((await desk.look(id, 'authentication-status')).body).toMatchObject({
      status: 'success',
      authentication_methods: ['password', 'sms'],
      explanation: { unmet: [], next: [] },
    });
  });

  test('pages can be drawn from what the flow tells of a login', async () => {
    const { id } = await desk.begin({ login_hint: 'ana@example.com', ui_locales: 'ja en', brand: 'blue' });
    expect(await desk.look(id, 'view-data')).toMatchObject({
      status: 200,
      body: {
        client_id: 'web',
        client_name: 'Web',
        scopes: ['openid', 'profile'],
        custom_params: { brand: 'blue' },
        authentication_policy: { success_conditions: { any_of: [expect.any(Array), expect.any(Array)] } },
        login_hint: 'ana@example.com',
        ui_locales: ['ja', 'en'],
        session_enabled: false,
      },
    });
  });
});
