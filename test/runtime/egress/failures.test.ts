// Servers, names and callers that end a call: each end has its code, comes in time and tells no secret.
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Lookup } from '#runtime/egress/egress.ts';
import { freePort } from '#test/kit/free-port.ts';
import { answerOf, call, failureOf, serve, serveRaw, stage, ways } from './kit.ts';

const { open, started } = stage();

describe('an answer that is too much', async () => {
  const limits = { responseBytes: 100_000, headerBytes: 16_384 };
  const egress = open({ limits });
  const million = Buffer.alloc(64_000_000);
  const bombs: { [path: string]: [coding: string, body: Buffer] } = {
    '/gzip': ['gzip', gzipSync(million)],
    '/br': ['br', brotliCompressSync(million)],
    '/zstd': ['zstd', zstdCompressSync(million)],
    '/deflate': ['deflate', deflateSync(million)],
    '/nested': ['gzip, gzip', gzipSync(gzipSync(million))],
    '/six': ['gzip,gzip,gzip,gzip,gzip,gzip', gzipSync('x')],
    '/lie': ['gzip', Buffer.from('not gzip at all')],
  };
  const server = await started(
    serve((request, response) => {
      const path = request.url ?? '';
      const bomb = bombs[path];
      if (bomb) return response.writeHead(200, { 'content-encoding': bomb[0] }).end(bomb[1]);
      if (path === '/headers') return response.writeHead(200, { 'x-long': 'x'.repeat(17_000) }).end();
      if (path === '/endless') return void pour();
      return response.end(Buffer.alloc(path === '/over' ? 100_001 : 100_000));
      function pour(): void {
        while (!response.destroyed && response.write(Buffer.alloc(16_384)));
        if (!response.destroyed) response.once('drain', pour);
      }
    }),
  );

  test('a body at the limit is taken', async () => {
    expect(answerOf(await egress.request(call(`${server.origin}/exact`), ways)).status).toBe(200);
  });

  test.each([
    ['/over', 'ERR_EGRESS_TOO_LARGE'],
    ['/endless', 'ERR_EGRESS_TOO_LARGE'],
    ['/gzip', 'ERR_EGRESS_TOO_LARGE'],
    ['/br', 'ERR_EGRESS_TOO_LARGE'],
    ['/zstd', 'ERR_EGRESS_TOO_LARGE'],
    ['/deflate', 'ERR_EGRESS_TOO_LARGE'],
    ['/nested', 'ERR_EGRESS_TOO_LARGE'],
    ['/headers', 'ERR_EGRESS_TOO_LARGE'],
    ['/six', 'ERR_EGRESS_PROTOCOL'],
    ['/lie', 'ERR_EGRESS_PROTOCOL'],
  ])('%s ends with %s', async (path, code) => {
    const failure = failureOf(await egress.request(call(server.origin + path), ways));
    expect(failure.code).toBe(code);
    expect(failure.message).toContain(server.origin);
  });
});

describe('a server that does not answer well', async () => {
  const drip = await started(
    serve((_request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      const timer = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(timer));
    }),
  );
  const silent = await started(serveRaw(() => undefined));
  const rude = await started(serveRaw((socket) => socket.once('data', () => socket.resetAndDestroy())));
  const short = await started(
    serveRaw((socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nshort'))),
  );
  const chatter = await started(serveRaw((socket) => socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.9\r\n'))));
  const smuggler = await started(
    serveRaw((socket) =>
      socket.once('data', () =>
        socket.end('HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'),
      ),
    ),
  );
  const closed = `http://127.0.0.1:${await freePort()}`;

  test.each([
    ['drips', drip.origin, 'ETIMEDOUT'],
    ['is silent', silent.origin, 'ETIMEDOUT'],
    ['resets', rude.origin, 'ECONNRESET'],
    ['ends too early', short.origin, 'ECONNRESET'],
    ['speaks something else', chatter.origin, 'ERR_EGRESS_PROTOCOL'],
    ['sends two lengths', smuggler.origin, 'ERR_EGRESS_PROTOCOL'],
    ['is not there', closed, 'ECONNREFUSED'],
  ])('%s', async (_name, origin, code) => {
    const failure = failureOf(await open().request(call(`${origin}/hunter2?hunter2`), { timeoutMs: 300 }));
    expect(failure.code).toBe(code);
    expect(failure.message).toContain(origin);
  });

  test.each([
    ['ENOTFOUND', 'getaddrinfo ENOTFOUND gone.example: the name has no address'],
    ['EAI_AGAIN', 'getaddrinfo EAI_AGAIN gone.example: the name server gave no answer for now'],
  ])('has no name: %s', async (code, message) => {
    const lookup: Lookup = async () => {
      throw Object.assign(new Error('hunter2'), { code, syscall: 'getaddrinfo' });
    };
    expect(failureOf(await open({ lookup }).request(call('http://gone.example/'), ways))).toMatchObject({
      code,
      message,
    });
  });

  test('is at neither address of its name, on a port that is open because its name is', async () => {
    const egress = open({ allow: ['host.docker.internal'] });
    expect(failureOf(await egress.request(call('http://host.docker.internal:1/'), ways))).toMatchObject({
      code: 'ECONNREFUSED',
      message: 'connect ECONNREFUSED http://host.docker.internal:1: nothing accepts connections there',
    });
  });

  test('has a resolver that never answers', async () => {
    const egress = open({ lookup: () => new Promise(() => undefined), limits: { connectMs: 50 } });
    const failure = failureOf(await egress.request(call('http://slow.example/'), ways));
    expect(failure).toMatchObject({ code: 'ETIMEDOUT', message: expect.stringContaining('within 50 ms') });
  });

  test('a fault of ours is thrown', async () => {
    const lookup: Lookup = async () => {
      throw new TypeError('a mistake');
    };
    await expect(open({ lookup }).request(call('http://a.example/'), ways)).rejects.toThrow('a mistake');
  });

  test('the shorter of two times holds', async () => {
    const from = performance.now();
    const outcome = await open().request(call(silent.origin, { timeoutMs: 60 }), ways);
    expect(failureOf(outcome).message).toBe(`ETIMEDOUT ${silent.origin}: no complete answer within 60 ms`);
    expect(performance.now() - from).toBeLessThan(1_000);
  });

  test.each<[when: string, origin: string, lookup: Lookup | undefined]>([
    ['before the headers', silent.origin, undefined],
    ['during the body', drip.origin, undefined],
    ['while the name is looked up', 'http://slow.example', () => new Promise(() => undefined)],
  ])('a signal ends it at once: %s', async (_when, origin, lookup) => {
    const controller = new AbortController();
    const pending = open(lookup ? { lookup } : {}).request(call(origin), { ...ways, signal: controller.signal });
    await sleep(60);
    const from = performance.now();
    controller.abort();
    expect(failureOf(await pending).code).toBe('ABORT_ERR');
    // Far sooner than any limit of the call would.
    expect(performance.now() - from).toBeLessThan(2_000);
  });

  test('a signal that has fallen already lets nothing out', async () => {
    const egress = open({ lookup: () => Promise.reject(new Error('nobody may ask')) });
    const outcome = await egress.request(call('http://a.example/'), { ...ways, signal: AbortSignal.abort() });
    expect(failureOf(outcome).code).toBe('ABORT_ERR');
  });

  test('closing ends what is in flight, and what comes later', async () => {
    const egress = open();
    const pending = egress.request(call(silent.origin), ways);
    await sleep(30);
    await egress.close();
    expect(failureOf(await pending).code).toBe('ABORT_ERR');
    expect(failureOf(await egress.request(call(drip.origin), ways)).code).toBe('ABORT_ERR');
  });
});
