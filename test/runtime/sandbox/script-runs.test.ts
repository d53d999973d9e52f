// What a script meets and what comes of it, each row through a real cell.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Sandbox } from '#runtime/sandbox/sandbox.ts';
import { DEFAULT_LIMITS } from '#runtime/script-limits.ts';
import { handler, lines, openSandbox, outcome, request, sleep } from './kit.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await openSandbox();
});
afterAll(() => sandbox.drain(1000));

const say = async (body: string, over = {}): Promise<string[]> => lines(await sandbox.run(handler(body, over)));
const INVALID =
  'Invalid function signature for the "onExecutePostLogin" handler. Use "exports.onExecutePostLogin = async function(event, api) { }" as the signature.';

describe('a module', () => {
  test.each([
    ['exports.onExecutePostLogin = async () => {}', 'ok'],
    ['module.exports = { onExecutePostLogin: async () => {} }', 'ok'],
    ['exports.onExecutePostLogin = async function () {} // the last line is a comment', 'ok'],
    ['undeclared = 1; exports.onExecutePostLogin = async function () { if (!this) throw new Error("strict") }', 'ok'],
    ['module.exports = () => {}', 'exports: The Action must export an object.'],
    ['module.exports = null', 'exports: The Action must export an object.'],
    ['module.exports = "text"', 'exports: The Action must export an object.'],
    ['', `exports: ${INVALID}`],
    ['exports.onExecutePostLogin = () => {}', `exports: ${INVALID}`],
    ['exports.onExecutePostLogin = function () { return Promise.resolve() }', `exports: ${INVALID}`],
    [
      'function f() {} f.constructor = { name: "AsyncFunction" }; exports.onExecutePostLogin = f',
      `exports: ${INVALID}`,
    ],
    ['exports.onExecutePostLogin = 5', `exports: ${INVALID}`],
    ['throw new Error("at the top")', 'exports: at the top'],
    ["require('axios')", "exports: Cannot find module 'axios': scripts require modules by their literal names."],
  ])('%s → %s', async (source, expected) => {
    // Twice: the second time finds a context whose top level has run already.
    expect(outcome(await sandbox.run(request(source)))).toBe(expected);
    expect(outcome(await sandbox.run(request(source)))).toBe(expected);
  });

  test('its top-level console output belongs to every run', async () => {
    const source = 'console.log("top"); exports.onExecutePostLogin = async () => console.info("run")';
    for (let i = 0; i < 3; i++) expect(lines(await sandbox.run(request(source)))).toEqual(['top', 'run']);
  });

  test('V8’s refusal of a text that was never checked is a result', async () => {
    const result = await sandbox.run(request('exports.onExecutePostLogin = async () => { import.meta }'));
    expect(outcome(result)).toMatch(/^exports: Cannot use 'import.meta' outside a module/);
  });
});

describe('a throw', () => {
  test.each([
    ['throw new Error("no")', 'threw: no'],
    ['throw new TypeError("no")', 'threw: no'],
    ['class Odd extends Error {}; throw new Odd("odd")', 'threw: odd'],
    ['throw new Error()', 'threw: Script threw an error without a message'],
    ['throw new Error("a\\nb\\u0000c\\u2028d")', 'threw: a b c d'],
    ['throw "text"', 'threw: Script threw a value that is not an error'],
    ['throw null', 'threw: Script threw a value that is not an error'],
    ['throw undefined', 'threw: Script threw a value that is not an error'],
    ['throw { message: "looks like one" }', 'threw: Script threw a value that is not an error'],
    ['throw new Proxy({}, { get() { throw 1 } })', 'threw: Script threw a value that is not an error'],
    [
      'const e = new Error("x"); Object.defineProperty(e, "message", { get() { throw e } }); throw e',
      'threw: Script threw an error without a message',
    ],
    ['const e = new Error(""); e.message = { toString() { throw 1 } }; throw e', 'threw: <no text>'],
    ['Promise.reject(new Error("nobody waits"))', 'threw: nobody waits'],
    ['Promise.reject("nobody waits")', 'threw: Script threw a value that is not an error'],
    ['Promise.reject({ a: 1 })', 'threw: Script threw a value that is not an error'],
    ['setTimeout(() => { throw new Error("in a timer") }, 1); await new Promise(() => {})', 'threw: in a timer'],
    [
      'await fetch("https://example.com")',
      'threw: fetch is not defined: the build provides it to scripts that name it literally',
    ],
    ['new XMLHttpRequest()', 'threw: XMLHttpRequest is not defined: use fetch'],
    ['await new Promise(() => {})', 'stalled: Script stalled: it awaits a promise that nothing can settle'],
    ['missing()', 'threw: missing is not defined'],
  ])('%s → %s', async (body, expected) => {
    expect(outcome(await sandbox.run(handler(body)))).toBe(expected);
  });

  test('a message is cut to 1,024 characters without splitting one', async () => {
    const result = await sandbox.run(handler('throw new Error("😀".repeat(2000))'));
    const message = result.ok ? '' : result.fault.message;
    expect(message.length).toBeLessThanOrEqual(1024);
    expect(message.isWellFormed()).toBe(true);
  });

  test('frames are those of the author’s file, with its lines and columns', async () => {
    const result = await sandbox.run(handler('  function check() { throw new RangeError("far") }\n  check();'));
    expect(result).toMatchObject({
      ok: false,
      fault: {
        name: 'RangeError',
        stack: ['at check (action.js:2:28)', 'at exports.onExecutePostLogin (action.js:3:3)'],
      },
    });
  });

  test('what was recorded before it is dropped, what was written to the console is not', async () => {
    const result = await sandbox.run(handler('console.log("so far"); api.access.deny("x"); throw new Error("no")'));
    expect(result).not.toHaveProperty('commands');
    expect(lines(result)).toEqual(['so far']);
  });
});

describe('the clock and the dice', () => {
  test('begin with the run and repeat with its seed', async () => {
    const body = 'console.log(new Date().toISOString(), Date.now(), Math.random(), Math.random())';
    const [first] = await say(body);
    expect(first).toMatch(/^2026-01-02T03:04:05.000Z 1767323045000 0\.\d+ 0\.\d+$/);
    expect(await say(body)).toEqual([first]);
    expect(await say(body, { seed: 'another' })).not.toEqual([first]);
    expect(await say('console.log(new Date().getTime())', { now: 5 })).toEqual(['5']);
  });

  test('a top level sees the clock of the moment its context was made, and dice of its own', async () => {
    const source =
      'const at = Date.now(), dice = Math.random(); exports.onExecutePostLogin = async () => console.log(at, dice, Date.now())';
    const now = Date.UTC(2031, 0, 1);
    expect(lines(await sandbox.run(request(source, { now })))[0]).toMatch(new RegExp(`^${now} 0\\.\\d+ ${now}$`));
    // Once a context has been made ahead: its clock was that of the scripts then, not of the machine, and not of its run.
    const laterRun = async () => {
      await sandbox.run(request(source, { now }));
      sandbox.prefetch('acme', [request(source).script], DEFAULT_LIMITS);
      await sleep(50);
      const [line = ''] = lines(await sandbox.run(request(source, { now: now + 60_000 })));
      return line.split(' ').map(Number);
    };
    await expect.poll(async () => ((await laterRun())[0] ?? 0) - now, { timeout: 15_000 }).toBeLessThan(30_000);
    const [top = 0, dice = 0, run] = await laterRun();
    expect(top).toBeGreaterThanOrEqual(now);
    expect(dice).toBeLessThan(1);
    expect(run).toBe(now + 60_000);
  });

  test('the clock moves by timers only, to when they were due', async () => {
    const body = `const from = Date.now();
      const wait = (ms) => new Promise((done) => setTimeout(done, ms));
      await wait(30); console.log(Date.now() - from);
      await Promise.all([wait(20), wait(10).then(() => console.log(Date.now() - from))]); console.log(Date.now() - from);`;
    expect(await say(body)).toEqual(['30', '40', '50']);
  });

  test.each([
    [
      'console.log(typeof Date(), Date.length, new Date(2020, 1, 1).getFullYear(), new Date(0) instanceof Date)',
      'string 7 2020 true',
    ],
    ['console.log(new Date().constructor === Date, Object.prototype.toString.call(new Date()))', 'true [object Date]'],
    ['console.log(new Intl.DateTimeFormat("en", { timeZone: "UTC" }).format())', '1/2/2026'],
    [
      'class Later extends Date {}; console.log(new Later().getTime(), new Later() instanceof Later)',
      '1767323045000 true',
    ],
  ])('%s → %s', async (body, expected) => {
    expect(await say(body)).toEqual([expected]);
  });
});

describe('globals', () => {
  test.each([
    [
      'console.log(typeof fetch, typeof process, typeof Buffer, typeof WebAssembly, typeof SharedArrayBuffer)',
      'undefined undefined undefined undefined undefined',
    ],
    [
      'const t = setTimeout(() => console.log("never"), 1); console.log(t.unref() === t, t.hasRef(), +t > 0); clearTimeout(t)',
      'true true true',
    ],
    ['queueMicrotask(() => console.log("micro")); await 0; console.log("after")', 'micro|after'],
    [
      'let n = 0; const id = setInterval(() => { if (++n === 3) clearInterval(id) }, 1); await new Promise((r) => setTimeout(r, 10)); console.log(n)',
      '3',
    ],
    [
      'const id = setTimeout(() => console.log("never"), 1); clearTimeout(id); await new Promise((r) => setImmediate(r)); console.log("done")',
      'done',
    ],
    ['await new Promise((done) => setTimeout((a, b) => { console.log(a + b); done() }, 1, 2, 3))', '5'],
    [
      'console.error({ a: [1, "x"] }, null, undefined, 5n, Symbol("s"), () => 1)',
      '{"a":[1,"x"]} null undefined 5 Symbol(s) () => 1',
    ],
    ['const c = {}; c.c = c; console.log(c)', '[object Object]'],
  ])('%s → %s', async (body, expected) => {
    expect((await say(body)).join('|')).toBe(expected);
  });
});

describe('limits', () => {
  test.each([
    ['for (let i = 0; i < 256; i++) api.idToken.setCustomClaim("c", i)', 'ok'],
    [
      'for (let i = 0; i < 257; i++) api.idToken.setCustomClaim("c", i)',
      'limit: A script must not call api more than 256 times.',
    ],
    [
      'try { for (let i = 0; i < 300; i++) api.idToken.setCustomClaim("c", i) } catch {}',
      'limit: A script must not call api more than 256 times.',
    ],
    [
      'for (let i = 0; i < 30; i++) api.idToken.setCustomClaim("c", "x".repeat(50000))',
      'limit: What a script hands to api must not exceed 1024 KB.',
    ],
    ['for (let i = 0; i < 1001; i++) setTimeout(() => {}, 1)', 'limit: A script must not start more than 1000 timers.'],
    ['await new Promise((done) => setTimeout(done, 60_000))', 'timeout: Script timed out after 20 s'],
    ['for (;;) await new Promise((done) => setTimeout(done, 30_000))', 'timeout: Script timed out after 20 s'],
  ])('%s → %s', async (body, expected) => {
    expect(outcome(await sandbox.run(handler(body, { wallMs: 600 })))).toBe(expected);
  });

  test('a console that floods is cut, and the run goes on', async () => {
    const result = await sandbox.run(
      handler('for (let i = 0; i < 2000; i++) console.log("x".repeat(500)); api.access.deny("end")'),
    );
    expect(result).toMatchObject({ ok: true, commands: [{ name: 'access.deny', args: ['end'] }] });
    expect(result.console.length).toBeLessThanOrEqual(257);
    expect(result.console.at(-1)).toMatchObject({ level: 'warn' });
  });

  test('a script that needs more than its first slice still succeeds', async () => {
    const body = 'let n = 0; for (let i = 0; i < 1_500_000; i++) n += i % 7; api.idToken.setCustomClaim("n", n)';
    expect(outcome(await sandbox.run(handler(body)))).toBe('ok');
    expect(outcome(await sandbox.run(handler(body)))).toBe('ok');
  });
});

describe('the api after the handler', () => {
  test('is deaf, and says which calls it did not hear', async () => {
    const body =
      'let p = Promise.resolve(); for (let i = 0; i < 9; i++) p = p.then(() => 0); p.then(() => api.access.deny("late")); api.idToken.setCustomClaim("a", 1);';
    const result = await sandbox.run(handler(body));
    expect(result).toMatchObject({
      ok: true,
      commands: [{ name: 'idToken.setCustomClaim', args: ['a', 1] }],
      lateCalls: ['access.deny'],
      console: [
        { level: 'warn', text: 'api.access.deny was called after the handler had settled; the call did nothing.' },
      ],
    });
  });

  test('timers end with the run', async () => {
    const result = await sandbox.run(handler('setTimeout(() => api.access.deny("late"), 5)'));
    expect(result).toMatchObject({ ok: true, commands: [], console: [] });
  });
});

test('an Action sees its own secrets and its own event', async () => {
  const body =
    'console.log(event.secrets.KEY, event.user.user_id); event.user.user_id = "changed"; event.secrets.KEY = "changed"';
  for (const key of ['one', 'two']) {
    expect(await say(body, { secretsJson: JSON.stringify({ KEY: key }) })).toEqual([`${key} auth0|sample`]);
  }
});

describe('the top level', () => {
  const TOP =
    'cannot be used at the top level of an Action, which may run before anybody logs in; use it inside the handler.';
  test.each([
    ['setTimeout(() => {}, 1)', 'setTimeout'],
    ['setInterval(() => {}, 1)', 'setInterval'],
  ])('%s is refused there, and that is the error of the run', async (top, name) => {
    const result = await sandbox.run(request(`${top};\nexports.onExecutePostLogin = async () => {};`));
    expect(outcome(result)).toBe(`exports: ${name} ${TOP}`);
    expect(result).toMatchObject({ fault: { at: 'action.js:1:1' } });
  });

  test('its console lines are kept for the run that uses the context', async () => {
    const source = 'console.log("top"); exports.onExecutePostLogin = async () => { console.log("handler") };';
    for (let i = 0; i < 3; i++) {
      expect(lines(await sandbox.run(request(source)))).toEqual(['top', 'handler']);
      await sleep(20);
    }
  });
});
