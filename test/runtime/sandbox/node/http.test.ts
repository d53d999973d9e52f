// `http` and `https` in scripts: through the real egress guard to a server on loopback, with the answers Node's own give.

import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEgress } from '#runtime/egress/create-egress.ts';
import type { Sandbox } from '#runtime/sandbox/sandbox.ts';
import { lines, openSandbox, outcome, request } from '../kit.ts';
import { bundleText } from './bundle-text.ts';
import { startStub } from './stub.ts';

const pem = (name: string): string => readFileSync(join(import.meta.dirname, '../../egress/fixtures', name), 'utf8');

const egress = createEgress({ allow: ['127.0.0.1'] });
let sandbox: Sandbox;
let stub: Awaited<ReturnType<typeof startStub>>;
let secure: Server;
let script: string;

beforeAll(async () => {
  stub = await startStub();
  const options = {
    key: pem('server.key'),
    cert: pem('server.pem'),
    ca: pem('ca.pem'),
    requestCert: true,
    rejectUnauthorized: false,
  };
  secure = createServer(options, (incoming, outgoing) => {
    const { authorized } = incoming.socket as TLSSocket;
    outgoing.end(`client is ${authorized ? 'known' : 'unknown'}`);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => secure.once('listening', resolve));
  sandbox = await openSandbox(1, egress);
  script = await bundleText(`
const http = require('http'), https = require('node:https');
const PORT = ${stub.port}, SECURE = ${(secure.address() as AddressInfo).port};
const PEM = ${JSON.stringify({ ca: pem('ca.pem'), cert: pem('client.pem'), key: pem('client.key') })};
const STUB = 'http://127.0.0.1:' + PORT;
/** Status and body, or the code of the error. */
const talk = (request, body) => new Promise((resolve) => {
  request.on('error', (error) => resolve(error.code + ': ' + error.message));
  request.on('response', (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (piece) => { text += piece; }).on('end', () => resolve(response.statusCode + ' ' + text));
  });
  request.end(body);
});
const rows = [
${ROWS.map(([expression]) => `async () => (${expression}),`).join('\n')}
];
exports.onExecutePostLogin = async (event) => {
  try {
    console.log(String(await rows[event.secrets.row]()));
  } catch (error) {
    console.log(error.code + ': ' + error.message);
  }
};`);
});
afterAll(async () => {
  await sandbox.drain(0);
  await egress.close();
  stub.close();
  secure.closeAllConnections();
  secure.close();
});

const ROWS: [expression: string, expected: string | RegExp][] = [
  [
    `talk(http.request({ host: '127.0.0.1', port: PORT, path: '/echo?a', method: 'post', headers: { 'Content-Type': 'text/plain' } }), 'hällo')`,
    '200 {"method":"POST","url":"/echo?a","body":"hällo","type":"text/plain","authorization":null}',
  ],
  [`talk(http.request(STUB + '/echo', { auth: 'u:p' }))`, /"authorization":"Basic dTpw"/],
  [
    `talk(http.request(new URL(STUB + '/echo?x'), { headers: [['X', '1'], ['Authorization', 'y']] }))`,
    /echo\?x.*"authorization":"y"/,
  ],
  [`talk(http.request(STUB + '/echo', { method: 'PUT' }), Buffer.from([104, 105]))`, /"PUT".*"body":"hi"/],
  [
    `(() => { const r = http.request(STUB + '/echo', { method: 'POST' }); r.write('a'); r.write(Buffer.from('b')); r.write('63', 'hex'); return talk(r, 'd'); })()`,
    /"body":"abcd"/,
  ],
  [
    `new Promise((resolve) => http.get(STUB + '/gzip', (r) => { const parts = []; r.on('data', (p) => parts.push(p)).on('end', () => resolve(Buffer.concat(parts) + ' ' + r.headers['content-encoding'])); }))`,
    '{"packed":true} undefined',
  ],
  [
    `new Promise((resolve) => http.get(STUB + '/bytes', async (r) => { const parts = []; for await (const p of r) parts.push(p); resolve(Buffer.concat(parts).toString('hex')); }))`,
    '00ff8041',
  ],
  [
    `new Promise((resolve) => http.get(STUB + '/cookies', (r) => { r.resume(); resolve(JSON.stringify([r.headers['set-cookie'], r.headers['x-multi'], r.statusMessage, r.httpVersion, r.complete])); }))`,
    '[["a=1","b=2"],"1, 2","OK","1.1",true]',
  ],
  [
    `new Promise((resolve) => http.get(STUB + '/moved', (r) => { r.resume(); resolve(r.statusCode + ' ' + r.headers.location); }))`,
    '302 /echo?moved',
  ],
  [`talk(http.request(STUB + '/teapot'))`, '418 {"error":"short and stout"}'],
  [`talk(http.request('http://127.0.0.1:1/'))`, /^ECONNREFUSED: /],
  [`talk(http.request(STUB + '/reset'))`, /^ECONNRESET: /],
  [`talk(http.request('http://10.0.0.1/'))`, /^ERR_EGRESS_REFUSED: .*SALLYPORT_EGRESS_ALLOW/],
  [
    `(() => { const r = http.request(STUB + '/slow', { timeout: 20 }); r.on('timeout', () => r.destroy(Object.assign(new Error('too slow'), { code: 'MINE' }))); return talk(r); })()`,
    'MINE: too slow',
  ],
  [
    `(() => { const r = http.request(STUB + '/slow'); r.setTimeout(20, () => r.destroy()); return talk(r); })()`,
    'ECONNRESET: socket hang up',
  ],
  [
    `(() => { const r = http.request(STUB + '/slow'); setTimeout(() => r.abort(), 10); return talk(r).then((t) => t + ' ' + r.aborted); })()`,
    'ECONNRESET: socket hang up true',
  ],
  [
    `(() => { const c = new AbortController(); const r = http.request(STUB + '/slow', { signal: c.signal }); setTimeout(() => c.abort(), 10); return talk(r); })()`,
    'ABORT_ERR: The operation was aborted',
  ],
  [
    `new Promise((resolve) => { const seen = []; const r = http.get(STUB + '/echo'); for (const e of ['socket', 'finish', 'response', 'close']) r.on(e, () => { seen.push(e); if (e === 'response') r.res.resume(); if (e === 'close') resolve(seen.join()); }); })`,
    'socket,finish,response,close',
  ],
  [
    `(() => { const r = http.request(STUB); r.setHeader('X-A', 1); r.on('error', () => {}); const all = [r.getHeader('x-a'), r.hasHeader('X-A'), r.getHeaderNames().join(), r.method, r.path, r.protocol]; r.removeHeader('x-a'); r.destroy(); return JSON.stringify([...all, r.hasHeader('x-a')]); })()`,
    '["1",true,"x-a","GET","/","http:",false]',
  ],
  [
    `http.request(STUB, { headers: { 'X-A': 'a\\nb' } })`,
    'ERR_INVALID_CHAR: Invalid character in header content ["X-A"]',
  ],
  [`http.request('https://example.com')`, /^ERR_INVALID_PROTOCOL: .*Expected "http:"/],
  [`http.request({ socketPath: '/run/x.sock' })`, /^ERR_NOT_AVAILABLE: the option socketPath/],
  [`http.createServer()`, /^ERR_NOT_AVAILABLE: createServer is not available/],
  [`new https.Agent({ rejectUnauthorized: false })`, /^ERR_NOT_AVAILABLE: rejectUnauthorized: false .*always checked/],
  [`https.request({ host: 'x', rejectUnauthorized: false })`, /^ERR_NOT_AVAILABLE: rejectUnauthorized/],
  [`talk(https.request({ host: '127.0.0.1', port: SECURE }))`, /^(?:UNABLE_TO|SELF_SIGNED|ERR_)/],
  [`talk(https.request({ host: '127.0.0.1', port: SECURE, ca: PEM.ca }))`, '200 client is unknown'],
  [
    `talk(https.request('https://127.0.0.1:' + SECURE, { agent: new https.Agent({ ca: [Buffer.from(PEM.ca)], cert: PEM.cert, key: PEM.key }) }))`,
    '200 client is known',
  ],
];

test.each(ROWS.map(([expression, expected], row) => ({ expression, expected, row })))(
  '$expression',
  async ({ expected, row }) => {
    const result = await sandbox.run(request(script, { secretsJson: JSON.stringify({ row }) }));
    expect(outcome(result)).toBe('ok');
    const [line] = lines(result);
    if (typeof expected === 'string') expect(line).toBe(expected);
    else expect(line).toMatch(expected);
  },
);

test('a request at the top level is refused in words', async () => {
  const text = `const r = require('http').get('http://127.0.0.1/'); r.on('error', (e) => console.log(e.message)); exports.onExecutePostLogin = async () => {};`;
  const result = await sandbox.run(request(await bundleText(text)));
  expect(lines(result)).toEqual([expect.stringContaining('cannot be used at the top level')]);
});
