// The laws of the login transaction, each broken on purpose: races in one login and across two, a double submit, handles
// that are stale, expired or at the wrong door, and a process killed between claim and commit.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateSync } from 'otplib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRuntime } from '#runtime/create-runtime.ts';
import type { Shown } from '#runtime/runtime.ts';
import { databases } from '#test/kit/databases.ts';
import { BINDING, CALLER, type House, openHouse, PASSWORD, TOTP_KEY } from '#test/kit/house.ts';
import { createDatabase } from '#test/kit/postgres.ts';

const script = (body: string) => `exports.onExecutePostLogin = async (event, api) => { ${body} };`;
const OTP = script(`api.authentication.challengeWith({ type: 'otp' });`);
/** Counts its runs in the person's row: a second run that is kept would show as 2. */
const COUNTED = script(`api.user.setAppMetadata('ran', (event.user.app_metadata.ran ?? 0) + 1);`);

describe.each(databases())('%s', (_name, open) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse({ databaseUrl: await open() });
  });
  afterAll(() => house.close());

  const totp = () => generateSync({ secret: TOTP_KEY, epoch: Math.floor(house.clock.at / 1000) });
  const person = async (...scripts: string[]) => {
    await house.bind(...scripts);
    house.clock.advance(120_000);
    return house.user(`u${Math.random().toString(36).slice(2)}`, ['otp', 'phone', 'email']);
  };
  const signIn = async (email: string) => {
    const { key } = await house.begin();
    return house.step(key, { kind: 'submitted', identifier: email, password: PASSWORD });
  };
  const count = async (userId: string, type: string) => {
    const { records } = await house.store.logs.list(house.tenant.id, {
      userId,
      type,
      order: 'oldest',
      page: { offset: 0, limit: 50 },
    });
    return records.length;
  };

  test('a double submit of one right code: one step, one run, and both end on the present screen', async () => {
    const user = await person(OTP, COUNTED);
    const shown = await signIn(user.email!);
    const code = totp();
    const both = await Promise.all([1, 2, 3].map(() => house.submit(shown.key, { kind: 'responded', code })));
    expect(both.filter(({ outcome }) => outcome === 'moved')).toHaveLength(1);
    expect(
      both
        .map(({ outcome }) => outcome)
        .filter((outcome) => outcome !== 'moved')
        .every((outcome) => ['elsewhere', 'busy'].includes(outcome)),
    ).toBe(true);
    expect(await count(user.id, 'gd_auth_succeed')).toBe(1);
    expect((await house.store.users.find(house.tenant.id, user.id))?.appMetadata).toEqual({ ran: 1 });
    const after = await house.runtime.read(house.tenant, { key: shown.key, binding: BINDING });
    expect(after).toMatchObject({ found: 'stale', shown: { login: { state: { name: 'completed' } } } });
  });

  test('a double submit of the password counts one login', async () => {
    const user = await person(COUNTED);
    const { key } = await house.begin();
    const input = { kind: 'submitted', identifier: user.email!, password: PASSWORD } as const;
    const both = await Promise.all([house.submit(key, input), house.submit(key, input)]);
    expect(both.filter(({ outcome }) => outcome === 'moved')).toHaveLength(1);
    expect(await house.store.users.find(house.tenant.id, user.id)).toMatchObject({
      loginsCount: 1,
      appMetadata: { ran: 1 },
    });
  });

  test('a password that is changed while it is being verified opens nothing', async () => {
    const user = await person(COUNTED);
    const { passwords, sandbox, store } = house.ports;
    const slow: typeof passwords = {
      hash: passwords.hash,
      verify: async (password, hash) => {
        const verdict = await passwords.verify(password, hash);
        const passwordHash = await passwords.hash('another one');
        await store.users.update(house.tenant.id, user.id, (row) => ({ ...row, passwordHash }));
        await store.users.endLogins(house.tenant.id, user.id, 'session-revoked');
        return verdict;
      },
    };
    const { key } = await house.begin();
    const runtime = createRuntime({ ...house.ports, sandbox, passwords: slow });
    const input = { kind: 'submitted', identifier: user.email!, password: PASSWORD } as const;
    const submitted = await runtime.submit(house.tenant, { key, binding: BINDING }, input, CALLER);
    expect(submitted).toMatchObject({ outcome: 'moved', shown: { notice: { key: 'wrong-credentials' } } });
    expect(await house.store.users.find(house.tenant.id, user.id)).toMatchObject({ loginsCount: 0, appMetadata: {} });
  });

  test('two logins of one person cannot spend one TOTP code', async () => {
    const user = await person(OTP, COUNTED);
    const logins = [await signIn(user.email!), await signIn(user.email!)];
    const code = totp();
    const both = await Promise.all(logins.map(({ key }) => house.submit(key, { kind: 'responded', code })));
    const states = both.map((each) =>
      each.outcome === 'moved' ? [each.shown.login.state.name, each.shown.notice?.key] : [each.outcome],
    );
    expect(states.sort()).toEqual([
      ['challenging', 'invalid-code'],
      ['completed', undefined],
    ]);
    expect(await count(user.id, 'gd_auth_succeed')).toBe(1);
  });

  test('a code of one login does not open another', async () => {
    const user = await person(script(`api.authentication.challengeWith({ type: 'phone' });`));
    const first = await signIn(user.email!);
    const code = await house.codeFor('+447700900123');
    const second = await signIn(user.email!);
    expect((await house.step(second.key, { kind: 'responded', code })).notice?.key).toBe('invalid-code');
    expect((await house.step(first.key, { kind: 'responded', code })).login.state.name).toBe('completed');
  });

  test('parallel guesses cannot share an attempt', async () => {
    const user = await person(OTP);
    const logins: Shown[] = [];
    for (let i = 0; i < 15; i++) logins.push(await signIn(user.email!));
    const guesses = await Promise.all(
      logins.map(({ key }) => house.submit(key, { kind: 'responded', code: '000000' })),
    );
    const notices = guesses.map((each) => (each.outcome === 'moved' ? each.shown.notice?.key : each.outcome));
    expect(notices.filter((key) => key === 'invalid-code')).toHaveLength(10);
    expect(notices.filter((key) => key === 'too-many-failures')).toHaveLength(5);
  });

  test('of two that take a completed login, one gets the code', async () => {
    const user = await person();
    const done = await signIn(user.email!);
    const both = await Promise.all(
      [1, 2].map(() => house.runtime.finish(house.tenant, { key: done.key, binding: BINDING })),
    );
    const [finished] = both.filter((each) => each.outcome === 'finished');
    expect(both.filter((each) => each.outcome === 'finished')).toHaveLength(1);
    const { code } = finished as { code: string };
    const spends = await Promise.all([1, 2, 3].map(() => house.runtime.redeem(house.tenant, code)));
    const spent = await Promise.all(spends.map((each) => house.store.commit(each ? [each.spend] : [])));
    expect(spends.filter(Boolean)).toHaveLength(3);
    expect(spent.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await house.runtime.redeem(house.tenant, code)).toBeUndefined();
  });

  describe('handles', () => {
    test('a stale one redirects to the present screen, counts no attempt and moves nothing', async () => {
      const user = await person(OTP, script(`api.authentication.challengeWith({ type: 'email' });`));
      const first = await signIn(user.email!);
      const second = await house.step(first.key, { kind: 'responded', code: totp() });
      expect(second.key).not.toBe(first.key);
      const late = await house.submit(first.key, { kind: 'responded', code: '000000' });
      if (late.outcome !== 'elsewhere') throw new Error(late.outcome);
      expect(late.shown.login.state).toMatchObject({ name: 'challenging', ask: { ordinal: 2 } });
      expect(await count(user.id, 'gd_auth_failed')).toBe(0);
      const done = await house.step(late.shown.key, { kind: 'responded', code: await house.codeFor(user.email!) });
      expect(done.login.state.name).toBe('completed');
    });

    test('an expired one is told as expired', async () => {
      const user = await person(OTP);
      const shown = await signIn(user.email!);
      house.clock.advance(60 * 60_000);
      expect(await house.runtime.read(house.tenant, { key: shown.key, binding: BINDING })).toEqual({
        found: 'expired',
      });
      expect(await house.submit(shown.key, { kind: 'responded', code: totp() })).toEqual({ outcome: 'expired' });
    });

    test('nothing is found by another browser, another tenant, at another door, or by a made-up key', async () => {
      const user = await person();
      const done = await signIn(user.email!);
      const stranger = await openHouse({
        databaseUrl: await open(),
        sandbox: house.ports.sandbox,
        ports: { store: house.store },
      });
      const reference = { key: done.key, binding: BINDING };
      expect(await house.runtime.read(house.tenant, { key: done.key, binding: 'another-browser' })).toEqual({
        found: 'nothing',
      });
      expect(await house.runtime.read(house.tenant, { key: done.key, binding: undefined })).toEqual({
        found: 'nothing',
      });
      expect(await house.runtime.read(stranger.tenant, reference)).toEqual({ found: 'nothing' });
      expect(await house.runtime.finish(stranger.tenant, reference)).toEqual({ outcome: 'nothing' });
      expect(await house.runtime.redeem(house.tenant, done.key)).toBeUndefined();
      expect(await house.runtime.recognise(house.tenant, done.key)).toBeUndefined();
      const finished = await house.runtime.finish(house.tenant, reference);
      if (finished.outcome !== 'finished') throw new Error(finished.outcome);
      for (const key of [finished.code, finished.sessionKey, 'made-up']) {
        expect(await house.runtime.read(house.tenant, { key, binding: BINDING })).toEqual({ found: 'nothing' });
      }
      expect(await house.runtime.redeem(stranger.tenant, finished.code)).toBeUndefined();
      expect(await house.runtime.recognise(stranger.tenant, finished.sessionKey)).toBeUndefined();
    });
  });
});

// The lease runs by the database's clock, which nobody moves: fifteen seconds of waiting, for the long suite. A kill with
// less to wait for is in every run (`test/server/kill.test.ts`).
describe.runIf(process.env.SALLYPORT_TEST_LONG === '1')('a process killed between claim and commit', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-crash-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.concurrent.each([
    ['SQLite', async () => `sqlite:${join(folder, 'crash.db')}`],
    ['PostgreSQL', async () => (await createDatabase()).url],
  ])(
    '%s: the login waits where it was, is leased for a while, then goes on and is counted once',
    async (_name, open) => {
      const databaseUrl = await open();
      const child = fork(new URL('./crash-child.ts', import.meta.url), [databaseUrl], {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });
      const exited = once(child, 'exit');
      // The child tells what it began, and then that its script runs: the claim is written, the commit is not.
      const [begun] = (await once(child, 'message')) as [
        { tenantId: string; key: string; email: string; loginId: string },
      ];
      const house = await openHouse({ databaseUrl });
      const tenant = await house.store.tenants.find(begun.tenantId);
      if (!tenant) throw new Error('the child made no tenant');
      await expect
        .poll(async () => (await house.store.transactions.find(tenant.id, begun.loginId))?.lease?.held, {
          timeout: 15_000,
        })
        .toBe(true);
      const claimed = await house.store.transactions.find(tenant.id, begun.loginId);
      child.kill('SIGKILL');
      await exited;

      const reference = { key: begun.key, binding: BINDING };
      house.clock.at = Date.now();
      expect((await house.runtime.read(tenant, reference)).found).toBe('busy');
      await expect
        .poll(async () => (await house.runtime.read(tenant, reference)).found, { timeout: 20_000, interval: 250 })
        .toBe('present');
      expect((await house.store.transactions.find(tenant.id, begun.loginId))?.transaction.revision).toBe(
        claimed?.transaction.revision,
      );

      house.clock.at = Date.now();
      const [user] = (await house.store.users.list(tenant.id, {})).records;
      expect(user?.loginsCount).toBe(0);
      // The plan is pinned: the same script runs again, and by its clock it no longer hangs.
      const again = await house.runtime.submit(
        tenant,
        reference,
        { kind: 'submitted', identifier: begun.email, password: PASSWORD },
        CALLER,
      );
      expect(again).toMatchObject({ outcome: 'moved', shown: { login: { state: { name: 'completed' } } } });
      expect((await house.store.users.find(tenant.id, user!.id))?.loginsCount).toBe(1);
      await house.close();
    },
    60_000,
  );
});
