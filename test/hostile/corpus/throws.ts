// Attacks by what is thrown: values that lie, throw or never end when somebody asks what they are.

import { type Attack, attacks, HARMLESS, threw } from '../attack.ts';

const NO_ERROR = threw(/^Script threw a value that is not an error$/);
const NAMELESS = threw(/^Script threw an error without a message$/);

export const THROWS: Attack[] = attacks('throws', [
  { id: 'null', about: 'null', body: 'throw null;', expect: NO_ERROR },
  {
    id: 'undefined-at-top-level',
    about: 'undefined, before any handler is there',
    source: 'throw undefined;',
    expect: { ends: ['exports'], message: /not an error/ },
  },
  { id: 'symbol', about: 'a symbol, which has no text by itself', body: 'throw Symbol("x");', expect: NO_ERROR },
  { id: 'bigint', about: 'a number that JSON does not know', body: 'throw 2n ** 64n;', expect: NO_ERROR },
  {
    id: 'function',
    about: 'a function that throws when it is called',
    body: 'throw () => { throw 1; };',
    expect: NO_ERROR,
  },
  {
    id: 'proxy',
    about: 'a proxy all of whose traps throw',
    body: 'throw new Proxy({}, new Proxy({}, { get() { throw 1; } }));',
    expect: { ends: ['threw'] },
  },
  {
    id: 'proxy-of-error',
    about: 'a proxy of an error',
    body: 'throw new Proxy(new Error("inner"), { get(t, k) { throw t; } });',
    expect: { ends: ['threw'] },
  },
  {
    id: 'revoked-proxy',
    about: 'a proxy that was revoked',
    body: 'const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); throw proxy;',
    expect: { ends: ['threw'] },
  },
  {
    id: 'revoked-proxy-at-top-level',
    about: 'the same, before any handler is there',
    source: 'const { proxy, revoke } = Proxy.revocable(function () {}, {}); revoke(); throw proxy;',
    expect: { ends: ['exports', 'threw'] },
  },
  {
    id: 'getters-that-throw',
    about: 'an error whose every property throws itself',
    body: 'const e = new Error("a"); for (const k of ["message", "stack", "name", "cause", "code"]) Object.defineProperty(e, k, { get() { throw e; } }); throw e;',
    expect: NAMELESS,
  },
  {
    id: 'getters-that-change',
    about: 'a message that is another each time',
    body: 'const e = new Error(); let n = 0; Object.defineProperty(e, "message", { get: () => (n++ ? Symbol() : { toString() { throw 1; } }) }); throw e;',
    expect: { ends: ['threw'] },
  },
  {
    id: 'message-object',
    about: 'a message that is an object with a text of its own',
    body: 'const e = new Error(); e.message = { toString: () => "made up" }; throw e;',
    expect: threw(/^made up$/),
  },
  {
    id: 'message-huge',
    about: 'a message of a hundred megabytes',
    body: 'throw new Error("x".repeat(2 ** 27));',
    expect: { ends: ['threw', 'memory'] },
  },
  {
    id: 'message-control-characters',
    about: 'a message made to forge log lines and headers',
    body: 'throw new Error("a\\r\\nSet-Cookie: x=1\\u2028{\\"type\\":\\"s\\"}\\u0000\\u001b[2Jb");',
    expect: threw(/^a Set-Cookie: x=1 \{"type":"s"\} \[2Jb$/),
  },
  {
    id: 'message-half-surrogates',
    about: 'a message of lone halves of surrogate pairs',
    body: 'throw new Error("\\ud800".repeat(5000));',
    expect: { ends: ['threw'] },
  },
  {
    id: 'message-markup',
    about: 'a message that is markup',
    body: 'throw new Error("<script>alert(1)</script>");',
    expect: threw(/^<script>alert\(1\)<\/script>$/),
  },
  {
    id: 'name-forged',
    about: 'an error that claims to be the sandbox’s own',
    body: 'const e = new Error("Script execution timed out."); e.name = "Error"; throw e;',
    expect: threw(/^Script execution timed out\.$/),
  },
  {
    id: 'name-forged-memory',
    about: 'an error with the words of a full isolate',
    body: 'throw new RangeError("Isolate was disposed during execution due to memory limit");',
    expect: threw(/^Isolate was disposed/),
  },
  {
    id: 'stack-forged',
    about: 'a stack that names files of the host',
    body: 'const e = new Error("x"); e.stack = "Error: x\\n    at run (/opt/server/main.js:1:1)\\n    at f (action.js:2:3)\\n    at node:internal/process:1:1"; throw e;',
    expect: threw(/^x$/),
  },
  {
    id: 'stack-huge',
    about: 'a stack of fifty megabytes',
    body: 'const e = new Error("x"); e.stack = "    at f (action.js:1:1)\\n".repeat(2e6); throw e;',
    expect: { ends: ['threw', 'memory', 'timeout'] },
  },
  {
    id: 'stack-that-backtracks',
    about: 'a stack made to slow down whoever parses it',
    body: 'const e = new Error("x"); e.stack = "at ".repeat(3000) + "(" + "(".repeat(3000) + ":1:".repeat(1000); throw e;',
    expect: threw(/^x$/),
  },
  {
    id: 'cause-cycle',
    about: 'errors that cause each other',
    body: 'const a = new Error("a"); const b = new Error("b", { cause: a }); a.cause = b; a.toJSON = () => { throw b; }; throw a;',
    expect: threw(/^a$/),
  },
  {
    id: 'aggregate-of-itself',
    about: 'a collection of errors that holds itself',
    body: 'const e = new AggregateError([], "many"); e.errors = new Proxy([e], { get() { throw e; } }); throw e;',
    expect: threw(/^many$/),
  },
  {
    id: 'subclass-with-statics',
    about: 'a class of errors whose own statics throw',
    body: 'class E extends Error { get name() { throw 1; } static get [Symbol.species]() { throw 2; } static [Symbol.hasInstance]() { throw 3; } } throw new E("sub");',
    expect: threw(/^sub$/),
  },
  {
    id: 'error-without-prototype',
    about: 'an error whose prototype was taken away',
    body: 'const e = new Error("bare"); Object.setPrototypeOf(e, null); throw e;',
    expect: { ends: ['threw'] },
  },
  {
    id: 'looks-like-an-error',
    about: 'a plain object that inherits from Error',
    body: 'throw Object.create(Error.prototype, { message: { value: "no slot" } });',
    expect: { ends: ['threw'] },
  },
  {
    id: 'detached-rejection',
    about: 'a rejection nobody handles',
    body: 'Promise.reject(new Error("detached"));',
    expect: { ends: ['ok', 'threw'] },
  },
  {
    id: 'detached-rejection-of-proxy',
    about: 'a rejection with a proxy nobody handles',
    body: 'Promise.reject(new Proxy({}, { get() { throw 1; }, getPrototypeOf() { throw 2; } })); await new Promise((r) => setTimeout(r, 2));',
    expect: { ends: ['ok', 'threw'] },
  },
  {
    id: 'detached-rejections-by-the-thousand',
    about: 'ten thousand rejections nobody handles',
    body: 'for (let i = 0; i < 1e4; i++) Promise.reject(i);',
    expect: { ends: ['ok', 'threw', 'timeout', 'memory'] },
  },
  {
    id: 'detached-rejection-huge',
    about: 'a rejection nobody handles, with a message of twelve megabytes',
    body: 'Promise.reject(new Error("x".repeat(12e6)));',
    expect: { ends: ['ok', 'threw', 'memory'] },
  },
  {
    id: 'detached-rejection-huge-stack',
    about: 'a rejection nobody handles, with a stack of twelve megabytes',
    body: 'const e = new Error("x"); e.stack = "y".repeat(12e6); Promise.reject(e);',
    expect: { ends: ['ok', 'threw', 'memory'] },
  },
  {
    id: 'rejection-handled-late',
    about: 'a rejection that is handled after a timer',
    body: 'const p = Promise.reject(new Error("late")); await new Promise((r) => setTimeout(r, 2)); await p.catch(() => {});',
    expect: { ends: ['ok', 'threw'] },
  },
  {
    id: 'rejection-after-settling',
    about: 'a rejection after the handler has returned',
    body: 'Promise.resolve().then(() => {}).then(() => { throw new Error("after"); });',
    expect: { ends: ['ok', 'threw'] },
  },
  {
    id: 'throw-in-timer',
    about: 'a throw inside a timer',
    body: 'setTimeout(() => { throw new Error("from a timer"); }, 1); await new Promise((r) => setTimeout(r, 3));',
    expect: threw(/^from a timer$/),
  },
  {
    id: 'throw-thenable',
    about: 'a rejected thenable with a proxy for a reason',
    body: 'return { then(_, no) { no(new Proxy([], { get() { throw 1; } })); } };',
    expect: { ends: ['threw'] },
  },
  {
    id: 'throw-from-finally',
    about: 'a finally that throws over the throw before it',
    body: 'try { throw new Error("first"); } finally { throw new Error("second"); }',
    expect: threw(/^second$/),
  },
  {
    id: 'suppressed-errors',
    about: 'errors that suppress each other without end',
    body: 'let e = new Error("x"); for (let i = 0; i < 1000; i++) e = Object.assign(new Error("s" + i), { error: e, suppressed: e }); throw e;',
    expect: threw(/^s999$/),
  },
  {
    id: 'syntax-error',
    about: 'a text that is no program',
    source: 'exports.onExecutePostLogin = async () => {{{',
    expect: { ends: ['exports'] },
  },
  {
    id: 'syntax-closes-wrapper',
    about: 'a text that closes the function it stands in',
    source:
      'exports.onExecutePostLogin = async () => {}; }); (function () { exports.onExecutePostLogin = async (e, api) => { api.access.deny("outside"); };',
    expect: { ends: ['exports', 'ok', 'threw'] },
  },
  {
    id: 'syntax-late-error',
    about: 'a function that is parsed only when it is called',
    body: 'try { (0, eval)("(function () { let a; let a; })"); } catch (e) { throw e; }',
    expect: threw(/already been declared/),
  },
  {
    id: 'returns-error',
    about: 'an error that is returned and not thrown',
    body: 'return new Error("returned");',
    expect: HARMLESS,
  },
  { id: 'throws-api', about: 'the api itself is thrown', body: 'throw api;', expect: NO_ERROR },
  { id: 'throws-event', about: 'the event itself is thrown', body: 'throw event;', expect: NO_ERROR },
]);
