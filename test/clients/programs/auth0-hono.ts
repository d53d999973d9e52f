// Example programs: a web application on Hono with @auth0/auth0-hono in front of its pages.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { auth, type OIDCEnv } from '@auth0/auth0-hono';
import { serve as listen } from '@hono/node-server';
import { Hono } from 'hono';
import { Agent, buildConnector, fetch as send } from 'undici';

type SessionStore = NonNullable<NonNullable<NonNullable<Parameters<typeof auth>[0]>['session']>['store']>;
type Kept = NonNullable<Awaited<ReturnType<SessionStore['get']>>>;

export type HonoApplication = {
  /** Host of the tenant; the SDK takes none with a port. */
  domain: string;
  clientId: string;
  clientSecret: string;
  port: number;
  certFile: string;
  keyFile: string;
  /** The port behind `domain` where no name server knows it. */
  tenantPort: number;
};

export async function serve(given: HonoApplication): Promise<void> {
  const { domain, clientId, clientSecret, port, certFile, keyFile, tenantPort } = given;
  const app = new Hono<OIDCEnv>();
  app.use(
    auth({
      domain,
      clientID: clientId,
      clientSecret,
      baseURL: `https://localhost:${port}`,
      idpLogout: true,
      // Sessions are kept here, so that one which ends elsewhere can be ended: the SDK hears of it at
      // `/auth/backchannel-logout`.
      session: { secret: 'a secret of the application that seals its cookies', store: sessionStore() },
      // Only here, where `domain` is a name that nobody resolves.
      fetch: fetchAt(tenantPort),
    }),
  );
  app.get('/', async (c) => c.json({ claims: await c.var.auth0Client?.getUser(c) }));

  await new Promise<void>((resolve) =>
    listen(
      {
        fetch: app.fetch,
        port,
        hostname: '127.0.0.1',
        createServer,
        serverOptions: { cert: readFileSync(certFile), key: readFileSync(keyFile) },
      },
      () => resolve(),
    ),
  );
}

/** Sessions in memory; behind several processes it would be a database. */
function sessionStore(): SessionStore {
  const sessions = new Map<string, Kept>();
  return {
    get: async (id) => sessions.get(id),
    set: async (id, session) => {
      sessions.set(id, session);
    },
    delete: async (id) => {
      sessions.delete(id);
    },
    deleteByLogoutToken: async ({ sid }) => {
      for (const [id, { internal }] of sessions) if (internal.sid === sid) sessions.delete(id);
    },
  };
}

/** A `fetch` for which every host is this machine, at one port. */
function fetchAt(port: number): typeof fetch {
  const connect = buildConnector({});
  const dispatcher = new Agent({
    connect: (options, callback) =>
      connect({ ...options, hostname: 'localhost', port: String(port), servername: options.hostname }, callback),
  });
  return ((input: string | URL, init?: object) => send(input, { ...init, dispatcher })) as unknown as typeof fetch;
}
