// Attacks by waiting: a run that keeps its place without computing anything.

import { type Attack, attacks, HARMLESS, LIMIT, STALLED, says, TIMEOUT, threw } from '../attack.ts';

const SHORT = 400;

export const STALLS: Attack[] = attacks('stalls', [
  { id: 'never', about: 'a promise that nobody can settle', body: 'await new Promise(() => {});', expect: STALLED },
  {
    id: 'never-thenable',
    about: 'a thenable that never calls back',
    body: 'return { then() {} };',
    expect: STALLED,
  },
  {
    id: 'waits-for-itself',
    about: 'a handler that awaits its own promise',
    body: 'const p = (async () => { await 0; await p; })(); await p;',
    expect: STALLED,
  },
  {
    id: 'wait-for-each-other',
    about: 'two promises that wait for each other',
    body: 'let a; const b = new Promise((r) => { a = Promise.resolve().then(() => b).then(r); }); await a;',
    expect: STALLED,
  },
  {
    id: 'race-of-nobody',
    about: 'a race without runners',
    body: 'await Promise.race([]);',
    expect: STALLED,
  },
  {
    id: 'cleared-timer',
    about: 'waiting for a timer that was cleared',
    body: 'await new Promise((r) => clearTimeout(setTimeout(r, 5)));',
    expect: STALLED,
  },
  {
    id: 'async-generator-on-itself',
    about: 'an asynchronous generator whose return waits for its own next',
    body: 'const g = (async function* () { await g.return(); yield 1; })(); await g.next();',
    expect: STALLED,
  },
  {
    id: 'timer-of-an-hour',
    about: 'a timer of an hour',
    body: 'await new Promise((r) => setTimeout(r, 3_600_000));',
    expect: TIMEOUT,
    wallMs: SHORT,
  },
  {
    id: 'timer-of-a-month',
    about: 'a timer longer than a timer of the platform can be',
    body: 'await new Promise((r) => setTimeout(r, 2 ** 31 + 1000));',
    expect: TIMEOUT,
    wallMs: SHORT,
  },
  {
    id: 'timer-ping-pong',
    about: 'one timer after the other',
    body: 'for (;;) await new Promise((r) => setTimeout(r, 1));',
    expect: { ends: ['limit', 'timeout'] },
    wallMs: 2500,
  },
  {
    id: 'interval-without-end',
    about: 'an interval nobody clears',
    body: 'setInterval(() => {}, 1); await new Promise(() => {});',
    expect: { ends: ['limit', 'timeout'] },
    wallMs: 2500,
  },
  {
    id: 'timers-with-nonsense',
    about: 'delays that are no numbers, negative, or beyond all numbers',
    body: 'for (const d of [NaN, -1, Infinity, -Infinity, "x", null, {}, [], 0.1, "0x2"]) await new Promise((r) => setTimeout(r, d)); console.log("done");',
    expect: says('done'),
  },
  {
    id: 'timer-with-bigint',
    about: 'a delay that refuses to become a number',
    body: 'setTimeout(() => {}, 1n);',
    expect: threw(/BigInt/),
  },
  {
    id: 'interval-without-waiting',
    about: 'a handler that leaves an interval behind',
    body: 'setInterval(() => { for (;;); }, 1);',
    expect: HARMLESS,
  },
  {
    id: 'timers-by-the-thousand',
    about: 'more timers than a run may start',
    body: 'for (let i = 0; i < 1e5; i++) setTimeout(() => {}, i); await new Promise(() => {});',
    expect: LIMIT,
  },
  {
    id: 'timers-by-the-thousand-caught',
    about: 'the same, with every refusal swallowed',
    body: 'for (let i = 0; i < 1e4; i++) try { setTimeout(() => {}, 1); } catch {} api.access.deny("went on");',
    expect: LIMIT,
  },
  {
    id: 'timer-at-top-level',
    about: 'a timer set before there is a login',
    source: 'setTimeout(() => { for (;;); }, 0); exports.onExecutePostLogin = async () => {};',
    expect: { ends: ['ok', 'exports'] },
  },
  {
    id: 'atomics-wait',
    about: 'a thread put to sleep, where there are no threads',
    body: 'Atomics.wait(new Int32Array(new SharedArrayBuffer(8)), 0, 0);',
    expect: threw(/is not defined/),
  },
  {
    id: 'waits-for-the-collector',
    about: 'waiting until the collector takes an object',
    body: 'await new Promise((r) => new FinalizationRegistry(r).register({}, 1));',
    expect: threw(/FinalizationRegistry is not defined/),
  },
]);
