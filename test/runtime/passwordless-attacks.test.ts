// Whoever has no code does not get in: guesses, used and older codes, those of somebody else, and what is told of people on
// the way. Races are run on both databases.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Shown } from '#runtime/runtime.ts';
import type { ConnectionRecord, UserRecord } from '#storage/records.ts';
import { databases } from '#test/kit/databases.ts';
import { BINDING, CALLER, type House, openHouse } from '#test/kit/house.ts';
import { ask, connect, enter, freshAddress, known, outcome, present, start, wrong } from './passwordless-stage.ts';
import { state } from './visit.ts';

describe.each(databases())('%s', (_name, open) => {
  let house: House;
  let sms: ConnectionRecord;
  let email: ConnectionRecord;
  beforeAll(async () => {
    house = await openHouse({ databaseUrl: await open() });
    sms = await connect(house, 'sms');
    email = await connect(house, 'email');
  });
  afterAll(() => house.close());

  /** A code that was just sent to somebody new. */
  const sent = async (connection = sms, after = 3_600_000) => {
    house.clock.advance(after);
    const address = freshAddress(connection.strategy === 'sms' ? 'sms' : 'email');
    expect(await start(house, connection, address)).toMatchObject({ ok: true });
    return { address, code: await house.codeFor(address) };
  };
  const outcomesOf = async (logins: Promise<Shown>[]) => (await Promise.all(logins)).map(outcome).sort();

  test('the third wrong try is the last, whoever makes it and wherever', async () => {
    const { address, code } = await sent();
    const page = await house.begin();
    for (let i = 0; i < 2; i++) expect(outcome(await present(house, 'sms', address, wrong(code)))).toBe('invalid-code');
    const third = await house.step(page.key, { kind: 'presented', connection: 'sms', address, code: wrong(code) });
    expect(outcome(third)).toBe('invalid-code');
    expect(outcome(await present(house, 'sms', address, code))).toBe('invalid-code');
  });

  test('of two wrong tries and a right one the right one counts', async () => {
    const { address, code } = await sent();
    for (let i = 0; i < 2; i++) await present(house, 'sms', address, wrong(code));
    expect(outcome(await present(house, 'sms', address, code))).toBe('completed');
  });

  test('parallel guesses have three tries together', async () => {
    const { address, code } = await sent();
    // One address alone would be stopped by other walls before.
    const guesses = Array.from({ length: 9 }, (_, i) =>
      present(house, 'sms', address, wrong(code), {}, `198.51.100.${i + 1}`),
    );
    expect(new Set(await outcomesOf(guesses))).toEqual(new Set(['invalid-code']));
    const row = await house.store.passwordlessCodes.find(house.tenant.id, sms.id, address);
    expect(row?.tries).toBe(3);
    expect(outcome(await present(house, 'sms', address, code))).toBe('invalid-code');
  });

  test('a code lets in once, also of several at the same moment', async () => {
    const { address, code } = await sent();
    const logins = [1, 2, 3].map(() => present(house, 'sms', address, code));
    expect(await outcomesOf(logins)).toEqual(['completed', 'invalid-code', 'invalid-code']);
    expect(outcome(await present(house, 'sms', address, code))).toBe('invalid-code');
    const user = await house.store.users.findByIdentifier(house.tenant.id, 'sms', address);
    expect(user?.loginsCount).toBe(1);
  });

  test('a newer code is the only one', async () => {
    const { address, code } = await sent();
    await start(house, sms, address);
    const newer = await house.codeFor(address);
    if (newer !== code) expect(outcome(await present(house, 'sms', address, code))).toBe('invalid-code');
    expect(outcome(await present(house, 'sms', address, newer))).toBe('completed');
  });

  test('a code is worth nothing at another address, connection or tenant', async () => {
    const [{ address, code }, other] = [await sent(), await sent(sms, 0)];
    const twin = await connect(house, 'sms', {}, { name: 'another-sms' });
    await start(house, twin, address);
    const stranger = await openHouse({ ports: { store: house.store } });
    const theirs = await connect(stranger, 'sms');
    await start(stranger, theirs, address);
    if (other.code !== code) expect(outcome(await present(house, 'sms', other.address, code))).toBe('invalid-code');
    expect(outcome(await present(house, 'email', address, code))).toBe('invalid-code');
    expect(outcome(await present(house, 'another-sms', address, code))).toBe('invalid-code');
    expect(outcome(await present(stranger, 'sms', address, code))).toBe('invalid-code');
    expect(outcome(await present(house, 'sms', address, code))).toBe('completed');
  });

  test('a connection that the application may not use lets nobody in', async () => {
    const closed = await connect(house, 'sms', {}, { name: 'for-others', enabledClients: [] });
    const address = freshAddress('sms');
    await start(house, closed, address);
    expect(outcome(await present(house, 'for-others', address, await house.codeFor(address)))).toBe('invalid-code');
    expect(outcome(await ask(house, 'for-others', address))).toBe('authenticator-error');
  });

  test.each([
    // U+212A, the Kelvin sign, is k in lower case.
    ['kim@example.com', '\u212Aim@example.com'],
    // A t with a diaeresis is one letter, a T with one is two.
    ['\u1E97om@example.com', 'T\u0308om@example.com'],
  ])(
    'letters that become others when they are compared open no mailbox but that which got the code: %s',
    async (victim, trick) => {
      house.clock.advance(3_600_000);
      await known(house, email, victim);
      expect(await start(house, email, trick)).toMatchObject({ ok: true, verified: false });
      const [message] = await house.store.messages.inbox(house.tenant.id, victim, 1);
      expect(message?.to).toBe(victim);
      expect(await house.store.messages.inbox(house.tenant.id, trick, 1)).toEqual([]);
    },
  );

  test('an address that was somebody else’s makes an account of its own', async () => {
    const address = freshAddress('sms');
    const former = await known(house, sms, address);
    await start(house, sms, address);
    const moved = (own: UserRecord) => ({ ...own, phoneNumber: freshAddress('sms') });
    await house.store.users.update(house.tenant.id, former.id, moved);
    expect(await start(house, sms, address)).toMatchObject({ ok: true, verified: false });
    const done = await present(house, 'sms', address, await house.codeFor(address));
    expect(outcome(done)).toBe('completed');
    expect(done.login.subject).not.toMatchObject({ userId: former.id });
  });

  test('the page that waits for a code is found in its own browser alone', async () => {
    const address = freshAddress('sms');
    const { key } = await ask(house, 'sms', address);
    const code = await house.codeFor(address);
    const input = { kind: 'responded', code } as const;
    for (const binding of [undefined, 'another-browser']) {
      expect(await house.runtime.submit(house.tenant, { key, binding }, input, CALLER)).toEqual({ outcome: 'nothing' });
    }
    const mine = await house.runtime.submit(house.tenant, { key, binding: BINDING }, input, CALLER);
    expect(mine).toMatchObject({ outcome: 'moved', shown: { login: { state: { name: 'completed' } } } });
  });

  test('people are not told apart by what is said of a wrong code', async () => {
    house.clock.advance(3_600_000);
    const address = freshAddress('sms');
    await known(house, sms, address);
    await start(house, sms, address);
    const tries = [address, freshAddress('sms')].map((each) => present(house, 'sms', each, '0000000'));
    expect(await outcomesOf(tries)).toEqual(['invalid-code', 'invalid-code']);
  });

  test('ten wrong codes block the name where the connection has it so, and nobody where it has not', async () => {
    const address = freshAddress('sms');
    const guess = () => present(house, 'sms', address, '000000');
    for (let i = 0; i < 10; i++) expect(outcome(await guess())).toBe('invalid-code');
    expect(outcome(await guess())).toBe('user-blocked');
    const lenient = await connect(house, 'sms', { brute_force_protection: false }, { name: 'lenient' });
    await start(house, lenient, address);
    for (let i = 0; i < 11; i++) {
      house.clock.advance(6000);
      await present(house, 'lenient', address, '0000000');
    }
    await start(house, lenient, address);
    expect(outcome(await present(house, 'lenient', address, await house.codeFor(address)))).toBe('completed');
  });

  test.each([
    ['sms', 10, 'too-many-sms'],
    ['email', 5, 'too-many-email'],
  ] as const)('codes by %s: %i, and no more; the one that is out stays good', async (strategy, most, notice) => {
    house.clock.advance(86_400_000);
    const connection = strategy === 'sms' ? sms : email;
    const address = freshAddress(strategy);
    for (let i = 1; i < most; i++) expect(await start(house, connection, address)).toMatchObject({ ok: true });
    const waiting = await ask(house, strategy, address, 0);
    const code = await house.codeFor(address);
    expect(await start(house, connection, address)).toMatchObject({ ok: false, refusal: { kind: 'limit' } });
    const refused = await house.step(waiting.key, { kind: 'resent' });
    expect([outcome(refused), state(refused).name]).toEqual([notice, 'expecting']);
    expect(await house.codeFor(address)).toBe(code);
    expect(outcome(await enter(house, refused, code))).toBe('completed');
  });
});

describe('where nothing is delivered', () => {
  let house: House;
  let connection: ConnectionRecord;
  beforeAll(async () => {
    house = await openHouse({ ports: { inbox: false } });
    connection = await connect(house, 'sms');
  });
  afterAll(() => house.close());

  test('the application hears why, and the code is void', async () => {
    const address = freshAddress('sms');
    const started = await start(house, connection, address);
    expect(started).toMatchObject({ ok: false, refusal: { kind: 'delivery', fault: { code: 'no-provider' } } });
    expect(await house.store.passwordlessCodes.find(house.tenant.id, connection.id, address)).toBeUndefined();
    expect(await house.logTypes()).toContain('fn');
  });

  test('the page says so, and offers another try', async () => {
    const waiting = await ask(house, 'sms', freshAddress('sms'));
    expect(state(waiting)).toMatchObject({ name: 'expecting', undelivered: true });
    const again = await house.step(waiting.key, { kind: 'resent' });
    expect(state(again)).toMatchObject({ name: 'expecting', undelivered: true });
  });
});
