// Builds as a whole: names that are no packages, registries that fail, the line at the door, and what is left at the end.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createBuilds } from '#runtime/builds/create-builds.ts';
import { stopBuilds } from '#runtime/sandbox/build.ts';
import { shutDown } from '#server/testing/shared-sandbox.ts';
import { type Registry, startRegistry } from '#test/kit/registry.ts';
import { evaluate, refusal, request, requiring, take } from './kit.ts';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-line-'));
const usual = process.env.TMPDIR;
let silent: Registry;
let broken: Registry;

beforeAll(async () => {
  // Processes are counted here: what another file of this worker has left ends first, cells of the harness and esbuild's own.
  await shutDown();
  await stopBuilds();
  // Where builds make their folders, so that what they leave can be seen.
  process.env.TMPDIR = folder;
  silent = await startRegistry({ manner: 'silent' });
  broken = await startRegistry({ manner: 'broken' });
});
afterAll(async () => {
  if (usual === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = usual;
  await Promise.all([silent.close(), broken.close()]);
  rmSync(folder, { recursive: true });
});

/** Programs that this process has started and that still run. */
function children(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return new RegExp(`\\) [^Z] ${process.pid} `).test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
      } catch {
        // It has ended since the folder was read.
        return false;
      }
    });
}

describe('a dependency is a name and a version', () => {
  const builds = createBuilds({ registry: 'http://127.0.0.1:9/' });
  afterAll(() => builds.close());

  test.each([
    ['../../x', '1.0.0'],
    ['/etc/passwd', '1.0.0'],
    ['a/../../x', '1.0.0'],
    ['@a/../x', '1.0.0'],
    ['.hidden', '1.0.0'],
    ['..', '1.0.0'],
    ['@/x', '1.0.0'],
    ['a\\..\\x', '1.0.0'],
    ['x\0', '1.0.0'],
    ['x y', '1.0.0'],
    ['', '1.0.0'],
    ['x'.repeat(215), '1.0.0'],
    ['node_modules', '1.0.0'],
    ['__proto__', '1.0.0'],
    ['https://example.com/x.tgz', '1.0.0'],
    ['x', ''],
    ['x', '..'],
    ['x', './y'],
    ['x', '~/y'],
    ['x', 'y.tgz'],
    ['x', 'C:y'],
    ['x', 'file:../y'],
    ['x', 'link:../y'],
    ['x', 'npm:y@1'],
    ['x', 'git+ssh://git@example.com/x.git'],
    ['x', 'github:a/b'],
    ['x', 'a/b'],
    ['x', 'a/b#c'],
    ['x', 'http://169.254.169.254/latest'],
    ['x', '1.0.0\n'],
  ])('%j at %j is refused', async (name, version) => {
    const asked = request('', { dependencies: [{ name, version }] });
    expect(await refusal(builds, asked)).toEqual([
      { id: 'dependency_refused', message: expect.stringContaining('npm') },
    ]);
    const inModule = request('', { modules: [{ name: 'm', source: '', dependencies: [{ name, version }] }] });
    expect((await refusal(builds, inModule))[0]).toMatchObject({ message: expect.stringMatching(/^actions:m: /) });
  });

  test('declared twice, or more than ten of them', async () => {
    const eleven = Array.from({ length: 11 }, (_, i) => ({ name: `x${i}`, version: '1' }));
    expect(await refusal(builds, request('', { dependencies: eleven }))).toMatchObject([{ id: 'dependency_refused' }]);
    const twice = [eleven[0]!, eleven[0]!];
    expect(await refusal(builds, request('', { dependencies: twice }))).toMatchObject([{ id: 'dependency_refused' }]);
  });
});

describe('a registry', () => {
  test.each([
    ['is away', () => 'http://127.0.0.1:9/'],
    ['has no address', () => 'http://registry.invalid/'],
    ['answers nonsense', () => broken.address],
  ])('that %s', async (_what, address) => {
    const builds = createBuilds({ registry: address() });
    const faults = await refusal(builds, requiring('lodash'));
    await builds.close();
    expect(faults).toEqual([{ id: 'registry_unavailable', message: expect.stringContaining('registry') }]);
    expect(faults[0]?.message).not.toContain(new URL(address()).host);
  });

  test('that never answers', async () => {
    const builds = createBuilds({ registry: silent.address, timeLimit: 3_000 });
    const startedAt = performance.now();
    expect(await refusal(builds, requiring('lodash'))).toEqual([
      { id: 'timeout', message: expect.stringContaining('within 3 seconds') },
    ]);
    expect(performance.now() - startedAt).toBeLessThan(4_500);
    expect(silent.asked).toContain('lodash');
    // The line goes on.
    expect(evaluate(await take(builds, request('exports.x = 1')))).toEqual({ x: 1 });
    await builds.close();
  });
});

describe('the line', () => {
  test('two at once, the rest wait, and time runs while they wait', async () => {
    const builds = createBuilds({ registry: silent.address, timeLimit: 2_500 });
    const stages: number[] = [];
    const asked = ['a', 'b', 'c'].map((name, index) => builds.build(requiring(name), () => stages.push(index)));
    const results = await Promise.all(asked);
    expect(results).toMatchObject(asked.map(() => ({ ok: false, faults: [{ id: 'timeout' }] })));
    // Which of the two is heard first is the machine's to say.
    expect(stages.sort()).toEqual([0, 1]);
    await builds.close();
  });

  test('equal requests are built once', async () => {
    const registry = await startRegistry();
    const builds = createBuilds({ registry: registry.address });
    const stages: string[][] = [[], []];
    const [one, two] = await Promise.all(
      stages.map((seen) => builds.build(requiring('uuid'), (stage) => seen.push(stage))),
    );
    expect(one?.ok).toBe(true);
    expect(two).toBe(one);
    expect(stages[0]).toEqual(stages[1]);
    expect(registry.asked.filter((path) => path === 'uuid')).toHaveLength(1);
    // Packages are kept: a second build of them asks for no archive again.
    await take(builds, request('exports.y = require("uuid")', { dependencies: [{ name: 'uuid', version: 'latest' }] }));
    expect(registry.asked.filter((path) => path.endsWith('.tgz'))).toHaveLength(1);
    await builds.close();
    await registry.close();
  });

  test('closing leaves no folder and no process, whatever was under way', async () => {
    const builds = createBuilds({ registry: silent.address });
    await take(builds, request('exports.x = 1'));
    const underWay = builds.build(requiring('lodash'));
    const cutOff = expect(underWay).rejects.toThrow('closed');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(readdirSync(folder)).toEqual([expect.stringMatching(/^sallyport-builds-/)]);
    await builds.close();
    // Rejected, not failed: it is to be built by the next process.
    await cutOff;
    expect(readdirSync(folder)).toEqual([]);
    if (process.platform === 'linux') expect(children()).toEqual([]);
    await expect(builds.build(request(''))).rejects.toThrow('closed');
  });
});
