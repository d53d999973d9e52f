// Attacks on what the host offers: floods, payloads that are malformed or huge, and operations that do not exist. `host` is
// the object that every bundle is given; where a text is run without it, there is nothing to call and the script says so.

import { type Attack, attacks, type Expectation } from '../attack.ts';

const HOST =
  `const host = typeof sallyportHost === "undefined" ? { call() { throw new Error("no host"); }, compute() { throw new Error("no host"); } } : sallyportHost;
const ask = async (operation, payload) => { try { const { answer } = host.call(operation, payload); return "answered " + String(await answer).length; } catch (e) { return "refused"; } };
const count = (f) => { try { return "computed " + String(f()).length; } catch (e) { return "refused"; } };`.replaceAll(
    '\n',
    ' ',
  );

/** Every call is refused, and the script goes on. */
const ALL_REFUSED = (times: number): Expectation => ({
  ends: ['ok'],
  lines: Array.from({ length: times }, () => 'refused'),
});
/** The run ends by a limit, or because a call is refused; it never gets what it asked for. */
const ENDS_SOMEHOW: Expectation = { ends: ['ok', 'threw', 'limit', 'timeout', 'memory', 'stalled'] };

const calls = (id: string, about: string, code: string, expect: Expectation, wallMs = 4000) => ({
  id,
  about,
  body: `${HOST}\n${code}`,
  expect,
  wallMs,
});

export const HOST_CALLS: Attack[] = attacks('host-calls', [
  calls(
    'operation-unknown',
    'operations that do not exist',
    'for (const o of ["exec", "open", "FETCH", "", "__proto__", "constructor", "toString", "fetch\\u0000"]) console.log(await ask(o, "{}"));',
    ALL_REFUSED(8),
  ),
  calls(
    'operation-no-text',
    'operations that are no text',
    'for (const o of [null, 1, true, {}, [], ["fetch"], { toString: () => "fetch" }, { toJSON: () => "fetch" }]) console.log((await ask(o, "{}")).replace(/answered \\d+/, "refused"));',
    { ends: ['ok', 'threw', 'limit'], lines: Array.from({ length: 8 }, () => 'refused') },
  ),
  calls(
    'operation-without-json',
    'operations and payloads that JSON does not know',
    'for (const o of [undefined, () => {}, Symbol("x")]) { console.log(await ask("fetch", o)); console.log(await ask(o, "{}")); }',
    { ends: ['ok', 'threw', 'limit'], lines: Array.from({ length: 6 }, () => 'refused') },
  ),
  calls(
    'operation-bigint',
    'a payload that throws when it becomes JSON',
    'console.log(await ask("fetch", 1n)); console.log(await ask("fetch", { toJSON() { throw 1; } }));',
    { ends: ['ok'] },
  ),
  calls(
    'payload-no-json',
    'payloads that are no JSON',
    'for (const p of ["", "{", "undefined", "[1,]", "\\u0000", "NaN", "\\ud800"]) console.log(await ask("fetch", p));',
    ALL_REFUSED(7),
  ),
  calls(
    'payload-wrong-shape',
    'JSON that is no request',
    'for (const p of ["null", "[]", "1", "{}", "{\\"url\\":1}", "{\\"url\\":\\"https://x.invalid\\",\\"method\\":{}}", "{\\"url\\":\\"https://x.invalid\\",\\"method\\":\\"GET\\",\\"headers\\":{\\"a\\":1}}"]) console.log(await ask("fetch", p));',
    ALL_REFUSED(7),
  ),
  calls(
    'payload-prototype-keys',
    'a request with keys that are names of prototypes',
    'console.log(await ask("fetch", "{\\"__proto__\\":{\\"url\\":\\"http://127.0.0.1/\\"},\\"constructor\\":{\\"prototype\\":{\\"polluted\\":1}}}")); console.log(String({}.polluted));',
    { ends: ['ok'], lines: ['refused', 'undefined'] },
  ),
  calls(
    'payload-deep',
    'a payload nested a hundred thousand times',
    'console.log(await ask("fetch", "[".repeat(1e5) + "]".repeat(1e5))); console.log(await ask("subtle", "{\\"a\\":".repeat(1e5) + "1" + "}".repeat(1e5)));',
    ALL_REFUSED(2),
  ),
  calls(
    'payload-of-megabytes',
    'a payload of eight megabytes',
    'console.log(await ask("fetch", JSON.stringify({ url: "https://x.invalid/", method: "POST", headers: [], redirect: "follow", body: { text: "x".repeat(8e6) } })));',
    { ends: ['ok', 'threw', 'limit', 'memory', 'timeout', 'crash'] },
  ),
  calls(
    'payloads-that-add-up',
    'two hundred payloads of three hundred kilobytes at once',
    'console.log((await Promise.all(Array.from({ length: 200 }, () => ask("fetch", JSON.stringify({ url: "x".repeat(3e5) }))))).every((a) => a === "refused"));',
    ENDS_SOMEHOW,
  ),
  calls(
    'payload-url-of-megabytes',
    'an address of two megabytes',
    'console.log(await ask("fetch", JSON.stringify({ url: "https://x.invalid/" + "a".repeat(2e6), method: "GET", headers: [], redirect: "follow" })));',
    { ends: ['ok', 'limit', 'memory', 'timeout', 'threw', 'crash'] },
  ),
  calls(
    'payload-headers-by-the-thousand',
    'a request of ten thousand headers',
    'console.log(await ask("fetch", JSON.stringify({ url: "https://x.invalid/", method: "GET", redirect: "follow", headers: Array.from({ length: 1e4 }, (_, i) => ["x-" + i, "v"]) })));',
    ALL_REFUSED(1),
  ),
  calls(
    'payload-header-injection',
    'headers and methods that would end a line',
    'for (const [m, h] of [["GET", ["a", "b\\r\\nx: y"]], ["GET", ["a\\r\\nb", "c"]], ["GET / HTTP/1.1\\r\\nx: y\\r\\n", ["a", "b"]], ["G\\u0000T", ["a", "b"]]]) console.log(await ask("fetch", JSON.stringify({ url: "https://x.invalid/", method: m, headers: [h], redirect: "follow" })));',
    ALL_REFUSED(4),
  ),
  calls(
    'payload-tls-nonsense',
    'certificates that are none',
    'console.log(await ask("fetch", JSON.stringify({ url: "https://x.invalid/", method: "GET", headers: [], redirect: "follow", tls: { cert: "-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----", key: "../../../etc/passwd", ca: "x".repeat(1e5), servername: "\\u0000" } })));',
    ALL_REFUSED(1),
  ),
  calls(
    'calls-by-the-thousand',
    'ten thousand calls at once',
    'for (let i = 0; i < 1e4; i++) try { host.call("fetch", "{}").answer.catch(() => {}); } catch {} await new Promise((r) => setTimeout(r, 20));',
    ENDS_SOMEHOW,
  ),
  calls(
    'calls-one-after-the-other',
    'calls without end, each awaited',
    'for (;;) await ask("fetch", "{}");',
    ENDS_SOMEHOW,
  ),
  calls(
    'calls-unawaited-at-end',
    'two hundred calls nobody waits for when the handler ends',
    'for (let i = 0; i < 200; i++) host.call === undefined || ask("fetch", JSON.stringify({ url: "https://x.invalid/" + i, method: "GET", headers: [], redirect: "follow" }));',
    { ends: ['ok', 'limit', 'threw'] },
  ),
  calls(
    'calls-cancelled',
    'calls that are given up at once, twice, and after their end',
    'for (let i = 0; i < 50; i++) try { const c = host.call("fetch", "{}"); c.answer.catch(() => {}); c.cancel(); c.cancel(); await new Promise((r) => setTimeout(r, 1)); c.cancel(); } catch {} console.log("through");',
    { ends: ['ok'], lines: ['through'] },
  ),
  calls(
    'calls-cancelled-and-awaited',
    'a call that is given up and still awaited',
    'try { const c = host.call("fetch", "{}"); c.cancel(); await c.answer; } catch { console.log("refused"); }',
    { ends: ['ok', 'stalled'], lines: ['refused'] },
  ),
  {
    id: 'call-at-top-level',
    about: 'a call before there is a login',
    source:
      'let said = "refused"; try { sallyportHost.call("fetch", "{}"); said = "ESCAPED"; } catch {} exports.onExecutePostLogin = async () => { console.log(said); };',
    expect: { ends: ['ok'], lines: ['refused'] },
  },
  calls(
    'calls-with-tampered-records',
    'setters that would catch the records of calls',
    'const seen = []; for (const k of ["1", "2", "resolve", "reject", "call", "operation", "payload"]) Object.defineProperty(Object.prototype, k, { set(v) { seen.push(k); }, get: () => undefined, configurable: true }); await ask("fetch", "{}"); await ask("subtle", "{}"); console.log("seen " + seen.filter((k) => k !== "1" && k !== "2").join());',
    { ends: ['ok', 'threw', 'stalled'], lines: ['seen '] },
  ),
  calls(
    'compute-unknown',
    'computations that do not exist',
    'for (const o of ["exec", "__proto__", "constructor", "", "eval", "readFile"]) console.log(count(() => host.compute(o, "{}")));',
    ALL_REFUSED(6),
  ),
  calls(
    'compute-allowed',
    'a hash, which is allowed: shows that the attacks below reach what they attack',
    'console.log(count(() => host.compute("hash", JSON.stringify({ algorithm: "sha256", parts: [{ text: "x" }] }))));',
    { ends: ['ok'], lines: ['computed 44'] },
  ),
  calls(
    'compute-no-text',
    'computations with arguments that are no text',
    'for (const a of [undefined, null, {}, [], 1, Symbol("x"), () => {}, new Proxy({}, { get() { throw 1; } }), new WeakMap(), globalThis, new Error("x"), 1n, NaN]) console.log(count(() => host.compute("hash", a)));',
    ALL_REFUSED(13),
  ),
  calls(
    'compute-no-operation',
    'computations whose name is no text',
    'for (const a of [undefined, null, {}, [], 1, Symbol("x"), () => {}, new Proxy(() => {}, {}), api]) console.log(count(() => host.compute(a, "{}")));',
    ALL_REFUSED(9),
  ),
  calls(
    'compute-malformed',
    'computations with payloads that are no JSON',
    'for (const o of ["hash", "hmac", "random", "pbkdf2", "scrypt", "hkdf", "compress", "generateKeyPair"]) console.log(count(() => host.compute(o, "{")));',
    ALL_REFUSED(8),
  ),
  calls(
    'compute-prototype-keys',
    'computations with keys that are names of prototypes',
    'for (const p of ["{\\"__proto__\\":{\\"bytes\\":1},\\"bytes\\":1}", "{\\"constructor\\":1,\\"bytes\\":1}", "[{\\"bytes\\":1}]"]) console.log(count(() => host.compute("random", p)).replace(/computed 4/, "refused"));',
    ALL_REFUSED(3),
  ),
  calls(
    'compute-huge-random',
    'random bytes by the gigabyte',
    'for (const bytes of [1e9, 2 ** 53, -1, "1e9", null, 65_537, 0.5]) console.log(count(() => host.compute("random", JSON.stringify({ bytes }))));',
    ALL_REFUSED(7),
  ),
  calls(
    'compute-huge-digest',
    'a digest of a gigabyte',
    'for (const outputLength of [1e9, 2 ** 31, -1]) console.log(count(() => host.compute("hash", JSON.stringify({ algorithm: "shake256", outputLength, parts: [{ text: "x" }] }))));',
    ALL_REFUSED(3),
  ),
  calls(
    'compute-expensive',
    'keys from passwords by a thousand million rounds',
    'const w = { text: "x" }; console.log(count(() => host.compute("pbkdf2", JSON.stringify({ password: w, salt: w, iterations: 1e9, keyLength: 32, digest: "sha512" })))); console.log(count(() => host.compute("pbkdf2", JSON.stringify({ password: w, salt: w, iterations: 200_000, keyLength: 4096, digest: "SHA-512" })))); console.log(count(() => host.compute("scrypt", JSON.stringify({ password: w, salt: w, keyLength: 64, N: 2 ** 30, r: 8, p: 1 })))); console.log(count(() => host.compute("scrypt", JSON.stringify({ password: w, salt: w, keyLength: 64, N: 2, r: 1, p: 2 ** 30 }))));',
    ALL_REFUSED(4),
  ),
  calls(
    'compute-expensive-in-bounds',
    'the most expensive derivation there may be, again and again',
    'const w = { text: "x" }; for (;;) count(() => host.compute("pbkdf2", JSON.stringify({ password: w, salt: w, iterations: 219_999, keyLength: 20, digest: "sha512" })));',
    { ends: ['timeout', 'limit'] },
  ),
  calls(
    'compute-key-pairs',
    'the longest keys there may be, again and again',
    'for (;;) count(() => host.compute("generateKeyPair", JSON.stringify({ kind: "rsa", modulusLength: 2048 })));',
    { ends: ['timeout', 'limit'] },
  ),
  calls(
    'compute-bomb',
    'two hundred compressed megabytes, one behind the other, opened at once',
    'const gz = host.compute("compress", JSON.stringify({ method: "gzip", parts: [{ text: "\\u0000".repeat(1e6) }], options: {} })); for (const o of [{}, { maxOutputLength: 2 ** 40 }]) console.log(count(() => host.compute("compress", JSON.stringify({ method: "gunzip", parts: new Array(200).fill({ base64: gz }), options: o }))));',
    { ends: ['ok', 'timeout', 'memory'], lines: ['refused', 'refused'] },
  ),
  calls(
    'compute-bomb-of-brotli',
    'a long text compressed as slowly as it gets',
    'for (const text of ["ab".repeat(1e6), "abc".repeat(40_000)]) for (let i = 0; i < 50; i++) count(() => host.compute("compress", JSON.stringify({ method: "brotliCompress", parts: [{ text }], options: { params: { 1: 11, 2: 24 } } }))); console.log("through");',
    { ends: ['ok', 'timeout', 'memory', 'limit'], lines: ['through'] },
  ),
  calls(
    'compute-by-bent-options',
    'compression with options out of every bound',
    'for (const options of [{ level: 1e9 }, { memLevel: -1 }, { windowBits: 99 }, { strategy: 77 }, { dictionary: { base64: "x".repeat(1e6) } }, { params: { 99: 1e9 } }, { chunkSize: 2 ** 40 }]) console.log(count(() => host.compute("compress", JSON.stringify({ method: "deflateRaw", parts: [{ text: "x" }], options }))).replace(/computed \\d+/, "refused"));',
    ALL_REFUSED(7),
  ),
  calls(
    'compute-million-pieces',
    'a hash over eight hundred thousand empty pieces',
    'console.log(count(() => host.compute("hash", \'{"algorithm":"sha256","parts":[\' + \'{"text":""},\'.repeat(8e5) + \'{"text":""}]}\')));',
    { ends: ['ok', 'timeout', 'memory', 'crash'], lines: ['computed 44'] },
  ),
  calls(
    'compute-deep-json',
    'a payload of six million brackets, which is read outside the isolate',
    'console.log(count(() => host.compute("hash", "[".repeat(6e6)))); console.log(count(() => host.compute("hash", "{\\"a\\":".repeat(1e6))));',
    { ends: ['ok', 'timeout', 'memory', 'crash'], lines: ['refused', 'refused'] },
  ),
  calls(
    'compute-without-end',
    'small computations in a loop',
    'for (;;) count(() => host.compute("hash", JSON.stringify({ algorithm: "sha512", parts: [{ text: "x".repeat(1000) }] })));',
    { ends: ['timeout', 'limit', 'memory'] },
  ),
  calls(
    'compute-in-to-json',
    'a computation that is asked for while a command becomes JSON',
    'api.idToken.setCustomClaim("a", { toJSON: () => count(() => host.compute("random", JSON.stringify({ bytes: 3 }))) });',
    { ends: ['ok'], commands: [{ name: 'idToken.setCustomClaim', args: ['a', 'computed 4'] }] },
  ),
  calls(
    'compute-after-overflow',
    'computations at every depth of a stack that has ended',
    'let n = 0; const f = () => { try { f(); } catch (e) { if (n++ < 100) count(() => host.compute("random", JSON.stringify({ bytes: 8 }))); throw e; } }; try { f(); } catch {} console.log("through");',
    { ends: ['ok'], lines: ['through'] },
  ),
  calls(
    'compute-realm',
    'the realm of the function that computes, and of its errors',
    'const look = (F) => { try { return typeof F("return globalThis")().process; } catch { return "refused"; } }; console.log(look(host.compute.constructor)); try { host.compute("nope", "{}"); } catch (e) { console.log(look(e.constructor.constructor)); console.log(/\\/|node:|\\.ts\\b/.test(String(e.stack).replace(/sallyport:prelude/g, "")) ? "ESCAPED a path" : "no path"); }',
    { ends: ['ok'], lines: ['undefined', 'undefined', 'no path'] },
  ),
  calls(
    'host-replaced',
    'the host’s own object bent and frozen',
    'try { host.call = host.compute = () => "mine"; Object.freeze(host); Object.setPrototypeOf(host, null); delete host.call; } catch {} api.idToken.setCustomClaim("a", 1);',
    { ends: ['ok'], commands: [{ name: 'idToken.setCustomClaim', args: ['a', 1] }] },
  ),
]);
