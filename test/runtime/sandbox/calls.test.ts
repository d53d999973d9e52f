// Calls out of a run, below the level of fetch: how they are answered, counted, ended, and never made twice.

import { afterEach, describe, expect, test } from 'vitest';
import type { Egress, Outcome } from '#runtime/egress/egress.ts';
import type { Sandbox } from '#runtime/sandbox/sandbox.ts';
import { DEFAULT_LIMITS } from '#runtime/script-limits.ts';
import { cellsOf, handler, lines, openSandbox, outcome, request, sleep } from './kit.ts';

type Received = { url: string; aborted: boolean };

/** An outside that answers `/slow` after 150 ms, `/never` not at all, and everything else at once. */
function createOutside(): Egress & { received: Received[] } {
  const received: Received[] = [];
  return {
    received,
    async request(call, { signal }): Promise<Outcome> {
      const entry = { url: call.url, aborted: false };
      received.push(entry);
      signal?.addEventListener('abort', () => {
        entry.aborted = true;
      });
      if (call.url.includes('/never')) {
        await new Promise((resolve) => signal?.addEventListener('abort', resolve));
        return { ok: false, code: 'ABORT_ERR', message: 'given up' };
      }
      if (call.url.includes('/slow')) await sleep(150);
      if (call.url.includes('/refused')) return { ok: false, code: 'ECONNREFUSED', message: 'nobody is there' };
      const answer = {
        status: 200,
        statusText: 'OK',
        url: call.url,
        redirected: false,
        headers: [],
        body: { text: call.url.includes('/large') ? 'x'.repeat(400_000) : `answer ${received.length}` },
      };
      return { ok: true, answer };
    },
    close: async () => {},
  };
}

let open: Sandbox[] = [];
afterEach(async () => {
  await Promise.all(open.map((sandbox) => sandbox.drain(0)));
  open = [];
});
async function openWith(outside: Egress, cells = 1): Promise<Sandbox> {
  const sandbox = await openSandbox(cells, outside);
  open.push(sandbox);
  return sandbox;
}

const ASK = `const ask = async (path, extra = '') => JSON.parse(await sallyportHost.call('fetch',
  JSON.stringify({ url: 'https://outside.example' + path + extra, method: 'GET', headers: [], redirect: 'follow' })).answer).body.text;\n`;

test('a call is answered, and the clock shows when', async () => {
  const sandbox = await openWith(createOutside());
  const body = `${ASK} const from = Date.now(); console.log(await ask('/slow')); console.log(Date.now() - from >= 140)`;
  expect(lines(await sandbox.run(handler(body)))).toEqual(['answer 1', 'true']);
});

test('a failure arrives as an error with name and code', async () => {
  const sandbox = await openWith(createOutside());
  const body = `${ASK} try { await ask('/refused') } catch (e) { console.log(e instanceof Error, e.name, e.code, e.message) }`;
  expect(lines(await sandbox.run(handler(body)))).toEqual(['true TypeError ECONNREFUSED nobody is there']);
});

test('runs of one cell wait for their answers together', async () => {
  const sandbox = await openWith(createOutside());
  const started = performance.now();
  const runs = Array.from({ length: 8 }, (_, i) => sandbox.run(handler(`${ASK} console.log(await ask('/slow?${i}'))`)));
  for (const run of await Promise.all(runs)) expect(lines(run)[0]).toMatch(/^answer \d$/);
  expect(performance.now() - started).toBeLessThan(8 * 150);
});

test('the top level cannot call out', async () => {
  const outside = createOutside();
  const sandbox = await openWith(outside);
  const source = `sallyportHost.call('fetch', '{}'); exports.onExecutePostLogin = async () => {}`;
  expect(outcome(await sandbox.run(request(source)))).toMatch(/^exports: fetch cannot be used at the top level/);
  expect(outside.received).toEqual([]);
});

test('calls are counted', async () => {
  const outside = createOutside();
  const sandbox = await openWith(outside);
  const body = `${ASK} for (;;) await ask('/')`;
  const result = await sandbox.run(handler(body, { limits: { ...DEFAULT_LIMITS, calls: 5 } }));
  expect(outcome(result)).toBe('limit: A script must not make more than 5 calls out.');
  expect(result).toMatchObject({ fault: { limit: { name: 'calls', value: 5 }, at: 'action.js:2:72' } });
  expect(outside.received).toHaveLength(5);
});

test('pending calls end with their run', async () => {
  const outside = createOutside();
  const sandbox = await openWith(outside);
  const result = await sandbox.run(handler(`${ASK} void ask('/never'); await ask('/')`));
  expect(result).toMatchObject({
    ok: true,
    console: [{ level: 'warn', text: 'A call out was not awaited: it ended with the run.', at: 'action.js:2:72' }],
  });
  expect(outside.received).toMatchObject([{ url: 'https://outside.example/never', aborted: true }, {}]);
});

test('a run that waits too long says where it stood', async () => {
  const sandbox = await openWith(createOutside());
  const result = await sandbox.run(handler(`${ASK}\nconsole.log('asking'); await ask('/never')`, { wallMs: 300 }));
  expect(outcome(result)).toBe('timeout: Script timed out after 20 s');
  expect(lines(result)).toEqual(['asking']);
  expect(result).toMatchObject({ fault: { at: expect.stringMatching(/^action\.js:2:/) } });
});

describe('a call is never made twice', () => {
  const SPIN = 'let n = 0; for (let i = 0; i < 3_000_000; i++) n += i % 7;';

  test('by a run that is moved to quarantine after it called', async () => {
    const outside = createOutside();
    const sandbox = await openWith(outside);
    const body = `${ASK} const first = await ask('/a'); ${SPIN} console.log(first, await ask('/b'), n > 0)`;
    expect(lines(await sandbox.run(handler(body, { limits: { ...DEFAULT_LIMITS, cpuMs: 5_000 } })))).toEqual([
      'answer 1 answer 2 true',
    ]);
    expect(outside.received).toHaveLength(2);
  });

  test('by a run that is set apart because an answer is large', async () => {
    const outside = createOutside();
    const sandbox = await openWith(outside);
    const body = `${ASK} const first = await ask('/a'); console.log(first, (await ask('/large')).length, await ask('/b'))`;
    expect(lines(await sandbox.run(handler(body)))).toEqual(['answer 1 400000 answer 3']);
    expect(outside.received).toHaveLength(3);
  });

  test.runIf(process.platform === 'linux')('by a run whose process went away while it waited', async () => {
    const outside = createOutside();
    const sandbox = await openWith(outside);
    const body = `${ASK} const first = await ask('/a'); console.log(first, await ask('/slow'), await ask('/b'))`;
    const running = sandbox.run(handler(body));
    await expect.poll(() => outside.received.length).toBe(2);
    for (const pid of cellsOf(process.pid)) process.kill(pid, 'SIGKILL');
    expect(lines(await running)).toEqual(['answer 1 answer 2 answer 3']);
    expect(outside.received.map(({ url }) => new URL(url).pathname)).toEqual(['/a', '/slow', '/b']);
  });

  test.runIf(process.platform === 'linux')('even when the repeated run asks for something else: it ends', async () => {
    const outside = createOutside();
    const sandbox = await openWith(outside);
    // Real randomness, which no seed repeats.
    const body = `${ASK} const dice = sallyportHost.compute('random', '{"bytes":8}'); await ask('/slow?', dice)`;
    const running = sandbox.run(handler(body));
    await expect.poll(() => outside.received.length).toBe(1);
    for (const pid of cellsOf(process.pid)) process.kill(pid, 'SIGKILL');
    expect(outcome(await running)).toBe(
      'crash: Script could not be run again: its process ended after it had called out',
    );
    expect(outside.received).toHaveLength(1);
  });
});
