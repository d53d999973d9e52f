// Rules of shared modules, without HTTP: what an Action keeps of them, and which of their versions go.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Builds } from '#runtime/builds/builds.ts';
import { editAction, newAction } from '#runtime/lifecycle/action.ts';
import { createBuilder } from '#runtime/lifecycle/action-build.ts';
import { deployAction, redeployVersion } from '#runtime/lifecycle/action-deploy.ts';
import { draftModule, editModule, MODULE_LIMITS, removeModule } from '#runtime/lifecycle/module.ts';
import { makeAndPublish, publishModule } from '#runtime/lifecycle/module-publish.ts';
import type { ActionRecord, ActionVersionRecord, ModuleRecord } from '#storage/records.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { type House, openHouse } from '#test/kit/house.ts';

describe.each(databasesInFull())('%s', (_name, open) => {
  let house: House;
  let tenantId: string;
  beforeAll(async () => {
    house = await openHouse({ databaseUrl: await open() });
    tenantId = house.tenant.id;
  });
  afterAll(() => house.close());

  /** The port of the builds room; it writes down the shared texts that it was given. */
  const seen: string[][] = [];
  const builds: Builds = {
    build: async ({ dependencies, modules }) => {
      seen.push(modules.map(({ name, source }) => `${name}: ${source}`));
      const exact = dependencies.map(({ name }) => ({ name, version: '4.17.21' }));
      return { ok: true, script: 'module.exports = {}', map: '{}', fileName: 'x.js', dependencies: exact };
    },
    close: async () => {},
  };
  let names = 0;

  async function published(code = 'one'): Promise<ModuleRecord> {
    const name = `module-${++names}`;
    const secrets = [{ name: 'KEY', value: `secret of ${name}` }];
    const draft = await draftModule(house.ports, tenantId, { name, code, secrets });
    if ('refused' in draft) throw new Error(draft.refused);
    const made = await makeAndPublish(house.ports, builds, draft);
    if (!made.published) throw new Error(made.reason);
    return made.module;
  }
  const publishAgain = async (module: ModuleRecord, code: string): Promise<void> => {
    await editModule(house.ports, tenantId, module.id, { code });
    expect(await publishModule(house.ports, builds, tenantId, module.id)).toMatchObject({ published: true });
  };
  async function built(action: ActionRecord): Promise<ActionRecord> {
    const builder = createBuilder(house.ports, builds, (fault) => {
      throw fault;
    });
    builder.start(action);
    await builder.settled();
    return (await house.store.actions.find(tenantId, action.id))!;
  }
  async function using(module: ModuleRecord, more: { number?: number } = {}): Promise<ActionRecord> {
    const trigger = { id: 'post-login', version: 'v3' };
    const modules = [{ id: module.id, ...more }];
    const action = await newAction(house.ports, tenantId, { name: 'user', trigger, modules });
    if ('refused' in action) throw new Error(action.refused);
    return built(action);
  }
  async function deployed({ id }: ActionRecord): Promise<ActionVersionRecord> {
    const outcome = await deployAction(house.ports, tenantId, id);
    if (!outcome.deployed) throw new Error(outcome.reason);
    return outcome.version;
  }

  test('a build gets the texts of the versions that the draft names; a newer one changes nothing', async () => {
    const module = await published('one');
    const action = await using(module);
    await publishAgain(module, 'two');
    const edited = await editAction(house.ports, tenantId, action.id, { code: 'exports.b = 2' });
    if ('refused' in edited) throw new Error(edited.refused);
    await built(edited);
    expect(seen.at(-1)).toEqual([`${module.name}: one`]);
    const taken = await editAction(house.ports, tenantId, action.id, { modules: [{ id: module.id }] });
    if ('refused' in taken) throw new Error(taken.refused);
    await built(taken);
    expect(seen.at(-1)).toEqual([`${module.name}: two`]);
  });

  test('dependencies are published at exact versions, whatever the draft says', async () => {
    const draft = await draftModule(house.ports, tenantId, {
      name: `module-${++names}`,
      code: '',
      dependencies: [{ name: 'lodash', version: 'latest' }],
    });
    if ('refused' in draft) throw new Error(draft.refused);
    expect(await makeAndPublish(house.ports, builds, draft)).toMatchObject({
      module: { dependencies: [{ version: 'latest' }] },
      version: { dependencies: [{ name: 'lodash', version: '4.17.21' }] },
    });
  });

  test('a version of an Action keeps the secrets of its modules, also after the modules are gone', async () => {
    const module = await published();
    const action = await using(module);
    const first = await deployed(action);
    const pinned = { [module.name]: [{ name: 'KEY', value: `secret of ${module.name}` }] };
    expect(first.moduleSecrets).toMatchObject(pinned);
    expect(await removeModule(house.ports, tenantId, module.id)).toEqual({ used: ['user'] });

    const without = await editAction(house.ports, tenantId, action.id, { modules: [] });
    if ('refused' in without) throw new Error(without.refused);
    expect(await removeModule(house.ports, tenantId, module.id)).toEqual({ used: ['user'] });
    await deployed(await built(without));
    expect(await removeModule(house.ports, tenantId, module.id)).toBe('removed');
    expect((await house.store.moduleVersions.list(tenantId, { parent: module.id })).records).toEqual([]);

    const back = { actionId: action.id, versionId: first.id, updateDraft: true };
    expect(await redeployVersion(house.ports, tenantId, back)).toMatchObject({
      deployed: true,
      version: { moduleSecrets: pinned, modules: first.modules, buildId: first.buildId },
    });
    // The draft names it again: it can be neither deployed nor built, and says why.
    const gone = `Version 1 of the module "${module.name}" no longer exists.`;
    expect(await deployAction(house.ports, tenantId, action.id)).toEqual({
      deployed: false,
      reason: 'module-gone',
      message: gone,
    });
    const edited = await editAction(house.ports, tenantId, action.id, { code: '' });
    if ('refused' in edited) throw new Error(edited.refused);
    expect(await built(edited)).toMatchObject({
      status: 'failed',
      errors: [{ id: 'module_not_found', message: gone }],
    });
  });

  test('beyond the limit the oldest versions go, but not those in use nor the latest', async () => {
    const module = await published('1');
    await publishAgain(module, '2');
    await publishAgain(module, '3');
    await using(module, { number: 1 });
    const action = await using(module, { number: 3 });
    await deployed(action);
    const moved = await editAction(house.ports, tenantId, action.id, { modules: [] });
    expect(moved).toMatchObject({ modules: [] });
    for (let number = 4; number <= MODULE_LIMITS.versions + 2; number++) await publishAgain(module, `${number}`);
    const { records, total } = await house.store.moduleVersions.list(tenantId, { parent: module.id });
    expect(total).toBe(MODULE_LIMITS.versions);
    expect(records.slice(0, 3).map(({ number }) => number)).toEqual([1, 3, 5]);
    expect(records.at(-1)?.number).toBe(MODULE_LIMITS.versions + 2);
  });

  test('a module that is changed while it is published has unpublished changes', async () => {
    const module = await published();
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const slow: Builds = {
      ...builds,
      build: async (request) => {
        begin();
        await released;
        return builds.build(request);
      },
    };
    const publishing = publishModule(house.ports, slow, tenantId, module.id);
    await begun;
    await editModule(house.ports, tenantId, module.id, { code: 'meanwhile' });
    release();
    expect(await publishing).toMatchObject({
      module: { code: 'meanwhile', allChangesPublished: false },
      version: { code: 'one' },
    });
  });

  test('a module that is deleted while it is published leaves nothing behind', async () => {
    const module = await published();
    const removing: Builds = {
      ...builds,
      build: async (request) => {
        await removeModule(house.ports, tenantId, module.id);
        return builds.build(request);
      },
    };
    const outcome = await publishModule(house.ports, removing, tenantId, module.id);
    expect(outcome).toEqual({ published: false, reason: 'missing' });
    expect((await house.store.moduleVersions.list(tenantId, { parent: module.id })).total).toBe(0);
  });
});
