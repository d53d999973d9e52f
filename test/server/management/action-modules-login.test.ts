// Shared modules in logins: what an Action sees of them, and what of them is pinned when it is deployed; on both databases.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import { type Registry, startRegistry } from '#test/kit/registry.ts';
import { items, type Json, type Office, openOffice } from './office.ts';

const MODULES = '/api/v2/actions/modules';
const ACTIONS = '/api/v2/actions/actions';
const LODASH = { name: 'lodash', version: expect.stringMatching(/^4\.\d+\.\d+$/) };

describe.each(databasesInFull())('shared modules in logins on %s', (_name, open) => {
  let registry: Registry;
  let office: Office;
  beforeAll(async () => {
    registry = await startRegistry();
    office = await openOffice(await open(), { registry: registry.address });
  });
  afterAll(async () => {
    await office.close();
    await registry.close();
  });

  const at = (id: unknown, rest = '') => `${MODULES}/${id}${rest}`;
  const ok = async (method: string, path: string, body?: unknown): Promise<Json> => {
    const answered = await office.send(method, path, body);
    expect([path, answered.body.message, answered.status < 300]).toEqual([path, undefined, true]);
    return answered.body;
  };
  const publish = (module: Record<string, unknown>) => ok('POST', MODULES, { ...module, publish: true });
  const action = (more: Record<string, unknown>) => ({
    name: 'user of modules',
    supported_triggers: [{ id: 'post-login', version: 'v3' }],
    code: 'exports.onExecutePostLogin = async (event, api) => {};',
    ...more,
  });
  const built = async (id: unknown): Promise<Json> => {
    await expect
      .poll(async () => (await ok('GET', `${ACTIONS}/${id}`)).status, { timeout: 30_000, interval: 20 })
      .toMatch(/built|failed/);
    return ok('GET', `${ACTIONS}/${id}`);
  };
  const deploy = async (id: unknown): Promise<Json> => {
    expect(await built(id)).toMatchObject({ status: 'built' });
    return ok('POST', `${ACTIONS}/${id}/deploy`);
  };
  let people = 0;
  /** Signs a new person in with these Actions bound; the id token's claims, or how the login failed. */
  const login = async (...ids: unknown[]): Promise<{ claims: Json; error: string | null; userId: string }> => {
    const { house, browser, signIn, exchange } = office.door;
    await ok('PATCH', '/api/v2/actions/triggers/post-login/bindings', {
      bindings: ids.map((value) => ({ ref: { type: 'action_id', value } })),
    });
    const who = `sharer-${++people}`;
    const { id: userId } = await house.user(who);
    const end = await signIn(browser(), who);
    const error = end.get('error_description');
    if (error !== null) return { claims: {}, error, userId };
    const { body } = await exchange(end.get('code') ?? '');
    const [, payload = ''] = String(body.id_token).split('.');
    return { claims: JSON.parse(Buffer.from(payload, 'base64url').toString()), error, userId };
  };

  test('a login runs an Action with two modules, one with a secret and a package', async () => {
    const keeper = await publish({
      name: 'keeper',
      code: [
        "const _ = require('lodash');",
        'exports.camel = (text) => _.camelCase(text);',
        'exports.key = () => actions.secrets.KEY;',
        "exports.print = () => console.log('the key is', actions.secrets.KEY);",
      ].join('\n'),
      dependencies: [{ name: 'lodash', version: 'latest' }],
      secrets: [{ name: 'KEY', value: 'module-secret-1' }],
    });
    expect(keeper).toMatchObject({ dependencies: [{ version: 'latest' }], latest_version: { dependencies: [LODASH] } });
    const counter = await publish({
      name: 'counter',
      code: 'let n = 0; exports.next = () => ++n; exports.secrets = () => Object.keys(actions.secrets);',
    });
    const code = [
      "const keeper = require('actions:keeper');",
      "const counter = require('actions:counter');",
      'exports.onExecutePostLogin = async (event, api) => {',
      '  keeper.print();',
      "  const own = event.secrets.KEY + ' ' + typeof actions;",
      "  const value = [keeper.camel('to camel'), keeper.key().length, counter.next(), counter.secrets(), own];",
      "  api.idToken.setCustomClaim('https://x/it', value);",
      '};',
    ].join('\n');
    const uses = [{ module_id: keeper.id }, { module_id: counter.id }];
    const made = await ok('POST', ACTIONS, action({ code, modules: uses, secrets: [{ name: 'KEY', value: 'own' }] }));
    const modules = [keeper, counter].map(({ id, name, latest_version: latest }) => ({
      module_id: id,
      module_name: name,
      module_version_id: (latest as Json).id,
      module_version_number: 1,
    }));
    expect(made.modules).toEqual(modules);
    const version = await deploy(made.id);
    expect(version.modules).toEqual(modules);
    expect(await ok('GET', `${ACTIONS}/${made.id}`)).toMatchObject({ modules, deployed_version: { modules } });
    expect(await ok('GET', at(keeper.id))).toMatchObject({ actions_using_module_total: 1 });
    expect(await ok('GET', at(keeper.id, '/actions'))).toEqual({
      actions: [
        {
          action_id: made.id,
          action_name: 'user of modules',
          module_version_id: modules[0]?.module_version_id,
          module_version_number: 1,
          supported_triggers: [{ id: 'post-login', version: 'v3' }],
        },
      ],
      total: 1,
      page: 0,
      per_page: 100,
    });

    const first = await login(made.id);
    expect(first).toMatchObject({
      error: null,
      claims: { 'https://x/it': ['toCamel', 'module-secret-1'.length, 1, [], 'own undefined'] },
    });
    const { body } = await office.send('GET', `/api/v2/actions/executions?user_id=${encodeURIComponent(first.userId)}`);
    const [execution] = items(body.executions!);
    const [result] = items(execution!.results!);
    expect(items(result!.logs!)).toEqual([
      expect.objectContaining({ text: 'the key is ***', at: expect.stringMatching(/^actions\/keeper\.js:4:\d+$/) }),
    ]);

    // What is deployed stays what it is, whatever becomes of the module, until the Action takes another version.
    await ok('PATCH', at(keeper.id), { secrets: [{ name: 'KEY', value: 'another, longer secret' }] });
    await ok('POST', at(keeper.id, '/versions'));
    await ok('POST', `${ACTIONS}/${made.id}/deploy`);
    expect((await login(made.id)).claims['https://x/it']).toMatchObject({ 1: 'module-secret-1'.length });
    const taken = await ok('PATCH', `${ACTIONS}/${made.id}`, { modules: uses });
    expect(items(taken.modules!)[0]).toMatchObject({ module_version_number: 2 });
    expect((await login(made.id)).claims['https://x/it']).toMatchObject({ 1: 'module-secret-1'.length });
    await deploy(made.id);
    expect((await login(made.id)).claims['https://x/it']).toMatchObject({ 1: 'another, longer secret'.length });

    const refused = await office.send('DELETE', at(keeper.id));
    expect([refused.status, refused.body.message]).toEqual([
      412,
      'The module cannot be deleted while actions use it: "user of modules".',
    ]);
  }, 60_000);

  test('a throw in a module names its file and line', async () => {
    const module = await publish({
      name: 'thrower',
      code: 'exports.check = (value) => {\n  if (!actions.secrets.NONE) throw new RangeError(value);\n};',
    });
    const code = [
      "const { check } = require('actions:thrower');",
      'exports.onExecutePostLogin = async (event, api) => {',
      '  check("not 7");',
      '};',
    ].join('\n');
    const made = await ok('POST', ACTIONS, action({ name: 'caller', code, modules: [{ module_id: module.id }] }));
    await deploy(made.id);
    const { error, userId } = await login(made.id);
    expect(error).toBe('not 7');
    const { body } = await office.send('GET', `/api/v2/actions/executions?user_id=${encodeURIComponent(userId)}`);
    const [result] = items(items(body.executions!)[0]!.results!);
    expect(result!.error).toMatchObject({
      name: 'RangeError',
      at: 'actions/thrower.js:2:36',
      stack: [expect.stringMatching(/actions\/thrower\.js:2:36/), expect.stringMatching(/caller\.js:3:\d+/)],
    });
  });

  test('secrets at the top level of a module are refused with a text that says why', async () => {
    const module = await publish({ name: 'early', code: 'exports.key = actions.secrets.KEY;' });
    const made = await ok('POST', ACTIONS, {
      ...action({ modules: [{ module_id: module.id }] }),
      code: "const early = require('actions:early'); exports.onExecutePostLogin = async () => early.key;",
    });
    await deploy(made.id);
    expect((await login(made.id)).error).toMatch(/^actions\.secrets cannot be used at the top level/);
  });
});
