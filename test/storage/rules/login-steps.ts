// Tests of storage: the steps of logins: as they were written, the list of logins, and what the sweep takes and leaves.
import { describe, expect, test } from 'vitest';
import { SealError } from '#storage/keyring.ts';
import type { LoginStepRecord } from '#storage/records.ts';
import type { LoginQuery } from '#storage/store.ts';
import type { Stores } from '../conformance.ts';
import { aLoginStep } from '../run-samples.ts';
import { AT, fresh } from '../samples.ts';

export function describeLoginSteps(stores: Stores): void {
  const write = async (...steps: LoginStepRecord[]) => {
    for (const step of steps) {
      expect(await stores.store.commit([{ kind: 'login-step.insert', step }])).toEqual({ ok: true });
    }
  };

  describe('steps of logins', () => {
    test('come back as they went in, in their order, to their own tenant', async () => {
      const [tenantId, transactionId] = [fresh('ten'), fresh('tx')];
      const { userId: _, from: __, executionId: ___, notice: ____, ...bare } = aLoginStep(tenantId, { transactionId });
      const whole = aLoginStep(tenantId, { transactionId, ordinal: 12, userId: 'x'.repeat(9000) });
      const second = aLoginStep(tenantId, { transactionId, ordinal: 3 });
      await write(bare, whole, second, aLoginStep(tenantId));
      expect(await stores.store.loginSteps.ofLogin(tenantId, transactionId)).toEqual([bare, second, whole]);
      expect(await stores.store.loginSteps.ofLogin(fresh('ten'), transactionId)).toEqual([]);
    });

    test('are written with their batch or not at all', async () => {
      const tenantId = fresh('ten');
      const [first, lost] = [aLoginStep(tenantId), aLoginStep(tenantId)];
      await write(first);
      const again = { kind: 'login-step.insert', step: { ...first, door: 'token' } } as const;
      expect(await stores.store.commit([{ kind: 'login-step.insert', step: lost }, again])).toEqual({
        ok: false,
        failed: again,
      });
      expect(await stores.store.loginSteps.ofLogin(tenantId, lost.transactionId)).toEqual([]);
      expect(await stores.store.loginSteps.ofLogin(tenantId, first.transactionId)).toEqual([first]);
    });

    const some = (tenantId: string): LoginStepRecord[] => {
      const [one, two, three] = [fresh('tx'), fresh('tx'), fresh('tx')];
      const { userId: _, ...unknown } = aLoginStep(tenantId, { transactionId: one });
      return [
        unknown,
        aLoginStep(tenantId, { transactionId: two, userId: 'auth0|b' }),
        aLoginStep(tenantId, { transactionId: one, ordinal: 3, userId: 'auth0|a' }),
        aLoginStep(tenantId, { transactionId: three, userId: 'auth0|a' }),
        aLoginStep(tenantId, { transactionId: two, ordinal: 2, userId: 'auth0|b' }),
      ];
    };
    const rows: [what: string, query: Partial<LoginQuery>, expected: number[]][] = [
      ['all, the one that was moved last first', {}, [4, 3, 2]],
      ['of a person', { userId: 'auth0|a' }, [3, 2]],
      ['of nobody there is', { userId: 'auth0|c' }, []],
    ];
    test.each(rows)('tell of logins by their last step: %s', async (_, query, expected) => {
      const tenantId = fresh('ten');
      const all = some(tenantId);
      await write(...all, ...some(fresh('ten')));
      const records = expected.map((at) => all[at]);
      expect(await stores.store.loginSteps.logins(tenantId, { limit: 50, ...query })).toEqual({ records });
      // The same, one by one.
      const seen: unknown[] = [];
      let before: number | undefined;
      do {
        const from = before === undefined ? {} : { before };
        const page = await stores.store.loginSteps.logins(tenantId, { ...query, limit: 1, ...from });
        seen.push(...page.records);
        before = page.next;
      } while (before !== undefined);
      expect(seen).toEqual(records);
    });

    test.each(['transaction_id', 'tenant_id', 'ordinal'])('do not open under another %s', async (column) => {
      const tenantId = fresh('ten');
      const [mine, theirs] = [aLoginStep(tenantId), aLoginStep(fresh('ten'), { ordinal: 7 })];
      await write(mine, theirs);
      const there = { transaction_id: theirs.transactionId, tenant_id: theirs.tenantId, ordinal: '8' }[column];
      await stores.subject.raw(
        `update login_steps set ${column} = '${there}' where transaction_id = '${mine.transactionId}'`,
      );
      const moved = {
        transaction_id: [tenantId, theirs.transactionId],
        tenant_id: [theirs.tenantId, mine.transactionId],
      };
      const [tenant = tenantId, login = mine.transactionId] = moved[column as keyof typeof moved] ?? [];
      await expect(stores.store.loginSteps.ofLogin(tenant, login)).rejects.toThrow(SealError);
      await stores.subject.raw(`delete from login_steps where transaction_id = '${login}' and tenant_id = '${tenant}'`);
    });

    test('are swept when their time is over', async () => {
      const tenantId = fresh('ten');
      const [past, future] = [aLoginStep(tenantId, { expiresAt: AT + 40 }), aLoginStep(tenantId)];
      await write(past, future);
      await stores.store.sweep(AT + 39);
      expect(await stores.store.loginSteps.ofLogin(tenantId, past.transactionId)).toEqual([past]);
      await stores.store.sweep(AT + 40);
      expect(await stores.store.loginSteps.logins(tenantId, { limit: 9 })).toEqual({ records: [future] });
    });

    test('stay when the person is removed, until their time is over', async () => {
      const tenantId = fresh('ten');
      const step = aLoginStep(tenantId);
      await write(step);
      await stores.store.users.remove(tenantId, step.userId ?? '');
      expect(await stores.store.loginSteps.ofLogin(tenantId, step.transactionId)).toEqual([step]);
    });
  });
}
