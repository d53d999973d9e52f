// Test: the real process with its demo tenant, as `npm start` runs it, on a port and a database of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CHILD_ENV } from '#test/kit/child-env.ts';
import { freePort } from '#test/kit/free-port.ts';

type Json = Record<string, unknown>;

const OPERATOR = { client_id: 'operator', client_secret: 'the operator of this test' };

export type DemoServer = {
  /** Scheme, host and port. */
  site: string;
  /** The newest code that was sent to an address. */
  codeFor(to: string): Promise<string>;
  /** How many messages an address got. */
  sentTo(to: string): Promise<number>;
  advance(seconds: number): Promise<void>;
  /** Calls the Management API as the operator; throws when it refuses. */
  manage(method: string, path: string, body?: unknown): Promise<Json>;
  /** Makes this the only script of the tenant; without one there is none. */
  bind(code?: string): Promise<void>;
  close(): Promise<void>;
};

export async function startDemoServer(): Promise<DemoServer> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-demo-'));
  const port = await freePort();
  const site = `http://localhost:${port}`;
  let output = '';
  const server = spawn(process.execPath, ['server/main.ts'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...CHILD_ENV,
      PORT: String(port),
      DATABASE_URL: `sqlite:${join(folder, 'demo.db')}`,
      SALLYPORT_DEMO: '1',
      SALLYPORT_DEV: '1',
      SALLYPORT_ADMIN_CLIENT_ID: OPERATOR.client_id,
      SALLYPORT_ADMIN_CLIENT_SECRET: OPERATOR.client_secret,
    },
  });
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (chunk) => (output += chunk));

  const inbox = async (to: string): Promise<{ code: string }[]> => {
    const answer = await fetch(`${site}/dev/inbox.json?to=${encodeURIComponent(to)}`);
    return (await answer.json()) as { code: string }[];
  };
  const close = async (): Promise<void> => {
    if (server.exitCode === null) {
      const ended = once(server, 'exit');
      server.kill('SIGTERM');
      await ended;
    }
    await rm(folder, { recursive: true, force: true });
  };

  for (let tries = 0; ; tries += 1) {
    const answer = await fetch(`${site}/readyz`).catch(() => undefined);
    if (answer?.status === 200) break;
    if (server.exitCode !== null || tries > 600) {
      await close();
      throw new Error(`the demo server does not serve: ${output}`);
    }
    await sleep(50);
  }
  let token: string | undefined;
  const call = async (method: string, path: string, body: unknown, headers: Record<string, string> = {}) => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const type = { 'content-type': 'application/json' };
    const answer = await fetch(`${site}${path}`, { method, headers: { ...type, ...headers }, ...sent });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
    return JSON.parse(text || '{}') as Json;
  };
  const manage: DemoServer['manage'] = async (method, path, body) => {
    if (token === undefined) {
      const asked = { grant_type: 'client_credentials', audience: `${site}/api/v2/`, ...OPERATOR };
      token = String((await call('POST', '/oauth/token', asked)).access_token);
    }
    return call(method, `/api/v2${path}`, body, { authorization: `Bearer ${token}` });
  };
  let scripts = 0;
  const bind: DemoServer['bind'] = async (code) => {
    const refs: unknown[] = [];
    if (code !== undefined) {
      const supported = [{ id: 'post-login', version: 'v3' }];
      const name = `script-${++scripts}`;
      const { id } = await manage('POST', '/actions/actions', { name, supported_triggers: supported, code });
      while ((await manage('GET', `/actions/actions/${id}`)).status !== 'built') await sleep(50);
      await manage('POST', `/actions/actions/${id}/deploy`);
      refs.push({ ref: { type: 'action_id', value: id } });
    }
    await manage('PATCH', '/actions/triggers/post-login/bindings', { bindings: refs });
  };
  return {
    site,
    manage,
    bind,
    codeFor: async (to) => {
      const [message] = await inbox(to);
      if (!message) throw new Error(`nothing was sent to ${to}`);
      return message.code;
    },
    sentTo: async (to) => (await inbox(to)).length,
    advance: async (seconds) => {
      const body = JSON.stringify({ advance_seconds: seconds });
      const answer = await fetch(`${site}/dev/clock`, { method: 'POST', body });
      if (!answer.ok) throw new Error(`the clock answered ${answer.status}`);
    },
    close,
  };
}
