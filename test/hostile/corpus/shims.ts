// Attacks through the globals that scripts really use (fetch, crypto, Buffer), which the build supplies: these go the whole
// way of a deployed Action.

import { type Attack, attacks, type Expectation } from '../attack.ts';

const ENDS_SOMEHOW: Expectation = { ends: ['ok', 'threw', 'limit', 'timeout', 'memory', 'stalled'] };

const ROWS = [
  {
    id: 'fetch-hostile-arguments',
    about: 'requests made of values that throw, change or never end',
    body: 'const odd = [undefined, null, Symbol("x"), {}, () => {}, new Proxy({}, { get() { throw new Error("trap"); } }), { toString() { throw new Error("text"); } }, 1n, "https://x.invalid/\\u0000"]; for (const u of odd) for (const i of [undefined, { headers: odd }, { body: {}, method: "POST" }, { signal: {} }]) try { await fetch(u, i); console.log("ESCAPED"); } catch {} console.log("through");',
    expect: { ends: ['ok', 'limit'], lines: ['through'] } satisfies Expectation,
  },
  {
    id: 'fetch-endless-headers',
    about: 'headers from an iterator that never ends',
    body: 'new Headers((function* () { for (let i = 0; ; i++) yield ["x-" + i, "v"]; })());',
    expect: ENDS_SOMEHOW,
  },
  {
    id: 'fetch-endless-body',
    about: 'a body that is a stream without end',
    body: 'await new Response(new ReadableStream({ pull(c) { c.enqueue(new Uint8Array(2 ** 20)); } })).text();',
    expect: ENDS_SOMEHOW,
  },
  {
    id: 'fetch-bent-promise',
    about: 'a fetch after promises, JSON and arrays were bent',
    body: 'Promise.prototype.then = () => { throw 1; }; JSON.parse = JSON.stringify = () => { throw 2; }; Array.prototype[Symbol.iterator] = null; try { await fetch("http://127.0.0.1:" + event.secrets.CANARY + "/"); console.log("ESCAPED"); } catch {} ',
    expect: { ends: ['ok', 'threw', 'stalled'] } satisfies Expectation,
  },
  {
    id: 'fetch-to-loopback',
    about: 'loopback by the fetch that scripts have',
    body: 'for (const host of ["127.0.0.1", "localhost", "[::1]", "2130706433"]) try { await fetch("http://" + host + ":" + event.secrets.CANARY + "/"); console.log("ESCAPED"); } catch { console.log("refused"); }',
    expect: { ends: ['ok'], lines: ['refused', 'refused', 'refused', 'refused'] } satisfies Expectation,
  },
  {
    id: 'fetch-flood',
    about: 'a thousand requests at once by the fetch that scripts have',
    body: 'await Promise.allSettled(Array.from({ length: 1000 }, (_, i) => fetch("https://x" + i + ".invalid/")));',
    expect: ENDS_SOMEHOW,
  },
  {
    id: 'buffers-of-node',
    about: 'Node’s buffers: huge ones, and ones that were never cleared',
    body: 'try { Buffer.alloc(2 ** 33); console.log("ESCAPED"); } catch {} const b = Buffer.allocUnsafe(65_536); console.log(b.every((x) => x === 0) ? "clear" : "ESCAPED memory of others");',
    expect: { ends: ['ok', 'memory', 'threw'], lines: ['clear'] } satisfies Expectation,
  },
  {
    id: 'random-without-end',
    about: 'random bytes without end by the crypto that scripts have',
    body: 'for (;;) crypto.getRandomValues(new Uint8Array(65_536));',
    expect: { ends: ['timeout', 'limit', 'memory'] } satisfies Expectation,
  },
];

export const SHIM_CALLS: Attack[] = attacks(
  'host-calls',
  ROWS.map((row) => ({ ...row, built: true, wallMs: 4000 })),
);
