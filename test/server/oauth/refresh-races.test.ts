// Refresh tokens that are exchanged, revoked and taken away at one moment, on both databases: one answer is true, and what
// the database keeps agrees with it.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { databases } from '#test/kit/databases.ts';
import type { PlainBrowser } from '#test/kit/plain-browser.ts';
import { CALLBACK, type FrontDoor, openFrontDoor, VERIFIER } from './front-door.ts';

describe.each(databases())('%s', (_name, open) => {
  let door: FrontDoor;
  let userId: string;
  let browser: PlainBrowser;
  beforeAll(async () => {
    door = await openFrontDoor({ databaseUrl: await open() });
    userId = (await door.house.user('ana')).id;
    browser = door.browser();
  });
  afterAll(() => door.close());

  const settings = (leeway: number) =>
    door.deps.store.clients.update(door.house.tenant.id, 'spa', (client) => ({
      ...client,
      grantTypes: ['authorization_code', 'refresh_token'],
      settings: { refresh_token: { rotation_type: 'rotating', expiration_type: 'expiring', leeway } },
    }));
  beforeEach(async () => {
    await settings(0);
    await door.deps.store.refreshTokens.removeOfUser(door.house.tenant.id, userId);
  });

  const codeOf = async () => (await door.signIn(browser, 'ana', { scope: 'openid offline_access' })).get('code') ?? '';
  const exchange = (code: string) =>
    door.token({
      grant_type: 'authorization_code',
      client_id: 'spa',
      code,
      redirect_uri: CALLBACK,
      code_verifier: VERIFIER,
    });
  const issue = async () => String((await exchange(await codeOf())).body.refresh_token);
  const refresh = (refresh_token: unknown) =>
    door.token({ grant_type: 'refresh_token', client_id: 'spa', refresh_token: String(refresh_token) });
  const statuses = (answers: { status: number }[]) => answers.map(({ status }) => status).sort();
  const all = (count: number, act: () => Promise<{ status: number; body: Record<string, unknown> }>) =>
    Promise.all(Array.from({ length: count }, act));
  const rows = async () => {
    const { records } = await door.deps.store.refreshTokens.ofUser(door.house.tenant.id, userId, {
      page: { offset: 0, limit: 50 },
    });
    return records;
  };

  test('of many exchanges at once exactly one wins without leeway', async () => {
    const token = await issue();
    const answers = await all(6, () => refresh(token));
    expect(statuses(answers)).toEqual([200, 403, 403, 403, 403, 403]);
    // Whoever lost may have come twice, and then nobody keeps anything; never is there a second key.
    const winner = answers.find(({ status }) => status === 200);
    const generations = (await rows())
      .filter(({ lastExchangedAt }) => lastExchangedAt)
      .map(({ generation }) => generation);
    expect([[], [2]]).toContainEqual(generations);
    expect((await refresh(winner?.body.refresh_token)).status).toBe(generations.length === 0 ? 403 : 200);
  });

  test('within the leeway all win, and each has a key that goes on', async () => {
    await settings(30);
    const token = await issue();
    const answers = await all(5, async () => refresh(token));
    expect(statuses(answers)).toEqual([200, 200, 200, 200, 200]);
    expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(5);
    expect((await rows()).map(({ generation }) => generation)).toEqual([2]);
    // They are former keys of one another once one of them is exchanged.
    const again = await Promise.all(answers.map(({ body }) => refresh(body.refresh_token)));
    expect(statuses(again)).toEqual([200, 200, 200, 200, 200]);
    expect((await rows()).map(({ generation }) => generation)).toEqual([3]);
  });
  test('of a revocation and an exchange at once nothing is left, whoever is first', async () => {
    for (let round = 0; round < 4; round += 1) {
      const one = await issue();
      const [answer] = await Promise.all([
        refresh(one),
        door.app.request(`${door.site}/oauth/revoke`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ client_id: 'spa', token: one }),
        }),
      ]);
      expect([200, 403]).toContain(answer.status);
      expect((await refresh(answer.body.refresh_token ?? one)).status).toBe(403);
    }
  });

  test('of a block and an exchange at once nothing is left', async () => {
    const one = await issue();
    const [answer] = await Promise.all([
      refresh(one),
      door.deps.store.users.endLogins(door.house.tenant.id, userId, 'account-deactivated'),
    ]);
    expect((await refresh(answer.body.refresh_token ?? one)).status).toBe(403);
    expect(await rows()).toEqual([]);
  });

  test('a code that many bring at once opens once, and what it opened ends when it comes again', async () => {
    const code = await codeOf();
    const answers = await all(6, () => exchange(code));
    expect(statuses(answers)).toEqual([200, 403, 403, 403, 403, 403]);
    expect((await rows()).length).toBeLessThan(2);
    expect((await exchange(code)).status).toBe(403);
    expect(await rows()).toEqual([]);
  });
});
