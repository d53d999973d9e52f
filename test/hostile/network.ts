// The network of the range: a canary on loopback that no script may reach, and a server the operator allows, which
// redirects, floods or falls silent as it is asked to.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Lookup } from '#runtime/egress/egress.ts';

const BOMB_BYTES = 200 * 1024 * 1024;
const MEGABYTES = 3 * 1024 * 1024;
const MAX_ENDLESS_CHUNKS = 4096;

/** What public services answer that make a name of any address, and the names a machine has for itself. */
const INSIDE: readonly [name: RegExp, address: string][] = [
  [/(^|\.)localhost\.?$|^ip6-localhost$|\.nip\.io$|^localtest\.me$|^lvh\.me$/, '127.0.0.1'],
  [/^metadata\.google\.internal$|\.sslip\.io$/, '169.254.169.254'],
];
/** A name that is another address each time somebody asks. */
const CHANGING = ['127.0.0.1', '::1', '::ffff:127.0.0.1', '0.0.0.0'];

/** The resolver of the range: no question ever leaves this machine. */
function createLookup(): Lookup {
  let asked = 0;
  return async (hostname) => {
    const inside = INSIDE.find(([name]) => name.test(hostname))?.[1];
    const address = hostname === 'rebind.invalid' ? CHANGING[asked++ % CHANGING.length] : inside;
    if (address === undefined)
      throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: 'ENOTFOUND' });
    return [{ address, family: address.includes(':') ? 6 : 4 }];
  };
}

function flood(res: ServerResponse): void {
  const chunk = Buffer.alloc(64 * 1024, 'x');
  let sent = 0;
  const more = (): void => {
    while (!res.destroyed && sent++ < MAX_ENDLESS_CHUNKS) if (!res.write(chunk)) return void res.once('drain', more);
    res.end();
  };
  more();
}

function serve(req: IncomingMessage, res: ServerResponse, bomb: Buffer): void {
  const url = new URL(req.url ?? '/', 'http://allowed.invalid');
  switch (url.pathname) {
    case '/redirect': {
      // A header of bytes that are no text would stop this server and not the script.
      const location = (url.searchParams.get('to') ?? '').replaceAll('\u0000', '%00');
      res.writeHead(Number(url.searchParams.get('status') ?? 302), { location }).end();
      return;
    }
    case '/again':
      res.writeHead(302, { location: '/again' }).end();
      return;
    case '/endless':
      flood(res);
      return;
    case '/bomb':
      res.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
      return;
    case '/megabytes':
      res.end(Buffer.alloc(MEGABYTES, 'x'));
      return;
    case '/silent':
      return;
    case '/nonsense':
      req.socket.end('EHLO canary\r\n\r\n');
      return;
    case '/headers':
      req.socket.end(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(1024 * 1024)}\r\n\r\n`);
      return;
    default:
      res.end('open');
  }
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

export async function openNetwork() {
  let hits = 0;
  const canary = createServer((_, res) => {
    hits++;
    res.end('canary');
  });
  // Made before anybody logs in: it would keep this process busy while others wait.
  const bomb = await promisify(gzip)(Buffer.alloc(BOMB_BYTES));
  const open = createServer((req, res) => serve(req, res, bomb));
  const [canaryPort, openPort] = await Promise.all([listen(canary), listen(open)]);
  return {
    /** What scripts are told: where the canary is, and where the server is that they may call. */
    secrets: { CANARY: `${canaryPort}`, OPEN: `${openPort}` },
    /** What the operator allows, as `SALLYPORT_EGRESS_ALLOW` has it. */
    allow: [`127.0.0.1:${openPort}`],
    lookup: createLookup(),
    /** How often the canary was reached since the last time. */
    takeHits(): number {
      const taken = hits;
      hits = 0;
      return taken;
    },
    async close(): Promise<void> {
      for (const server of [canary, open]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}
