// A call whose status alone is wanted: what comes after it, and how long it takes to connect, changes nothing.
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEgress } from '#runtime/egress/create-egress.ts';
import type { Egress } from '#runtime/egress/egress.ts';
import { call, type Served, serveRaw } from './kit.ts';

const ENDLESS = 'a body that never ends';
/** Longer than any connection of other calls may take. */
const SLOW_MS = 120;

let server: Served & { connections(): number };
let egress: Egress;
let bytes = '';
beforeAll(async () => {
  server = await serveRaw((socket) => socket.on('data', () => socket.write(bytes)));
  egress = createEgress({
    allow: ['127.0.0.1'],
    limits: { connectMs: SLOW_MS / 2, responseBytes: 10 },
    lookup: async () => {
      await pause(SLOW_MS);
      return [{ address: '127.0.0.1', family: 4 }];
    },
  });
});
afterAll(async () => {
  await egress.close();
  await server.close();
});

const ask = (host: string, statusOnly: boolean) =>
  egress.request(call(`http://${host}:${server.port}/`), { timeoutMs: 1000, statusOnly });

test.each([
  [ENDLESS, 'HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nxxxx'],
  ['a body over every limit', `HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n${'x'.repeat(100)}`],
  ['a body that is not packed as it says', 'HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 1\r\n\r\nx'],
])('%s is not read', async (name, answer) => {
  bytes = answer;
  const outcome = await ask('127.0.0.1', true);
  expect(outcome).toMatchObject({ ok: true, answer: { status: 200, body: { text: '' } } });
  // The connection that would have to be waited for is given up.
  if (name === ENDLESS) await expect.poll(() => server.connections()).toBe(0);
});

test('it may take its time to connect', async () => {
  bytes = 'HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n';
  expect(await ask('slow.example', false)).toMatchObject({ ok: false, code: 'ETIMEDOUT' });
  expect(await ask('slow.example', true)).toMatchObject({ ok: true, answer: { status: 201 } });
});
