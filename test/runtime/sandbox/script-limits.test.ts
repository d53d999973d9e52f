// Limits and places: each limit ends a run with an error of its own that names the script, the limit and where it stood.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Sandbox } from '#runtime/sandbox/sandbox.ts';
import { DEFAULT_LIMITS, limitsFor, MOST_LIMITS, type ScriptLimits } from '#runtime/script-limits.ts';
import { handler, lines, openSandbox, outcome, request } from './kit.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await openSandbox();
});
afterAll(() => sandbox.drain(1000));

test('a tenant gets what it asks for, within what the operator allows', () => {
  const most = { ...MOST_LIMITS, cpuMs: 300 };
  expect(limitsFor(undefined, most)).toEqual({ ...DEFAULT_LIMITS, cpuMs: 300 });
  expect(limitsFor({ cpuMs: 100, memoryMb: 64 }, most)).toMatchObject({ cpuMs: 100, memoryMb: 64 });
  expect(limitsFor({ cpuMs: 1000 }, most)).toMatchObject({ cpuMs: 300 });
});

describe('where a script stood', () => {
  test.each([
    ['api.access.deny(5)', 'action.js:2:12'],
    ['for (;;);', 'action.js:2:1'],
    ['await new Promise((done) => setTimeout(done, 60_000))', 'action.js:2:29'],
    ['for (let i = 0; i < 300; i++) api.idToken.setCustomClaim("c", i)', 'action.js:2:43'],
    // Twice: a cell that a busy machine keeps from answering in half a second is ended without having said where it stood.
  ])('%s → %s', { retry: 1 }, async (body, at) => {
    const result = await sandbox.run(handler(body, { wallMs: 2_500 }));
    expect(result).toMatchObject({ ok: false, fault: { fileName: 'action.js', at } });
  });

  test.each([
    ['for (let i = 0; i < 300; i++) api.idToken.setCustomClaim("c", i)', { name: 'commands', value: 256 }],
    ['for (;;);', { name: 'cpuMs', value: 500 }],
    ['await new Promise((done) => setTimeout(done, 60_000))', { name: 'wallMs', value: 20_000 }],
    ['const a = []; for (;;) a.push(new Uint8Array(1 << 24).fill(1))', { name: 'memoryMb', value: 32 }],
    [
      'for (let i = 0; i < 30; i++) api.idToken.setCustomClaim("c", "x".repeat(50000))',
      { name: 'outputSize', value: 1024 * 1024 },
    ],
  ])('%s names its limit', async (body, limit) => {
    expect(await sandbox.run(handler(body, { wallMs: 600 }))).toMatchObject({ ok: false, fault: { limit } });
  });

  test('each console line says where it was written', async () => {
    const result = await sandbox.run(handler('console.log("a");\n  const f = () => console.warn("b");\n  f();'));
    expect(result.console).toEqual([
      { level: 'log', text: 'a', at: 'action.js:2:9' },
      { level: 'warn', text: 'b', at: 'action.js:3:27' },
    ]);
  });

  test('what it wrote before its time was up is kept', async () => {
    const body = 'console.log("before"); await new Promise((done) => setTimeout(done, 60_000))';
    expect(lines(await sandbox.run(handler(body, { wallMs: 300 })))).toEqual(['before']);
  });
});

test.each<[Partial<ScriptLimits>, string, string]>([
  [{ cpuMs: 60 }, 'for (;;);', 'timeout: Script timed out after 60 ms of CPU time'],
  [
    { commands: 2 },
    'for (;;) api.idToken.setCustomClaim("c", 1)',
    'limit: A script must not call api more than 2 times.',
  ],
  [
    { outputSize: 2048 },
    'api.idToken.setCustomClaim("c", "x".repeat(3000))',
    'limit: What a script hands to api must not exceed 2 KB.',
  ],
  [{ wallMs: 300 }, 'await new Promise((done) => setTimeout(done, 9000))', 'timeout: Script timed out after 0.3 s'],
])('a tenant with the limits %j', async (limits, body, expected) => {
  const wallMs = limits.wallMs ?? 20_000;
  const over = { tenantId: 'limited', limits: { ...DEFAULT_LIMITS, ...limits }, wallMs };
  expect(outcome(await sandbox.run(handler(body, over)))).toBe(expected);
});

describe('the memory of a tenant with many scripts', () => {
  /** A script whose top level holds about six megabytes. */
  const heavy = (name: string) =>
    request(`const held = Array.from({ length: 60_000 }, (_, i) => ({ ${name}: i, text: 'x' + i }));
exports.onExecutePostLogin = async (event, api) => { api.idToken.setCustomClaim('n', held.length); };`);

  test('is not held against the script that comes last', async () => {
    for (let round = 0; round < 2; round++) {
      for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) {
        expect([name, outcome(await sandbox.run({ ...heavy(name), tenantId: 'crowded' }))]).toEqual([name, 'ok']);
      }
    }
  });

  test('nor against one that only loops', async () => {
    for (const name of ['a', 'b']) await sandbox.run({ ...heavy(name), tenantId: 'crowded too' });
    const loop = handler('for (;;);', { tenantId: 'crowded too' });
    expect(outcome(await sandbox.run(loop))).toBe('timeout: Script timed out after 500 ms of CPU time');
  });
});
