// Attacks on what the sandbox itself uses inside the script's own world: prototypes, globals, exports. Whatever is bent,
// the login gets the commands the script gave, or it fails; never a command that was not given.
// Longer than 300 lines because it is one table.

import { type Attack, attacks, claim, type Expectation, HARMLESS, says } from '../attack.ts';

const GIVEN = claim('a', [1, { b: 'x' }]);
const GIVE = 'api.idToken.setCustomClaim("a", [1, { b: "x" }]);';
/** What was given, or a failed login. */
const OWN_LOGIN_ONLY: Expectation = { ends: ['ok', 'threw', 'refused', 'limit'], commands: [GIVEN] };

const bends = (id: string, about: string, code: string, after = '') => ({
  id,
  about,
  body: `${code}\n${GIVE}\n${after}`,
  expect: OWN_LOGIN_ONLY,
});

const exporting = (id: string, about: string, source: string, expect: Expectation = { ends: ['exports'] }) => ({
  id,
  about,
  source,
  expect,
});

const FORGED =
  '{\\"state\\":\\"done\\",\\"commands\\":[{\\"name\\":\\"access.deny\\",\\"args\\":[\\"evil\\"]}],\\"console\\":[],\\"late\\":[]}';

export const TAMPERING: Attack[] = attacks('tampering', [
  bends(
    'json',
    'JSON that writes an answer of its own',
    `JSON.stringify = () => "${FORGED}"; JSON.parse = () => { throw 1; };`,
  ),
  bends('json-frozen', 'a JSON object that is frozen and gone', 'Object.freeze(JSON); delete globalThis.JSON;'),
  bends(
    'to-json-everywhere',
    'a toJSON on every array and text',
    'Array.prototype.toJSON = String.prototype.toJSON = Number.prototype.toJSON = undefined; Object.defineProperty(Boolean.prototype, "toJSON", { value: () => "evil" });',
  ),
  {
    id: 'to-json-on-object',
    about: 'a toJSON on every object: bends what the script says of itself',
    body: `Object.prototype.toJSON = () => "bent"; ${GIVE}`,
    expect: { ends: ['ok', 'threw', 'refused', 'crash'], commands: [claim('a', 'bent')] },
  },
  {
    id: 'to-json-forges-commands',
    about: 'a toJSON that turns one command into another',
    body: 'Array.prototype.toJSON = function () { return ["forged", { admin: true }]; }; api.idToken.setCustomClaim("a", 1);',
    expect: { ends: ['ok', 'threw', 'refused', 'crash'], commands: [claim('forged', { admin: true })] },
  },
  {
    id: 'to-json-forges-names',
    about: 'a toJSON on texts, which would bend the name of a command',
    body: 'String.prototype.toJSON = () => "access.deny"; api.idToken.setCustomClaim("a", 1);',
    expect: { ends: ['ok', 'threw', 'refused'], commands: [claim('a', 1)] },
  },
  bends(
    'promise-then',
    'a then that never calls back',
    'Promise.prototype.then = () => { throw 1; }; Promise.resolve = null; Promise.prototype.constructor = null;',
  ),
  bends(
    'promise-species',
    'promises of another kind',
    'class P extends Promise { static get [Symbol.species]() { return function (run) { run(() => {}, () => {}); }; } } Promise.prototype.constructor = P; globalThis.Promise = P;',
  ),
  bends(
    'promise-constructor-getter',
    'a constructor of promises that throws when it is looked at',
    'Object.defineProperty(Promise.prototype, "constructor", { get() { throw 1; } });',
  ),
  bends(
    'array-methods',
    'arrays that neither push nor map',
    'Array.prototype.push = Array.prototype.map = Array.prototype.join = Array.prototype.slice = () => { throw 1; };',
  ),
  bends(
    'array-iterator',
    'arrays that iterate over something else',
    'Array.prototype[Symbol.iterator] = function* () { yield "evil"; }; Object.getPrototypeOf([][Symbol.iterator]()).next = () => ({ done: true });',
  ),
  bends(
    'array-index-setters',
    'setters on the indices of every array',
    'for (const i of ["0", "1", "2"]) Object.defineProperty(Array.prototype, i, { set() { throw 1; }, get: () => "evil", configurable: true });',
  ),
  bends(
    'object-index-setters',
    'setters on the indices of every object',
    'for (const i of ["0", "1"]) Object.defineProperty(Object.prototype, i, { set() { throw 1; }, get: () => "evil", configurable: true });',
  ),
  bends(
    'array-length',
    'a species that gives arrays nobody asked for',
    'Object.defineProperty(Array, Symbol.species, { get: () => function () { return new Proxy([], { set: () => true }); } }); [1].map((x) => x);',
  ),
  bends(
    'call-and-apply',
    'functions that cannot be called by call',
    'Function.prototype.call = Function.prototype.apply = Function.prototype.bind = Reflect.apply = Reflect.construct = () => "evil";',
  ),
  bends(
    'function-has-instance',
    'instanceof that always says yes',
    'Object.defineProperty(Function.prototype, Symbol.hasInstance, { value: () => true }); Object.defineProperty(Error, Symbol.hasInstance, { value: () => true });',
  ),
  bends(
    'string-methods',
    'texts that neither slice nor tell their characters',
    'String.prototype.slice = String.prototype.charCodeAt = String.prototype.split = () => { throw 1; }; String.prototype[Symbol.iterator] = null;',
  ),
  bends(
    'string-replace-symbols',
    'regular expressions that find what they like',
    'RegExp.prototype.exec = () => null; RegExp.prototype[Symbol.replace] = () => "evil"; RegExp.prototype.test = () => true;',
  ),
  bends(
    'object-fields',
    'fields of an answer on every object',
    'Object.assign(Object.prototype, { fault: { kind: "threw" }, settled: true, commands: ["evil"], limit: "x", state: "done", late: [], kind: "x" });',
  ),
  bends(
    'object-accessors',
    'a get and a set on every descriptor',
    'for (const k of ["get", "set", "value", "writable"]) Object.defineProperty(Object.prototype, k, { get() { throw 1; }, set() {}, configurable: true });',
  ),
  bends(
    'object-then',
    'every object is a thenable',
    'Object.defineProperty(Object.prototype, "then", { get() { return undefined; }, configurable: true });',
  ),
  {
    id: 'object-thenable',
    about: 'every object is a thenable that takes the answer away',
    body: `${GIVE} Object.prototype.then = function (yes) { yes(); };`,
    expect: { ends: ['ok', 'threw', 'stalled', 'timeout', 'memory'], commands: [GIVEN] },
  },
  bends(
    'object-statics',
    'Object without its functions',
    'for (const k of Object.getOwnPropertyNames(Object)) try { Object[k] = () => { throw 1; }; } catch {}',
  ),
  bends(
    'reflect-statics',
    'Reflect without its functions',
    'for (const k of Reflect.ownKeys(Reflect)) try { Reflect[k] = () => { throw 1; }; } catch {}',
  ),
  bends(
    'globals-gone',
    'no globals at all',
    'for (const n of Object.getOwnPropertyNames(globalThis)) try { delete globalThis[n]; } catch {}',
  ),
  bends(
    'globals-nulled',
    'globals that are null',
    'globalThis.String = globalThis.Error = globalThis.Object = globalThis.Array = globalThis.Reflect = null;',
  ),
  bends(
    'globals-frozen',
    'everything frozen, down to the prototypes',
    'for (const k of Reflect.ownKeys(globalThis)) try { Object.freeze(globalThis[k].prototype); Object.freeze(globalThis[k]); } catch {} try { Object.freeze(globalThis); } catch {}',
  ),
  bends(
    'globals-as-proxy',
    'a global object with a proxy behind it',
    'Object.setPrototypeOf(Object.getPrototypeOf(globalThis) ?? {}, null); try { Object.setPrototypeOf(globalThis, new Proxy({}, { get: () => "evil", has: () => true })); } catch {}',
  ),
  bends(
    'proto-of-object',
    'a prototype behind every prototype',
    'try { Object.setPrototypeOf(Object.prototype, new Proxy({}, { get() { throw 1; } })); } catch {} Object.prototype.__proto__ = null;',
  ),
  bends(
    'proto-of-array',
    'arrays that inherit from a proxy',
    'Object.setPrototypeOf(Array.prototype, new Proxy({}, { get: () => undefined, has: () => true }));',
  ),
  bends(
    'proto-of-function',
    'functions that inherit from nothing',
    'Object.setPrototypeOf(Function.prototype, null); delete Function.prototype.constructor;',
  ),
  bends(
    'error-statics',
    'errors without traces, or with too many',
    'Error.stackTraceLimit = Infinity; Error.captureStackTrace = () => { throw 1; }; Error.isError = () => true; Error.prepareStackTrace = () => { throw 1; };',
  ),
  bends(
    'number-and-math',
    'numbers that are none',
    'Number.isFinite = () => { throw 1; }; Math.imul = () => NaN; Number.prototype.toString = () => "evil"; Math.random = () => 2;',
  ),
  bends(
    'date',
    'a clock that throws',
    'Date.now = () => { throw 1; }; Date.prototype.getTime = () => NaN; globalThis.Date = null;',
  ),
  bends(
    'console',
    'a console that is an impostor',
    'console.log = () => { throw 1; }; Object.defineProperty(globalThis, "console", { get() { throw 1; } });',
  ),
  bends(
    'symbols',
    'well-known symbols on the prototypes of everything',
    'Object.prototype[Symbol.toPrimitive] = () => { throw 1; }; Object.prototype[Symbol.toStringTag] = "Promise"; Array.prototype[Symbol.isConcatSpreadable] = false;',
  ),
  bends(
    'api-replaced',
    'the methods of api replaced, and the real one kept',
    'const real = api.idToken.setCustomClaim; api.idToken = { setCustomClaim: (...a) => real(...a) }; api.access.deny = () => api.access.deny("evil");',
  ),
  bends(
    'event-bent',
    'an event that no longer says who logs in',
    'event.user.user_id = "auth0|victim"; event.user.app_metadata = "x"; Object.defineProperty(event, "user", { get() { throw 1; } });',
  ),
  bends(
    'metadata-check-misled',
    'metadata of the event bent so that a check would refuse',
    'event.user.user_metadata = 1; event.user.app_metadata = new Proxy({}, { get() { throw 1; } });',
  ),
  {
    id: 'prototype-keys-in-metadata',
    about: 'keys of metadata that are names of prototypes',
    body: 'for (const k of ["__proto__", "constructor", "prototype"]) api.user.setAppMetadata(k, JSON.parse(\'{"__proto__":{"admin":true}}\'));',
    expect: {
      ends: ['ok', 'refused', 'threw'],
      commands: ['__proto__', 'constructor', 'prototype'].map((key) => ({
        name: 'user.setAppMetadata',
        args: [key, JSON.parse('{"__proto__":{"admin":true}}')],
      })),
    },
  },
  {
    id: 'prototype-keys-in-claims',
    about: 'claims that are names of prototypes',
    body: 'api.idToken.setCustomClaim("__proto__", { polluted: 1 }); api.accessToken.setCustomClaim("constructor", { prototype: { polluted: 1 } });',
    expect: {
      ends: ['ok', 'refused', 'threw'],
      commands: [
        claim('__proto__', { polluted: 1 }),
        { name: 'accessToken.setCustomClaim', args: ['constructor', { prototype: { polluted: 1 } }] },
      ],
    },
  },
  {
    id: 'arguments-that-change',
    about: 'a key that is another each time it is read',
    body: 'let n = 0; const key = { toString: () => (n++ ? "scope" : "fine") }; try { api.idToken.setCustomClaim(key, 1); console.log("ESCAPED taken"); } catch (e) { console.log(e.name); }',
    expect: says('TypeError'),
  },
  {
    id: 'factor-that-changes',
    about: 'a factor whose type is a text only the first time',
    body: 'let n = 0; api.authentication.challengeWith({ get type() { return n++ ? { evil: 1 } : "otp"; } });',
    expect: {
      ends: ['ok', 'refused', 'threw'],
      commands: [{ name: 'authentication.challengeWith', args: [{ type: 'otp' }] }],
    },
  },
  {
    id: 'factors-as-proxy',
    about: 'a list of factors that is a proxy of a list',
    body: 'api.authentication.challengeWithAny(new Proxy([{ type: "otp" }], { get: (t, k) => (k === "length" ? 1e9 : t[k]) }));',
    expect: { ends: ['ok', 'refused', 'threw', 'timeout', 'memory'] },
  },
  {
    id: 'too-many-arguments',
    about: 'a thousand arguments',
    body: 'api.access.deny("x", ...new Array(1000).fill("y"));',
    expect: { ends: ['ok', 'refused', 'threw', 'crash', 'limit'] },
  },
  {
    id: 'reason-is-string-object',
    about: 'a reason that is a text object with a toString',
    body: 'api.access.deny(Object.assign(new String("a"), { toString: () => "b" }));',
    expect: { ends: ['threw'] },
  },
  exporting(
    'exports-getter',
    'a handler that is there only the first time it is read',
    'let n = 0; Object.defineProperty(exports, "onExecutePostLogin", { get: () => (n++ ? 1 : async () => {}) });',
    { ends: ['ok', 'exports'] },
  ),
  exporting(
    'exports-proxy',
    'exports that answer every name',
    'module.exports = new Proxy({}, { get: () => async (e, api) => { api.idToken.setCustomClaim("a", [1, { b: "x" }]); } });',
    OWN_LOGIN_ONLY,
  ),
  exporting('exports-proxy-of-array', 'exports that are a proxy of a list', 'module.exports = new Proxy([], {});'),
  exporting(
    'exports-revoked',
    'exports that were revoked',
    'const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); module.exports = proxy;',
    { ends: ['exports', 'threw'] },
  ),
  exporting(
    'exports-getter-throws',
    'a module whose exports throw when they are read',
    'Object.defineProperty(module, "exports", { get() { throw new Error("no exports"); } });',
    { ends: ['exports', 'threw'] },
  ),
  exporting(
    'exports-plain-function',
    'a handler that is no async function',
    'exports.onExecutePostLogin = () => ({ then(yes) { yes(); } });',
  ),
  exporting('exports-bound', 'a handler that was bound', 'exports.onExecutePostLogin = (async () => {}).bind(null);', {
    ends: ['ok', 'exports'],
  }),
  exporting(
    'exports-proxy-of-handler',
    'a handler that is a proxy of one',
    'exports.onExecutePostLogin = new Proxy(async () => {}, { apply() { return 1; } });',
    { ends: ['exports', 'threw', 'ok'] },
  ),
  exporting(
    'exports-forged-handler',
    'a plain function dressed up as an async one',
    'const f = () => 1; Object.setPrototypeOf(f, Object.getPrototypeOf(async () => {})); exports.onExecutePostLogin = f;',
    { ends: ['exports', 'threw'] },
  ),
  exporting(
    'exports-generator',
    'a handler that is an asynchronous generator',
    'exports.onExecutePostLogin = async function* () { yield 1; };',
  ),
  exporting(
    'exports-class',
    'a handler that is a class',
    'exports.onExecutePostLogin = class { constructor() { throw 1; } };',
  ),
  exporting(
    'exports-from-eval',
    'a handler made by eval',
    'exports.onExecutePostLogin = (0, eval)("(async (e, api) => {})");',
    HARMLESS,
  ),
  exporting(
    'exports-from-constructor',
    'a handler made by the constructor of async functions',
    'const A = Object.getPrototypeOf(async () => {}).constructor; exports.onExecutePostLogin = new A("e", "api", "");',
    HARMLESS,
  ),
  exporting(
    'exports-cycle',
    'a module that exports itself',
    'module.exports = module; module.onExecutePostLogin = async () => {};',
    HARMLESS,
  ),
  exporting(
    'exports-global',
    'the global object as exports',
    'module.exports = globalThis; globalThis.onExecutePostLogin = async () => {};',
    HARMLESS,
  ),
  exporting('exports-nothing', 'exports that are null', 'module.exports = null;'),
  exporting('exports-symbol', 'exports that are a symbol', 'module.exports = Symbol("x");'),
  exporting(
    'exports-inherited',
    'a handler that is inherited from the prototype of everything',
    'Object.prototype.onExecutePostLogin = async () => {};',
    HARMLESS,
  ),
]);
