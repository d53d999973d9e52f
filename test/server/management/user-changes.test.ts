// Two who change one user at the same moment, on both databases: whatever each of them names, both changes hold.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases } from '#test/kit/databases.ts';
import { createDice } from '#test/kit/dice.ts';
import { type Office, openOffice, user } from './office.ts';

describe.each(databases())('users on %s', (_name, open) => {
  let office: Office;
  beforeAll(async () => {
    office = await openOffice(await open());
  });
  afterAll(() => office.close());

  test('whatever two change at once, neither undoes what the other changed', async () => {
    const roll = createDice(10);
    const made = (await office.send('POST', '/api/v2/users', user('two-at-once'))).body;
    const path = `/api/v2/users/${encodeURIComponent(String(made.user_id))}`;
    const values = { blocked: [true, false], name: ['One', 'Two'], nickname: ['a', 'b'], given_name: ['Ada', null] };
    const keys = ['a', 'b', 'c', 'd'];
    for (let round = 0; round < 20; round += 1) {
      const before = (await office.send('GET', path)).body;
      // Each thing that can be changed is one's or the other's.
      const changes: [Record<string, unknown>, Record<string, unknown>] = [{}, {}];
      const mine = () => changes[roll.below(2)] ?? {};
      for (const [name, choices] of Object.entries(values)) mine()[name] = roll.one<unknown>(choices);
      for (const metadata of ['user_metadata', 'app_metadata']) {
        for (const key of keys) {
          const change = mine();
          change[metadata] = {
            ...(change[metadata] as object),
            [key]: roll.one([null, round, [round], { [key]: round }]),
          };
        }
      }
      const answered = await Promise.all(changes.map((change) => office.send('PATCH', path, change)));
      expect(answered.map(({ status }) => status)).toEqual([200, 200]);
      const wanted = changes.reduce<Record<string, unknown>>(merged, before);
      expect((await office.send('GET', path)).body).toEqual({ ...wanted, updated_at: expect.any(String) });
    }
  });
});

/** What Auth0 documents of a change: null removes, metadata is merged by its keys, all else replaces. */
function merged(user: Record<string, unknown>, change: Record<string, unknown>): Record<string, unknown> {
  const next = new Map(Object.entries(user));
  for (const [name, value] of Object.entries(change)) {
    const isMetadata = name.endsWith('_metadata');
    const present = (next.get(name) ?? {}) as Record<string, unknown>;
    const kept = isMetadata ? merged(present, value as Record<string, unknown>) : value;
    if (kept === null || (isMetadata && Object.keys(kept as object).length === 0)) next.delete(name);
    else next.set(name, kept);
  }
  return Object.fromEntries(next);
}
