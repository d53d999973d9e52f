// Tests of back-channel logout: an application's server that is told, on loopback.
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Told = { method: string; path: string; headers: IncomingHttpHeaders; body: string };

export type LogoutReceiver = {
  /** `127.0.0.1:<port>`, as the operator allows it. */
  host: string;
  url: string;
  told: Told[];
  /** The tokens that came, oldest first. */
  tokens(): string[];
  /** How it answers from now on; undefined: never. */
  answers: { status: number; headers?: Record<string, string>; body?: string } | undefined;
  close(): Promise<void>;
};

export async function openLogoutReceiver(): Promise<LogoutReceiver> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url: path = '', headers } = request;
    receiver.told.push({ method, path, headers, body: Buffer.concat(chunks).toString() });
    const { answers } = receiver;
    if (answers) response.writeHead(answers.status, answers.headers).end(answers.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const receiver: LogoutReceiver = {
    host,
    url: `http://${host}/logged-out?of=here`,
    told: [],
    tokens: () => receiver.told.map(({ body }) => new URLSearchParams(body).get('logout_token') ?? ''),
    answers: { status: 200 },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}
