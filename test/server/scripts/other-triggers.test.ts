// Every method of the triggers that never pause, through real requests and real isolates: what it does, and how a bad
// argument of it ends the request. A method without a row fails.
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { methodsOf } from '#actions/trigger.ts';
import { TRIGGERS, type TriggerId } from '#actions/triggers.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { bindTo } from '#test/runtime/triggers/bind-to.ts';
import { items, type Json, openStage, type Stage } from './stage.ts';

const API = 'https://api.example/';
const HANDLERS = {
  'credentials-exchange': 'onExecuteCredentialsExchange',
  'pre-user-registration': 'onExecutePreUserRegistration',
  'post-user-registration': 'onExecutePostUserRegistration',
} as const;
type Single = keyof typeof HANDLERS;

/** The answer to the request that ran the scripts; for sign-ups with the account, where one was made. */
type Answered = { status: number; body: Json; claims?: object; account?: Json | 'none' };
type Row = {
  does: string;
  sees: object;
  /** A statement that fails the run, with its text; none where nothing can be wrong. */
  bad?: [statement: string, text: string];
};

const show = (value: string): string => `api.accessToken.setCustomClaim('shown', ${value});`;
const note = (value: string): string => `api.user.setAppMetadata('shown', ${value});`;
const CACHED = `[api.cache.set('k', 'v').type, api.cache.get('k').value, api.cache.delete('k').type, api.cache.get('k') ?? 0]`;
const seen = ['success', 'v', 'success', 0];
const cacheRows = (say: (value: string) => string, sees: object): Record<string, Row> =>
  Object.fromEntries(['get', 'set', 'delete'].map((name) => [`cache.${name}`, { does: say(CACHED), sees }]));
const scopeRow = (name: string, args: string, scope: string, bad: string): Row => ({
  does: `api.transaction.${name}(${args}); ${show('event.transaction.target_scopes')}`,
  sees: { status: 200, claims: { scope, shown: scope.split(' ').filter(Boolean) } },
  bad: [`api.transaction.${name}(5);`, bad],
});
const TEXT = 'The value for the scope must be a string.';

const ROWS: { readonly [trigger in Single]: Readonly<Record<string, Row>> } = {
  'credentials-exchange': {
    'access.deny': {
      does: `api.access.deny('invalid_request', 'Closed.');`,
      sees: { status: 400, body: { error: 'invalid_request', error_description: 'Closed.' } },
      bad: [
        `api.access.deny('because');`,
        'The code given to api.access.deny must be one of invalid_scope, invalid_request, server_error.',
      ],
    },
    'accessToken.setCustomClaim': {
      does: `api.accessToken.setCustomClaim('plan', 'gold').accessToken.setCustomClaim('sub', 'me');`,
      sees: { status: 200, claims: { plan: 'gold', sub: 'web@clients' } },
      bad: [`api.accessToken.setCustomClaim('scope', 'x');`, 'The "scope" claim cannot be set.'],
    },
    ...cacheRows(show, { status: 200, claims: { shown: seen } }),
    'transaction.addTargetScope': scopeRow('addTargetScope', `'write:things'`, 'read:things write:things', TEXT),
    'transaction.removeTargetScope': scopeRow('removeTargetScope', `'read:things'`, '', TEXT),
    'transaction.setTargetScopes': scopeRow(
      'setTargetScopes',
      `['write:things']`,
      'write:things',
      'The value for scopes must be an array.',
    ),
    'transaction.clearTargetScopes': {
      does: 'api.transaction.clearTargetScopes();',
      sees: { status: 200, claims: { scope: '' } },
    },
  },
  'pre-user-registration': {
    'access.deny': {
      does: `api.access.deny('on the list', 'Not you.');`,
      sees: { status: 400, body: { description: 'on the list', friendly_message: 'Not you.' }, account: 'none' },
      bad: [`api.access.deny(5);`, 'The reason given to api.access.deny must be a string.'],
    },
    'validation.error': {
      does: `api.validation.error('bad-name', 'Another name, please.');`,
      sees: { status: 400, body: { code: 'bad-name', message: 'Another name, please.' }, account: 'none' },
      bad: [`api.validation.error('a');`, "must have required property 'errorMessage'"],
    },
    ...cacheRows(note, { status: 200, account: { app_metadata: { shown: seen } } }),
    'user.setAppMetadata': {
      does: `api.user.setAppMetadata('plan', { name: 'gold' }).user.setAppMetadata('gone', null);`,
      sees: { status: 200, account: { app_metadata: { plan: { name: 'gold' } } } },
      bad: [`api.user.setAppMetadata('', 1);`, 'The key of app_metadata must be a non-empty string.'],
    },
    'user.setUserMetadata': {
      does: `api.user.setUserMetadata('theme', 'dark');`,
      sees: { status: 200, account: { user_metadata: { theme: 'dark' } } },
      bad: [`api.user.setUserMetadata(5, 1);`, 'The key of user_metadata must be a non-empty string.'],
    },
    'user.setUserId': {
      does: `api.user.setUserId('number-7');`,
      sees: { status: 200, body: { _id: 'number-7' }, account: { user_id: 'auth0|number-7' } },
      bad: [`api.user.setUserId('a b');`, 'The user id must be 1 to 255 letters, digits and the signs @ . _ + -.'],
    },
  },
  'post-user-registration': cacheRows((value) => `console.log(JSON.stringify(${value}));`, { status: 200 }),
};

test.each(Object.entries(ROWS))('every method of %s has a row', (trigger, rows) => {
  const paths = methodsOf(TRIGGERS[trigger as TriggerId]).map(({ path }) => path);
  expect(Object.keys(rows).toSorted()).toEqual(paths.toSorted());
});

describe.each(databasesInFull())('%s', (_name, open) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage({ databaseUrl: await open() });
    const { store, tenant, ports } = stage.door.house;
    const at = { createdAt: ports.now(), updatedAt: ports.now() };
    const scope = ['read:things', 'write:things'];
    const grant = { tenantId: tenant.id, id: 'cgr_web', clientId: 'web', audience: API, scope, settings: {}, ...at };
    await store.clientGrants.insert(grant);
  });
  afterAll(() => stage.close());

  const script = (trigger: Single, body: string) =>
    `exports.${HANDLERS[trigger]} = async (event, api) => {\n${body}\n};`;

  async function exchange(): Promise<Answered> {
    const asked = { grant_type: 'client_credentials', audience: API, scope: 'read:things' };
    const answer = await stage.door.token({ ...asked, client_id: 'web', client_secret: 'web secret + more' });
    const { status } = answer;
    const body = answer.body as Json;
    return {
      status,
      body,
      ...(status === 200 ? { claims: { scope: '', ...decodeJwt(String(body.access_token)) } } : {}),
    };
  }

  let people = 0;
  async function signUp(): Promise<Answered> {
    const email = `newcomer-${++people}@example.com`;
    const connection = 'Username-Password-Authentication';
    const answer = await stage.door.app.request(`${stage.door.site}/dbconnections/signup`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ client_id: 'spa', connection, email, password: 'a long enough one' }),
    });
    const [account] = items(await stage.manage('GET', `/users-by-email?email=${email}`));
    const body = (await answer.json()) as Json;
    return { status: answer.status, body, account: account ?? 'none' };
  }

  /** The newest execution of a trigger that never pauses; what runs behind a request is waited for. */
  async function executionAfter(trigger: Single, former: Json | undefined): Promise<Json> {
    for (let polls = 0; polls < 500; polls += 1) {
      const { executions } = await stage.manage('GET', '/actions/executions?take=5');
      const newest = items(executions).find(({ trigger_id: id }) => String(id) === trigger);
      if (newest && String(newest.id) !== String(former)) return newest;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`no execution of ${trigger}`);
  }

  let last: Json | undefined;
  async function run(trigger: Single, ...bodies: string[]): Promise<Answered & { execution: Json }> {
    await bindTo(
      stage.door.house,
      trigger,
      bodies.map((body) => script(trigger, body)),
    );
    stage.door.house.clock.advance(10_000);
    const answered = await (trigger === 'credentials-exchange' ? exchange() : signUp());
    const execution = await executionAfter(trigger, last);
    last = execution.id;
    await bindTo(stage.door.house, trigger, []);
    return { ...answered, execution };
  }
  const newestLog = async (type: string) =>
    items(await stage.manage('GET', `/logs?q=${encodeURIComponent(`type:"${type}"`)}&per_page=1`))[0];

  describe.each(Object.keys(ROWS) as Single[])('%s', (trigger) => {
    test.each(Object.entries(ROWS[trigger]))('api.%s', async (path, { does, sees, bad }) => {
      const done = await run(trigger, does);
      expect(done).toMatchObject(sees);
      const [result] = items(done.execution.results);
      if (trigger === 'post-user-registration') {
        expect(items(result?.logs).map(({ text }) => JSON.parse(String(text)))).toEqual([seen]);
      }
      if (path !== 'cache.get') expect(items(result?.commands).map(({ name }) => name)).toContain(path);
      if (!bad) return;

      const [statement, text] = bad;
      const { status, body, account, execution } = await run(
        trigger,
        'console.log(1);',
        `api.cache.get(1);\n${statement}`,
      );
      expect(account ?? 'none').toBe('none');
      const [log, message] =
        trigger === 'credentials-exchange'
          ? (['feccft', { status: 403, body: { error: 'access_denied', error_description: text } }] as const)
          : (['fs', { status: 400, body: { code: 'extensibility_error', message: text } }] as const);
      expect({ status, body }).toMatchObject(message);
      const name = `${trigger}-2`;
      const at = expect.stringMatching(new RegExp(`^${name}\\.js:3:\\d+$`));
      const failed = items(execution.results)[1];
      expect(failed).toMatchObject({ action_name: name, error: { msg: text, at } });
      expect(await newestLog(log)).toMatchObject({
        description: text,
        details: { action_name: name, action_version: 3, error: { message: text, at } },
      });
      expect(await newestLog('actions_execution_failed')).toMatchObject({
        details: {
          trigger_id: trigger,
          action_name: name,
          version_id: failed?.version_id,
          action_error: { message: text, stack: expect.stringContaining(`${name}.js:3:`) },
        },
      });
    });
  });
});
