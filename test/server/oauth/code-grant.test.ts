// The exchange of an authorization code, row by row: once, by whom it was made for, with the proof that was announced.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import { CALLBACK, type FrontDoor, openFrontDoor, VERIFIER } from './front-door.ts';

describe.each(databasesInFull())('%s', (_name, open) => {
  let door: FrontDoor;
  beforeAll(async () => {
    door = await openFrontDoor({ databaseUrl: await open() });
    await door.house.user('ana');
  });
  afterAll(() => door.close());

  const web = { client_id: 'web', client_secret: 'web secret + more' };

  /** A code of a finished login of the public client. */
  const newCode = async (more: Record<string, string | undefined> = {}) =>
    (await door.signIn(door.browser(), 'ana', more)).get('code') ?? '';

  const lastLog = async () => {
    const { tenant } = door.house;
    const { records } = await door.deps.store.logs.list(tenant.id, { order: 'newest', page: { offset: 0, limit: 1 } });
    return records[0];
  };

  describe('a code', () => {
    test('is exchanged once', async () => {
      const code = await newCode();
      const answer = await door.exchange(code);
      expect(answer).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 86_400 } });
      expect(await lastLog()).toMatchObject({ type: 'seacft', clientId: 'spa', userName: 'ana@example.com' });
      expect(await door.exchange(code)).toMatchObject({
        status: 403,
        body: { error: 'invalid_grant', error_description: 'Invalid authorization code' },
      });
      expect(await lastLog()).toMatchObject({ type: 'feacft', description: 'Invalid authorization code' });
    });

    test('of ten exchanges at once one wins', async () => {
      const code = await newCode();
      const answers = await Promise.all(Array.from({ length: 10 }, () => door.exchange(code)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(403)]);
    });

    test('is never in a log', async () => {
      const code = await newCode();
      await door.exchange(code);
      expect(JSON.stringify(await lastLog())).not.toContain(code);
    });

    test.each<[string, Record<string, string>, number, string, string]>([
      [
        'another verifier',
        { code_verifier: VERIFIER.replace('d', 'e') },
        403,
        'invalid_grant',
        'Failed to verify code verifier',
      ],
      ['no verifier', { code_verifier: '' }, 403, 'invalid_grant', 'Failed to verify code verifier'],
      ['a verifier too short', { code_verifier: 'short' }, 403, 'invalid_grant', 'Failed to verify code verifier'],
      [
        'another callback',
        { redirect_uri: 'https://app.example/x' },
        403,
        'unauthorized_client',
        `The redirect URI is wrong. You sent https://app.example/x, and we expected ${CALLBACK}`,
      ],
      ['no callback', { redirect_uri: '' }, 400, 'invalid_request', 'Missing required parameter: redirect_uri'],
      ['another client', { ...web }, 403, 'invalid_grant', 'Invalid authorization code'],
    ])('%s is refused and the code is spent', async (_name, more, status, error, error_description) => {
      const code = await newCode();
      expect(await door.exchange(code, more)).toMatchObject({ status, body: { error, error_description } });
      expect(await door.exchange(code)).toMatchObject({ status: 403, body: { error: 'invalid_grant' } });
    });

    test('a verifier without a challenge is refused', async () => {
      const bare = { client_id: 'web', code_challenge: undefined, code_challenge_method: undefined };
      const answer = await door.exchange(await newCode(bare), web);
      expect(answer).toMatchObject({ status: 403, body: { error_description: 'Failed to verify code verifier' } });
      expect(await door.exchange(await newCode(bare), { ...web, code_verifier: '' })).toMatchObject({ status: 200 });
    });

    test('is needed', async () => {
      expect(await door.exchange('')).toMatchObject({
        status: 400,
        body: { error_description: 'Missing required parameter: code' },
      });
    });

    test('does not live for ever', async () => {
      const code = await newCode();
      door.house.clock.advance(5 * 60_000 + 1);
      expect((await door.exchange(code)).status).toBe(403);
    });

    test.each([
      [
        'blocked',
        (id: string) => door.deps.store.users.update(door.house.tenant.id, id, (user) => ({ ...user, blocked: true })),
      ],
      ['gone', (id: string) => door.deps.store.users.remove(door.house.tenant.id, id)],
    ])('of a user who is %s now', async (name, change) => {
      const user = await door.house.user(`user-${name}`);
      const code = (await door.signIn(door.browser(), `user-${name}`)).get('code') ?? '';
      expect(code).not.toBe('');
      await change(user.id);
      expect(await door.exchange(code)).toMatchObject({ status: 403, body: { error: 'invalid_grant' } });
    });
  });
});
