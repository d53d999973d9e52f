// Test kit: a service on loopback that sends codes and judges them, as a tenant would run one, and says whatever a test wants.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Json, JsonObject } from '#storage/records.ts';

export type ServiceAnswer = { status: number; body: Json } | 'never';

export type CodeService = {
  origin: string;
  /** Host and port, as an allow list takes them. */
  host: string;
  seen: { path: string; body: JsonObject; authorization?: string }[];
  /** What it answers at a path in place of its own way. */
  answers: Map<string, ServiceAnswer>;
  close(): Promise<void>;
};

export async function openCodeService(): Promise<CodeService> {
  const codes = new Map<string, string>();
  const server = createServer(async (request, response) => {
    const path = request.url ?? '';
    const body = await bodyOf(request);
    const { authorization } = request.headers;
    service.seen.push({ path, body, ...(authorization === undefined ? {} : { authorization }) });
    const answer = service.answers.get(path) ?? ownAnswer(codes, path, body);
    if (answer === 'never') return;
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const service: CodeService = {
    origin: `http://${host}`,
    host,
    seen: [],
    answers: new Map(),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return service;
}

async function bodyOf(request: IncomingMessage): Promise<JsonObject> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return text.startsWith('{') ? (JSON.parse(text) as JsonObject) : Object.fromEntries(new URLSearchParams(text));
}

/** It takes a code without a challenge for one of the newest, and says who it thinks the person is. */
function ownAnswer(codes: Map<string, string>, path: string, body: JsonObject): ServiceAnswer {
  if (path === '/token') return { status: 200, body: { access_token: 'of-the-service', expires_in: 60 } };
  if (path === '/sms-authentication-challenge') {
    const transaction_id = `c${codes.size + 1}`;
    const verification_code = String(100_000 + codes.size);
    codes.set(transaction_id, verification_code);
    return { status: 200, body: { transaction_id, verification_code, expires_in: 300 } };
  }
  if (path === '/sms-authentication') {
    const { transaction_id: said, verification_code: code } = body;
    const challenge = typeof said === 'string' ? said : [...codes.keys()].at(-1);
    return challenge !== undefined && codes.get(challenge) === code
      ? { status: 200, body: { status: 'ok', verified: true, user: { sub: 'somebody else' } } }
      : { status: 400, body: {} };
  }
  return { status: 404, body: {} };
}
