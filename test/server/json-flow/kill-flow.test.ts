// The real server, killed with SIGKILL in the middle of logins of the JSON flow, started again on the same database: what
// was answered stands, what was not is asked again, and nobody is signed up by half.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { CHILD_ENV } from '#test/kit/child-env.ts';
import { freePort } from '#test/kit/free-port.ts';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-kill-flow-'));
const running = new Set<ChildProcess>();
afterAll(() => {
  for (const server of running) server.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const CALLBACK = 'https://app.example/callback';
const ADMIN = { id: 'admin', secret: 'a secret of the administrator, long enough' };

test('logins outlive the process', async () => {
  const port = await freePort();
  const site = `http://localhost:${port}`;
  const flow = `${site}/dev/v1/authorizations`;
  let server = await start(port);
  const again = async () => {
    server.kill('SIGKILL');
    await once(server, 'exit');
    server = await start(port);
  };
  const send = async (url: string, body: object, more: Record<string, string> = {}) => {
    const headers = { 'content-type': 'application/json', ...more };
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: response.status, body: (await response.json()) as Record<string, string> };
  };
  const credentials = { client_id: ADMIN.id, client_secret: ADMIN.secret };
  const granted = await send(`${site}/oauth/token`, {
    grant_type: 'client_credentials',
    ...credentials,
    audience: `${site}/api/v2/`,
  });
  const authorization = { authorization: `Bearer ${granted.body.access_token}` };
  const { body: client } = await send(
    `${site}/api/v2/clients`,
    { name: 'App', callbacks: [CALLBACK], grant_types: ['authorization_code'] },
    authorization,
  );
  const begin = async () => {
    const parameters = { client_id: client.client_id ?? '', response_type: 'code', scope: 'openid', state: 's' };
    const response = await fetch(`${flow}?${new URLSearchParams(parameters)}`, { redirect: 'manual' });
    return new URL(response.headers.get('location') ?? '').searchParams.get('id') ?? '';
  };
  const emailsOf = async () => {
    const response = await fetch(`${site}/api/v2/users`, { headers: authorization });
    return ((await response.json()) as { email: string }[]).map(({ email }) => email);
  };

  const newcomer = { email: 'new@example.com', password: 'Test1234!-and-more', name: 'New' };
  const [id, abandoned] = [await begin(), await begin()];
  expect((await send(`${flow}/${id}/initial-registration`, newcomer)).status).toBe(200);
  const other = { ...newcomer, email: 'gone@example.com' };
  expect((await send(`${flow}/${abandoned}/initial-registration`, other)).status).toBe(200);

  await again();
  expect(await emailsOf()).toEqual([]);
  const status = await (await fetch(`${flow}/${id}/authentication-status`)).json();
  expect(status).toMatchObject({ status: 'success', authentication_methods: ['initial-registration'] });

  // Killed while it is let through: whatever was not answered can be asked again, and gives one account and one code.
  const cut = send(`${flow}/${id}/authorize`, {}).catch(() => undefined);
  await again();
  await cut;
  const end = (await cut) ?? (await send(`${flow}/${id}/authorize`, {}));
  expect(await emailsOf()).toEqual([newcomer.email]);
  // The answer that got lost may have held the code already: then the login is over.
  if (end.status !== 200) expect(end.status).toBe(404);
  else {
    const code = new URL(end.body.redirect_uri ?? '').searchParams.get('code');
    const token = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK };
    const { client_id, client_secret } = client;
    expect((await send(`${site}/oauth/token`, { ...token, client_id, client_secret })).status).toBe(200);
  }
}, 120_000);

async function start(port: number): Promise<ChildProcess> {
  const server = spawn(process.execPath, ['server/main.ts'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...CHILD_ENV,
      PORT: String(port),
      SALLYPORT_DEV: '1',
      SALLYPORT_DEMO: '0',
      SALLYPORT_ADMIN_CLIENT_ID: ADMIN.id,
      SALLYPORT_ADMIN_CLIENT_SECRET: ADMIN.secret,
      DATABASE_URL: `sqlite:${join(folder, 'sallyport.db')}`,
    },
  });
  running.add(server);
  server.once('exit', () => running.delete(server));
  // No script runs here: nobody waits until some could.
  await expect
    .poll(async () => (await fetch(`http://localhost:${port}/healthz`).catch(() => undefined))?.status, {
      timeout: 30_000,
      interval: 100,
    })
    .toBe(200);
  return server;
}
