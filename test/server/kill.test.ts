// The real server, killed with SIGKILL while a login waits at a challenge, started again on the same database: that login
// finishes, in the same browser, with the code that was sent before.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { DEMO_PEOPLE } from '#server/demo/people.ts';
import { CHILD_ENV } from '#test/kit/child-env.ts';
import { count } from '#test/kit/counts.ts';
import { freePort } from '#test/kit/free-port.ts';
import { createPlainBrowser } from '#test/kit/plain-browser.ts';
import { createDatabase } from '#test/kit/postgres.ts';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-kill-'));
const running = new Set<ChildProcess>();
afterAll(() => {
  for (const server of running) server.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const ana = DEMO_PEOPLE.find(({ email }) => email.startsWith('ana@')) ?? DEMO_PEOPLE[0]!;

const DATABASES: [name: string, open: () => Promise<string>][] = [
  ['SQLite', async () => `sqlite:${join(folder, 'sallyport.db')}`],
  ['PostgreSQL', async () => (await createDatabase()).url],
];

// A server that starts anew takes a while: one database each time, both in the long run.
test.each(DATABASES.slice(0, count(1, 2)))(
  '%s: a login outlives the process',
  async (_name, open) => {
    const databaseUrl = await open();
    const port = await freePort();
    const site = `http://localhost:${port}`;
    const first = await start(port, databaseUrl);
    const browser = createPlainBrowser(site);
    const login = await browser.open('/dev/try/start');
    expect(login.url.pathname).toBe('/u/login');
    const picker = await browser.post(login, { username: ana.email, password: ana.password, action: 'default' });
    expect(picker.url.pathname).toBe('/u/mfa-login-options');
    const sms = await browser.post(picker, { action: 'sms' });
    expect(sms.url.pathname).toBe('/u/mfa-sms-challenge');

    first.kill('SIGKILL');
    await once(first, 'exit');
    await start(port, databaseUrl);

    expect((await browser.open(sms.url.href)).status).toBe(200);
    const [message] = (await (await fetch(`${site}/dev/inbox.json`)).json()) as { channel: string; code: string }[];
    expect(message?.channel).toBe('sms');
    const mail = await browser.post(sms, { code: message?.code ?? '', action: 'default' });
    expect(mail.url.pathname).toBe('/u/mfa-email-challenge');
    const [second] = (await (await fetch(`${site}/dev/inbox.json`)).json()) as { channel: string; code: string }[];
    expect(second?.channel).toBe('email');
    const tokens = await browser.post(mail, { code: second?.code ?? '', action: 'default' });
    expect(tokens).toMatchObject({ status: 200, url: { pathname: '/dev/try/callback' } });
    expect(tokens.html).toContain('&quot;amr&quot;');
  },
  60_000,
);

async function start(port: number, databaseUrl: string): Promise<ChildProcess> {
  const server = spawn(process.execPath, ['server/main.ts'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...CHILD_ENV,
      PORT: String(port),
      SALLYPORT_DEV: '1',
      SALLYPORT_DEMO: '1',
      DATABASE_URL: databaseUrl,
    },
  });
  running.add(server);
  server.once('exit', () => running.delete(server));
  await expect
    .poll(async () => (await fetch(`http://localhost:${port}/readyz`).catch(() => undefined))?.status, {
      timeout: 20_000,
      interval: 100,
    })
    .toBe(200);
  return server;
}
