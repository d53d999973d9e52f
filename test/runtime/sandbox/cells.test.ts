// The processes: what runs share and what they do not, and what happens when a process goes away.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import type { Sandbox } from '#runtime/sandbox/sandbox.ts';
import { DEFAULT_LIMITS } from '#runtime/script-limits.ts';
import { cellsOf, handler, lines, openSandbox, outcome, request, sleep } from './kit.ts';

const linux = process.platform === 'linux';
let open: Sandbox[] = [];
const sandboxOf = async (cells: number): Promise<Sandbox> => {
  const sandbox = await openSandbox(cells);
  open.push(sandbox);
  return sandbox;
};
afterEach(async () => {
  await Promise.all(open.map((sandbox) => sandbox.drain(0)));
  open = [];
});

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    // No such process.
    return false;
  }
};

describe('state', () => {
  const COUNT =
    'globalThis.n = (globalThis.n ?? 0) + 1; Array.prototype.seen = (Array.prototype.seen ?? 0) + 1; console.log(n, [].seen)';

  test('never passes from one run to the next', async () => {
    const sandbox = await sandboxOf(1);
    for (let i = 0; i < 5; i++) expect(lines(await sandbox.run(handler(COUNT)))).toEqual(['1 1']);
  });

  test('of the module neither', async () => {
    const sandbox = await sandboxOf(1);
    const source = 'let n = 0; exports.onExecutePostLogin = async () => console.log(++n)';
    for (let i = 0; i < 5; i++) expect(lines(await sandbox.run(request(source)))).toEqual(['1']);
  });

  test('never passes from tenant to tenant, although both run the same text', async () => {
    const sandbox = await sandboxOf(1);
    const body = `${COUNT}; console.log(event.secrets.KEY)`;
    for (const tenantId of ['one', 'two', 'one', 'two']) {
      const secretsJson = JSON.stringify({ KEY: tenantId });
      expect(lines(await sandbox.run(handler(body, { tenantId, secretsJson })))).toEqual(['1 1', tenantId]);
    }
  });

  test('nor between two logins at the same time', async () => {
    const sandbox = await sandboxOf(1);
    const body = `globalThis.mine = event.user.user_id; await new Promise((done) => setTimeout(done, 60)); console.log(mine, event.user.user_id)`;
    const run = (user_id: string) => sandbox.run(handler(body, { eventJson: JSON.stringify({ user: { user_id } }) }));
    const started = performance.now();
    const results = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'].map(run));
    expect(results.flatMap(lines)).toEqual(['a a', 'b b', 'c c', 'd d', 'e e', 'f f', 'g g', 'h h', 'i i', 'j j']);
    // They wait for their timers together, not one after another.
    expect(performance.now() - started).toBeLessThan(550);
  });
});

test('many tenants in turn, more than a cell keeps warm, all get their own answer', async () => {
  const sandbox = await sandboxOf(1);
  const ids = Array.from({ length: 170 }, (_, i) => `tenant-${i}`);
  const results = await Promise.all(
    ids.map((tenantId) =>
      sandbox.run(handler('console.log(event.secrets.T)', { tenantId, secretsJson: JSON.stringify({ T: tenantId }) })),
    ),
  );
  expect(results.flatMap(lines)).toEqual(ids);
});

test('prefetched scripts run, and so do those whose prefetching fails', async () => {
  const sandbox = await sandboxOf(1);
  const good = request('console.log("top"); exports.onExecutePostLogin = async () => {}');
  const slow = request('for (;;);');
  const bad = request('this is no script');
  sandbox.prefetch('acme', [good.script, slow.script, bad.script], DEFAULT_LIMITS);
  await sleep(100);
  expect(lines(await sandbox.run(good))).toEqual(['top']);
  expect(outcome(await sandbox.run(slow))).toMatch(/^timeout/);
  expect(outcome(await sandbox.run(bad))).toMatch(/^exports: Unexpected identifier/);
});

describe.runIf(linux)('a process that goes away', () => {
  test('takes no login with it', async () => {
    const sandbox = await sandboxOf(1);
    const body = 'await new Promise((done) => setTimeout(done, 60)); api.access.deny(event.secrets.N)';
    const runs = Array.from({ length: 10 }, (_, i) =>
      sandbox.run(handler(body, { tenantId: `t${i}`, secretsJson: `{"N":"${i}"}` })),
    );
    await sleep(30);
    for (const pid of cellsOf(process.pid)) process.kill(pid, 'SIGKILL');
    const results = await Promise.all(runs);
    results.forEach((result, i) => {
      expect(result).toMatchObject({ ok: true, commands: [{ name: 'access.deny', args: [`${i}`] }] });
    });
  });

  test('is replaced', async () => {
    const sandbox = await sandboxOf(2);
    const before = cellsOf(process.pid);
    expect(before).toHaveLength(3);
    for (const pid of before) process.kill(pid, 'SIGKILL');
    expect(outcome(await sandbox.run(handler('')))).toBe('ok');
    await expect
      .poll(() => cellsOf(process.pid).filter((pid) => !before.includes(pid)), { timeout: 5000 })
      .toHaveLength(3);
  });
});

describe('draining', () => {
  test('waits for runs in flight, refuses new ones, leaves no process', async () => {
    const sandbox = await openSandbox(1);
    const pids = linux ? cellsOf(process.pid) : [];
    const running = sandbox.run(handler('await new Promise((done) => setTimeout(done, 50))'));
    const drained = sandbox.drain(5000);
    expect(outcome(await sandbox.run(handler('')))).toBe('crash: Script could not be run: the server is shutting down');
    expect(outcome(await running)).toBe('ok');
    await drained;
    expect(pids.filter(isAlive)).toEqual([]);
  });

  test('does not wait longer than it is told', async () => {
    const sandbox = await openSandbox(1);
    const running = sandbox.run(handler('await new Promise((done) => setTimeout(done, 10_000))'));
    await sleep(20);
    const started = performance.now();
    await sandbox.drain(50);
    expect(performance.now() - started).toBeLessThan(2000);
    expect(outcome(await running)).toBe('crash: Script could not be run: the server is shutting down');
  });
});

test.runIf(linux)('cells end by themselves when their parent is killed, even at work', async () => {
  const code = `
    import { handler, openSandbox } from ${JSON.stringify(import.meta.resolve('./kit.ts'))};
    const sandbox = await openSandbox(1);
    void sandbox.run(handler('Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)'));
    console.log('up');
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['--input-type=module-typescript', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(parent.stdout, 'data');
  const pids = cellsOf(parent.pid ?? 0);
  expect(pids).toHaveLength(2);
  parent.kill('SIGKILL');
  await expect.poll(() => pids.filter(isAlive), { timeout: 5000 }).toEqual([]);
});
