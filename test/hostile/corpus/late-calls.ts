// Attacks after the end: what a script does once its handler has settled, or in a login that is not its own.

import { type Attack, attacks, claim, gives, HARMLESS, says } from '../attack.ts';

const LATE_DENY = { ends: ['ok'], late: ['access.deny'] } as const;

export const LATE_CALLS: Attack[] = attacks('late-calls', [
  {
    id: 'late-in-microtask',
    about: 'a command in a promise after the end',
    body: 'Promise.resolve().then(() => 0).then(() => 0).then(() => api.access.deny("late"));',
    expect: LATE_DENY,
  },
  {
    id: 'late-in-timer',
    about: 'a command in a timer after the end',
    body: 'setTimeout(() => api.access.deny("late"), 5);',
    expect: HARMLESS,
  },
  {
    id: 'late-in-interval',
    about: 'commands in an interval after the end',
    body: 'setInterval(() => api.idToken.setCustomClaim("a", 1), 1); api.idToken.setCustomClaim("b", 1);',
    expect: gives(claim('b', 1)),
  },
  {
    id: 'late-after-throw',
    about: 'a command after the handler has thrown',
    body: 'Promise.resolve().then(() => 0).then(() => api.idToken.setCustomClaim("a", 1)); throw new Error("first");',
    expect: { ends: ['threw'], message: /^first$/ },
  },
  {
    id: 'late-many',
    about: 'ten thousand commands after the end',
    body: 'Promise.resolve().then(() => 0).then(() => 0).then(() => { for (let i = 0; i < 1e4; i++) api.access.deny("late"); });',
    expect: { ends: ['ok'] },
  },
  {
    id: 'late-second-settling',
    about: 'a thenable that settles twice, then throws',
    body: 'return { then(yes, no) { yes(1); no(new Error("x")); yes({ then(again) { again(1); } }); throw new Error("y"); } };',
    expect: HARMLESS,
  },
  {
    id: 'late-method-kept',
    about: 'a method that was taken out of api and is called after the end',
    body: 'const { deny } = api.access; Promise.resolve().then(() => 0).then(() => 0).then(() => deny("late"));',
    expect: LATE_DENY,
  },
  {
    id: 'late-loop',
    about: 'a loop after the end',
    body: 'Promise.resolve().then(() => 0).then(() => 0).then(() => { for (;;); });',
    expect: { ends: ['timeout', 'ok'] },
  },
  {
    id: 'late-microtasks-without-end',
    about: 'microtasks without end after the end',
    body: 'const f = () => Promise.resolve().then(f); setTimeout(f, 0); Promise.resolve().then(f);',
    expect: { ends: ['timeout', 'memory'] },
  },
  {
    id: 'late-console',
    about: 'lines after the end',
    body: 'Promise.resolve().then(() => 0).then(() => 0).then(() => { for (let i = 0; i < 1000; i++) console.log("after"); }); console.log("before");',
    expect: { ends: ['ok'] },
  },
  {
    id: 'kept-for-next-login',
    about: 'api and event kept on the global object and used in the next login',
    body: 'if (globalThis.kept) globalThis.kept.api.access.deny("stale"); globalThis.kept = { api, event }; console.log(typeof globalThis.keptBefore); globalThis.keptBefore = 1;',
    expect: { ends: ['ok'], lines: ['undefined'] },
  },
  {
    id: 'kept-in-module',
    about: 'api kept in the module and used in the next login',
    source:
      'const kept = []; exports.onExecutePostLogin = async (event, api) => { for (const old of kept) old.access.deny("stale"); kept.push(api); console.log(kept.length); };',
    expect: says('1'),
  },
  {
    id: 'kept-in-prototype',
    about: 'a prototype that waits for the next login’s event',
    body: 'Object.defineProperty(Object.prototype, "secrets", { set(v) { globalThis.stolen = v; }, configurable: true }); console.log(typeof globalThis.stolen);',
    expect: says('undefined'),
  },
  {
    id: 'prototype-set-at-top-level',
    about: 'setters placed before there is an event',
    source:
      'const seen = []; for (const k of ["secrets", "user", "user_id"]) Object.defineProperty(Object.prototype, k, { set(v) { seen.push(k); }, get: () => "bent", configurable: true }); exports.onExecutePostLogin = async (event) => { console.log(seen.length === 0 || typeof event.user === "object" ? "fine" : "fine"); };',
    expect: { ends: ['ok', 'threw', 'exports'] },
  },
  {
    id: 'top-level-uses-api-later',
    about: 'a promise begun at the top level that looks for a login',
    source:
      'let give; const waiting = new Promise((r) => { give = r; }); waiting.then((api) => api.access.deny("by a promise of the module")); exports.onExecutePostLogin = async (_, api) => { give(api); };',
    expect: gives({ name: 'access.deny', args: ['by a promise of the module'] }),
  },
  {
    id: 'top-level-rejection',
    about: 'a rejection at the top level that nobody handles',
    source: 'Promise.reject(new Error("from the module")); exports.onExecutePostLogin = async () => {};',
    expect: { ends: ['ok', 'threw', 'exports'] },
  },
  {
    id: 'top-level-replaces-handler',
    about: 'a handler that replaces itself with another',
    source:
      'exports.onExecutePostLogin = async () => { exports.onExecutePostLogin = async (e, api) => { api.access.deny("second"); }; };',
    expect: HARMLESS,
  },
]);
