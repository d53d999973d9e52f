// Tests of egress: servers on loopback that a call can reach, and calls with the usual parts filled in.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttp, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createHttps, type ServerOptions } from 'node:https';
import { type AddressInfo, createServer as createTcp, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import type { OutgoingAnswer, OutgoingCall } from '#actions/outgoing-call.ts';
import { createEgress, type EgressDeps } from '#runtime/egress/create-egress.ts';
import type { Egress, EgressFailure, Lookup, Outcome } from '#runtime/egress/egress.ts';

export type Served = { origin: string; port: number; close(): Promise<void> };

export const pem = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8');

export function call(url: string, parts: Partial<OutgoingCall> = {}): OutgoingCall {
  return { url, method: 'GET', headers: [], redirect: 'follow', ...parts };
}

export async function serve(listener: RequestListener): Promise<Served> {
  return listen(createHttp(listener), 'http');
}

export async function serveTls(options: ServerOptions, listener: RequestListener): Promise<Served> {
  return listen(createHttps(options, listener), 'https');
}

/** What no HTTP server would do. */
export async function serveRaw(onSocket: (socket: Socket) => void): Promise<Served & { connections(): number }> {
  const open = new Set<Socket>();
  const server = createTcp((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket)).on('error', () => undefined);
    onSocket(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    connections: () => open.size,
    close: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function listen(server: Server, scheme: string): Promise<Served> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: `${scheme}://127.0.0.1:${port}`,
    port,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Every name leads to this machine. */
export const loopback: Lookup = async () => [{ address: '127.0.0.1', family: 4 }];
export const ways = { timeoutMs: 5_000 };

/** What a file opens, and closes after its last test. Loopback is allowed unless a test says otherwise. */
export function stage() {
  const closers: (() => Promise<void>)[] = [];
  afterAll(async () => {
    for (const close of closers.reverse()) await close();
  });
  return {
    open(deps: Partial<EgressDeps> = {}): Egress {
      const egress = createEgress({ allow: ['127.0.0.1'], ...deps });
      closers.push(egress.close);
      return egress;
    },
    async started<S extends Served>(served: Promise<S>): Promise<S> {
      const server = await served;
      closers.push(server.close);
      return server;
    },
  };
}

export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export function answerOf(outcome: Outcome): OutgoingAnswer {
  if (!outcome.ok) throw new Error(`${outcome.code} ${outcome.message}`);
  return outcome.answer;
}

/** Calls that fail hold the word `hunter2` wherever a secret may be: no message may repeat it. */
export function failureOf(outcome: Outcome): EgressFailure {
  if (outcome.ok) throw new Error(`answered ${outcome.answer.status}`);
  expect(outcome.message).not.toMatch(/[\r\n]|hunter2/);
  return outcome;
}
