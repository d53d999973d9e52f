// The real server, killed with SIGKILL between the end of a session and the word of it, and in the long run once more while
// the word is on its way: the application hears of it from the next one on the same database.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { afterAll, expect, test } from 'vitest';
import { CHILD_ENV } from '#test/kit/child-env.ts';
import { count } from '#test/kit/counts.ts';
import { freePort } from '#test/kit/free-port.ts';
import { createPlainBrowser } from '#test/kit/plain-browser.ts';
import { openLogoutReceiver } from './logout-receiver.ts';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-told-'));
const CALLBACK = 'https://shop.example/callback';
const OPERATOR = { client_id: 'operator', client_secret: 'secret-of-the-operator' };
const PATIENCE = { timeout: 15_000, interval: 50 };
const receiver = await openLogoutReceiver();
const port = await freePort();
const site = `http://localhost:${port}`;
let server: ChildProcess | undefined;
afterAll(async () => {
  server?.kill('SIGKILL');
  await receiver.close();
  rmSync(folder, { recursive: true, force: true });
});

test('an application hears of a logout whatever happens to the server', async () => {
  await start();
  let token = '';
  const call = async (method: string, path: string, body?: object) => {
    const response = await fetch(site + path, {
      method,
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    return (await response.json()) as Record<string, string>;
  };
  const asked = { ...OPERATOR, grant_type: 'client_credentials', audience: `${site}/api/v2/` };
  token = (await call('POST', '/oauth/token', asked)).access_token ?? '';
  const { client_id: clientId = '' } = await call('POST', '/api/v2/clients', {
    name: 'Shop',
    callbacks: [CALLBACK],
    oidc_logout: { backchannel_logout_urls: [receiver.url] },
  });
  const [email, password] = ['ana@example.com', 'correct horse battery'];
  const connection = 'Username-Password-Authentication';
  const { user_id: userId } = await call('POST', '/api/v2/users', { connection, email, password });
  const browser = createPlainBrowser(site);
  const query = { client_id: clientId, redirect_uri: CALLBACK, response_type: 'code', scope: 'openid' };
  const page = await browser.open(`/authorize?${new URLSearchParams(query)}`);
  const end = await browser.post(page, { username: email, password, action: 'default' });
  expect(end.url.searchParams.get('code')).not.toBeNull();

  expect((await browser.open('/v2/logout')).html).toContain('You are logged out');
  await kill();
  expect(receiver.told).toEqual([]);

  const tries = count(1, 2);
  if (tries === 2) {
    receiver.answers = undefined;
    await start();
    await expect.poll(() => receiver.told.length, PATIENCE).toBe(1);
    await kill();
    receiver.answers = { status: 200 };
  }
  await start();
  await call('POST', '/dev/clock', { advance_seconds: 61 });
  await expect.poll(() => receiver.told.length, PATIENCE).toBe(tries);
  for (const sent of receiver.tokens()) expect(decodeJwt(sent)).toMatchObject({ aud: clientId, sub: userId });
  const told = async () => {
    const logs = (await call('GET', '/api/v2/logs?per_page=50')) as unknown as { type: string; details?: unknown }[];
    return logs.flatMap(({ type, details }) => (type.startsWith('oidc_backchannel') ? [{ type, details }] : []));
  };
  await expect
    .poll(told, PATIENCE)
    .toMatchObject([{ type: 'oidc_backchannel_logout_succeeded', details: { status: 200 } }]);
  // A process that died between putting a try down and making it has counted one that nobody heard of.
  const [{ details } = {}] = await told();
  expect([tries, tries + 1]).toContain((details as { try: number }).try);
}, 60_000);

async function start(): Promise<void> {
  server = spawn(process.execPath, ['server/main.ts'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...CHILD_ENV,
      PORT: String(port),
      SALLYPORT_DEV: '1',
      SALLYPORT_ADMIN_CLIENT_ID: OPERATOR.client_id,
      SALLYPORT_ADMIN_CLIENT_SECRET: OPERATOR.client_secret,
      SALLYPORT_EGRESS_ALLOW: receiver.host,
      DATABASE_URL: `sqlite:${join(folder, 'sallyport.db')}`,
    },
  });
  const isReady = async () => (await fetch(`${site}/readyz`).catch(() => undefined))?.status;
  await expect.poll(isReady, { timeout: 20_000, interval: 100 }).toBe(200);
}

async function kill(): Promise<void> {
  server?.kill('SIGKILL');
  if (server) await once(server, 'exit');
}
