// Shared modules from draft to version: shapes, publishing, rolling back and what is refused; on both databases.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import { items, type Json, type Office, openOffice, payloadError } from './office.ts';

const MODULES = '/api/v2/actions/modules';
const ACTIONS = '/api/v2/actions/actions';
const UUID = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
const MICROSECONDS = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);

describe.each(databasesInFull())('shared modules on %s', (_name, open) => {
  let office: Office;
  beforeAll(async () => {
    office = await openOffice(await open());
  });
  afterAll(() => office.close());

  let names = 0;
  const fresh = () => `module ${++names}`;
  const at = (id: unknown, rest = '') => `${MODULES}/${id}${rest}`;
  const ok = async (method: string, path: string, body?: unknown): Promise<Json> => {
    const answered = await office.send(method, path, body);
    expect([path, answered.body.message, answered.status < 300]).toEqual([path, undefined, true]);
    return answered.body;
  };
  const make = (more: Record<string, unknown> = {}) =>
    ok('POST', MODULES, { name: fresh(), code: 'exports.it = 1;', ...more });
  const action = (more: Record<string, unknown>) => ({
    name: 'user of modules',
    supported_triggers: [{ id: 'post-login', version: 'v3' }],
    code: 'exports.onExecutePostLogin = async (event, api) => {};',
    ...more,
  });

  test('a draft: its shape, without the values of its secrets; changes; versions; rolling back', async () => {
    const name = fresh();
    const first = await ok('POST', MODULES, { name, code: 'exports.a = 1;' });
    const shown = {
      id: UUID,
      name,
      code: 'exports.a = 1;',
      dependencies: [],
      secrets: [],
      all_changes_published: false,
      actions_using_module_total: 0,
      created_at: MICROSECONDS,
      updated_at: MICROSECONDS,
    };
    expect(first).toEqual(shown);
    expect(await ok('GET', at(first.id))).toEqual(first);

    const patched = await ok('PATCH', at(first.id), { secrets: [{ name: 'KEY', value: 'hush-hush' }] });
    expect(patched).toEqual({ ...shown, secrets: [{ name: 'KEY', updated_at: MICROSECONDS }] });
    const version = await office.send('POST', at(first.id, '/versions'));
    expect(version.status).toBe(200);
    expect(version.body).toEqual({
      id: UUID,
      module_id: first.id,
      version_number: 1,
      code: 'exports.a = 1;',
      dependencies: [],
      secrets: [{ name: 'KEY', updated_at: MICROSECONDS }],
      created_at: MICROSECONDS,
    });
    const { created_at: _, module_id: __, ...reference } = version.body;
    const published = { ...patched, all_changes_published: true, latest_version_number: 1, latest_version: reference };
    expect(await ok('GET', at(first.id))).toEqual(published);

    await ok('PATCH', at(first.id), { code: 'exports.a = 2;', secrets: [] });
    expect(await ok('GET', at(first.id))).toMatchObject({ all_changes_published: false, latest_version: reference });
    const second = await ok('POST', at(first.id, '/versions'));
    expect(second).toMatchObject({ version_number: 2, code: 'exports.a = 2;', secrets: [] });
    const versions = await ok('GET', at(first.id, '/versions?page=0&per_page=50'));
    expect(versions).toEqual({ versions: [second, version.body], total: 2, page: 0, per_page: 50 });
    expect(await ok('GET', at(first.id, '/versions?page=1&per_page=50'))).toMatchObject({ versions: [], page: 1 });
    expect(await ok('GET', at(first.id, `/versions/${second.id}`))).toEqual(second);

    const back = await ok('POST', at(first.id, '/rollback'), { module_version_id: version.body.id });
    expect(back).toMatchObject({
      code: 'exports.a = 1;',
      secrets: [{ name: 'KEY' }],
      all_changes_published: false,
      latest_version: { version_number: 2 },
    });
    const forth = await ok('POST', at(first.id, '/rollback'), { module_version_id: second.id });
    expect(forth).toMatchObject({ code: 'exports.a = 2;', all_changes_published: true });
    const listed = await ok('GET', `${MODULES}?per_page=100`);
    const { latest_version: ___, ...inList } = forth;
    expect(items(listed.modules!).find(({ id }) => id === first.id)).toEqual(inList);
    expect(JSON.stringify([patched, version, versions, back, listed])).not.toContain('hush-hush');
    expect((await office.send('DELETE', at(first.id))).status).toBe(204);
    expect((await office.send('GET', at(first.id))).status).toBe(404);
    expect((await office.send('GET', at(first.id, `/versions/${second.id}`))).status).toBe(404);
  });

  test('publishing at once, by creation and by two callers; numbers are not shared', async () => {
    const module = await make({ publish: true });
    expect(module).toMatchObject({ all_changes_published: true, latest_version: { version_number: 1 } });
    const answers = await Promise.all([1, 2, 3, 4].map(() => ok('POST', at(module.id, '/versions'))));
    expect(answers.map(({ version_number: number }) => Number(number)).sort()).toEqual([2, 3, 4, 5]);
    expect(await ok('GET', at(module.id))).toMatchObject({ latest_version_number: 5, all_changes_published: true });
  });

  test.each([
    ['a syntax error', 'exports.a = 1;\nlet x = };', /^The module cannot be published: actions\/module-x\.js:2:9: /],
    ['what it has not declared', 'require("lodash")', /actions\/module-x\.js:1:9: Cannot find module 'lodash'/],
    ['a module that does not exist', 'require("actions:nothing")', /actions:nothing/],
  ])('%s is refused when it is published, and a module made to be published is not made', async (_what, code, says) => {
    const created = await office.send('POST', MODULES, { name: 'module-x', code, publish: true });
    expect([created.status, String(created.body.message)]).toEqual([400, expect.stringMatching(says)]);
    const { id } = await ok('POST', MODULES, { name: 'module-x', code });
    const published = await office.send('POST', at(id, '/versions'));
    expect([published.status, published.body.message]).toEqual([400, created.body.message]);
    expect((await office.send('DELETE', at(id))).status).toBe(204);
  });

  describe('refused', () => {
    const additional = (key: string) => payloadError(`Additional properties not allowed: ${key}`);
    test.each<[string, Record<string, unknown>, number, string | RegExp]>([
      ['a name with a slash', { name: 'a/b' }, 400, /does not match pattern/],
      ['a name with a quote', { name: 'a"b' }, 400, /does not match pattern/],
      ['no name', { name: '' }, 400, /too short/],
      ['no code', { code: undefined }, 400, /Missing required property: code/],
      ['long code', { code: 'x'.repeat(100_001) }, 400, 'The code is too long (100001 bytes), maximum 100000'],
      [
        '31 secrets',
        { secrets: Array.from({ length: 31 }, (_, i) => ({ name: `s${i}`, value: '' })) },
        400,
        /maximum 30/,
      ],
      ['a secret twice', { secrets: ['a', 'a'].map((name) => ({ name, value: '' })) }, 400, /not unique/],
      ['11 packages', { dependencies: Array.from({ length: 11 }, (_, i) => ({ name: `p${i}` })) }, 400, /maximum 10/],
      ['what nobody knows', { shoe: 1 }, 400, additional('shoe').message],
    ])('%s', async (_what, more, status, says) => {
      const { status: got, body } = await office.send('POST', MODULES, { name: fresh(), code: '', ...more });
      const text = typeof says === 'string' ? says : expect.stringMatching(says);
      expect([got, body.message]).toEqual([status, text]);
    });

    test('a name that is taken, also by a change that brings one', async () => {
      const { id, name } = await make();
      const again = await office.send('POST', MODULES, { name, code: '' });
      expect([again.status, again.body.error]).toEqual([409, 'Conflict']);
      expect((await office.send('PATCH', at(id), { name: fresh() })).body).toEqual(additional('name'));
      expect((await office.sendAsNeighbour('POST', MODULES, { name, code: '' })).status).toBe(201);
    });

    test('of an Action: modules that are not there, not published, given twice, too many', async () => {
      const [draft, published] = [await make(), await make({ publish: true })];
      const use = (id: unknown, more: Record<string, unknown> = {}) => ({ module_id: id, ...more });
      const rows: [unknown[], RegExp][] = [
        [[use('nobody')], /^The module nobody does not exist\.$/],
        [[use(draft.id)], /^The module "module \d+" has no published version\.$/],
        [[use(published.id), use(published.id)], /was given twice/],
        [[use(published.id, { module_version_id: 'nobody' })], /has no version nobody/],
        [[use(published.id, { module_version_number: 2 })], /has no version 2/],
        [[use(published.id, { module_name: 'other' })], /does not exist/],
        [[1, 2, 3, 4].map((id) => use(`${id}`)), /Array is too long \(4\), maximum 3/],
      ];
      for (const [modules, says] of rows) {
        const { status, body } = await office.send('POST', ACTIONS, action({ modules }));
        expect([status, String(body.message)]).toEqual([400, expect.stringMatching(says)]);
      }
    });
  });

  test('nothing of it is there for another tenant, nor is what does not exist', async () => {
    const module = await make({ publish: true });
    const version = (module.latest_version as Json).id;
    for (const [method, rest, body] of [
      ['GET', '', undefined],
      ['PATCH', '', { code: '' }],
      ['DELETE', '', undefined],
      ['GET', '/actions', undefined],
      ['GET', '/versions', undefined],
      ['POST', '/versions', undefined],
      ['GET', `/versions/${version}`, undefined],
      ['POST', '/rollback', { module_version_id: version }],
    ] as const) {
      expect((await office.sendAsNeighbour(method, at(module.id, rest), body)).status).toBe(404);
      expect((await office.send(method, at('nobody', rest), body)).status).toBe(404);
    }
    expect((await office.send('GET', at(module.id, '/versions/nobody'))).status).toBe(404);
    expect((await office.send('POST', at(module.id, '/rollback'), { module_version_id: 'nobody' })).status).toBe(404);
    const theirs = await office.sendAsNeighbour('POST', ACTIONS, action({ modules: [{ module_id: module.id }] }));
    expect(theirs.status).toBe(400);
  });
});
