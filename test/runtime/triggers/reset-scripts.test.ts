// Scripts on the way to a new password, on real cells and both databases: what they read, how they pause and end the
// reset, and who is told once the password is set.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Opening } from '#runtime/runtime.ts';
import type { ConnectionRecord, UserRecord } from '#storage/records.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { type House, openHouse } from '#test/kit/house.ts';
import { totp } from '../visit.ts';
import { bindTo, lastLine, lastRun } from './bind-to.ts';

const script = (body: string, back = '') =>
  `exports.onExecutePostChallenge = async (event, api) => {\n${body}\n};
   exports.onContinuePostChallenge = async (event, api) => {\n${back}\n};`;
const TRIGGER = 'password-reset-post-challenge';

describe.each(databasesInFull())('%s', (_name, open) => {
  let house: House;
  let connection: ConnectionRecord;
  beforeAll(async () => {
    house = await openHouse({ databaseUrl: await open() });
    const [found] = (await house.store.connections.list(house.tenant.id)).records;
    if (!found) throw new Error('no connection');
    connection = found;
  });
  afterAll(() => house.close());
  afterEach(async () => {
    for (const trigger of [TRIGGER, 'post-login', 'post-change-password'] as const) await bindTo(house, trigger, []);
    await house.editTenant((tenant) => ({ ...tenant, customizeMfa: true }));
  });

  let people = 0;
  const somebody = (has: ('otp' | 'phone' | 'email')[] = ['otp', 'email']) => house.user(`reset-${++people}`, has);

  /** Somebody opens the link that was mailed to them. */
  function begin(user: UserRecord, query: Record<string, string> = {}) {
    const { name, id: connectionId, strategy } = connection;
    const request: Opening['request'] = {
      clientId: house.client.id,
      reply: { by: 'page' },
      protocol: 'oidc-basic-profile',
      scope: [],
      prompt: [],
      uiLocales: ['en'],
      acrValues: [],
      locale: 'en',
      query,
      body: {},
    };
    const subject = { kind: 'user', userId: user.id, connectionId, connection: name, strategy } as const;
    const methods = [{ name: 'email', at: house.clock.at, in: 'transaction' } as const];
    return house.begin({ purpose: 'password-reset', request, person: { subject, methods } });
  }

  test('they read what a login reads, without what there is only when somebody signs in', async () => {
    await bindTo(house, TRIGGER, [script('console.log(JSON.stringify(event));')], { KEY: 'k' });
    await bindTo(house, 'post-login', [`exports.onExecutePostLogin = async () => { throw new Error('never'); };`]);
    const user = await somebody();
    const shown = await begin(user, { correlation_id: 'corr-1', tier: 'gold' });
    expect(shown.login.state).toEqual({ name: 'resetting' });
    const run = await lastRun(house, TRIGGER);
    expect(run).toMatchObject({ transactionId: shown.login.id, userId: user.id, status: 'suspended' });
    expect(JSON.parse(run?.results[0]?.console[0]?.text ?? '{}')).toEqual({
      authentication: { methods: [{ name: 'email', timestamp: new Date(house.clock.at).toISOString() }] },
      authorization: { roles: [] },
      client: { client_id: house.client.id, name: 'App', metadata: {} },
      configuration: {},
      connection: { id: connection.id, name: connection.name, strategy: 'auth0', metadata: {} },
      request: expect.objectContaining({
        ip: '203.0.113.7',
        query: { correlation_id: 'corr-1', tier: 'gold' },
        body: {},
      }),
      secrets: { KEY: 'k' },
      stats: { logins_count: 0 },
      tenant: { id: house.tenant.name },
      transaction: { correlation_id: 'corr-1', locale: 'en', ui_locales: ['en'] },
      user: expect.objectContaining({
        user_id: user.id,
        email: user.email,
        identities: [],
        enrolledFactors: [{ type: 'otp' }, { type: 'email' }],
      }),
    });
    expect(run?.results[0]?.console[0]?.text).not.toContain('multifactor');
  });

  test('a challenge pauses the reset, whatever the switch for logins says; the next Action sees what was proven', async () => {
    await house.editTenant((tenant) => ({ ...tenant, customizeMfa: false }));
    await bindTo(house, TRIGGER, [
      script(`api.authentication.challengeWith({ type: 'otp' }, { additionalFactors: [{ type: 'email' }] });`),
      script(`console.log(event.authentication.methods.map(({ name, type }) => name + ':' + type).join());`),
    ]);
    const shown = await begin(await somebody());
    expect(shown.login.state).toMatchObject({ name: 'challenging', offers: [{ factor: 'otp' }, { factor: 'email' }] });
    const next = await house.step(shown.key, { kind: 'responded', code: totp(house) });
    expect(next.login.state).toEqual({ name: 'resetting' });
    expect((await lastRun(house, TRIGGER))?.results[0]?.console[0]?.text).toBe('email:undefined,mfa:otp');
  });

  test('a redirect leaves and comes back to the same Action', async () => {
    await bindTo(house, TRIGGER, [
      script(
        `api.redirect.sendUserTo('https://proof.example/', { query: { a: 1 } });`,
        `api.access.deny('back with ' + event.request.query.answer);`,
      ),
    ]);
    const shown = await begin(await somebody());
    expect(shown.login.state).toMatchObject({ name: 'redirected', ask: { url: 'https://proof.example/?a=1' } });
    const visit = { kind: 'redirect', query: { answer: 'no' }, body: {} } as const;
    const next = await house.step(shown.key, { kind: 'continued', visit });
    expect(next.login.state).toEqual({ name: 'denied', code: 'access_denied', reason: 'back with no' });
  });

  test.each<[what: string, body: string, reason: string]>([
    ['denies', `api.access.deny('Call us instead.');`, 'Call us instead.'],
    ['throws', `throw new Error('the list is gone');`, 'the list is gone'],
    [
      'asks for what nobody can show',
      `api.authentication.challengeWith({ type: 'phone' });`,
      'An MFA challenge is used',
    ],
    [
      'asks for an enrollment',
      `api.authentication.enrollWith({ type: 'phone' });`,
      'api.authentication.enrollWith is not a function',
    ],
    [
      'leaves twice',
      `api.redirect.sendUserTo('https://a.test'); api.prompt.render('f');`,
      'Redirect and render commands',
    ],
  ])('one that %s ends the reset', async (what, body, reason) => {
    await bindTo(house, TRIGGER, [script(body), script(`throw new Error('never');`)]);
    const { login } = await begin(await somebody());
    expect(login.state).toMatchObject({
      name: 'denied',
      code: 'access_denied',
      reason: expect.stringContaining(reason),
    });
    expect(await lastRun(house, TRIGGER)).toMatchObject({ status: 'partial', results: [{}] });
    if (what === 'throws')
      expect(await lastLine(house, 'actions_execution_failed')).toMatchObject({ details: { trigger_id: TRIGGER } });
  });

  test('where the person goes afterwards is kept, and who was told of the new password', async () => {
    await bindTo(house, TRIGGER, [
      script(`api.transaction.setResultUrl('https://a.example/first');
              api.transaction.setResultUrl('https://a.example/done?x=1', { query: { token: 'secret-of-the-page' } });`),
    ]);
    await bindTo(house, 'post-change-password', [
      `exports.onExecutePostChangePassword = async (event) => console.log(JSON.stringify(event));`,
    ]);
    const user = await somebody();
    const shown = await begin(user, { correlation_id: 'corr-2' });
    expect(shown.login.outcome.resultUrl).toBe('https://a.example/done?x=1&token=secret-of-the-page');
    expect(JSON.stringify(await lastRun(house, TRIGGER))).not.toContain('secret-of-the-page');

    house.clock.advance(60_000);
    const end = await house.step(shown.key, { kind: 'renewed', password: 'quite another one 1' });
    expect(end.login.state.name).toBe('completed');
    await house.runtime.settled(10_000);
    const run = await lastRun(house, 'post-change-password');
    expect(run).toMatchObject({ userId: user.id, transactionId: shown.login.id });
    expect(JSON.parse(run?.results[0]?.console[0]?.text ?? '{}')).toMatchObject({
      transaction: { correlation_id: 'corr-2' },
      user: { user_id: user.id, last_password_reset: new Date(house.clock.at).toISOString() },
    });
  });
});
