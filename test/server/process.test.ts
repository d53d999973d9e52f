// The real process: it starts, says in one line why it does not, and ends with everything it had started.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { CHILD_ENV } from '#test/kit/child-env.ts';
import { draw } from '#test/kit/counts.ts';
import { freePort } from '#test/kit/free-port.ts';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-process-'));
const running = new Set<ChildProcess>();
afterAll(() => {
  for (const server of running) server.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const KEY = Buffer.alloc(32, 1).toString('base64url');
const OTHER_KEY = Buffer.alloc(32, 2).toString('base64url');

type Started = { server: ChildProcess; site: string; output: () => string };

function launch(env: Record<string, string>): { server: ChildProcess; output: () => string } {
  let output = '';
  const server = spawn(process.execPath, ['server/main.ts'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...CHILD_ENV, NODE_OPTIONS: process.env.NODE_OPTIONS ?? '', ...env },
  });
  running.add(server);
  server.on('exit', () => running.delete(server));
  for (const stream of [server.stdout, server.stderr]) stream?.on('data', (chunk) => (output += chunk));
  return { server, output: () => output };
}

async function start(env: Record<string, string> = {}): Promise<Started> {
  const port = await freePort();
  const base = { PORT: String(port), SALLYPORT_HOST: '127.0.0.1', DATABASE_URL: 'sqlite::memory:' };
  const { server, output } = launch({ ...base, ...env });
  const site = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 600; tries++) {
    if (server.exitCode !== null) throw new Error(`the server ended: ${output()}`);
    const answer = await fetch(`${site}/healthz`).catch(() => undefined);
    if (answer?.status === 200) return { server, site, output };
    await sleep(50);
  }
  throw new Error(`the server does not answer: ${output()}`);
}

async function end(server: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
  const ended = once(server, 'exit');
  server.kill(signal);
  const [code] = (await ended) as [number | null];
  return code;
}

/** Living children of a process, on systems that tell. */
function childrenOf(pid: number): number[] {
  if (!existsSync(`/proc/${pid}/task`)) return [];
  return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
}

/** A process that has ended and only waits for its row to be removed is not alive. */
function isAlive(pid: number): boolean {
  const status = existsSync(`/proc/${pid}/status`) ? readFileSync(`/proc/${pid}/status`, 'utf8') : '';
  return status !== '' && !/^State:\s+Z/m.test(status);
}

async function ready(site: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if ((await fetch(`${site}/readyz`)).status === 200) return;
    await sleep(50);
  }
  throw new Error('not ready');
}

test('serves, gets ready, and ends with all its children', async () => {
  const { server, site, output } = await start();
  await ready(site);
  const children = childrenOf(server.pid ?? 0);
  if (process.platform === 'linux') expect(children.length).toBeGreaterThan(0);
  for (const path of ['/dev/inbox', '/dev/inbox.json', '/dev/clock', '/dev/try']) {
    expect((await fetch(`${site}${path}`)).status).toBe(404);
  }
  expect((await (await fetch(`${site}/.well-known/openid-configuration`)).json()) as object).toMatchObject({
    issuer: `${site.replace('127.0.0.1', 'localhost')}/`,
  });
  expect(await end(server)).toBe(0);
  expect(children.filter(isAlive)).toEqual([]);
  for (const line of output().trim().split('\n')) expect(JSON.parse(line)).toMatchObject({ level: 'info' });
}, 60_000);

test('ends when the shell of npm start is gone', async () => {
  if (process.platform === 'win32') return;
  const port = await freePort();
  const shell = spawn('/bin/sh', ['-c', `"${process.execPath}" server/main.ts; true`], {
    stdio: 'ignore',
    env: {
      ...CHILD_ENV,
      PORT: String(port),
      DATABASE_URL: 'sqlite::memory:',
      SALLYPORT_DEMO: '0',
      npm_lifecycle_event: 'start',
    },
  });
  running.add(shell);
  const answers = () =>
    fetch(`http://127.0.0.1:${port}/healthz`).then(
      () => true,
      () => false,
    );
  for (let tries = 0; tries < 600 && !(await answers()); tries++) await sleep(50);
  await end(shell, 'SIGKILL');
  for (let tries = 0; tries < 200 && (await answers()); tries++) await sleep(50);
  expect(await answers()).toBe(false);
}, 60_000);

test('an operator gets a token, and a request that never ends is cut off after five seconds', async () => {
  const { server, site } = await start({
    SALLYPORT_ADMIN_CLIENT_ID: 'ops',
    SALLYPORT_ADMIN_CLIENT_SECRET: 'ops secret',
  });
  const audience = `${site.replace('127.0.0.1', 'localhost')}/api/v2/`;
  const response = await fetch(`${site}/oauth/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ grant_type: 'client_credentials', client_id: 'ops', client_secret: 'ops secret', audience }),
  });
  expect(response.status).toBe(200);
  expect(((await response.json()) as { scope: string }).scope.split(' ')).toEqual(
    expect.arrayContaining(['management', 'read:users']),
  );

  const socket = connect(Number(new URL(site).port), '127.0.0.1');
  socket.on('error', () => {});
  socket.write(
    'POST /oauth/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
  );
  await sleep(300);
  const before = Date.now();
  expect(await end(server, 'SIGINT')).toBe(0);
  expect(Date.now() - before).toBeLessThan(15_000);
  socket.destroy();
}, 60_000);

describe('in development', () => {
  test('the key is made once, kept for its owner alone, and opens it again; a moved base URL moves the issuer', async () => {
    const database = `sqlite:${join(folder, 'kept', 'sallyport.db')}`;
    const first = await start({ DATABASE_URL: database, SALLYPORT_DEV: '1' });
    expect((await fetch(`${first.site}/dev/inbox`)).status).toBe(200);
    await end(first.server);
    const file = join(folder, 'kept', 'sallyport.db.secret');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const key = readFileSync(file, 'utf8');
    const second = await start({ DATABASE_URL: database, SALLYPORT_BASE_URL: 'https://login.example' });
    expect(second.output()).not.toContain(key.trim());
    expect(await (await fetch(`${second.site}/.well-known/openid-configuration`)).json()).toMatchObject({
      issuer: 'https://login.example/',
    });
    await end(second.server);
    expect(readFileSync(file, 'utf8')).toBe(key);
  }, 60_000);
});

describe('does not start, with one line and exit code 1', () => {
  test.each(
    draw<[string, Record<string, string>, RegExp]>(
      [
        ['a bad value', { PORT: 'http' }, /^sallyport: PORT is "http"; expected a whole number from 1 to 65535$/],
        ['no key in production', { NODE_ENV: 'production' }, /^sallyport: SALLYPORT_SECRET is not set; expected .+$/],
        [
          'a database in a place that cannot be',
          { DATABASE_URL: 'sqlite:/dev/null/x.db', SALLYPORT_SECRET: KEY },
          /^sallyport: DATABASE_URL.+$/,
        ],
        [
          'no database there',
          { DATABASE_URL: 'postgres://me:hunter2@127.0.0.1:1/x', SALLYPORT_SECRET: KEY },
          /^sallyport: DATABASE_URL.+$/,
        ],
      ],
      2,
    ),
  )(
    '%s',
    async (_name, env, line) => {
      const { server, output } = launch(env);
      const [code] = (await once(server, 'exit')) as [number];
      expect(code).toBe(1);
      expect(output().trimEnd()).toMatch(line);
      expect(output()).not.toContain('hunter2');
    },
    30_000,
  );

  test('a key that does not open the database', async () => {
    const database = { DATABASE_URL: `sqlite:${join(folder, 'sealed.db')}` };
    await end((await start({ ...database, SALLYPORT_SECRET: KEY })).server);
    const { server, output } = launch({ ...database, SALLYPORT_SECRET: OTHER_KEY, PORT: String(await freePort()) });
    expect(((await once(server, 'exit')) as [number])[0]).toBe(1);
    expect(output()).toMatch(/^sallyport: SALLYPORT_SECRET.+\n$/);
    expect(output()).not.toContain(OTHER_KEY);
  }, 60_000);

  test('a port that is taken, and no cell stays behind', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const { server, output } = launch({
      PORT: String(port),
      SALLYPORT_HOST: '127.0.0.1',
      DATABASE_URL: 'sqlite::memory:',
    });
    expect(((await once(server, 'exit')) as [number])[0]).toBe(1);
    expect(output()).toContain(`sallyport: PORT is ${port}; expected a free port (it is in use)`);
    taken.close();
  }, 60_000);
});
