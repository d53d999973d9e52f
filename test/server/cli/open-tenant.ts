// Tests of commands: a whole Sallyport that listens on a port of loopback, with one client for who administers it.
import { boot } from '#server/boot.ts';
import { openRemote, type Remote } from '#server/cli/remote.ts';
import { runCommand } from '#server/cli/run-command.ts';
import { readConfig } from '#server/config.ts';
import { type Listener, listen } from '#server/listen.ts';
import { openHouse } from '#server/open-house.ts';
import { freePort } from '#test/kit/free-port.ts';
import { SECRET } from '#test/kit/open-database.ts';
import { keptTerminal } from '#test/kit/terminal.ts';

const ADMIN_SECRET = 'the secret of whoever administers it';

export type ServedTenant = {
  url: string;
  /** What reaches it with every scope. */
  env: Record<string, string>;
  remote: Remote;
  /** A token with these scopes alone. */
  token(...scopes: string[]): Promise<string>;
  /** Nobody listens any more, and what was said over open connections is cut off. */
  leave(): Promise<void>;
  comeBack(): Promise<void>;
  close(): Promise<void>;
};

const quiet = { info() {}, warn() {}, error() {} };

export async function openTenant(): Promise<ServedTenant> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const env = { SALLYPORT_URL: url, SALLYPORT_CLIENT_ID: 'admin', SALLYPORT_CLIENT_SECRET: ADMIN_SECRET };
  const config = readConfig(
    {
      PORT: String(port),
      SALLYPORT_HOST: '127.0.0.1',
      DATABASE_URL: 'sqlite::memory:',
      SALLYPORT_SECRET: SECRET,
      SALLYPORT_ADMIN_CLIENT_ID: 'admin',
      SALLYPORT_ADMIN_CLIENT_SECRET: ADMIN_SECRET,
      SALLYPORT_RATE_LIMITS: 'off',
    },
    { start: false },
  );
  const house = await openHouse(config, quiet);
  await boot(house.app, house.deps);
  let listener: Listener | undefined = await listen(house.app, config);
  const remote = await openRemote({}, keptTerminal({ env }));
  return {
    url,
    env,
    remote,
    token: async (...scopes) => {
      const client = await remote.call<{ client_id: string; client_secret: string }>('POST', '/clients', {
        name: scopes.join(' '),
        grant_types: ['client_credentials'],
      });
      const audience = `${url}/api/v2/`;
      await remote.call('POST', '/client-grants', { client_id: client.client_id, audience, scope: scopes });
      const { client_id, client_secret } = client;
      const answer = await fetch(`${url}/oauth/token`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ grant_type: 'client_credentials', client_id, client_secret, audience }),
      });
      return ((await answer.json()) as { access_token: string }).access_token;
    },
    leave: async () => {
      await listener?.close(0);
      listener = undefined;
    },
    comeBack: async () => {
      listener = await listen(house.app, config);
    },
    close: async () => {
      house.deps.runtime.liveConsole.end();
      await listener?.close(0);
      await house.close(0);
    },
  };
}

/** What a command says, and how it ends. `line`: its name and arguments. */
export async function typed(
  line: readonly string[],
  more: Parameters<typeof keptTerminal>[0] = {},
): Promise<{ code: number; out: string; err: string }> {
  const terminal = keptTerminal(more);
  const code = await runCommand(line, terminal);
  return { code, out: terminal.said.out.join('\n'), err: terminal.said.err.join('\n') };
}
