// The real server, killed with SIGKILL in the middle of an exchange: of a refresh token, and of the code of a second factor.
// What was presented is spent by the commit that completes the login, with everything else that it writes, or it is good as
// before: never both, never a part of it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { generateSync } from 'otplib';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { newClient } from '#runtime/lifecycle/client.ts';
import type { UserRecord } from '#storage/records.ts';
import { CHILD_ENV } from '#test/kit/child-env.ts';
import { count, draw } from '#test/kit/counts.ts';
import { freePort } from '#test/kit/free-port.ts';
import { type House, openHouse, PASSWORD, TOTP_KEY } from '#test/kit/house.ts';
import { SECRET } from '#test/kit/open-database.ts';
import { createDatabase } from '#test/kit/postgres.ts';

const MFA_OTP = 'http://auth0.com/oauth/grant-type/mfa-otp';
const CLIENT = { client_id: 'native', client_secret: 'its secret' };

type Answer = { status: number; body: Record<string, unknown> };

const folder = mkdtempSync(join(tmpdir(), 'sallyport-kill-exchange-'));
const running = new Set<ChildProcess>();
afterAll(() => {
  for (const server of running) server.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const DATABASES: [name: string, open: () => Promise<string>][] = [
  ['SQLite', async () => `sqlite:${join(folder, 'sallyport.db')}`],
  ['PostgreSQL', async () => (await createDatabase()).url],
];

// A server that starts anew takes a while: one database each time, both in the long run.
describe.each(DATABASES.slice(0, count(1, 2)))('%s', (_name, open) => {
  let house: House;
  let databaseUrl: string;
  let port: number;
  let server: ChildProcess;
  let people = 0;
  beforeAll(async () => {
    databaseUrl = await open();
    port = await freePort();
    house = await openHouse({ databaseUrl, ports: { now: Date.now } });
    // The address that the server is called at; its default tenant has another.
    await house.editTenant((tenant) => ({ ...tenant, baseUrl: `http://127.0.0.1:${port}` }));
    await newClient(house.ports, house.tenant.id, {
      id: CLIENT.client_id,
      name: 'Native',
      secret: CLIENT.client_secret,
      grantTypes: ['password', 'refresh_token', MFA_OTP],
      settings: { refresh_token: { rotation_type: 'rotating', expiration_type: 'expiring', leeway: 0 } },
    });
    await house.bind(
      `exports.onExecutePostLogin = async (event, api) => {
  if (event.user.app_metadata.factor) api.authentication.challengeWith({ type: 'otp' });
};`,
      `exports.onExecutePostLogin = async (event) => {
  if (event.user.app_metadata.waits) await new Promise((resolve) => setTimeout(resolve, 15_000));
};`,
    );
    server = await start();
  }, 60_000);
  afterAll(() => house.close());

  async function start(): Promise<ChildProcess> {
    const started = spawn(process.execPath, ['server/main.ts'], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...CHILD_ENV,
        PORT: String(port),
        SALLYPORT_HOST: '127.0.0.1',
        SALLYPORT_DEV: '0',
        SALLYPORT_DEMO: '0',
        SALLYPORT_SECRET: SECRET,
        SALLYPORT_LOG_LEVEL: 'error',
        DATABASE_URL: databaseUrl,
      },
    });
    running.add(started);
    started.once('exit', () => running.delete(started));
    await vi.waitFor(async () => expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200), {
      timeout: 40_000,
      interval: 50,
    });
    return started;
  }

  /** Undefined where the server did not live to answer. */
  async function ask(parameters: Record<string, unknown>): Promise<Answer | undefined> {
    const response = await fetch(`http://127.0.0.1:${port}/oauth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...CLIENT, ...parameters }),
    }).catch(() => undefined);
    const body = await response?.json().catch(() => undefined);
    return response && body ? { status: response.status, body: body as Answer['body'] } : undefined;
  }

  const person = async (appMetadata: UserRecord['appMetadata']) => {
    people += 1;
    return house.user(`person-${people}`, ['otp'], { appMetadata });
  };
  const signIn = ({ email }: UserRecord) =>
    ask({ grant_type: 'password', username: email, password: PASSWORD, scope: 'openid offline_access' });
  const tell = ({ id }: UserRecord, appMetadata: UserRecord['appMetadata']) =>
    house.store.users.update(house.tenant.id, id, (user) => ({ ...user, appMetadata }));

  /** Kills the server while these requests are under way, at the moment that `when` waits for, and starts it again. */
  async function killed(asking: Record<string, unknown>[], when: (asked: Promise<unknown>) => Promise<unknown>) {
    const asked = Promise.all(asking.map(ask));
    await when(asked);
    const died = once(server, 'exit');
    server.kill('SIGKILL');
    const [answers] = await Promise.all([asked, died]);
    server = await start();
    return answers;
  }

  /** A refresh token, and how it is exchanged. */
  const issue = async () => {
    const user = await person({});
    const token = String((await signIn(user))?.body.refresh_token);
    const row = async () => {
      const page = { offset: 0, limit: 2 };
      const { records } = await house.store.refreshTokens.ofUser(house.tenant.id, user.id, { page });
      return records[0];
    };
    return { user, row, asking: { grant_type: 'refresh_token', refresh_token: token } };
  };

  /** A login that waits for the code of an app, and how it is brought. */
  const begin = async () => {
    const user = await person({ factor: true });
    const answer = await signIn(user);
    expect(answer).toMatchObject({ status: 403, body: { error: 'mfa_required' } });
    const token = String(answer?.body.mfa_token);
    /** Whether each thing that the completing commit writes is there: the step of the app, and the log. */
    const written = async () => {
      const { store, tenant } = house;
      const [authenticator] = await store.authenticators.ofUser(tenant.id, user.id);
      const type = 'gd_auth_succeed';
      const query = { userId: user.id, type, order: 'newest', page: { offset: 0, limit: 1 } } as const;
      return [authenticator?.totpStep !== undefined, (await store.logs.list(tenant.id, query)).total === 1];
    };
    const asking = () => ({ grant_type: MFA_OTP, mfa_token: token, otp: generateSync({ secret: TOTP_KEY }) });
    return { user, written, token, asking };
  };

  /** What the end of the lease of a dead server does, without waiting for it. */
  const release = async (token: string) => {
    const handle = await house.store.handles.find(house.tenant.id, 'mfa-token', token);
    const found = await house.store.transactions.find(house.tenant.id, handle?.targetId ?? '');
    if (!found?.lease) return;
    const { transaction } = found;
    await house.store.commit([{ kind: 'transaction.replace', revision: transaction.revision, transaction }]);
  };
  const REFUSED = { status: 403, body: { error: 'invalid_grant' } };
  const GOOD = { status: 200, body: { access_token: expect.any(String) } };

  test('while scripts run: both are good as before', async () => {
    const [refresh, factor] = [await issue(), await begin()];
    await tell(refresh.user, { waits: true });
    await tell(factor.user, { factor: true, waits: true });
    // Long enough for the scripts to begin, which take much longer.
    const inScripts = () => setTimeout(500);
    expect(await killed([refresh.asking, factor.asking()], inScripts)).toEqual([undefined, undefined]);
    await tell(refresh.user, {});
    await tell(factor.user, { factor: true });

    expect(await refresh.row()).toMatchObject({ generation: 1 });
    expect(await ask(refresh.asking)).toMatchObject(GOOD);
    expect(await refresh.row()).toMatchObject({ generation: 2 });

    expect(await factor.written()).toEqual([false, false]);
    await release(factor.token);
    expect(await ask(factor.asking())).toMatchObject(GOOD);
    expect(await factor.written()).toEqual([true, true]);
  }, 90_000);

  test.each(draw(['refresh', 'factor'] as const, 1))(
    'at the commit of the %s: that one is spent, the other spent or good',
    async (first) => {
      const [refresh, factor] = [await issue(), await begin()];
      const isWritten = async () =>
        first === 'refresh' ? (await refresh.row())?.generation === 2 : (await factor.written())[0] === true;
      const [tokens, end] = await killed([refresh.asking, factor.asking()], async (asked) => {
        let isOver = false;
        asked.finally(() => {
          isOver = true;
        });
        while (!isOver && !(await isWritten())) await setTimeout(1);
      });
      const [generation, written] = [(await refresh.row())?.generation, await factor.written()];
      if (first === 'refresh') expect(generation).toBe(2);
      else expect(written).toEqual([true, true]);

      // Whoever was answered has what the answer says.
      expect(generation).toBe(tokens ? 2 : generation);
      const next = { ...refresh.asking, refresh_token: tokens?.body.refresh_token };
      if (tokens) expect(await ask(next)).toMatchObject(GOOD);
      else expect(await ask(refresh.asking)).toMatchObject(generation === 2 ? REFUSED : GOOD);

      // All that the commit writes, or nothing of it.
      expect(written[1]).toBe(written[0]);
      if (end) expect([end.status, written[0]]).toEqual([200, true]);
      const handle = await house.store.handles.find(house.tenant.id, 'mfa-token', factor.token);
      const found = await house.store.transactions.find(house.tenant.id, handle?.targetId ?? '');
      if (found?.lease) await release(factor.token);
      expect(await ask(factor.asking())).toMatchObject(written[0] ? REFUSED : GOOD);
    },
    90_000,
  );
});
