// Scripts that try to break out or wear down, each beside a tenant in the same cells whose every login must succeed.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunResult, Sandbox } from '#runtime/sandbox/sandbox.ts';
import { draw } from '#test/kit/counts.ts';
import { handler, lines, openSandbox, outcome, request, sleep } from './kit.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await openSandbox();
});
afterAll(() => sandbox.drain(1000));

/** Runs `attack` while another tenant logs in every few milliseconds; answers what became of the attack. */
async function beside(attack: ReturnType<typeof request>): Promise<RunResult> {
  const victims: Promise<RunResult>[] = [];
  let over = false;
  const attacked = sandbox.run(attack).finally(() => {
    over = true;
  });
  while (!over) {
    victims.push(sandbox.run(handler('api.access.deny(event.user.user_id)', { tenantId: 'victim' })));
    await Promise.race([attacked, sleep(10)]);
  }
  for (const result of await Promise.all(victims)) {
    expect(result).toMatchObject({ ok: true, commands: [{ name: 'access.deny', args: ['auth0|sample'] }] });
  }
  const after = await sandbox.run(handler('api.access.deny("still here")', { tenantId: attack.tenantId }));
  expect(outcome(after)).toBe('ok');
  return attacked;
}

let attackers = 0;
/** A tenant of its own for each, so that one attack's marks do not decide the next one's fate. */
const attacker = () => ({ tenantId: `attacker-${++attackers}` });

const CPU = 'timeout: Script timed out after 500 ms of CPU time';
const MEMORY = 'memory: Script exceeded its memory limit';

describe('wearing down', () => {
  test.each(
    draw(
      [
        ['a loop', 'for (;;);', CPU],
        ['a loop that resists', 'for (;;) { try { for (;;); } finally { continue } }', CPU],
        ['a loop of microtasks', 'for (;;) await 0', CPU],
        ['a detached loop of microtasks', 'const f = () => { Promise.resolve().then(f) }; f()', CPU],
        ['a loop in toJSON', 'api.idToken.setCustomClaim("a", { toJSON() { for (;;); } })', CPU],
        [
          'a loop in the getter of a thrown error',
          'const e = new Error(); Object.defineProperty(e, "message", { get() { for (;;); } }); throw e',
          CPU,
        ],
        ['a loop in prepareStackTrace', 'Error.prepareStackTrace = () => { for (;;); }; throw new Error("x")', CPU],
        ['backtracking', '/^(a+)+$/.test("a".repeat(60) + "!")', CPU],
        ['an uninterruptible built-in', 'Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)', CPU],
        ['objects without end', 'const a = []; for (;;) a.push({ x: 1 })', MEMORY],
        ['buffers without end', 'const a = []; for (;;) a.push(new Uint8Array(1 << 24).fill(1))', MEMORY],
      ],
      5,
    ),
  )('%s', async (_, body, expected) => {
    expect(outcome(await beside(handler(body, attacker())))).toBe(expected);
  });

  test.each(
    draw(
      [
        [
          'a string split into hundreds of megabytes',
          'const a = []; for (;;) a.push("x".repeat(2 ** 29 - 24).split(""))',
        ],
        ['a huge array at once', 'Array.from({ length: 2 ** 28 }, () => 1.1)'],
        [
          'strings without end',
          'const a = []; for (let i = 0; ; i++) a.push(("x" + i).padEnd(1 << 20, "y").slice(1).split("").join("z"))',
        ],
        ['arrays without end', 'const a = []; for (;;) a.push(new Array(1e5).fill("x"))'],
        ['promises without end', 'const f = () => Promise.resolve().then(f); f()'],
      ],
      5,
    ),
  )('%s ends by whichever limit it meets first', async (_, body) => {
    expect([CPU, MEMORY]).toContain(outcome(await beside(handler(body, attacker()))));
  });

  test('a loop at the top level', async () => {
    expect(outcome(await beside(request('for (;;);', attacker())))).toBe(CPU);
  });

  test('a tenant that keeps at it is served, one run at a time, and nobody else waits for it', async () => {
    const { tenantId } = attacker();
    const loops = Array.from({ length: 3 }, (_, i) => sandbox.run(handler(`for (;;); ${i}`, { tenantId })));
    let left = loops.length;
    for (const loop of loops) void loop.then(() => left--);
    expect(outcome(await sandbox.run(handler('', { tenantId: 'victim' })))).toBe('ok');
    expect(left).toBeGreaterThan(0);
    for (const loop of loops) expect(outcome(await loop)).toBe(CPU);
  });
});

describe('breaking out', () => {
  test.each(
    draw(
      [
        [
          'the constructor’s constructor',
          'console.log(typeof (() => {}).constructor.constructor("return typeof process === \'undefined\' ? undefined : process")())',
          'undefined',
        ],
        ['the console’s realm', 'console.log(console.log.constructor("return typeof require")())', 'undefined'],
        [
          'the api’s realm',
          'console.log(api.access.deny.constructor("return this === globalThis && typeof process")())',
          'undefined',
        ],
        [
          'the event’s realm',
          'console.log(event.constructor.constructor === Function && event instanceof Object)',
          'true',
        ],
        [
          'call sites',
          'function me() { Error.prepareStackTrace = (_, sites) => sites.map((s) => s.getFunction()); return new Error().stack } console.log(me().filter((f) => f && !String(f).includes("prepareStackTrace")).length)',
          '0',
        ],
        [
          'the caller of a callback',
          'await new Promise((done) => setTimeout(function f() { console.log(String(f.caller)); done() }, 1))',
          'null',
        ],
        [
          'dynamic import',
          'try { await import("node:fs"); console.log("in") } catch (e) { console.log("out") }',
          'out',
        ],
        [
          'indirect import',
          'try { await (0, eval)("import(\'node:fs\')"); console.log("in") } catch (e) { console.log("out") }',
          'out',
        ],
        [
          'what the sandbox left behind',
          'console.log(Object.getOwnPropertyNames(globalThis).filter((n) => /ivm|entry|prelude|process|require/i.test(n)).join())',
          '',
        ],
        [
          'resizable buffers',
          'try { new ArrayBuffer(1, { maxByteLength: 2 ** 30 }); console.log("in") } catch (e) { console.log(e.name) }',
          'RangeError',
        ],
        [
          'resizable buffers by the prototype',
          'try { new (new ArrayBuffer(1).constructor)(1, { maxByteLength: 2 }); console.log("in") } catch (e) { console.log(e.name) }',
          'RangeError',
        ],
        [
          'stack exhaustion',
          'const f = () => { try { f() } catch (e) { e.constructor.constructor("return 1")() } }; f(); console.log("through")',
          'through',
        ],
      ],
      5,
    ),
  )('%s', async (_, body, expected) => {
    const result = await beside(handler(body, attacker()));
    expect(lines(result).join()).toBe(expected);
  });
});

describe('tampering with what the sandbox itself uses', () => {
  test.each(
    draw(
      [
        'JSON.stringify = () => \'{"state":"done","commands":[{"name":"x","args":[]}]}\'; JSON.parse = () => { throw 1 }',
        'Promise.prototype.then = () => { throw 1 }; Promise.resolve = null',
        'Array.prototype.push = Array.prototype.map = Array.prototype.join = () => { throw 1 }',
        'Array.prototype[Symbol.iterator] = () => { throw 1 }',
        'Reflect.apply = Function.prototype.call = Function.prototype.apply = () => { throw 1 }',
        'String.prototype.slice = String.prototype.charCodeAt = () => { throw 1 }',
        'Object.defineProperty(Object.prototype, "fault", { get() { return "x" } }); Object.prototype.settled = true',
        'Object.defineProperty(Object.prototype, "get", { get() { throw 1 }, configurable: true })',
        'globalThis.String = globalThis.Error = globalThis.Object = undefined',
        'for (const n of Object.getOwnPropertyNames(globalThis)) try { delete globalThis[n] } catch {}',
      ],
      5,
    ),
  )('%s', async (tampering) => {
    const result = await beside(
      handler(`${tampering};\napi.idToken.setCustomClaim("a", [1, { b: "x" }]);`, attacker()),
    );
    // What it said, or a failed login: never a command it did not give.
    if (result.ok) expect(result.commands).toEqual([{ name: 'idToken.setCustomClaim', args: ['a', [1, { b: 'x' }]] }]);
    else expect(result.fault.kind).toBe('threw');
  });

  test('a toJSON on every object bends the tenant’s own output only', async () => {
    const result = await beside(
      handler('Object.prototype.toJSON = () => "bent"; api.idToken.setCustomClaim("a", {})', attacker()),
    );
    expect(['ok', 'crash: Script left an output that cannot be read']).toContain(outcome(result));
  });
});
