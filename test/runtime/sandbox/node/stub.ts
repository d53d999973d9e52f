// For the tests of packages in scripts: one loopback server that plays the parts of the services they talk to.

import { createPublicKey } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { KEYS } from './keys.ts';

type Page = (request: IncomingMessage, body: string, response: ServerResponse) => void;

const json = (response: ServerResponse, value: unknown, status = 200): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
};

const PAGES: Readonly<Record<string, Page>> = {
  '/echo': ({ method, headers, url }, body, response) =>
    json(response, {
      method,
      url,
      body,
      type: headers['content-type'] ?? null,
      authorization: headers.authorization ?? null,
    }),
  '/gzip': (_request, _body, response) =>
    response
      .writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'application/json' })
      .end(gzipSync('{"packed":true}')),
  '/teapot': (_request, _body, response) => json(response, { error: 'short and stout' }, 418),
  '/moved': (_request, _body, response) => response.writeHead(302, { location: '/echo?moved' }).end(),
  '/cookies': (_request, _body, response) =>
    response.writeHead(200, { 'set-cookie': ['a=1', 'b=2'], 'x-multi': ['1', '2'] }).end('ok'),
  '/bytes': (_request, _body, response) => response.end(Buffer.from([0, 255, 128, 65])),
  '/slow': (_request, _body, response) => void setTimeout(() => response.end('late'), 3000),
  '/reset': (_request, _body, response) => void response.destroy(),
  '/jwks': (_request, _body, response) =>
    json(response, {
      keys: [{ ...createPublicKey(KEYS.rsa.publicKey).export({ format: 'jwk' }), kid: 'k1', use: 'sig', alg: 'RS256' }],
    }),
  '/api/v2/users/auth0%7C1': (_request, _body, response) =>
    json(response, { user_id: 'auth0|1', email: 'a@example.com' }),
  '/v1/customers': (_request, body, response) => json(response, { id: 'cus_1', object: 'customer', sent: body }),
  '/v3/mail/send': ({ headers }, _body, response) =>
    response.writeHead(202, { 'x-message-id': headers.authorization ?? '' }).end(),
  '/2010-04-01/Accounts/AC00000000000000000000000000000000/Messages.json': (_request, body, response) =>
    json(response, { sid: 'SM1', body: new URLSearchParams(body).get('Body') }, 201),
};

/** Listens on a free port of loopback. */
export async function startStub(): Promise<{ port: number; close(): void }> {
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const page = PAGES[(request.url ?? '').replace(/\?.*/, '')];
    if (page === undefined) json(response, { error: `nothing at ${request.url}` }, 404);
    else page(request, body, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
