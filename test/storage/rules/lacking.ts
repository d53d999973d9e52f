// Tests of storage: who has none of some factors, counted and named.
import { describe, expect, test } from 'vitest';
import type { LackingQuery } from '#storage/store.ts';
import type { Stores } from '../conformance.ts';
import { anAuthenticator, aUser, fresh } from '../samples.ts';

export function describeLacking(stores: Stores): void {
  describe('who lacks factors', () => {
    test('is counted of those who may sign in, and named in the order of creation', async () => {
      const { users, authenticators } = stores.store;
      const tenantId = fresh('ten');
      const people = {
        app: { emailVerified: false },
        phone: { emailVerified: false },
        begun: { emailVerified: false },
        mail: { email: 'mail@example.com', emailVerified: true },
        unverified: { email: 'unverified@example.com', emailVerified: false },
        blocked: { blocked: true, emailVerified: false },
      };
      const ids = new Map<string, string>();
      for (const [name, changes] of Object.entries(people)) {
        const user = aUser(tenantId, changes);
        ids.set(user.id, name);
        await users.insert(user);
        if (name === 'app') await users.insert(aUser(tenantId, { linkedTo: user.id, emailVerified: false }));
        if (name === 'app') await authenticators.insert(anAuthenticator(tenantId, user.id, { type: 'totp' }));
        if (name === 'phone') await authenticators.insert(anAuthenticator(tenantId, user.id, { type: 'phone' }));
        if (name === 'begun') {
          await authenticators.insert(anAuthenticator(tenantId, user.id, { type: 'totp', confirmed: false }));
        }
      }
      const neighbour = aUser(fresh('ten'));
      await users.insert(neighbour);

      const rows: [query: Omit<LackingQuery, 'examples'>, users: number, lacking: string[]][] = [
        [{ types: ['totp'], mailbox: false }, 5, ['phone', 'begun', 'mail', 'unverified']],
        [{ types: ['totp', 'phone'], mailbox: false }, 5, ['begun', 'mail', 'unverified']],
        [{ types: ['totp', 'phone'], mailbox: true }, 5, ['begun', 'unverified']],
        [{ types: [], mailbox: true }, 5, ['app', 'phone', 'begun', 'unverified']],
        [{ types: [], mailbox: false }, 5, ['app', 'phone', 'begun', 'mail', 'unverified']],
        [{ types: ['totp'], mailbox: false, having: ['totp', 'phone'] }, 2, ['phone']],
        [{ types: ['totp'], mailbox: false, having: [] }, 0, []],
      ];
      for (const [query, total, lacking] of rows) {
        const found = await users.lacking(tenantId, { ...query, examples: 10 });
        const named = found.examples.map(({ id }) => ids.get(id));
        expect([query, found.users, found.lacking, named]).toEqual([query, total, lacking.length, lacking]);
      }
      const two = await users.lacking(tenantId, { types: [], mailbox: false, examples: 2 });
      expect([two.lacking, two.examples.map(({ id }) => ids.get(id))]).toEqual([5, ['app', 'phone']]);
      expect(await users.lacking(fresh('ten'), { types: ['totp'], mailbox: true, examples: 10 })).toEqual({
        users: 0,
        lacking: 0,
        examples: [],
      });
    });
  });
}
