// Test kit: an SMS gateway on loopback. It keeps what it is sent, checks the token where it has a secret, and answers as it
// is told: with a status, late, never, or like something that is no gateway at all.
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type JWTPayload, jwtVerify } from 'jose';

export type GatewayCall = {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  /** Parsed. */
  body: Record<string, unknown>;
  claims?: JWTPayload;
};

/**
 * `silent`: it never answers. `hangs-up`: it closes before it answers. `dies`: a status, 500 bytes of more, and no end.
 * `drips`: a status, and a body that never ends. `garbage`: what is no HTTP.
 */
export type GatewayAnswer =
  | { status: number; headers?: Record<string, string>; body?: string }
  | { status: number; next: 'dies' | 'drips' }
  | 'silent'
  | 'hangs-up'
  | 'garbage';

export type Gateway = {
  url: string;
  port: number;
  calls: GatewayCall[];
  /** How it answers from now on. */
  answer(how: GatewayAnswer): void;
  /** From now on a token is demanded, signed with HS256 by this key; undefined: none is. */
  demand(token: { key: Uint8Array; subject?: string; audience?: string; issuer?: string } | undefined): void;
  close(): Promise<void>;
};

export async function openGateway(): Promise<Gateway> {
  let how: GatewayAnswer = { status: 200 };
  let demanded: Parameters<Gateway['demand']>[0];
  const calls: GatewayCall[] = [];

  const server = createServer((request, response) => {
    void take(request).then(async (call) => {
      const claims = demanded && (await claimsOf(request, demanded));
      calls.push({ ...call, ...(claims ? { claims } : {}) });
      if (demanded && !claims) response.writeHead(401).end('who are you?');
      else reply(response, how);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/send?route=1`,
    port,
    calls,
    answer: (next) => {
      how = next;
    },
    demand: (next) => {
      demanded = next;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function take(request: IncomingMessage): Promise<GatewayCall> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { method = '', url: path = '', headers } = request;
  return { method, path, headers, body: JSON.parse(Buffer.concat(chunks).toString('utf8')) };
}

async function claimsOf(
  { headers }: IncomingMessage,
  { key, ...expected }: NonNullable<Parameters<Gateway['demand']>[0]>,
): Promise<JWTPayload | undefined> {
  const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
  if (token === undefined) return undefined;
  // Its clock is the house's: the token says when it was made.
  const [, part = ''] = token.split('.');
  const { iat } = JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as { iat?: number };
  const currentDate = new Date((iat ?? 0) * 1000);
  return jwtVerify(token, key, { algorithms: ['HS256'], ...expected, currentDate }).then(
    ({ payload }) => payload,
    () => undefined,
  );
}

function reply(response: ServerResponse, how: GatewayAnswer): void {
  const { socket } = response;
  if (how === 'silent') return;
  if (how === 'hangs-up') {
    socket?.destroy();
    return;
  }
  if (how === 'garbage') {
    socket?.end('SMS ACCEPTED\n\u0000\u0001 200 thanks\r\n');
    return;
  }
  if ('next' in how) {
    response.writeHead(how.status, { 'content-length': '1000000' });
    response.write('x'.repeat(500), () => {
      if (how.next === 'dies') socket?.destroy();
    });
    return;
  }
  response.writeHead(how.status, how.headers ?? {}).end(how.body ?? '');
}
