// The globals of the web that compute values: each row says in a script what it says in Node.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROVIDED } from '#actions/prelude/absent.ts';
import { GLOBAL_SHIMS } from '#actions/prelude/shims.ts';
import type { Sandbox } from '#runtime/sandbox/sandbox.ts';
import { handler, openSandbox, outcome } from '../kit.ts';
import { expressionOf, inNode, inScript, type Row } from './rows.ts';

const TABLES: Record<string, Row[]> = {
  URL: [
    'new URL("https://user:pass@Example.COM:8443/a/../b%20c/./d?x=1&y=2#frag").href',
    'JSON.stringify(new URL("https://example.com/a"))',
    'new URL("../x?y#z", "https://example.com/a/b/c").href',
    'new URL("//other/p", "https://example.com/a").href',
    '["href","origin","protocol","username","password","host","hostname","port","pathname","search","hash"].map((k) => new URL("http://u:p@h:81/p?q#f")[k])',
    'new URL("https://münchen.example/ü?ü#ü").href',
    'new URL("https://日本語.jp/").hostname',
    'new URL("http://0x7f.1/").hostname',
    'new URL("http://[::FFFF:127.0.0.1]/").hostname',
    'new URL("no url")',
    'new URL("/p")',
    'new URL("https://a.example:99999/")',
    'new URL("https://exa mple.com")',
    'new URL("data:text/plain,hi").pathname',
    'new URL("blob:https://example.com/x").origin',
    'URL.canParse("https://x.example") + " " + URL.canParse("x") + " " + URL.canParse("x", "https://y.example")',
    'URL.parse("x")',
    'URL.parse("x", "https://y.example/").href',
    '{ const u = new URL("http://a.example/"); u.protocol = "https"; u.port = "443"; u.pathname = "a b"; u.hash = "x"; return u.href }',
    '{ const u = new URL("http://a.example/"); u.host = "b.example:81"; u.username = "ü"; u.password = "@"; return u.href }',
    '{ const u = new URL("http://a.example/"); u.hostname = "no good"; u.port = "x"; return u.href }',
    '{ const u = new URL("http://a.example/"); u.href = "nonsense" }',
    '{ const u = new URL("http://a.example/?a=1"); u.searchParams.append("b", "2 3&"); return u.href }',
    '{ const u = new URL("http://a.example/?a=1"); const p = u.searchParams; u.search = "?c=3"; return p.get("c") + p.has("a") }',
    '{ const u = new URL("http://a.example/?a=1"); u.searchParams.delete("a"); return u.href }',
    '{ const u = new URL("http://a.example/?a"); const p = u.searchParams; u.href = "http://b.example/?q=1"; return p.get("q") }',
    'String(new URL("https://example.com"))',
    'Object.prototype.toString.call(new URL("a:b"))',
    'URL.name',
  ],
  URLSearchParams: [
    'new URLSearchParams("?a=1&b=2&a=3").getAll("a")',
    'new URLSearchParams({ a: 1, b: "x y", c: "ü&=" }).toString()',
    'new URLSearchParams([["a", "1"], ["b", "2"]]).toString()',
    'new URLSearchParams(new Map([["a", "1"]])).toString()',
    'new URLSearchParams(new URLSearchParams("a=b")).toString()',
    'new URLSearchParams([["a"]])',
    'new URLSearchParams("a+b=c%20d&%zz=%41&%e4=x").toString()',
    'new URLSearchParams("a=%E2%82%AC&b=€&c=%F0%9F%98%80").get("a") + new URLSearchParams("c=%F0%9F%98%80").get("c")',
    'new URLSearchParams("=x&y&&z=").toString()',
    'new URLSearchParams({ x: "!\'()~*-._" }).toString()',
    'new URLSearchParams({ x: "\\ud800" }).toString()',
    '[...new URLSearchParams("a=1&b=2")]',
    '[...new URLSearchParams("a=1&b=2").keys()]',
    '[...new URLSearchParams("a=1&b=2").values()]',
    '{ const p = new URLSearchParams("c=1&a=2&b=3&a=1"); p.sort(); return [String(p), p.size] }',
    '{ const p = new URLSearchParams("a=1&b=2&a=3"); p.set("a", "9"); p.set("n", null); return String(p) }',
    '{ const p = new URLSearchParams("a=1&a=2"); p.delete("a", "1"); return [String(p), p.has("a", "2"), p.has("a", "1")] }',
    '{ const seen = []; new URLSearchParams("a=1&b=2").forEach((v, k) => seen.push(k + v)); return seen }',
    'new URLSearchParams("a").get("missing")',
    'new URLSearchParams().toString()',
    'new URLSearchParams(undefined).size',
  ],
  'base64 and text': [
    'btoa("hello, wörld")',
    'btoa("€")',
    'atob("aGk=") + atob("aGk") + atob(" a G\\nk = ")',
    'atob("a")',
    'atob("aGk==")',
    'atob("a-_b")',
    'btoa("") + atob("")',
    'btoa(String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i)))',
    'btoa()',
    'new TextEncoder().encode("aé€😀\\ud800")',
    'new TextEncoder().encode()',
    'new TextEncoder().encoding',
    '{ const to = new Uint8Array(5); return [new TextEncoder().encodeInto("a€é", to), to] }',
    'new TextDecoder().decode(new Uint8Array([0xef, 0xbb, 0xbf, 0x61]))',
    'new TextDecoder("utf-8", { ignoreBOM: true }).decode(new Uint8Array([0xef, 0xbb, 0xbf, 0x61])).length',
    'new TextDecoder().decode(new Uint8Array([0x61, 0xff, 0xe2, 0x82, 0x62, 0xf0, 0x9f, 0x98]))',
    'new TextDecoder().decode(new Uint8Array([0xed, 0xa0, 0x80, 0xc0, 0x80, 0xf8, 0x88]))',
    'new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array([0xff]))',
    'new TextDecoder().decode(new TextEncoder().encode("x".repeat(20000) + "😀")).length',
    '{ const d = new TextDecoder(); return [0xe2, 0x82, 0xac, 0x61].map((b) => d.decode(new Uint8Array([b]), { stream: true })).join("|") + d.decode() }',
    '{ const d = new TextDecoder(); return d.decode(new Uint8Array([0xe2, 0x82]), { stream: true }) + "|" + d.decode() }',
    '{ const d = new TextDecoder(); return d.decode(new Uint8Array([0xef]), { stream: true }) + d.decode(new Uint8Array([0xbb, 0xbf, 0x61])) }',
    'new TextDecoder("utf-16le").decode(new Uint8Array([0x61, 0, 0xac, 0x20, 0x3d, 0xd8, 0, 0xde]))',
    '{ const d = new TextDecoder("utf-16le"); return d.decode(new Uint8Array([0x3d, 0xd8, 0]), { stream: true }) + "|" + d.decode(new Uint8Array([0xde])) }',
    'new TextDecoder("utf-16be").decode(new Uint8Array([0x20, 0xac]))',
    'new TextDecoder("latin1").decode(new Uint8Array([0x80, 0xe9, 0x9f, 0x41]))',
    '["ascii", "UTF8", " utf-8 ", "iso-8859-1", "ucs-2"].map((label) => new TextDecoder(label).encoding)',
    'new TextDecoder("no-such")',
    'new TextDecoder().decode(new Uint16Array([0x6161, 0x6262]).subarray(1))',
    'new TextDecoder().decode(new DataView(new Uint8Array([0x61, 0x62]).buffer, 1))',
    'new TextDecoder().decode()',
    '[new TextDecoder().fatal, new TextDecoder().ignoreBOM]',
  ],
  structuredClone: [
    'structuredClone({ a: [1, , "x", null, undefined, true, 10n, NaN], d: new Date(5), r: /a+/gi, m: new Map([[{ k: 1 }, new Set([1])]]) })',
    '{ const a = { x: {} }; a.self = a; a.y = a.x; const b = structuredClone(a); return b !== a && b.self === b && b.y === b.x }',
    'structuredClone(new Uint8Array([1, 2, 3]).subarray(1))',
    'structuredClone(new Float64Array([1.5]).buffer).byteLength',
    '{ const b = new Uint8Array([1, 2, 3]).buffer; const c = structuredClone({ a: new Uint8Array(b, 1), b: new Uint8Array(b) }); return c.a.buffer === c.b.buffer && c.a[0] }',
    '{ const b = new ArrayBuffer(8); const c = structuredClone(b, { transfer: [b] }); return [b.byteLength, c.byteLength, b.detached] }',
    'structuredClone(Math.max)',
    'structuredClone(Symbol("s"))',
    'structuredClone({ deep: [{ f: parseInt }] })',
    'structuredClone(Promise.resolve())',
    'structuredClone(new WeakMap())',
    '{ const e = structuredClone(new RangeError("far", { cause: { a: 1 } })); return [e instanceof RangeError, e.message, e.cause.a, e.stack.split("\\n")[0]] }',
    '{ class Odd extends Error { name = "Odd" } const e = structuredClone(new Odd("o")); return [e.constructor === Error, e.name] }',
    '{ class Point { constructor() { this.x = 1 } get y() { return 2 } } const p = structuredClone(new Point()); return [p.constructor === Object, p.x, p.y] }',
    '[typeof structuredClone(Object("x")), structuredClone(Object(5n)) + 1n, structuredClone(-0) === 0]',
    'Object.keys(structuredClone({ __proto__: { a: 1 }, b: 2 }))',
    'Object.hasOwn(structuredClone(JSON.parse(\'{"__proto__":{"a":1}}\')), "__proto__")',
    'structuredClone(Object.assign([1, 2], { extra: true })).extra',
    'structuredClone(new Date(NaN)).getTime()',
    '{ const r = /a/g; r.lastIndex = 3; return structuredClone(r).lastIndex }',
    'structuredClone(null) === null && structuredClone(undefined) === undefined',
  ],
  DOMException: [
    '{ const e = new DOMException("m", "AbortError"); return [e.name, e.message, e.code, e instanceof Error, e instanceof DOMException, String(e)] }',
    '{ const e = new DOMException(); return [e.name, e.message, e.code] }',
    'new DOMException("m", { name: "DataCloneError", cause: 5 }).cause',
    'new DOMException("m", "NoSuchError").code',
    '[DOMException.ABORT_ERR, new DOMException("", "x").DATA_CLONE_ERR]',
    'Object.prototype.toString.call(new DOMException("m"))',
    'new DOMException("m", "AbortError").stack.split("\\n")[0]',
    'DOMException.name + new DOMException("m").constructor.name',
  ],
  'events and abort': [
    '{ const t = new EventTarget(); const seen = []; t.addEventListener("a", (e) => seen.push(e.type, e.target === t)); t.dispatchEvent(new Event("a")); return seen }',
    '{ const t = new EventTarget(); let n = 0; const f = () => n++; t.addEventListener("a", f); t.addEventListener("a", f); t.dispatchEvent(new Event("a")); t.removeEventListener("a", f); t.dispatchEvent(new Event("a")); return n }',
    '{ const t = new EventTarget(); let n = 0; t.addEventListener("a", () => n++, { once: true }); t.dispatchEvent(new Event("a")); t.dispatchEvent(new Event("a")); return n }',
    '{ const t = new EventTarget(); t.addEventListener("a", (e) => e.preventDefault()); return [t.dispatchEvent(new Event("a", { cancelable: true })), t.dispatchEvent(new Event("a"))] }',
    '{ const t = new EventTarget(); let n = 0; t.addEventListener("a", (e) => { n++; e.stopImmediatePropagation() }); t.addEventListener("a", () => n++); t.dispatchEvent(new Event("a")); return n }',
    '{ const t = new EventTarget(); const o = { n: 0, handleEvent() { this.n++ } }; t.addEventListener("a", o); t.dispatchEvent(new Event("a")); return o.n }',
    '{ const t = new EventTarget(); const c = new AbortController(); let n = 0; t.addEventListener("a", () => n++, { signal: c.signal }); c.abort(); t.dispatchEvent(new Event("a")); return n }',
    '{ class T extends EventTarget {} const t = new T(); let d; t.addEventListener("x", (e) => d = e.detail); t.dispatchEvent(new CustomEvent("x", { detail: 5 })); return d }',
    '{ const c = new AbortController(); let n = 0; c.signal.onabort = () => n++; c.signal.addEventListener("abort", () => n++); c.abort(); c.abort(); return [n, c.signal.aborted, c.signal.reason.name, c.signal.reason.message] }',
    '{ const c = new AbortController(); c.abort("why"); return c.signal.reason }',
    '{ const c = new AbortController(); c.abort(undefined); return c.signal.reason.name }',
    'AbortSignal.abort().throwIfAborted()',
    'new AbortController().signal.throwIfAborted()',
    'new AbortSignal()',
    '{ const c = new AbortController(); const s = AbortSignal.any([new AbortController().signal, c.signal]); let r; s.addEventListener("abort", () => r = s.reason); c.abort(7); return [r, s.aborted] }',
    'AbortSignal.any([AbortSignal.abort(1), AbortSignal.abort(2)]).reason',
    '{ const c = new AbortController(); const s = AbortSignal.any([AbortSignal.any([c.signal])]); c.abort(3); return s.reason }',
    '{ const s = AbortSignal.timeout(5); await new Promise((done) => s.addEventListener("abort", done)); return [s.aborted, s.reason.name, s.reason.code, s.reason.message] }',
    'AbortSignal.timeout(-1)',
    '[Object.prototype.toString.call(new AbortController().signal), AbortSignal.name]',
  ],
  streams: [
    '{ const seen = []; for await (const piece of ReadableStream.from([1, 2])) seen.push(piece); return seen }',
    '{ const [a, b] = ReadableStream.from(["x"]).tee(); return [(await a.getReader().read()).value, (await b.getReader().read()).done] }',
    '{ const t = new TransformStream({ transform(p, c) { c.enqueue(p * 2) } }); const seen = []; for await (const p of ReadableStream.from([1, 2]).pipeThrough(t)) seen.push(p); return seen }',
    '{ const seen = []; await ReadableStream.from([1, 2]).pipeTo(new WritableStream({ write(p) { seen.push(p) } })); return seen }',
    '{ const s = new ReadableStream(); s.getReader(); try { s.getReader() } catch (e) { return e.name } }',
    '{ let why; const s = new ReadableStream({ cancel(reason) { why = reason } }); await s.cancel("enough"); return why }',
    '{ const s = new ReadableStream({ type: "bytes", pull(c) { c.byobRequest.view[0] = 7; c.byobRequest.respond(1) } }); return (await s.getReader({ mode: "byob" }).read(new Uint8Array(2))).value }',
    '{ let text = ""; for await (const p of ReadableStream.from([new Uint8Array([0xe2, 0x82]), new Uint8Array([0xac])]).pipeThrough(new TextDecoderStream())) text += p; return text }',
    '{ const seen = []; for await (const p of ReadableStream.from(["\\ud83d", "\\ude00"]).pipeThrough(new TextEncoderStream())) seen.push(...p); return seen }',
    'new CountQueuingStrategy({ highWaterMark: 3 }).highWaterMark',
  ],
  'performance and crypto': [
    'typeof performance.now() + (performance.now() >= 0) + typeof performance.timeOrigin + Object.keys(performance.toJSON()).includes("timeOrigin")',
    [
      '{ const from = performance.now(); await new Promise((done) => setTimeout(done, 20)); return performance.now() - from >= 20 }',
      'true',
    ],
    '{ const a = crypto.getRandomValues(new Uint8Array(32)); return [a.length, new Set(a).size > 8] }',
    '{ const a = new Uint32Array(4); return crypto.getRandomValues(a) === a && a.some((n) => n > 65535) }',
    'crypto.getRandomValues(new Uint8Array(0)).length',
    'crypto.getRandomValues(new Float32Array(1)).name',
    '{ try { crypto.getRandomValues(new Uint8Array(65537)) } catch (e) { return e.name } }',
    '/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID())',
    'crypto.randomUUID() === crypto.randomUUID()',
    '[typeof crypto.subtle.digest, Object.prototype.toString.call(crypto), new CryptoKey()]',
  ],
};

/** A row that begins with a brace is the body of a function. */
const asExpression = (row: Row): Row => {
  const wrap = (text: string): string => (text.startsWith('{ ') ? `await (async () => ${text})()` : text);
  return typeof row === 'string' ? wrap(row) : [wrap(row[0]), row[1]];
};

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await openSandbox();
});
afterAll(() => sandbox.drain(1000));

describe.each(Object.entries(TABLES))('%s', (_name, table) => {
  const rows = table.map(asExpression);
  let said: string[] = [];
  beforeAll(async () => {
    said = await inScript(sandbox, rows);
  });
  test.each(table.map((row, at) => [expressionOf(row), at] as const))('%s', async (_expression, at) => {
    const row = rows[at] as Row;
    expect(said[at]).toBe(typeof row === 'string' ? await inNode(row) : row[1]);
  });
});

describe('a name that is not in the bundle', () => {
  test('is explained: the list of those that are provided is that of the shims', () => {
    expect(PROVIDED.trim().split(' ')).toEqual(Object.keys(GLOBAL_SHIMS));
  });

  test.each([
    ['new Function("return " + "fet" + "ch")()', 'the build provides it to scripts that name it literally'],
    ['WebSocket', 'scripts make requests, with fetch; they hold no connections'],
    ['WebAssembly', 'scripts are JavaScript only'],
  ])('%s: %s', async (expression, reason) => {
    const result = await sandbox.run(handler(`return ${expression}`));
    expect(outcome(result)).toMatch(new RegExp(`^threw: \\w+ is not defined: ${reason}$`));
  });
});
