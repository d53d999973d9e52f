// Rules of what management edits, without HTTP: unfinished births, overtaken builds, versions that logins have pinned.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BuildResult, Builds } from '#runtime/builds/builds.ts';
import { editAction, newAction } from '#runtime/lifecycle/action.ts';
import { createBuilder } from '#runtime/lifecycle/action-build.ts';
import { deployAction } from '#runtime/lifecycle/action-deploy.ts';
import { removeAction } from '#runtime/lifecycle/bindings.ts';
import { ensureOperatorClient } from '#runtime/lifecycle/client.ts';
import { ensureDefaultTenant } from '#runtime/lifecycle/tenant.ts';
import { mergeMetadata } from '#runtime/lifecycle/user.ts';
import type { ActionRecord } from '#storage/records.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { type House, openHouse } from '#test/kit/house.ts';

describe.each(databasesInFull())('%s', (_name, open) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse({ databaseUrl: await open() });
  });
  afterAll(() => house.close());

  const rethrow = (fault: unknown) => {
    throw fault;
  };
  /** The port of the builds room: these tests are about what becomes of its answers, and when. */
  const building = (build: Builds['build']): Builds => ({ build, close: async () => {} });
  const built = (script = 'module.exports = {}'): BuildResult => {
    return { ok: true, script, map: '{}', fileName: 'x.js', dependencies: [{ name: 'lodash', version: '4.17.21' }] };
  };
  const fine = building(async () => built());
  const HOUR = 60 * 60_000;

  async function draft(code = 'exports.a = 1', dependencies: ActionRecord['dependencies'] = []): Promise<ActionRecord> {
    const made = await newAction(house.ports, house.tenant.id, {
      name: 'x',
      trigger: { id: 'post-login', version: 'v3' },
      code,
      dependencies,
    });
    if ('refused' in made) throw new Error(made.refused);
    return made;
  }
  const now = async ({ id }: ActionRecord) => (await house.store.actions.find(house.tenant.id, id))!;

  describe('builds', () => {
    test('the result of an overtaken build is dropped', async () => {
      const { promise: released, resolve: release } = Promise.withResolvers<void>();
      const slow = building(async ({ source }) => {
        if (source === 'old') await released;
        return { ok: false, faults: [{ id: 'syntax_error', message: `x.js:1:1: ${source}` }] };
      });
      const builder = createBuilder(house.ports, slow, rethrow);
      const old = await draft('old');
      builder.start(old);
      const edited = await editAction(house.ports, house.tenant.id, old.id, { code: 'new' });
      if ('refused' in edited) throw new Error(edited.refused);
      expect(edited.updatedAt).toBeGreaterThan(old.updatedAt);
      builder.start(edited);
      release();
      await builder.settled();
      expect(await now(old)).toMatchObject({ status: 'failed', errors: [{ message: 'x.js:1:1: new' }] });
    });

    test('one draft is built once, however often it is looked at; a fault of ours is told and leaves it pending', async () => {
      let checks = 0;
      const faults: unknown[] = [];
      const broken = building(async () => {
        checks += 1;
        throw new Error('no compiler');
      });
      const builder = createBuilder(house.ports, broken, (fault) => faults.push(fault));
      const action = await draft();
      builder.start(action);
      builder.start(action);
      await builder.settled();
      expect([checks, faults.length, (await now(action)).status]).toEqual([1, 1, 'pending']);
    });
  });

  describe('a build', () => {
    const DEPENDENCIES = [{ name: 'lodash', version: 'latest' }];

    test('fixes what was asked for as latest, shows its progress, and serves every equal draft', async () => {
      const seen: string[] = [];
      let builds = 0;
      const counting = building(async (_request, onStage) => {
        builds += 1;
        for (const stage of ['resolving', 'fetching', 'bundling'] as const) {
          onStage?.(stage);
          await expect
            .poll(async () => (await now(action)).status)
            .toBe(stage === 'bundling' ? 'packaged' : 'building');
          seen.push((await now(action)).status);
        }
        return built('module.exports = { onExecutePostLogin: async () => {} }');
      });
      const builder = createBuilder(house.ports, counting, rethrow);
      const action = await draft('with packages', DEPENDENCIES);
      builder.start(action);
      await builder.settled();
      expect(seen).toEqual(['building', 'building', 'packaged']);
      const first = await now(action);
      expect(first).toMatchObject({ status: 'built', dependencies: [{ name: 'lodash', version: '4.17.21' }] });
      expect(await house.store.builds.find(house.tenant.id, first.buildId ?? '')).toMatchObject({ fileName: 'x.js' });

      const again = await draft('with packages', first.dependencies);
      builder.start(again);
      await builder.settled();
      expect([builds, (await now(again)).buildId]).toEqual([1, first.buildId]);
    });

    test('that was cut off by a crash while packages were fetched is started again by the next look', async () => {
      const action = await draft('cut off', DEPENDENCIES);
      await house.store.actions.update(house.tenant.id, action.id, (row) => ({ ...row, status: 'building' }));
      const builder = createBuilder(house.ports, fine, rethrow);
      builder.start(await now(action));
      await builder.settled();
      expect((await now(action)).status).toBe('built');
    });
  });

  describe('versions', () => {
    test('the fifty-first removes the oldest, but not while a login may have it pinned', async () => {
      const action = await draft();
      const builder = createBuilder(house.ports, fine, rethrow);
      builder.start(action);
      await builder.settled();
      const numbers = async () => {
        const { records } = await house.store.actionVersions.list(house.tenant.id, { parent: action.id });
        return records.map(({ number }) => number);
      };
      for (let count = 0; count < 51; count += 1) await deployAction(house.ports, house.tenant.id, action.id);
      expect((await numbers()).length).toBe(51);
      house.clock.advance(HOUR + 1);
      await deployAction(house.ports, house.tenant.id, action.id);
      expect((await numbers())[0]).toBe(2);
    });

    test('they outlive their Action: a login that began before goes on', async () => {
      const action = await draft();
      const builder = createBuilder(house.ports, fine, rethrow);
      builder.start(action);
      await builder.settled();
      const deployed = await deployAction(house.ports, house.tenant.id, action.id);
      if (!deployed.deployed) throw new Error(deployed.reason);
      expect(await removeAction(house.ports, house.tenant.id, action.id, { force: false })).toBe('removed');
      expect(await house.store.actionVersions.find(house.tenant.id, deployed.version.id)).toBeDefined();
    });
  });

  describe('the default tenant', () => {
    const input = { name: 'main', baseUrl: 'http://main.localhost:3000' };

    test('a birth that a crash cut off is finished at the next start', async () => {
      const tenant = await ensureDefaultTenant(house.ports, input);
      const [api] = (await house.store.resourceServers.list(tenant.id)).records;
      await house.store.resourceServers.remove(tenant.id, api!.id);
      await ensureDefaultTenant(house.ports, input);
      const [again, ...more] = (await house.store.resourceServers.list(tenant.id)).records;
      expect([again?.isSystem, again?.scopes.length, more.length]).toEqual([true, api?.scopes.length, 0]);
      expect((await house.store.signingKeys.list(tenant.id)).length).toBe(2);
      expect((await house.store.connections.list(tenant.id)).total).toBe(1);
    });

    test("a changed secret replaces the operator's former one", async () => {
      const tenant = await ensureDefaultTenant(house.ports, input);
      for (const clientSecret of ['one', 'two']) {
        await ensureOperatorClient(house.ports, tenant, { clientId: 'operator', clientSecret });
        expect((await house.store.clients.find(tenant.id, 'operator'))?.secret).toBe(clientSecret);
      }
      expect((await house.store.clientGrants.list(tenant.id, { parent: 'operator' })).total).toBe(1);
    });

    test('its keys sign with RS256 and 2048 bits', async () => {
      const tenant = await ensureDefaultTenant(house.ports, input);
      const [key] = await house.store.signingKeys.list(tenant.id);
      expect(key?.publicJwk).toMatchObject({ kty: 'RSA', kid: key?.id, alg: 'RS256', use: 'sig', e: 'AQAB' });
      expect(Buffer.from(String(key?.publicJwk.n), 'base64url').length).toBe(256);
      expect(key?.publicJwk).not.toHaveProperty('d');
    });
  });

  test.each([
    [{ a: 1 }, { b: 2 }, { a: 1, b: 2 }],
    [{ a: { b: 1 } }, { a: { c: 2 } }, { a: { c: 2 } }],
    [{ a: 1, b: 2 }, { a: null }, { b: 2 }],
    [{ a: 1 }, {}, {}],
  ])('metadata %j and %j make %j', (current, given, merged) => {
    expect(mergeMetadata(current, given)).toEqual(merged);
  });
});
