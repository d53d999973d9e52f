// Server: the socket. It speaks http, or https where a certificate is given, and closes in an orderly way: no new
// connections, some time for the requests in flight, then the rest is cut off.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import type { Config } from './config.ts';
import type { Env } from './deps.ts';

/** Above the 60 s of the usual load balancers, so that none of them reuses a connection that we are closing. */
const KEEP_ALIVE_MS = 76_000;

const IDLE_POLL_MS = 50;

export type Listener = {
  /** Stops; requests in flight get up to `graceMs`. */
  close(graceMs: number): Promise<void>;
};

/** Rejects with the error of the socket when address or port cannot be had. */
export async function listen(
  app: Hono<Env>,
  { host, port, tls }: Pick<Config, 'host' | 'port' | 'tls'>,
): Promise<Listener> {
  const fetch = app.fetch as (request: Request, env: unknown) => Response | Promise<Response>;
  const server = createAdaptorServer(
    tls ? { fetch, createServer: createSecureServer, serverOptions: tls } : { fetch, createServer },
  ) as Server;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.listen(port, host);
  await once(server, 'listening');
  return {
    close: async (graceMs) => {
      const closed = once(server, 'close');
      server.close();
      // A connection that has just had its answer is idle only now.
      const idle = setInterval(() => server.closeIdleConnections(), IDLE_POLL_MS);
      const timer = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearInterval(idle);
      clearTimeout(timer);
    },
  };
}
