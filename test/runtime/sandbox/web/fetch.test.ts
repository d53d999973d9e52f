// fetch and its family: a script speaks through the real egress guard with a real server, and says what Node says.

import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEgress } from '#runtime/egress/create-egress.ts';
import type { Egress } from '#runtime/egress/egress.ts';
import type { Sandbox } from '#runtime/sandbox/sandbox.ts';
import { lines, openSandbox, outcome, request } from '../kit.ts';
import { build, expressionOf, inNode, inScript, type Row } from './rows.ts';

const answer: RequestListener = (incoming, outgoing) => {
  const pieces: Buffer[] = [];
  incoming.on('data', (piece: Buffer) => pieces.push(piece));
  incoming.on('end', () => {
    const path = incoming.url ?? '';
    if (path.startsWith('/echo')) {
      const { 'content-type': type, 'x-a': xa, authorization } = incoming.headers;
      outgoing.setHeader('content-type', 'application/json').end(
        JSON.stringify({
          method: incoming.method,
          path,
          type,
          xa,
          authorization,
          body: Buffer.concat(pieces).toString('latin1'),
        }),
      );
    } else if (path.startsWith('/status/')) outgoing.writeHead(Number(path.slice(8)), 'Said So').end();
    else if (path === '/redirect') outgoing.writeHead(302, { location: '/echo/there' }).end('moved');
    else if (path === '/loop') outgoing.writeHead(302, { location: '/loop' }).end();
    else if (path === '/cookies') {
      outgoing
        .writeHead(
          200,
          [
            ['Set-Cookie', 'a=1'],
            ['X-Many', 'one'],
            ['set-cookie', 'b=2'],
            ['X-Many', 'two'],
          ].flat(),
        )
        .end('{}');
    } else if (path === '/bom') outgoing.end(Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d]));
    else if (path === '/bytes') outgoing.end(Buffer.from([0, 255, 128, 65]));
    else if (path === '/gzip') outgoing.setHeader('content-encoding', 'gzip').end(gzipSync('packed'));
    else if (path === '/form')
      outgoing.setHeader('content-type', 'application/x-www-form-urlencoded').end('a=1&b=%C3%BC+x');
    else if (path === '/multipart') {
      outgoing
        .setHeader('content-type', 'multipart/form-data; boundary="b"')
        .end(
          '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nü\r\n--b\r\nContent-Disposition: form-data; name="f"; filename="x.bin"\r\nContent-Type: image/png\r\n\r\n\r\n\r\n--b--\r\n',
        );
    } else if (path === '/reset') incoming.socket.destroy();
    else if (path !== '/silent') outgoing.writeHead(404).end('nothing here');
  });
};

const body = (init: string): string => `(await (await fetch(given + "/echo", { method: "POST", ${init} })).json())`;

const FAMILY: Record<string, Row[]> = {
  Headers: [
    '[...new Headers({ B: "2", a: "1", "Set-Cookie": "x" })]',
    '{ const h = new Headers(); h.append("a", " 1 "); h.append("A", "2"); h.append("set-cookie", "x=1"); h.append("set-cookie", "y=2"); return [...h, h.get("a"), h.get("set-cookie"), h.getSetCookie()] }',
    '{ const h = new Headers([["a", "1"]]); h.set("a", "9"); h.delete("b"); return [h.get("a"), h.has("A"), h.get("zz")] }',
    '[...new Headers(new Headers({ a: "1" })).keys(), ...new Headers({ a: "1" }).values()]',
    '{ const seen = []; new Headers({ b: 1, a: 2 }).forEach((v, k) => seen.push(k + v)); return seen }',
    ['{ try { new Headers({ "a b": "1" }) } catch (e) { return e.name } }', '"TypeError"'],
    ['{ try { new Headers({ a: "1\\r\\nX: 2" }) } catch (e) { return e.name } }', '"TypeError"'],
    '{ try { new Headers({ a: "€" }) } catch (e) { return e.name } }',
    '{ try { new Headers([["a"]]) } catch (e) { return e.name } }',
    '{ try { new Headers(5) } catch (e) { return e.name } }',
    'new Headers(undefined).get("a")',
    '{ const h = new Headers({ Cookie: "a=1" }); h.append("cookie", "b=2"); return h.get("cookie") }',
  ],
  Request: [
    '{ const r = new Request("https://x.example/a?b#c"); return [r.url, r.method, r.redirect, r.body, r.bodyUsed, r.mode, r.cache, r.credentials, r.referrer, r.destination, r.integrity, r.keepalive, r.duplex] }',
    '["get", "post", "PATCH", "Foo"].map((method) => new Request("https://x.example", { method }).method)',
    'new Request("/relative")',
    '{ try { new Request("https://u:p@x.example") } catch (e) { return e.name } }',
    'new Request("https://x.example", { method: "TRACE" })',
    '{ try { new Request("https://x.example", { method: "a b" }) } catch (e) { return e.name } }',
    'new Request("https://x.example", { body: "x" })',
    '{ const r = new Request("https://x.example", { method: "POST", body: "x" }); const c = r.clone(); return [await r.text(), await c.text(), r.bodyUsed, c.headers.get("content-type")] }',
    '{ const a = new Request("https://x.example", { method: "POST", body: "x", headers: { a: "1" } }); const b = new Request(a, { headers: { b: "2" } }); return [a.bodyUsed, b.method, b.headers.get("a"), b.headers.get("b"), await b.text()] }',
    '{ const c = new AbortController(); const r = new Request("https://x.example", { signal: c.signal }); c.abort(); return [r.signal.aborted, new Request("https://x.example").signal.aborted] }',
    '{ try { new Request("https://x.example", { redirect: "sideways" }) } catch (e) { return e.name } }',
    '{ try { new Request("https://x.example", { signal: {} }) } catch (e) { return e.name } }',
    'new Request("https://x.example", { method: "POST", body: new ReadableStream() })',
    'new Request("https://x.example", { method: "POST", body: new Blob(["x"], { type: "a/b" }) }).headers.get("content-type")',
    'Object.prototype.toString.call(new Request("https://x.example")) + Request.name',
  ],
  Response: [
    '{ const r = new Response("hi", { status: 201, statusText: "Made", headers: { a: "1" } }); return [r.status, r.ok, r.statusText, r.type, r.url, r.redirected, [...r.headers], await r.text(), r.bodyUsed] }',
    '{ const r = new Response("{}"); await r.json(); return r.text() }',
    '{ const r = new Response("x"); const c = r.clone(); return [await r.text(), await c.text()] }',
    '{ const r = new Response("x"); await r.text(); return r.clone() }',
    'await new Response("é").arrayBuffer()',
    'await new Response("é").bytes()',
    'await new Response(new Uint8Array([1, 2, 3]).subarray(1)).bytes()',
    'await new Response(new Uint8Array([104, 105]).buffer).text()',
    '{ const b = await new Response("x", { headers: { "content-type": "a/b" } }).blob(); return [b.size, b.type, await b.text()] }',
    '[...(await new Response("a=1&b=2", { headers: { "content-type": "application/x-www-form-urlencoded" } }).formData())]',
    '{ const f = new FormData(); f.append("a", "1\\n2"); f.append("f", new Blob(["x"], { type: "t/x" }), "na\\"me.txt"); const back = await new Response(f).formData(); const file = back.get("f"); return [back.get("a"), file.name, file.type, await file.text()] }',
    'await new Response("x", { headers: { "content-type": "text/plain" } }).formData().catch((e) => e.name)',
    'await new Response("not json").json().catch((e) => e.name)',
    '[await new Response().text(), new Response().body, await new Response(null).bytes()]',
    'new Response("x", { status: 204 })',
    'new Response("x", { status: 199 })',
    '{ const r = Response.json({ a: 1 }, { status: 202 }); return [r.status, r.headers.get("content-type"), await r.json()] }',
    '{ const r = Response.json(1, { headers: { "content-type": "x/y" } }); return r.headers.get("content-type") }',
    'Response.json(undefined)',
    '{ const r = Response.redirect("https://x.example/a", 307); return [r.status, r.headers.get("location")] }',
    'Response.redirect("https://x.example", 200)',
    '{ const r = Response.error(); return [r.type, r.status, r.ok] }',
    '{ const reader = new Response("abc").body.getReader(); const one = await reader.read(); const two = await reader.read(); return [one.value, one.done, two.done, two.value] }',
    '{ let text = ""; for await (const piece of new Response("abc").body) text += new TextDecoder().decode(piece); return text }',
    '{ const r = new Response("abc"); r.body; return [r.bodyUsed, await r.text(), r.bodyUsed, r.body.locked] }',
    '{ const r = new Response("abc"); r.body.getReader(); return r.text() }',
    '{ const r = new Response("abc"); await r.text(); return [r.bodyUsed, r.body.locked] }',
    '{ const s = new ReadableStream({ start(c) { c.enqueue(new Uint8Array([97])); c.enqueue(new Uint8Array([98])); c.close() } }); const r = new Response(s); return [r.body === s, await r.text()] }',
    '{ const s = new ReadableStream({ start(c) { c.error(new RangeError("broken")) } }); return new Response(s).text() }',
    '{ const s = new ReadableStream({ start(c) { c.enqueue("text"); c.close() } }); return new Response(s).text().catch((e) => e.name) }',
    '{ async function* pieces() { yield new Uint8Array([97]); yield new Uint8Array([98]) } return new Response(pieces()).text() }',
    '{ const r = new Response("abc"); await r.body.cancel(); return r.text() }',
    '{ const [a, b] = new Response("abc").body.tee(); return [await new Response(a).text(), await new Response(b).text()] }',
    'await new Response(new Response("abc").body.pipeThrough(new TextDecoderStream()).pipeThrough(new TextEncoderStream())).text()',
    'await new Response(new Blob(["stream"]).stream()).text()',
    'await new Response("\\ufeffx").text()',
    'Object.prototype.toString.call(new Response()) + Response.name',
    [
      'new Response({ [Symbol.toStringTag]: "Blob", size: 1 })',
      'TypeError: A Blob of another package cannot be a body: use the global Blob',
    ],
    [
      'new Response({ [Symbol.toStringTag]: "FormData", pipe() {} })',
      'TypeError: A FormData of another package cannot be a body: use the global FormData',
    ],
    [
      'new Response({ [Symbol.toStringTag]: "FormData", *[Symbol.iterator]() { yield ["f", { name: "x" }] } })',
      'TypeError: A FormData with files of another package cannot be a body: use the global File',
    ],
    'await new Response({ [Symbol.toStringTag]: "URLSearchParams", toString: () => "a=1" }).text()',
  ],
  'Blob, File and FormData': [
    '{ const b = new Blob(["a", new Uint8Array([98]), new Blob(["c"]), new Uint8Array([100]).buffer], { type: "Text/Plain" }); return [b.size, b.type, await b.text()] }',
    '{ const b = new Blob(["hello"]); return [await b.slice(1, 3).text(), await b.slice(-2).text(), b.slice(1, 2, "a/b").type, b.slice(4, 2).size] }',
    'await new Blob(["é"]).arrayBuffer()',
    'new Blob("text")',
    '{ const f = new File(["x"], "a.txt", { type: "t/x", lastModified: 5 }); return [f.name, f.type, f.size, f.lastModified, f instanceof Blob, String(f)] }',
    '{ const f = new FormData(); f.append("a", 1); f.append("a", "2"); f.set("b", "x"); f.set("a", "3"); return [[...f], f.getAll("a"), f.get("zz"), f.has("b")] }',
    '{ const f = new FormData(); f.append("a", new Blob(["x"])); return [f.get("a").name, f.get("a") instanceof File] }',
    '{ const f = new FormData(); try { f.append("a", "x", "name") } catch (e) { return e.name } }',
    '{ const f = new FormData(); f.append("a", "1"); f.append("b", "2"); f.delete("a"); return [...f.keys()] }',
  ],
};

const NETWORK: Row[] = [
  `await (await fetch(given + "/echo/x?y=1#z")).json()`,
  `{ const r = await fetch(given + "/status/404"); return [r.ok, r.status, r.statusText, r.type, r.redirected, r.url === given + "/status/404", await r.text()] }`,
  `{ const r = await fetch(given + "/status/204"); return [r.status, r.body, await r.text()] }`,
  `{ const r = await fetch(given + "/echo", { method: "HEAD" }); return [r.status, await r.text()] }`,
  body('body: "text é"'),
  body('body: JSON.stringify({ a: 1 }), headers: { "Content-Type": "application/json", "X-A": "1" }'),
  body('body: new URLSearchParams({ a: "1 2", b: "ü" })'),
  body('body: new Uint8Array([0, 255, 1])'),
  body('body: new Uint8Array([104, 105]).buffer'),
  body('body: new Blob(["blob"], { type: "a/b" })'),
  `${body('body: (() => { const f = new FormData(); f.append("a", "1"); return f })()')}.body.replace(/sallyport|undici|\\d+/g, "").replace(/-+formdata-+/g, "#")`,
  `${body('body: (() => { const f = new FormData(); f.append("f", new Blob([new Uint8Array([255])]), "x"); return f })()')}.type.replace(/=.*/, "")`,
  body(
    'duplex: "half", body: new ReadableStream({ start(c) { c.enqueue(new Uint8Array([97])); c.enqueue(new Uint8Array([98])); c.close() } })',
  ),
  body('body: 5'),
  body('body: { toString: () => "object" }'),
  body('headers: { authorization: "Bearer x" }'),
  body('headers: [["x-a", "1"], ["x-a", "2"]]'),
  `(await (await fetch(new Request(given + "/echo", { method: "PUT", body: "x" }))).json())`,
  `(await (await fetch(new URL(given + "/echo/url"))).json()).path`,
  `(await (await fetch(given + "/echo", { method: "PATCH", keepalive: true, credentials: "include", mode: "cors", cache: "no-store" })).json()).method`,
  `{ const r = await fetch(given + "/redirect"); return [r.redirected, r.url === given + "/echo/there", (await r.json()).path] }`,
  `{ const r = await fetch(given + "/redirect", { redirect: "manual" }); return [r.status, r.headers.get("location"), r.redirected] }`,
  `{ const r = await fetch(given + "/cookies"); return [r.headers.getSetCookie(), r.headers.get("x-many"), r.headers.get("X-None")] }`,
  `{ const r = await fetch(given + "/cookies"); try { r.headers.set("a", "1") } catch (e) { return e.name + e.message } }`,
  `await (await fetch(given + "/bom")).json()`,
  `await (await fetch(given + "/bytes")).bytes()`,
  `await (await fetch(given + "/bytes")).text()`,
  `await (await fetch(given + "/gzip")).text()`,
  `[...(await (await fetch(given + "/form")).formData())]`,
  `{ const f = await (await fetch(given + "/multipart")).formData(); return [f.get("a"), f.get("f").name, f.get("f").type, await f.get("f").text()] }`,
  `{ const r = await fetch(given + "/bytes"); const c = r.clone(); return [await r.arrayBuffer(), await c.bytes(), r.bodyUsed] }`,
  `{ let n = 0; for await (const piece of (await fetch(given + "/bytes")).body) n += piece.length; return n }`,
  `{ const r = await fetch(given + "/bytes"); await r.text(); return r.json() }`,
  `await (await fetch("data:text/plain;charset=utf-8,h%C3%A9 x")).text()`,
  `{ const r = await fetch("data:application/json;base64,eyJhIjoxfQ=="); return [r.status, r.headers.get("content-type"), await r.json()] }`,
  // Failures
  `await fetch(given + "/silent", { signal: AbortSignal.abort() })`,
  `await fetch(given + "/silent", { signal: AbortSignal.abort("mine") }).catch((e) => e)`,
  `await fetch(given + "/silent", { signal: AbortSignal.timeout(30) })`,
  `{ const c = new AbortController(); setTimeout(() => c.abort(), 20); return fetch(given + "/silent", { signal: c.signal }) }`,
  `{ const c = new AbortController(); setTimeout(() => c.abort(new RangeError("mine")), 20); return fetch(given + "/silent", { signal: c.signal }) }`,
  `await fetch("no url")`,
  `await fetch(given + "/redirect", { redirect: "error" })`,
  `await fetch(given + "/loop")`,
  `await fetch(given + "/reset")`,
  [
    `await fetch(given + "/reset").catch((e) => [e.message, e.cause instanceof Error, e.cause.code])`,
    '["fetch failed",true,"ECONNRESET"]',
  ],
  [
    `await fetch("http://10.1.2.3/secret?q=1").catch((e) => [e.message, e.cause.code, /private address/.test(e.cause.message), /secret|q=1/.test(e.cause.message)])`,
    '["fetch failed","ERR_EGRESS_REFUSED",true,false]',
  ],
  ['await fetch("ftp://x.example/").catch((e) => [e.message, e.cause.code])', '["fetch failed","ERR_EGRESS_REFUSED"]'],
  [
    'await fetch("file:///etc/passwd").catch((e) => [e.message, e.cause.code])',
    '["fetch failed","ERR_EGRESS_REFUSED"]',
  ],
  [
    `await fetch(given, { integrity: "sha256-x" }).catch((e) => e.cause.message)`,
    '"scripts have no subresource integrity: compare a digest of the body instead"',
  ],
  `await Promise.all([1, 2, 3].map(async (n) => (await (await fetch(given + "/echo/" + n)).json()).path))`,
];

/** A row that begins with a brace is the body of a function. */
const asExpression = (row: Row): Row => {
  const wrap = (text: string): string => (text.startsWith('{ ') ? `await (async () => ${text})()` : text);
  return typeof row === 'string' ? wrap(row) : [wrap(row[0]), row[1]];
};

const server = createServer(answer);
let egress: Egress;
let sandbox: Sandbox;
let origin: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  egress = createEgress({ allow: ['127.0.0.1'] });
  sandbox = await openSandbox(1, egress);
});
afterAll(async () => {
  await sandbox.drain(1000);
  await egress.close();
  server.closeAllConnections();
  server.close();
});

describe.each(Object.entries({ ...FAMILY, fetch: NETWORK }))('%s', (_name, table) => {
  const rows = table.map(asExpression);
  let said: string[] = [];
  beforeAll(async () => {
    said = await inScript(sandbox, rows, origin);
  });
  test.each(table.map((row, at) => [expressionOf(row), at] as const))('%s', async (_expression, at) => {
    const row = rows[at] as Row;
    expect(said[at]).toBe(typeof row === 'string' ? await inNode(row, origin) : row[1]);
  });
});

describe('a script', () => {
  const run = async (source: string) => sandbox.run(request(source, { script: await build(source) }));

  test('cannot call out at its top level', async () => {
    const source = `fetch("${origin}/echo"); exports.onExecutePostLogin = async () => {};`;
    expect(outcome(await run(source))).toMatch(/fetch cannot be used at the top level of an Action/);
  });

  test('sees the clock go on while it waits for an answer', async () => {
    const source = `exports.onExecutePostLogin = async () => {
      const from = performance.now();
      await fetch("${origin}/silent", { signal: AbortSignal.timeout(50) }).catch(() => {});
      console.log(performance.now() - from >= 50);
    };`;
    expect(lines(await run(source))).toEqual(['true']);
  });
});
