// Scripts around a sign-up on the login page, on real cells and both databases: what they say before it, what runs in the
// same step, and what they are told after it.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Registration } from '#runtime/transaction/transaction.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import type { House } from '#test/kit/house.ts';
import { bindTo, lastLine, lastRun, ready } from './bind-to.ts';
import { openSignUps, type SignUps, seen } from './sign-ups.ts';

const pre = (body: string) => `exports.onExecutePreUserRegistration = async (event, api) => {\n${body}\n};`;
const post = (body: string) => `exports.onExecutePostUserRegistration = async (event, api) => {\n${body}\n};`;
const login = (body: string) => `exports.onExecutePostLogin = async (event, api) => {\n${body}\n};`;

describe.each(databasesInFull())('%s', (_name, open) => {
  let stage: SignUps;
  let house: House;
  beforeAll(async () => {
    stage = await openSignUps(await open());
    house = stage.house;
  });
  afterAll(() => house.close());
  afterEach(() => stage.reset());

  const signUp = (given?: Partial<Registration>) => stage.signUp(given);
  const address = () => stage.address();
  const rowOf = (email: string) => stage.rowOf(email);

  describe('before it', () => {
    test('scripts read who wants an account, and never the password', async () => {
      await bindTo(house, 'pre-user-registration', [pre(`api.user.setAppMetadata('event', event);`)], { KEY: 'k' });
      const email = address();
      await signUp({
        email,
        profile: { givenName: 'New' },
        userMetadata: { plan: 'x' },
        extra: { 'ulp-terms': 'yes' },
      });
      const row = await rowOf(email);
      const body = { 'ulp-terms': 'yes', email, given_name: 'New', user_metadata: { plan: 'x' } };
      expect(row?.appMetadata.event).toEqual({
        client: { client_id: house.client.id, name: 'App', metadata: {} },
        configuration: {},
        connection: expect.objectContaining({ name: 'Username-Password-Authentication', strategy: 'auth0' }),
        request: {
          ip: '203.0.113.7',
          method: 'POST',
          body,
          geoip: {},
          hostname: new URL(house.tenant.baseUrl).host,
          language: 'en',
          user_agent: 'test',
        },
        secrets: { KEY: 'k' },
        tenant: { id: house.tenant.name },
        transaction: {
          acr_values: [],
          locale: 'en',
          protocol: 'oidc-basic-profile',
          redirect_uri: 'https://app.example/callback',
          requested_scopes: ['openid'],
          response_mode: 'query',
          response_type: ['code'],
          ui_locales: [],
        },
        user: { email, given_name: 'New', user_metadata: { plan: 'x' }, app_metadata: {} },
      });
    });

    test('scripts shape the row: metadata of all Actions, and the id', async () => {
      await bindTo(house, 'pre-user-registration', [
        pre(`api.user.setAppMetadata('a', 1).user.setAppMetadata('b', 1); api.user.setUserMetadata('plan', null);`),
        pre(`api.user.setAppMetadata('b', { c: 2 }); api.user.setUserMetadata('own', [1]);
             api.user.setUserId('legacy-' + event.user.email);`),
      ]);
      const email = address();
      expect(seen(await signUp({ email, userMetadata: { plan: 'x', kept: 'y' } }))).toBe('completed');
      expect(await rowOf(email)).toMatchObject({
        id: `auth0|legacy-${email}`,
        identities: [{ userId: `legacy-${email}` }],
        appMetadata: { a: 1, b: { c: 2 } },
        userMetadata: { kept: 'y', own: [1] },
      });
      const run = await lastRun(house, 'pre-user-registration');
      expect(run).toMatchObject({ status: 'final', transactionId: expect.any(String), results: [{}, {}] });
      expect(await lastLine(house, 'ss')).toMatchObject({ details: { actions: { executions: [run?.id] } } });
    });

    test('an id that somebody has makes no account', async () => {
      await bindTo(house, 'pre-user-registration', [pre(`api.user.setUserId('taken-id');`)]);
      expect(seen(await signUp())).toBe('completed');
      expect(seen(await signUp())).toBe('user-exists');
    });

    test('a denial tells the person one thing and the tenant another, and ends the trigger', async () => {
      await bindTo(house, 'pre-user-registration', [
        pre(`api.user.setAppMetadata('a', 1); api.access.deny('on the list', 'Not you, sorry.');`),
        pre(`throw new Error('never');`),
      ]);
      const email = address();
      const shown = await signUp({ email });
      expect(shown.notice).toEqual({ key: 'sign-up-refused', text: 'Not you, sorry.' });
      expect(shown.login.state.name).toBe('identifying');
      expect(await rowOf(email)).toBeUndefined();
      const run = await lastRun(house, 'pre-user-registration');
      expect(run).toMatchObject({ status: 'partial', results: [{}] });
      expect(await lastLine(house, 'fs')).toMatchObject({
        description: 'on the list',
        userName: email,
        details: { action_name: 'pre-user-registration-1', actions: { executions: [run?.id] } },
      });
    });

    test('a validation error is shown; after it the person may try again', async () => {
      await bindTo(house, 'pre-user-registration', [
        pre(`if (!event.user.email.startsWith('good')) api.validation.error('no-good', 'Only good ones.');`),
      ]);
      const { key } = await house.begin();
      const registration = stage.form({ email: 'bad@example.com' });
      const shown = await house.step(key, { kind: 'registered', registration });
      expect(shown.notice).toEqual({ key: 'sign-up-refused', text: 'Only good ones.' });
      expect(await lastLine(house, 'fs')).toMatchObject({ details: { code: 'no-good' } });
      const good = stage.form({ email: `good-${stage.address()}` });
      expect(seen(await house.step(shown.key, { kind: 'registered', registration: good }))).toBe('completed');
    });

    const FAULTS: [what: string, body: string, text: string | RegExp][] = [
      ['throws', `throw new Error('no stock');`, 'no stock'],
      ['throws a string', `throw 'plain';`, 'Script threw a value that is not an error'],
      ['denies without a reason', `api.access.deny();`, /reason given to api.access.deny must be a string/],
      ['chooses an id that is none', `api.user.setUserId('a b');`, /The user id must be/],
      ['says too much', `api.validation.error('x', 'y'.repeat(101));`, /must NOT have more than 100 characters/],
      ['writes too much', `api.user.setAppMetadata('x', 'y'.repeat(33 * 1024));`, /32 KB/],
      ['loops', `for (;;);`, /\S/],
      ['exports nothing', `}; exports.onExecutePreUserRegistration = {`, /Invalid function signature/],
    ];
    test.each(FAULTS)(
      'one that %s refuses the sign-up; the person is told nothing of it',
      async (_what, body, text) => {
        await bindTo(house, 'pre-user-registration', [pre(`api.user.setAppMetadata('a', 1);\n${body}`)]);
        const email = address();
        const shown = await signUp({ email });
        expect(shown.notice).toEqual({ key: 'authenticator-error' });
        expect(await rowOf(email)).toBeUndefined();
        expect(await lastLine(house, 'fs')).toMatchObject({
          description: expect.stringMatching(text),
          userName: email,
        });
        expect(await lastLine(house, 'actions_execution_failed')).toMatchObject({
          details: { trigger_id: 'pre-user-registration', action_name: 'pre-user-registration-1', action_version: 3 },
        });
      },
    );

    test('metadata of all Actions together has a bound', async () => {
      const half = pre(`api.user.setUserMetadata(String(Math.random()), 'x'.repeat(20 * 1024));`);
      await bindTo(house, 'pre-user-registration', [half, half]);
      expect(seen(await signUp())).toBe('authenticator-error');
      expect(await lastLine(house, 'fs')).toMatchObject({ description: expect.stringContaining('32 KB') });
    });

    test('company-sign-ups', async () => {
      await bindTo(house, 'pre-user-registration', [ready('company-sign-ups')], { DOMAINS: 'corp.example, corp.test' });
      expect((await signUp()).notice).toEqual({
        key: 'sign-up-refused',
        text: 'Please sign up with your company address.',
      });
      expect(await lastLine(house, 'fs')).toMatchObject({ description: 'sign-up from example.com' });
      expect(seen(await signUp({ email: 'me@corp.test' }))).toBe('completed');
      expect(await rowOf('me@corp.test')).toMatchObject({ appMetadata: { signed_up_at: 'App' } });
    });
  });

  describe('in the same step', () => {
    test('post-login scripts run for the new person, whose account they find', async () => {
      await bindTo(house, 'post-login', [
        login(`const { roles } = await api.roles.getUserEffectiveRoles();
          api.user.setAppMetadata('first', [event.stats.logins_count, event.user.email, roles.length]);`),
      ]);
      const email = address();
      expect(seen(await signUp({ email }))).toBe('completed');
      expect(await rowOf(email)).toMatchObject({ appMetadata: { first: [1, email, 0] }, loginsCount: 1 });
    });

    test('what post-login denies does not undo the account', async () => {
      await bindTo(house, 'post-login', [login(`api.access.deny('Wait for approval.');`)]);
      const email = address();
      const { login: denied } = await signUp({ email });
      expect(denied.state).toMatchObject({ name: 'denied', reason: 'Wait for approval.' });
      expect(await rowOf(email)).toMatchObject({ email });
      expect(await lastLine(house, 'ss')).toMatchObject({ userName: email });
    });
  });

  describe('after it', () => {
    test('scripts are told of the account, once, and nobody waits for them', async () => {
      await bindTo(house, 'post-user-registration', [
        post(`await new Promise((resolve) => setTimeout(resolve, 300)); console.log(JSON.stringify(event));`),
      ]);
      await bindTo(house, 'post-login', [login('')]);
      const email = address();
      expect(seen(await signUp({ email }))).toBe('completed');
      const before = await lastRun(house, 'post-user-registration');
      await house.runtime.settled(10_000);
      const run = await lastRun(house, 'post-user-registration');
      const row = await rowOf(email);
      expect(before?.userId).not.toBe(row?.id);
      expect(run).toMatchObject({ userId: row?.id, status: 'final', transactionId: expect.any(String) });
      const event = JSON.parse(run?.results[0]?.console[0]?.text ?? '{}');
      expect(event).toMatchObject({
        connection: { name: 'Username-Password-Authentication' },
        request: { ip: '203.0.113.7', method: 'POST', hostname: new URL(house.tenant.baseUrl).host },
        transaction: { protocol: 'oidc-basic-profile' },
        user: { user_id: row?.id, email, email_verified: false, identities: [{ isSocial: false }] },
      });
      expect(event.request).not.toHaveProperty('body');
      expect(event.user).not.toHaveProperty('enrolledFactors');
      const { records } = await house.store.executions.list(house.tenant.id, { userId: row?.id ?? '', limit: 10 });
      expect(records.filter(({ triggerId }) => triggerId === 'post-user-registration')).toHaveLength(1);
    });

    test('a failure is logged and changes nothing; the next Action does not run', async () => {
      await bindTo(house, 'post-user-registration', [post(`throw new Error('crm is down');`), post('')]);
      const email = address();
      expect(seen(await signUp({ email }))).toBe('completed');
      await house.runtime.settled(10_000);
      const row = await rowOf(email);
      expect(await lastRun(house, 'post-user-registration')).toMatchObject({ status: 'partial', results: [{}] });
      expect(await lastLine(house, 'actions_execution_failed')).toMatchObject({
        userId: row?.id,
        details: {
          trigger_id: 'post-user-registration',
          action_version: 3,
          error: { message: 'crm is down', at: expect.stringMatching(/:2:/) },
        },
      });
    });

    test('a refused sign-up tells nobody', async () => {
      await bindTo(house, 'post-user-registration', [post('')]);
      const before = await lastRun(house, 'post-user-registration');
      await signUp({ password: 'short' });
      await house.runtime.settled(10_000);
      expect((await lastRun(house, 'post-user-registration'))?.id).toBe(before?.id);
    });
  });
});
