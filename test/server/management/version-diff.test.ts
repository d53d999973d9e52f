// What a version changes beside another, and that a version deployed again runs the build it was deployed with.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import { type Json, type Office, openOffice } from './office.ts';

const ACTIONS = '/api/v2/actions/actions';
const code = (line: string) => `exports.onExecutePostLogin = async (event, api) => {\n  ${line}\n};\n`;

describe.each(databasesInFull())('versions on %s', (_name, open) => {
  let office: Office;
  beforeAll(async () => {
    office = await openOffice(await open());
  });
  afterAll(() => office.close());

  const make = async (more: Record<string, unknown>): Promise<string> => {
    const { body } = await office.send('POST', ACTIONS, {
      name: 'diffed',
      supported_triggers: [{ id: 'post-login', version: 'v3' }],
      ...more,
    });
    return String(body.id);
  };
  /** Whatever a build would say: what is compared here is never run. */
  const markBuilt = (id: string, more: { buildId?: string } = {}) =>
    office.door.house.store.actions.update(office.tenant.id, id, (action) => ({
      ...action,
      ...more,
      status: 'built',
      errors: [],
    }));
  const deploy = async (id: string): Promise<Json> => {
    await markBuilt(id);
    return (await office.send('POST', `${ACTIONS}/${id}/deploy`)).body;
  };
  const edit = (id: string, more: Record<string, unknown>) => office.send('PATCH', `${ACTIONS}/${id}`, more);
  const diff = (id: string, version: unknown, against?: unknown) =>
    office.send(
      'GET',
      `${ACTIONS}/${id}/versions/${version}/diff${against === undefined ? '' : `?against=${against}`}`,
    );

  test('against the deployed one, another, and the draft: code, runtime, dependencies, names of secrets', async () => {
    const secrets = (...names: [string, string][]) => names.map(([name, value]) => ({ name, value }));
    const id = await make({ code: code('return 1;'), secrets: secrets(['A', 'value-1'], ['B', 'value-2']) });
    const first = await deploy(id);
    await edit(id, {
      code: code('return 2;'),
      runtime: 'node18',
      secrets: secrets(['B', 'value-3'], ['C', 'value-4']),
    });
    const second = await deploy(id);
    await edit(id, { code: code('return 3;') });

    const forward = await diff(id, second.id, first.id);
    expect(forward).toMatchObject({ status: 200 });
    expect(forward.body).toEqual({
      from: { id: first.id, label: 'version 1' },
      to: { id: second.id, label: 'version 2' },
      code: [
        '--- version 1',
        '+++ version 2',
        '@@ -1,3 +1,3 @@',
        ' exports.onExecutePostLogin = async (event, api) => {',
        '-  return 1;',
        '+  return 2;',
        ' };',
        '',
      ].join('\n'),
      runtime: { from: 'node22', to: 'node18-actions' },
      dependencies: [],
      modules: [],
      secrets: { added: ['C'], removed: ['A'], changed: ['B'] },
    });
    // The deployed one is what a version is compared with unless it is told.
    const back = await diff(id, first.id);
    expect(back.body).toMatchObject({ from: { id: second.id }, to: { id: first.id }, secrets: { added: ['A'] } });
    expect((await diff(id, first.id, 'deployed')).body).toEqual(back.body);
    const draft = await diff(id, second.id, 'draft');
    expect(draft.body).toMatchObject({ from: { label: 'draft' }, secrets: { added: [], removed: [], changed: [] } });
    expect(draft.body.code).toContain('-  return 3;\n+  return 2;\n');
    expect((await diff(id, second.id, second.id)).body.code).toBe('');
    expect(JSON.stringify([forward, back, draft])).not.toContain('value-');
  });

  test('of dependencies, versions and all', async () => {
    const id = await make({ code: code('') });
    const version = await deploy(id);
    const { store } = office.door.house;
    await store.actionVersions.update(office.tenant.id, String(version.id), (current) => ({
      ...current,
      dependencies: [
        { name: 'lodash', version: '4.17.21' },
        { name: 'jose', version: '6.0.0' },
        { name: 'same', version: '1.0.0' },
      ],
    }));
    await store.actions.update(office.tenant.id, id, (current) => ({
      ...current,
      dependencies: [
        { name: 'same', version: '1.0.0' },
        { name: 'jose', version: '5.0.0' },
        { name: 'uuid', version: '9.0.0' },
      ],
    }));
    expect((await diff(id, version.id, 'draft')).body.dependencies).toEqual([
      { name: 'jose', from: '5.0.0', to: '6.0.0' },
      { name: 'uuid', from: '9.0.0', to: null },
      { name: 'lodash', from: null, to: '4.17.21' },
    ]);
  });

  test('of texts that share nothing, however long, ends soon', async () => {
    const numbers = (from: number) => Array.from({ length: 14_000 }, (_, i) => `${from + i}`).join('\n');
    const id = await make({ code: numbers(100_000) });
    const version = await deploy(id);
    await edit(id, { code: numbers(500_000) });
    const before = performance.now();
    const { body } = await diff(id, version.id, 'draft');
    expect(performance.now() - before).toBeLessThan(2000);
    expect(String(body.code).split('\n').slice(0, 4)).toEqual([
      '--- draft',
      '+++ version 1',
      '@@ -1,14000 +1,14000 @@',
      '-500000',
    ]);
    expect(String(body.code).split('\n')).toHaveLength(28_004);
  });

  test('what is not there is 404; what is not known is 400', async () => {
    const [id, other] = [await make({ code: code('') }), await make({ code: code('') })];
    const undeployed = await make({ code: code('') });
    const [version, foreign] = [await deploy(id), await deploy(other)];
    const rows: [string, unknown, unknown, number][] = [
      ['nobody', version.id, 'draft', 404],
      [id, 'nothing', 'draft', 404],
      [id, version.id, 'nothing', 404],
      [id, version.id, foreign.id, 404],
      [id, foreign.id, 'draft', 404],
      [undeployed, version.id, undefined, 404],
    ];
    for (const [action, one, against, status] of rows) {
      expect([action, one, against, (await diff(action, one, against)).status]).toEqual([action, one, against, status]);
    }
    expect((await office.send('GET', `${ACTIONS}/${id}/versions/${version.id}/diff?shoe=1`)).status).toBe(400);
    expect((await office.sendAsNeighbour('GET', `${ACTIONS}/${id}/versions/${version.id}/diff`)).status).toBe(404);
  });

  test('a version keeps its build, and so does what is made of it again', async () => {
    const { store } = office.door.house;
    const id = await make({ code: code('') });
    await markBuilt(id, { buildId: 'build-1' });
    const first = await deploy(id);
    await markBuilt(id, { buildId: 'build-2' });
    const second = await deploy(id);
    const builds = async (version: Json) => [
      (await store.actionVersions.find(office.tenant.id, String(version.id)))?.buildId,
      (await store.actions.find(office.tenant.id, id))?.buildId,
    ];
    expect([await builds(first), await builds(second)]).toEqual([
      ['build-1', 'build-2'],
      ['build-2', 'build-2'],
    ]);
    const redeploy = async (body: unknown) =>
      (await office.send('POST', `${ACTIONS}/${id}/versions/${first.id}/deploy`, body)).body;
    expect(await builds(await redeploy({}))).toEqual(['build-1', 'build-2']);
    expect(await builds(await redeploy({ update_draft: true }))).toEqual(['build-1', 'build-1']);
    const { buildId: _, ...bare } = (await store.actionVersions.find(office.tenant.id, String(first.id)))!;
    await store.actionVersions.update(office.tenant.id, bare.id, () => bare);
    expect(await builds(await redeploy({ update_draft: true }))).toEqual([undefined, undefined]);
  });
});
