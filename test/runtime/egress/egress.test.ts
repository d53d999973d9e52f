// Calls to real servers on loopback: what arrives there, what comes back, and what is left of the connection.
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { answerOf, bodyOf, call, loopback, serve, serveRaw, stage, ways } from './kit.ts';

const { open, started } = stage();

describe('one call', async () => {
  const egress = open({ lookup: loopback });
  const echo = await started(
    serve(async (request, response) => {
      const body = await bodyOf(request);
      const { method, url, rawHeaders } = request;
      response.setHeader('content-type', 'application/json');
      response.setHeader('Set-Cookie', ['a=1', 'b=2']);
      response.setHeader('X-Latin', Buffer.from('café', 'utf8').toString('latin1'));
      response
        .writeHead(201, 'Made It')
        .end(JSON.stringify({ method, url, rawHeaders, body: body.toString('base64') }));
    }),
  );

  test('arrives as it was written, and its answer comes back whole', async () => {
    const written = call(`http://api.example:${echo.port}/a%20b?c=d#e`, {
      method: 'PUT',
      headers: [
        ['X-One', '1'],
        ['X-One', '2'],
        ['Host', 'internal.example'],
        ['Transfer-Encoding', 'chunked'],
        ['Content-Length', '1'],
        ['Connection', 'upgrade'],
      ],
      body: { text: 'Zoë' },
    });
    const answer = answerOf(await egress.request(written, ways));
    expect(answer).toMatchObject({
      status: 201,
      statusText: 'Made It',
      url: `http://api.example:${echo.port}/a%20b?c=d`,
      redirected: false,
    });
    expect(answer.headers.filter(([name]) => name === 'set-cookie').map(([, value]) => value)).toEqual(['a=1', 'b=2']);
    expect(answer.headers).toContainEqual(['x-latin', Buffer.from('café', 'utf8').toString('latin1')]);
    const got = JSON.parse('text' in answer.body ? answer.body.text : '');
    expect(got).toEqual({
      method: 'PUT',
      url: '/a%20b?c=d',
      body: Buffer.from('Zoë').toString('base64'),
      rawHeaders: expect.any(Array),
    });
    const lines = got.rawHeaders.map((part: string) => part.toLowerCase());
    expect(lines.filter((part: string) => part === 'x-one')).toHaveLength(2);
    expect(lines).toContain(`api.example:${echo.port}`);
    expect(lines).not.toContain('internal.example');
    expect(lines).not.toContain('transfer-encoding');
    expect(lines[lines.indexOf('content-length') + 1]).toBe('4');
  });

  test.each([
    ['POST', undefined, '0'],
    ['GET', undefined, undefined],
    ['DELETE', undefined, undefined],
    ['PATCH', { base64: 'AP8=' }, '2'],
  ])('%s with body %j says its length: %s', async (method, body, length) => {
    const answer = answerOf(await egress.request(call(echo.origin, { method, ...(body ? { body } : {}) }), ways));
    const { rawHeaders } = JSON.parse('text' in answer.body ? answer.body.text : '');
    const at = rawHeaders.findIndex((part: string) => part.toLowerCase() === 'content-length');
    expect(at === -1 ? undefined : rawHeaders[at + 1]).toBe(length);
  });
});

describe('an answer', async () => {
  const egress = open();
  const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff, 0x00]);
  const text = 'grüezi '.repeat(1_000);
  const bodies: { [path: string]: [status: number, headers: Record<string, string>, body: Buffer | string] } = {
    '/png': [200, { 'content-type': 'image/png' }, png],
    '/bom': [200, {}, '\ufeffa'],
    '/empty': [204, {}, ''],
    '/teapot': [418, {}, 'short'],
    '/gzip': [200, { 'content-encoding': 'gzip' }, gzipSync(text)],
    '/x-gzip': [200, { 'content-encoding': 'X-GZIP' }, gzipSync(text)],
    '/deflate': [200, { 'content-encoding': 'deflate' }, deflateSync(text)],
    '/deflate-raw': [200, { 'content-encoding': 'deflate' }, deflateRawSync(text)],
    '/br': [200, { 'content-encoding': 'br' }, brotliCompressSync(text)],
    '/zstd': [200, { 'content-encoding': 'zstd' }, zstdCompressSync(text)],
    '/twice': [200, { 'content-encoding': 'gzip, br' }, brotliCompressSync(gzipSync(text))],
    '/cut': [200, { 'content-encoding': 'gzip' }, gzipSync(text).subarray(0, -8)],
    '/unknown': [200, { 'content-encoding': 'gzip, snappy' }, 'as it is'],
    '/gzip-of-nothing': [200, { 'content-encoding': 'gzip' }, ''],
  };
  const server = await started(
    serve((request, response) => {
      const [status, headers, body] = bodies[request.url ?? ''] ?? [404, {}, ''];
      response.writeHead(status, headers).end(body);
    }),
  );

  test.each([
    ['/png', 'GET', 200, { base64: png.toString('base64') }],
    ['/bom', 'GET', 200, { text: '\ufeffa' }],
    ['/empty', 'GET', 204, { text: '' }],
    ['/teapot', 'GET', 418, { text: 'short' }],
    ['/gzip', 'GET', 200, { text }],
    ['/gzip', 'HEAD', 200, { text: '' }],
    ['/x-gzip', 'GET', 200, { text }],
    ['/deflate', 'GET', 200, { text }],
    ['/deflate-raw', 'GET', 200, { text }],
    ['/br', 'GET', 200, { text }],
    ['/zstd', 'GET', 200, { text }],
    ['/twice', 'GET', 200, { text }],
    ['/cut', 'GET', 200, { text }],
    ['/unknown', 'GET', 200, { text: 'as it is' }],
    ['/gzip-of-nothing', 'GET', 200, { text: '' }],
  ])('%s by %s is %i', async (path, method, status, body) => {
    const answer = answerOf(await egress.request(call(server.origin + path, { method }), ways));
    expect([answer.status, answer.body]).toEqual([status, body]);
    const coding = bodies[path]?.[1]['content-encoding'];
    if (coding) expect(answer.headers).toContainEqual(['content-encoding', coding]);
  });
});

describe('connections', async () => {
  const ports: number[] = [];
  const server = await started(
    serve((request, response) => {
      ports.push(request.socket.remotePort ?? 0);
      response.end();
    }),
  );
  async function portsOf(authorization?: string): Promise<number[]> {
    ports.length = 0;
    const egress = open();
    const headers: [string, string][] = authorization ? [['Authorization', authorization]] : [];
    for (const _ of [1, 2, 3]) {
      answerOf(await egress.request(call(server.origin, { headers }), ways));
      await sleep(10);
    }
    return ports;
  }

  test('are kept for the next call', async () => {
    expect(new Set(await portsOf()).size).toBe(1);
    expect(new Set(await portsOf('Bearer x')).size).toBe(1);
  });

  test.each(['NTLM x', 'Negotiate x', 'negotiate'])('that %s authenticated are not', async (authorization) => {
    expect(new Set(await portsOf(authorization)).size).toBe(3);
  });

  test('leave nothing behind when a hundred calls are stopped', async () => {
    const stuck = await serveRaw((socket) => socket.resume());
    const egress = open();
    const controller = new AbortController();
    const calls = Array.from({ length: 100 }, () =>
      egress.request(call(stuck.origin), { ...ways, signal: controller.signal }),
    );
    await sleep(100);
    controller.abort();
    const ends = await Promise.all(calls);
    expect(ends.every((end) => !end.ok && end.code === 'ABORT_ERR')).toBe(true);
    for (let tries = 0; stuck.connections() > 0 && tries < 100; tries++) await sleep(10);
    expect(stuck.connections()).toBe(0);
    await egress.close();
    await stuck.close();
  });
});
