// The one Action of a token exchange profile, on real cells and both databases: what it reads, what it may say, and that
// the tokens it is shown are nowhere afterwards.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TokenExchange } from '#runtime/pipeline/custom-token-exchange-event.ts';
import type { TokenExchanged } from '#runtime/runtime.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { CALLER, type House, openHouse } from '#test/kit/house.ts';
import { deployTo, lastLine, lastRun, linesOf } from './bind-to.ts';

const TOKEN = 'a.subject/token from+elsewhere';
const ACTOR = 'the-token-of-an-actor';
const script = (body: string) => `exports.onExecuteCustomTokenExchange = async (event, api) => {\n${body}\n};`;

describe.each(databasesInFull())('%s', (_name, open) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse({ databaseUrl: await open() });
  });
  afterAll(() => house.close());

  let made = 0;
  async function exchange(body: string, more: Partial<TokenExchange> = {}, api?: 'no API'): Promise<TokenExchanged> {
    const name = `exchange-${++made}`;
    const actionId = await deployTo(house, 'custom-token-exchange', {
      name,
      code: script(body),
      secrets: { KEY: 'a-very-secret-value' },
    });
    const asked: TokenExchange = {
      client: house.client,
      profile: { id: 'tep_1', actionId },
      ...(api ? {} : { audience: 'urn:api' }),
      subjectToken: TOKEN,
      subjectTokenType: 'urn:legacy:token',
      requestedScopes: ['read:things'],
      body: { subject_token: TOKEN, audience: 'urn:api', client_secret: 'hidden', tier: 'gold' },
      ...more,
    };
    return house.runtime.exchangeToken(house.tenant, asked, CALLER);
  }

  test('it reads what is exchanged for what', async () => {
    const user = await house.user('actor', ['otp']);
    const authenticators = await house.store.authenticators.ofUser(house.tenant.id, user.id);
    const said = await exchange(
      `const { secrets, ...seen } = event;
       api.user.setAppMetadata('event', seen);
       api.authentication.setUserById('auth0|1');`,
      {
        actor: { token: ACTOR, tokenType: 'urn:id', person: { tenant: house.tenant, user, authenticators } },
        requestedTokenType: 'urn:ietf:params:oauth:token-type:access_token',
      },
    );
    expect(said).toMatchObject({ ok: true, user: { by: 'id', userId: 'auth0|1' } });
    expect(said.ok && said.appMetadata.event).toEqual({
      client: { client_id: house.client.id, name: 'App', metadata: {} },
      configuration: {},
      request: {
        ip: '203.0.113.7',
        method: 'POST',
        // The token itself stands where it is asked for, in `transaction`, and nowhere else.
        body: { audience: 'urn:api', tier: 'gold' },
        geoip: {},
        hostname: new URL(house.tenant.baseUrl).host,
        language: 'en',
        user_agent: 'test',
      },
      resource_server: { identifier: 'urn:api' },
      tenant: { id: house.tenant.name },
      transaction: {
        subject_token: TOKEN,
        subject_token_type: 'urn:legacy:token',
        actor_token: ACTOR,
        actor_token_type: 'urn:id',
        actor_token_user: expect.objectContaining({
          user_id: user.id,
          email: 'actor@example.com',
          enrolledFactors: [{ type: 'otp' }],
          multifactor: ['guardian'],
        }),
        requested_scopes: ['read:things'],
        requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      },
    });
  });

  test('without an API, a type or an organization', async () => {
    const said = await exchange(
      `api.authentication.setUserById(JSON.stringify([event.resource_server.identifier,
         event.transaction.requested_token_type, event.transaction.requested_scopes.length, event.organization ?? 0]));`,
      { requestedScopes: [] },
      'no API',
    );
    const userinfo = `${house.tenant.baseUrl}/userinfo`;
    expect(said).toMatchObject({ ok: true, user: { userId: JSON.stringify([userinfo, null, 0, 0]) } });
  });

  const ATTRIBUTES = `{ user_id: '7', email: 'new@example.com', plan: { name: 'gold' } }`;
  const BEHAVIORS = `{ creationBehavior: 'create_if_not_exists', updateBehavior: 'replace' }`;
  const nothing = { appMetadata: {}, userMetadata: {} };
  test.each<[what: string, body: string, said: object]>([
    [
      'somebody by id',
      `api.authentication.setUserById('auth0|1');`,
      { user: { by: 'id', userId: 'auth0|1' }, ...nothing },
    ],
    [
      'somebody of a connection',
      `api.authentication.setUserByConnection('db', ${ATTRIBUTES}, ${BEHAVIORS});`,
      {
        user: {
          by: 'connection',
          connection: 'db',
          attributes: { user_id: '7', email: 'new@example.com', plan: { name: 'gold' } },
          creationBehavior: 'create_if_not_exists',
          updateBehavior: 'replace',
        },
        ...nothing,
      },
    ],
    [
      'with an actor, an organization and metadata',
      `api.authentication.setUserById('auth0|1');
       api.authentication.setActor({ sub: 'agent', act: { sub: 'boss' } });
       api.authentication.setOrganization('org_1'); api.authentication.setOrganization('acme');
       api.user.setAppMetadata('a', 1); api.user.setAppMetadata('a', null); api.user.setUserMetadata('b', [2]);`,
      {
        user: { by: 'id', userId: 'auth0|1' },
        actor: { sub: 'agent', act: { sub: 'boss' } },
        organization: 'acme',
        appMetadata: { a: null },
        userMetadata: { b: [2] },
      },
    ],
  ])('it names %s', async (_what, body, said) => {
    const exchanged = await exchange(body);
    const run = await lastRun(house, 'custom-token-exchange');
    expect(exchanged).toEqual({ ok: true, ...said, details: { actions: { executions: [run?.id] } } });
    expect(run).toMatchObject({ status: 'final', clientId: house.client.id, results: [{ bindingId: 'tep_1' }] });
    expect(run).not.toHaveProperty('transactionId');
  });

  const ONE =
    'Exactly one of api.authentication.setUserById and api.authentication.setUserByConnection must be called, once.';
  test.each<[what: string, body: string, refusal: object]>([
    [
      'a denial',
      `api.authentication.setUserById('auth0|1'); api.access.deny('too_late', 'Come\\nback.');`,
      { kind: 'denied', code: 'too_late', reason: 'Come back.' },
    ],
    [
      'the first of several',
      `api.access.rejectInvalidSubjectToken('bad'); api.access.deny('other', 'x');`,
      { kind: 'invalid-subject', code: 'invalid_request', reason: 'bad' },
    ],
    [
      'a throw',
      `throw new Error('the keys are gone');`,
      { kind: 'failed', code: 'access_denied', reason: 'the keys are gone' },
    ],
    ['nobody', ``, { kind: 'failed', code: 'access_denied', reason: ONE }],
    [
      'a second person who was caught',
      `api.authentication.setUserById('auth0|1'); try { api.authentication.setUserById('auth0|2'); } catch {} throw 'x';`,
      { kind: 'failed', reason: 'Script threw a value that is not an error' },
    ],
    [
      'too much metadata',
      `api.authentication.setUserById('a'); for (const k of ['a', 'b']) api.user.setAppMetadata(k, 'x'.repeat(20_000));`,
      { kind: 'failed', reason: 'The script set more than 32 KB of app_metadata.' },
    ],
    ['another handler', `}; exports.onExecuteCustomTokenExchange = {`, { kind: 'failed', code: 'access_denied' }],
  ])('%s refuses the exchange', async (_what, body, refusal) => {
    const said = await exchange(body);
    const run = await lastRun(house, 'custom-token-exchange');
    expect(said).toMatchObject({ ok: false, ...refusal, details: { actions: { executions: [run?.id] } } });
    expect(run).toMatchObject({ status: 'partial' });
    if (!said.ok && said.kind === 'failed')
      expect(await lastLine(house, 'actions_execution_failed')).toMatchObject({
        clientId: house.client.id,
        audience: 'urn:api',
        details: { trigger_id: 'custom-token-exchange', action_name: `exchange-${made}`, binding_id: 'tep_1' },
      });
  });

  test('the tokens are in no execution, no log and no reason', async () => {
    const actor = { token: ACTOR, tokenType: 'urn:x' };
    const listening = house.runtime.liveConsole.listen(house.tenant.id);
    const bodies = [
      `throw new Error('cannot read ' + event.transaction.subject_token);`,
      `api.access.deny('no', 'not ' + event.transaction.actor_token);`,
      `api.access.rejectInvalidSubjectToken(encodeURIComponent(event.transaction.subject_token));`,
      `console.log(event); console.error(JSON.stringify(event.request.body), event.secrets.KEY);
       api.cache.set('k', event.transaction.subject_token);
       api.user.setAppMetadata('kept', event.transaction.subject_token);
       api.authentication.setUserByConnection('db', { user_id: event.transaction.actor_token }, ${BEHAVIORS});`,
    ];
    const told = [];
    for (const body of bodies) told.push(await exchange(body, { actor }));
    const heard = [];
    for (let i = 0; i < bodies.length; i++) heard.push(await listening?.next(0));
    listening?.stop();
    expect(heard).toMatchObject(bodies.map(() => ({ heard: 'run' })));
    const { records } = await house.store.executions.list(house.tenant.id, { limit: 100 });
    const logs = await linesOf(house, 'actions_execution_failed', 'w', 'f');
    const left = JSON.stringify([records, logs, heard, told.map((each) => (each.ok ? each.details : each))]);
    expect(left).toContain('cannot read ***');
    for (const value of [TOKEN, encodeURIComponent(TOKEN), ACTOR, 'a-very-secret-value'])
      expect(left).not.toContain(value);
    // What it decided is not touched: it is for the row, not for a log.
    expect(told[3]).toMatchObject({ ok: true, appMetadata: { kept: TOKEN }, user: { attributes: { user_id: ACTOR } } });
  });

  test.each<[what: string, profile: () => Promise<string>]>([
    ['no Action any more', async () => 'gone'],
    [
      'an Action that was never deployed',
      async () => {
        const id = await deployTo(house, 'custom-token-exchange', { name: 'draft', code: script('') });
        await house.store.actions.update(house.tenant.id, id, ({ deployedVersionId: _none, ...action }) => action);
        return id;
      },
    ],
    [
      'an Action of another trigger',
      () =>
        deployTo(house, 'post-login', { name: 'other', code: script(`api.authentication.setUserById('auth0|1');`) }),
    ],
  ])('a profile with %s exchanges nothing', async (_what, profile) => {
    const said = await exchange('', { profile: { id: 'tep_1', actionId: await profile() } });
    expect(said).toEqual({
      ok: false,
      kind: 'failed',
      code: 'access_denied',
      reason: 'The token exchange profile has no deployed Action.',
      details: {},
    });
  });
});
