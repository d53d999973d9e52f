// People make accounts on the login page, on both databases: what may be an account, and that each is made once.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Registration } from '#runtime/transaction/transaction.ts';
import type { JsonObject } from '#storage/records.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { type House, PASSWORD } from '#test/kit/house.ts';
import { bindTo, lastLine, linesOf } from './bind-to.ts';
import { openSignUps, type SignUps, seen } from './sign-ups.ts';

const login = (body: string) => `exports.onExecutePostLogin = async (event, api) => {\n${body}\n};`;

describe.each(databasesInFull())('%s', (_name, open) => {
  let stage: SignUps;
  let house: House;
  beforeAll(async () => {
    stage = await openSignUps(await open());
    house = stage.house;
  });
  afterAll(() => house.close());
  afterEach(() => stage.reset());

  const signUp = (given?: Partial<Registration>) => stage.signUp(given);
  const address = () => stage.address();
  const rowOf = (email: string) => stage.rowOf(email);
  const options = (given: JsonObject) => stage.options(given);

  describe('an account', () => {
    test('is written by the step that logs its person in, and its password opens it', async () => {
      const shown = await signUp({ email: 'First@Example.com' });
      expect(seen(shown)).toBe('completed');
      const row = await rowOf('first@example.com');
      expect(row).toMatchObject({
        email: 'first@example.com',
        emailVerified: false,
        connection: 'Username-Password-Authentication',
        loginsCount: 1,
        id: expect.stringMatching(/^auth0\|[0-9a-f]{24}$/),
        passwordHash: expect.stringMatching(/^\$argon2id\$/),
      });
      expect(await lastLine(house, 'ss')).toMatchObject({ userId: row?.id, userName: 'first@example.com' });
      expect(await lastLine(house, 's')).toMatchObject({ userId: row?.id });
      const { key } = await house.begin();
      const again = await house.step(key, { kind: 'submitted', identifier: 'first@example.com', password: PASSWORD });
      expect(seen(again)).toBe('completed');
    });

    const REFUSED: [what: string, given: Partial<Registration>, connection: JsonObject, notice: string][] = [
      ['no address', { email: '' }, {}, 'invalid-email'],
      ['no host', { email: 'somebody' }, {}, 'invalid-email'],
      ['two hosts', { email: 'a@b@example.com' }, {}, 'invalid-email'],
      ['a space', { email: 'a b@example.com' }, {}, 'invalid-email'],
      ['a long address', { email: `${'a'.repeat(60)}@${'b'.repeat(250)}.com` }, {}, 'invalid-email'],
      ['no password', { password: '' }, {}, 'no-password'],
      ['seven characters', { password: 'abcdefg' }, {}, 'password-too-weak'],
      ['a password without end', { password: 'x'.repeat(1025) }, {}, 'invalid-field'],
      ['low', { password: 'abcde' }, { passwordPolicy: 'low' }, 'password-too-weak'],
      ['fair', { password: 'abcdefgh1' }, { passwordPolicy: 'fair' }, 'password-too-weak'],
      ['good', { password: 'abcdefgh1' }, { passwordPolicy: 'good' }, 'password-too-weak'],
      ['excellent', { password: 'Abcdefgh111' }, { passwordPolicy: 'excellent' }, 'password-too-weak'],
      [
        'a length of its own',
        { password: 'abcdefghij' },
        { password_complexity_options: { min_length: 11 } },
        'password-too-weak',
      ],
      ['no username', {}, { requires_username: true }, 'invalid-field'],
      ['a username like an address', { username: 'a@b.example' }, { requires_username: true }, 'invalid-field'],
      ['a long username', { username: 'a'.repeat(16) }, { requires_username: true }, 'invalid-field'],
      ['sign-up is disabled', {}, { disable_signup: true }, 'authenticator-error'],
    ];
    test.each(REFUSED)('%s: refused', async (_what, given, connection, notice) => {
      await options(connection);
      const email = given.email ?? address();
      const shown = await signUp({ email, ...given });
      expect([seen(shown), shown.login.state.name]).toEqual([notice, 'identifying']);
      expect(email === '' ? undefined : await rowOf(email)).toBeUndefined();
      expect((await lastLine(house, 'fs'))?.description).toMatch(/\S/);
    });

    const TAKEN: [what: string, given: Partial<Registration>, connection: JsonObject][] = [
      ['one character', { password: 'a' }, { passwordPolicy: 'none' }],
      ['six', { password: 'abcdef' }, { passwordPolicy: 'low' }],
      ['fair', { password: 'Abcdefg1' }, { passwordPolicy: 'fair' }],
      ['good', { password: 'abcdef1!' }, { passwordPolicy: 'good' }],
      ['excellent', { password: 'Abcdefgh11' }, { passwordPolicy: 'excellent' }],
      ['a username', { username: 'newcomer' }, { requires_username: true }],
    ];
    test.each(TAKEN)('%s: taken', async (_what, given, connection) => {
      await options(connection);
      expect(seen(await signUp(given))).toBe('completed');
    });

    test('that exists is not made again, in whatever case it is written', async () => {
      const email = address();
      await signUp({ email });
      expect(seen(await signUp({ email: email.toUpperCase() }))).toBe('user-exists');
      expect(await lastLine(house, 'fs')).toMatchObject({ description: 'The user already exists.', userName: email });
    });

    test('of two at once with one address one is made, and the other hears of it', async () => {
      const email = address();
      const both = (await Promise.all([signUp({ email }), signUp({ email })])).map(seen);
      expect(both.sort()).toEqual(['completed', 'user-exists']);
      expect((await linesOf(house, 'ss')).filter(({ userName }) => userName === email)).toHaveLength(1);
    });

    test('a form that is sent twice makes one account, whichever request comes second', async () => {
      await bindTo(house, 'post-login', [login('')]);
      const email = address();
      const { key } = await house.begin();
      const registration = stage.form({ email });
      const sent = await Promise.all([1, 2].map(() => house.submit(key, { kind: 'registered', registration })));
      const outcomes = sent.map((each) => each.outcome);
      expect(outcomes).toContain('moved');
      const moved = sent.flatMap((each) => (each.outcome === 'moved' ? [seen(each.shown)] : []));
      expect(moved).toEqual(['completed']);
      expect(await rowOf(email)).toMatchObject({ loginsCount: 1 });
    });

    test('sign-ups from one address have a bound, and it fills again', async () => {
      const { tenant, store, ports } = house;
      const bucket = { capacity: 50, refillSeconds: 1.2 };
      for (let i = 0; i < 50; i++) await store.takeAttempt(tenant.id, 'sign-up 203.0.113.7', bucket, ports.now());
      expect(seen(await signUp())).toBe('too-many-failures');
      house.clock.advance(1_200);
      expect(seen(await signUp())).toBe('completed');
    });
  });
});
