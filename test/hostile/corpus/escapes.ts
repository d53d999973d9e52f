// Attacks on the wall itself: the published ways out of vm2, SES and their like, and every object of ours that a script
// can touch. `reach` asks a maker of functions what its realm holds; anything but the script's own poor world is an escape.
// Longer than 300 lines because it is one table.

import { type Attack, attacks, type Expectation, says } from '../attack.ts';

const REACH = `
const HOST = 'const g = globalThis; const found = []; for (const n of ["pro" + "cess", "require", "module", "Deno", "Bun", "WebAssembly", "SharedArrayBuffer", "Atomics", "ivm", "sallyportHost", "entry", "prelude"]) if (typeof g[n] !== "undefined") found.push(n); return [g, found.join()];';
const reach = async (make) => {
  try {
    let seen = make(HOST)();
    if (typeof seen.next === 'function') seen = seen.next();
    seen = await seen;
    if (seen && 'done' in seen) seen = seen.value;
    console.log((seen[0] === globalThis ? 'own realm' : 'ESCAPED to another realm') + (seen[1] && ' ESCAPED ' + seen[1]));
  } catch (e) { console.log('refused'); }
};`
  .trim()
  .replaceAll('\n', ' ');

const OWN = says('own realm');

const reaches = (id: string, about: string, code: string, expect: Expectation = OWN) => ({
  id,
  about,
  body: `${REACH}\n${code}`,
  expect,
});

/** For what only the build supplies. */
const builtReaches = (...row: Parameters<typeof reaches>) => ({ ...reaches(...row), built: true });

export const ESCAPES: Attack[] = attacks('escapes', [
  reaches('function-constructor', 'the constructor of a function of one’s own', 'await reach((() => {}).constructor);'),
  reaches(
    'async-function-constructor',
    'the constructor of asynchronous functions',
    'await reach((async () => {}).constructor);',
  ),
  reaches(
    'generator-constructor',
    'the constructor of generators',
    'await reach(Object.getPrototypeOf(function* () {}).constructor);',
  ),
  reaches(
    'async-generator-constructor',
    'the constructor of asynchronous generators',
    'await reach(Object.getPrototypeOf(async function* () {}).constructor);',
  ),
  reaches('api-method-constructor', 'the constructor of a method of api', 'await reach(api.access.deny.constructor);'),
  reaches(
    'api-object-constructor',
    'the constructor of the constructor of api',
    'await reach(api.constructor.constructor); await reach(Object.getPrototypeOf(api.idToken).constructor.constructor);',
    says('own realm', 'own realm'),
  ),
  reaches(
    'event-constructor',
    'the constructor of the constructor of the event',
    'await reach(event.constructor.constructor); await reach(event.user.identities.constructor.constructor); await reach(event.secrets.constructor.constructor);',
    says('own realm', 'own realm', 'own realm'),
  ),
  reaches(
    'console-constructor',
    'the constructor of a method of the console',
    'await reach(console.log.constructor); await reach(console.constructor.constructor);',
    says('own realm', 'own realm'),
  ),
  reaches(
    'timer-constructor',
    'the constructors of timers and of what they answer',
    'await reach(setTimeout.constructor); await reach(setTimeout(() => {}, 1).constructor.constructor);',
    says('own realm', 'own realm'),
  ),
  reaches(
    'clock-constructor',
    'the constructors of the clock and the dice',
    'await reach(Date.constructor); await reach(Math.random.constructor); await reach(new Date().constructor.constructor);',
    says('own realm', 'own realm', 'own realm'),
  ),
  builtReaches(
    'polyfill-constructors',
    'the constructors of what is polyfilled',
    'await reach(URL.constructor); await reach(structuredClone.constructor); await reach(new TextEncoder().encode("x").constructor.constructor); await reach(atob.constructor);',
    says('own realm', 'own realm', 'own realm', 'own realm'),
  ),
  reaches(
    'module-constructor',
    'the constructors of module, exports and require',
    'await reach(module.constructor.constructor); await reach(exports.constructor.constructor); await reach(require.constructor);',
    says('own realm', 'own realm', 'own realm'),
  ),
  reaches(
    'array-buffer-constructor',
    'the constructor of a buffer that was wrapped',
    'await reach(ArrayBuffer.constructor); await reach(Object.getPrototypeOf(ArrayBuffer).constructor);',
    says('own realm', 'own realm'),
  ),
  reaches(
    'error-of-api-constructor',
    'the error of a check, thrown by our own code',
    'try { api.access.deny(1); } catch (e) { await reach(e.constructor.constructor); }',
  ),
  reaches(
    'error-of-limit-constructor',
    'the error of a timer that is none',
    'try { setTimeout(1); } catch (e) { await reach(e.constructor.constructor); }',
  ),
  reaches(
    'error-of-json-constructor',
    'the error of a claim that has no JSON',
    'try { api.idToken.setCustomClaim("a", 1n); } catch (e) { await reach(e.constructor.constructor); }',
  ),
  reaches(
    'error-of-buffer-constructor',
    'the error of a buffer that is refused',
    'try { new ArrayBuffer(1, { maxByteLength: 2 }); } catch (e) { await reach(e.constructor.constructor); }',
  ),
  reaches(
    'error-of-require-constructor',
    'the error of a module that is not there',
    'try { require("no-such-module"); } catch (e) { await reach(e.constructor.constructor); }',
  ),
  reaches(
    'error-of-overflow-in-api',
    'vm2: the stack ends inside a function of the host, whose error is the host’s',
    'let caught; const f = () => { try { f(); } catch { try { api.access.deny({}); } catch (e) { caught ??= e; } } }; f(); await reach(caught.constructor.constructor);',
  ),
  reaches(
    'error-of-overflow-in-console',
    'vm2: the same inside the console',
    'const all = new Set(); const f = () => { try { f(); } catch (e) { all.add(e.constructor.constructor); try { console.debug({ toJSON: f }); } catch (x) { all.add(x.constructor.constructor); } } }; try { f(); } catch {} for (const c of all) await reach(c);',
    { ends: ['ok', 'timeout', 'threw'] },
  ),
  reaches(
    'error-of-compiler',
    'the error of a program text that does not parse',
    'try { (0, eval)("{"); } catch (e) { await reach(e.constructor.constructor); }',
  ),
  reaches(
    'error-of-regexp',
    'the error of a pattern that does not parse',
    'try { new RegExp("("); } catch (e) { await reach(e.constructor.constructor); }',
  ),
  reaches(
    'error-of-import',
    'vm2: the rejection of a dynamic import',
    'try { await import("node:fs"); console.log("ESCAPED by import"); } catch (e) { await reach(e.constructor.constructor); }',
  ),
  reaches(
    'import-in-eval',
    'a dynamic import from an evaluated text',
    'try { await (0, eval)("import(\'node:fs\')"); console.log("ESCAPED by import"); } catch { console.log("out"); }',
    says('out'),
  ),
  reaches(
    'import-in-new-function',
    'a dynamic import from a made function',
    'try { await new Function("return import(\'node:child_process\')")(); console.log("ESCAPED by import"); } catch { console.log("out"); }',
    says('out'),
  ),
  reaches(
    'import-with-attributes',
    'vm2: an import whose options are a proxy',
    'try { await import("node:os", new Proxy({}, { get() { return new Proxy({}, { ownKeys() { throw new Error("x"); } }); } })); console.log("ESCAPED by import"); } catch (e) { await reach(e.constructor.constructor); }',
  ),
  reaches(
    'import-meta',
    'import.meta in an evaluated text',
    'try { (0, eval)("import.meta"); console.log("ESCAPED"); } catch (e) { console.log(e.name); }',
    says('SyntaxError'),
  ),
  reaches(
    'import-of-data',
    'a module from a data address',
    'try { await import("data:text/javascript,export default process"); console.log("ESCAPED"); } catch { console.log("out"); }',
    says('out'),
  ),
  reaches(
    'call-site-functions',
    'vm2: call sites hand out the functions of the stack',
    'Error.prepareStackTrace = (_, sites) => sites; const sites = new Error().stack; for (const s of sites) { const f = s.getFunction?.(); if (typeof f === "function" && !/reach|onExecutePostLogin|async \\(event/.test(String(f))) console.log("ESCAPED", String(f).slice(0, 80)); } console.log("looked");',
    says('looked'),
  ),
  reaches(
    'call-site-this',
    'vm2: call sites hand out the this of the stack',
    'Error.prepareStackTrace = (_, sites) => sites.map((s) => s.getThis?.()).filter((t) => t !== undefined && t !== globalThis && t !== exports).length; console.log(String(new Error().stack));',
    says('0'),
  ),
  reaches(
    'call-site-of-api-error',
    'call sites of an error that our own code makes',
    'let seen = "none"; Error.prepareStackTrace = (_, sites) => { seen = sites.map((s) => typeof s.getFunction?.() + "," + typeof s.getThis?.()).filter((t) => /object/.test(t)).length; return "x"; }; try { api.access.deny(1); } catch (e) { e.stack; } console.log(String(seen));',
    says('0'),
  ),
  reaches(
    'call-site-in-timer',
    'call sites under a timer, where the host called',
    'Error.prepareStackTrace = (_, sites) => sites.map((s) => s.getFunction?.()).filter((f) => f && /fireNext|entry|apply/.test(String(f))).length; await new Promise((r) => setTimeout(() => { console.log(String(new Error().stack)); r(); }, 1));',
    says('0'),
  ),
  reaches(
    'call-site-in-to-json',
    'call sites under JSON, where the recorder called',
    'Error.prepareStackTrace = (_, sites) => sites.map((s) => s.getFunction?.()).filter((f) => f && /commandCount|recordCommand/.test(String(f))).length; api.idToken.setCustomClaim("a", { toJSON() { console.log(String(new Error().stack)); return 1; } });',
    { ends: ['ok'], commands: [{ name: 'idToken.setCustomClaim', args: ['a', 1] }] },
  ),
  reaches(
    'capture-stack-trace',
    'a stack trace captured into a frozen thing and a proxy',
    'const o = {}; Error.captureStackTrace(o, reach); await reach(o.stack.constructor.constructor); try { Error.captureStackTrace(Object.freeze({})); } catch (e) { await reach(e.constructor.constructor); } try { Error.captureStackTrace(new Proxy({}, { defineProperty() { throw new Error("x"); } })); } catch (e) { await reach(e.constructor.constructor); }',
    { ends: ['ok', 'threw'] },
  ),
  reaches(
    'stack-accessor',
    'the accessor of stacks taken from an error and used on others',
    'const d = Object.getOwnPropertyDescriptor(new Error("x"), "stack"); if (d.get) await reach(d.get.constructor); else console.log("own realm");',
  ),
  reaches(
    'caller-of-callback',
    'the caller of a function of sloppy mode',
    'await new Promise((done) => setTimeout(function f() { let c; try { c = f.caller; } catch {} console.log(c === null || c === undefined ? "nobody" : "ESCAPED " + c); done(); }, 1));',
    says('nobody'),
  ),
  reaches(
    'caller-of-getter',
    'the caller of a getter that the recorder reads',
    'const o = {}; Object.defineProperty(o, "type", { enumerable: true, get: function f() { let c; try { c = f.caller; } catch {} if (c && !/onExecutePostLogin|event, api/.test(String(c))) console.log("ESCAPED", String(c)); return "otp"; } }); api.authentication.challengeWithAny([o]);',
    { ends: ['ok'], commands: [{ name: 'authentication.challengeWithAny', args: [[{ type: 'otp' }]] }] },
  ),
  reaches(
    'arguments-of-callers',
    'the arguments of the functions above',
    'function f() { let a = f.arguments; let c = f.caller; let n = 0; while (c && n++ < 20) { try { if (c.arguments && [...c.arguments].includes(undefined)) break; c = c.caller; } catch { break; } } console.log("looked"); } f();',
    says('looked'),
  ),
  reaches(
    'callee-chain',
    'arguments.callee.caller',
    'const c = (function () { try { return arguments.callee.caller; } catch { return null; } })(); console.log(c === null || typeof c === "function" && /event/.test(String(c)) ? "nobody new" : "ESCAPED " + c);',
    says('nobody new'),
  ),
  reaches(
    'this-of-function',
    'the this of a sloppy function',
    'await reach(function () { return this.Function; }.call(undefined)); console.log(String((function () { return this; })() === globalThis));',
    says('own realm', 'true'),
  ),
  reaches(
    'reflect-construct-realm',
    'vm2: a function made with the realm of another constructor',
    'await reach((t) => Reflect.construct(Function, [t], api.access.deny)); await reach((t) => Reflect.construct(Function, [t], console.log.bind()));',
    { ends: ['ok'] },
  ),
  reaches(
    'new-target-proxy',
    'a new.target that is a proxy whose prototype lies',
    'const made = Reflect.construct(Promise, [() => {}], new Proxy(function () {}, { get: (t, k) => (k === "prototype" ? api : t[k]) })); await reach(made.constructor.constructor);',
  ),
  reaches(
    'proxy-receives-host-objects',
    'vm2: the traps of a proxy are given objects of the host',
    'const got = []; const trap = new Proxy({}, { get: (_, k) => (...a) => { got.push(...a); return Reflect[k](...a); } }); try { api.authentication.challengeWith(new Proxy({ type: "otp" }, trap), new Proxy({}, trap)); } catch {} for (const c of new Set(got.map((x) => x?.constructor?.constructor).filter((c) => typeof c === "function"))) await reach(c);',
    { ends: ['ok', 'refused'], commands: [{ name: 'authentication.challengeWith', args: [{ type: 'otp' }, {}] }] },
  ),
  reaches(
    'inspect-symbol',
    'vm2: a custom inspection that is called by the console of the host',
    'let args; console.log({ [Symbol.for("nodejs.util.inspect.custom")](...a) { args = a; return "x"; } }); console.log(args === undefined ? "not called" : "ESCAPED");',
    says('{}', 'not called'),
  ),
  reaches(
    'prepare-stack-trace-in-host',
    'vm2: prepareStackTrace is called with an error of the host',
    'const seen = []; Error.prepareStackTrace = (e) => { seen.push(e); return "x"; }; for (const f of [() => api.access.deny(1), () => require("x"), () => setTimeout(), () => null.x, () => (0, eval)("{")]) try { f(); } catch (e) { e.stack; } for (const e of seen) await reach(e.constructor.constructor);',
    { ends: ['ok'] },
  ),
  reaches(
    'promise-species-of-host',
    'vm2: the species of a promise that the host made',
    'const p = (async () => 1)(); let given; p.constructor = { [Symbol.species]: function (run) { run((v) => { given = v; }, () => {}); this.then = undefined; } }; try { p.then(() => {}); } catch {} await 0; await reach(Object.getPrototypeOf(p).constructor.constructor);',
  ),
  reaches(
    'async-generator-return',
    'vm2: the return of an async generator is given a thenable',
    'const g = (async function* () { yield 1; })(); let seen; await g.return({ then(yes) { seen = yes; yes(1); } }); await reach(seen.constructor);',
  ),
  reaches(
    'async-iterator-close',
    'vm2: for await closes an iterator by a thenable of its own',
    'let seen; const it = { [Symbol.asyncIterator]: () => ({ next: () => ({ then(y) { seen = y; y({ done: false }); } }), return: () => ({ then(y) { y({}); } }) }) }; for await (const x of it) break; await reach(seen.constructor);',
  ),
  reaches(
    'thenable-of-host',
    'the functions a thenable is given when a handler returns it',
    'await { then(yes, no) { reach(yes.constructor).then(() => reach(no.constructor)).then(yes); } };',
    says('own realm', 'own realm'),
  ),
  reaches(
    'weak-map-keys',
    'vm2: a weak map that spies on the keys of the host',
    'const seen = []; for (const k of ["get", "set", "has"]) { const real = WeakMap.prototype[k]; WeakMap.prototype[k] = function (...a) { seen.push(a); return Reflect.apply(real, this, a); }; const m = Map.prototype[k]; Map.prototype[k] = function (...a) { seen.push(a); return Reflect.apply(m, this, a); }; } api.idToken.setCustomClaim("a", {}); console.log("x"); setTimeout(() => {}, 1); console.log(String(seen.length));',
    { ends: ['ok'], lines: ['x', '0'], commands: [{ name: 'idToken.setCustomClaim', args: ['a', {}] }] },
  ),
  reaches(
    'array-methods-spy',
    'vm2: array methods that spy on what passes through',
    'const seen = []; for (const k of ["push", "map", "forEach", "slice", "concat", "join", "shift"]) { const real = Array.prototype[k]; Array.prototype[k] = function (...a) { if (this !== seen) seen[seen.length] = this; return Reflect.apply(real, this, a); }; } api.idToken.setCustomClaim("a", [1]); setTimeout(() => {}, 1); const n = seen.length; console.log(String(n));',
    { ends: ['ok'], lines: ['0'], commands: [{ name: 'idToken.setCustomClaim', args: ['a', [1]] }] },
  ),
  reaches(
    'function-call-spy',
    'SES: call and apply that spy on the functions of the host',
    'const seen = []; for (const k of ["call", "apply", "bind"]) { Function.prototype[k] = function () { seen[seen.length] = this; }; } Reflect.apply = Reflect.construct = (f) => { seen[seen.length] = f; }; api.idToken.setCustomClaim("a", 1); console.log("x"); console.log(String(seen.length));',
    { ends: ['ok'], lines: ['x', '0'], commands: [{ name: 'idToken.setCustomClaim', args: ['a', 1] }] },
  ),
  reaches(
    'object-setters-spy',
    'SES: setters on the prototype of everything that spy on records being made',
    'const seen = []; for (const k of ["id", "due", "callback", "next", "args", "name", "level", "text", "settled", "fault", "commands", "commandCount"]) Object.defineProperty(Object.prototype, k, { set(v) { seen[seen.length] = k; }, configurable: true }); api.idToken.setCustomClaim("a", 1); console.log("x"); setTimeout(() => {}, 1); console.log(seen.join());',
    { ends: ['ok', 'threw'], lines: ['x', ''], commands: [{ name: 'idToken.setCustomClaim', args: ['a', 1] }] },
  ),
  reaches(
    'legacy-regexp-statics',
    'what the last match left behind, from before the script and from our own code',
    'console.log([RegExp.$1, RegExp.input, RegExp.lastMatch, RegExp["$`"]].join("|")); console.error("secret-ish"); api.access.constructor; console.log(RegExp.lastMatch);',
    { ends: ['ok'], lines: ['|||', 'secret-ish', ''] },
  ),
  reaches(
    'symbol-registry',
    'the registry of symbols as a mailbox between tenants: each isolate has its own',
    'console.log(String(Symbol.for("mailbox") === Symbol.for("mailbox"))); Object.prototype[Symbol.for("mailbox")] = "left here"; console.log(String(Symbol.keyFor(Symbol.for("mailbox"))));',
    says('true', 'mailbox'),
  ),
  reaches(
    'global-names',
    'what stands on the global object beside the language',
    'console.log(Object.getOwnPropertyNames(globalThis).filter((n) => /ivm|isolate|entry|prelude|sallyport|process|require|host/i.test(n)).join() || "nothing");',
    says('nothing'),
  ),
  reaches(
    'global-symbols',
    'symbols that stand on the global object and on api',
    'console.log([globalThis, api, event, console, module, require].map((o) => Object.getOwnPropertySymbols(o).filter((s) => s !== Symbol.toStringTag).length).join(""));',
    says('000000'),
  ),
  reaches(
    'own-source-of-host-functions',
    'the text of our own functions, and what it lets one find',
    'const t = [api.access.deny, setTimeout, require, console.log].map(String).join(); console.log(/\\/(?:home|root|opt|app|srv)\\/|node_modules/.test(t) ? "ESCAPED a path" : "no path");',
    says('no path'),
  ),
  reaches(
    'stack-of-host-functions',
    'the names of files in the stacks of our own errors',
    'Error.stackTraceLimit = 100; let s = ""; for (const f of [() => api.access.deny(1), () => require("x"), () => setTimeout()]) try { f(); } catch (e) { s += e.stack; } console.log(/node:|\\.ts\\b|\\/|\\\\/.test(s) ? "ESCAPED " + s : "no path");',
    says('no path'),
  ),
  reaches(
    'require-of-node',
    'modules that open files, sockets and processes',
    'for (const n of ["fs", "node:fs", "child_process", "net", "vm", "worker_threads", "module", "v8", "inspector", "cluster", "isolated-vm"]) try { require(n).constructor; console.log("ESCAPED", n); } catch {} console.log("looked");',
    says('looked'),
  ),
  reaches(
    'require-of-files',
    'files, addresses and names of prototypes as modules',
    'for (const n of ["/etc/passwd", "../cell/main.js", "./action.js", "__proto__", "constructor", "toString", "file:///etc/passwd", "", " ", null, {}, Symbol.iterator]) try { const m = require(n); console.log("ESCAPED", String(n), typeof m); } catch {} console.log("looked");',
    says('looked'),
  ),
  reaches(
    'require-properties',
    'the cache, the paths and the main module of require',
    'console.log([require.cache, require.main, require.resolve, require.extensions, module.parent, module.paths, module.require, module.children].map((x) => typeof x).join());',
    { ends: ['ok'] },
  ),
  reaches(
    'process-is-absent',
    'a process that can be killed, or asked for modules',
    'let p; try { p = process; } catch {} console.log(p === undefined ? "absent" : ["binding", "getBuiltinModule", "dlopen", "kill", "mainModule", "_linkedBinding", "report"].filter((k) => p[k] !== undefined).map((k) => "ESCAPED " + k).join() || "absent");',
    says('absent'),
  ),
  reaches(
    'inspector-console',
    'the console of V8, which talks to debuggers',
    'console.log([typeof console.context, typeof console.profile, typeof console.timeStamp].join());',
    says('undefined,undefined,undefined'),
  ),
  reaches('debugger-statement', 'a debugger statement', 'debugger; console.log("nobody there");', says('nobody there')),
  reaches(
    'shadow-realm',
    'another realm by ShadowRealm or a frame',
    'console.log([typeof ShadowRealm, typeof document, typeof window, typeof Worker, typeof importScripts, typeof postMessage].join());',
    says('undefined,undefined,undefined,undefined,undefined,undefined'),
  ),
  builtReaches(
    'structured-clone-of-host',
    'cloning functions, the api and the global object',
    'for (const v of [api, globalThis, () => {}, Symbol("x"), new WeakMap(), console]) try { const c = structuredClone(v); await reach(c.constructor.constructor); } catch (e) { await reach(e.constructor.constructor); }',
    { ends: ['ok', 'threw', 'timeout'] },
  ),
  builtReaches(
    'clone-of-error',
    'a cloned error and its prototype',
    'const c = structuredClone(new RangeError("x", { cause: [1] })); await reach(c.constructor.constructor);',
  ),
  builtReaches(
    'iterator-prototypes',
    'the prototypes of iterators that our own code made',
    'await reach(Object.getPrototypeOf(Object.getPrototypeOf(new URLSearchParams("a=1")[Symbol.iterator]())).constructor.constructor);',
  ),
  reaches(
    'intl-and-temporal',
    'the formatters, which read the machine’s clock and place',
    'const f = new Intl.DateTimeFormat("en"); await reach(f.format.constructor); console.log(String(typeof f.resolvedOptions().timeZone)); console.log(String(Math.abs(Number(new Date(f.formatToParts().map((p) => p.value).join(""))) - Date.now()) < 2 * 864e5));',
    says('own realm', 'string', 'true'),
  ),
  reaches(
    'seeded-dice',
    'the dice tell nothing of the machine: equal seeds, equal throws',
    'console.log(String(typeof Math.random()));',
    says('number'),
  ),
  reaches(
    'wasm-by-import',
    'a compiled module from bytes, where there is none',
    'try { new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])); console.log("ESCAPED"); } catch (e) { console.log(e.name); }',
    says('ReferenceError'),
  ),
  reaches(
    'native-syntax',
    'V8’s own syntax for tests',
    'try { (0, eval)("%DebugPrint(1)"); console.log("ESCAPED"); } catch (e) { console.log(e.name); }',
    says('SyntaxError'),
  ),
  reaches(
    'html-comment',
    'the oldest comments of the web, to hide code from a scanner',
    '(0, eval)("<!-- x\\n--> y\\nglobalThis.z = 1"); console.log(String(z));',
    says('1'),
  ),
  reaches(
    'async-context-leak',
    'what the run before left on the global object',
    'console.log(typeof globalThis.leftHere); globalThis.leftHere = 1; Array.prototype.leftHere = 1;',
    says('undefined'),
  ),
]);
