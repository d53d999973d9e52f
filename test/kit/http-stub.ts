// Test kit: an HTTP server on loopback that keeps what it was asked and answers as it is told.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type StubRequest = {
  method: string;
  url: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: string;
};

export type HttpStub = {
  /** `http://127.0.0.1:<port>` */
  origin: string;
  /** Host and port, as an allow list takes them. */
  host: string;
  requests: StubRequest[];
  /** How the next requests are answered; 200 with `{}` to begin with. */
  answer: { status: number; body: string };
  close(): Promise<void>;
};

export async function openHttpStub(): Promise<HttpStub> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url = '', headers } = request;
    stub.requests.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
    response.writeHead(stub.answer.status, { 'content-type': 'application/json' }).end(stub.answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stub: HttpStub = {
    origin: `http://${host}`,
    host,
    requests: [],
    answer: { status: 200, body: '{}' },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return stub;
}
