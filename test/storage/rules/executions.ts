// Tests of storage: what ran and what was built to run: lists of executions, and what the sweep takes and leaves.
import { describe, expect, test } from 'vitest';
import type { ExecutionRecord } from '#storage/records.ts';
import type { ExecutionQuery } from '#storage/store.ts';
import type { Stores } from '../conformance.ts';
import { aBuild, anExecution, aRun } from '../run-samples.ts';
import { AT, anAction, anActionVersion, fresh, LATER } from '../samples.ts';

const HOUR = 3_600_000;

export function describeExecutions(stores: Stores): void {
  describe('executions', () => {
    test('come back as they went in, to their own tenant', async () => {
      const { store } = stores;
      const {
        userId: _,
        clientId: __,
        transactionId: ___,
        ...bare
      } = anExecution(fresh('ten'), {
        triggerId: 'credentials-exchange',
        results: [],
      });
      const whole = anExecution(fresh('ten'), { userId: 'x'.repeat(9000), results: [aRun(), aRun({ console: [] })] });
      for (const execution of [bare, whole]) {
        expect(await store.commit([{ kind: 'execution.insert', execution }])).toEqual({ ok: true });
        expect(await store.executions.find(execution.tenantId, execution.id)).toEqual(execution);
        expect(await store.executions.find(fresh('ten'), execution.id)).toBeUndefined();
      }
    });

    test('lose what was recorded when the person is removed, and stay', async () => {
      const { store } = stores;
      const tenantId = fresh('ten');
      const recorded = { handler: 'h', event: { user: { name: 'Ana' } }, now: AT, seed: 's', questions: [], calls: [] };
      // More than are read at once, and one of somebody else.
      const all = [...Array(23).keys(), 'other'].map((index) =>
        anExecution(tenantId, {
          userId: index === 'other' ? 'auth0|b' : 'auth0|a',
          results: index === 3 ? [aRun()] : [aRun({ recorded }), aRun(), aRun({ recorded: { incomplete: 'x' } })],
        }),
      );
      for (const execution of all) await store.commit([{ kind: 'execution.insert', execution }]);
      await store.users.remove(tenantId, 'auth0|a');
      const bare = ({ results, ...rest }: ExecutionRecord): ExecutionRecord => ({
        ...rest,
        results: results.map(({ recorded: _, ...result }) => result),
      });
      const { records } = await store.executions.list(tenantId, { limit: 50 });
      expect(records).toEqual(all.map((each) => (each.userId === 'auth0|b' ? each : bare(each))).toReversed());
    });

    test('without a login are found by no login', async () => {
      const { store } = stores;
      const tenantId = fresh('ten');
      const { transactionId: _, ...execution } = anExecution(tenantId, { triggerId: 'pre-user-registration' });
      await store.commit([{ kind: 'execution.insert', execution }]);
      expect(await store.executions.list(tenantId, { limit: 9 })).toEqual({ records: [execution] });
      expect(await store.executions.list(tenantId, { transactionId: '', limit: 9 })).toEqual({ records: [] });
    });

    test('are written with their batch or not at all', async () => {
      const { store } = stores;
      const tenantId = fresh('ten');
      const [first, lost] = [anExecution(tenantId), anExecution(tenantId)];
      const again = { kind: 'execution.insert', execution: { ...first, status: 'partial' } } as const;
      await store.commit([{ kind: 'execution.insert', execution: first }]);
      expect(await store.commit([{ kind: 'execution.insert', execution: lost }, again])).toEqual({
        ok: false,
        failed: again,
      });
      const { actionId } = lost.results[0]!;
      expect(await store.executions.find(tenantId, lost.id)).toBeUndefined();
      expect(await store.executions.list(tenantId, { actionId, limit: 9 })).toEqual({ records: [] });
      expect(await store.executions.find(tenantId, first.id)).toEqual(first);
    });

    const some = (tenantId: string): ExecutionRecord[] => [
      anExecution(tenantId, { userId: 'auth0|a', results: [aRun({ actionId: 'one' }), aRun({ actionId: 'one' })] }),
      anExecution(tenantId, { userId: 'auth0|b', transactionId: 'tx', results: [aRun({ actionId: 'two' })] }),
      anExecution(tenantId, { userId: 'auth0|a', transactionId: 'tx', results: [aRun({ actionId: 'one' })] }),
      anExecution(tenantId, { userId: 'auth0|a', results: [aRun({ actionId: 'two' }), aRun({ actionId: 'one' })] }),
    ];
    const rows: [what: string, query: Partial<ExecutionQuery>, expected: number[]][] = [
      ['newest first', {}, [3, 2, 1, 0]],
      ['of an Action', { actionId: 'one' }, [3, 2, 0]],
      ['of a login', { transactionId: 'tx' }, [2, 1]],
      ['of a person', { userId: 'auth0|a' }, [3, 2, 0]],
      ['of all three', { actionId: 'one', transactionId: 'tx', userId: 'auth0|a' }, [2]],
      ['of an Action that never ran', { actionId: 'three' }, []],
    ];
    test.each(rows)('are listed: %s', async (_, query, expected) => {
      const { store } = stores;
      const tenantId = fresh('ten');
      const all = some(tenantId);
      for (const execution of [...all, ...some(fresh('ten'))]) {
        await store.commit([{ kind: 'execution.insert', execution }]);
      }
      const records = expected.map((i) => all[i]);
      expect(await store.executions.list(tenantId, { limit: 50, ...query })).toEqual({ records });
      // The same, one by one.
      const seen: unknown[] = [];
      let before: number | undefined;
      do {
        const page = await store.executions.list(tenantId, {
          ...query,
          limit: 1,
          ...(before === undefined ? {} : { before }),
        });
        seen.push(...page.records);
        before = page.next;
      } while (before !== undefined);
      expect(seen).toEqual(records);
    });

    test('are swept when their time is over', async () => {
      const { store } = stores;
      const tenantId = fresh('ten');
      const [past, future] = [anExecution(tenantId, { expiresAt: AT + 40 }), anExecution(tenantId)];
      for (const execution of [past, future]) await store.commit([{ kind: 'execution.insert', execution }]);
      await store.sweep(AT + 39);
      expect(await store.executions.find(tenantId, past.id)).toEqual(past);
      await store.sweep(AT + 40);
      expect(await store.executions.list(tenantId, { limit: 9 })).toEqual({ records: [future] });
      const left = await stores.subject.raw(`select action_id from execution_actions where tenant_id = '${tenantId}'`);
      expect(left).toEqual([{ action_id: future.results[0]!.actionId }]);
    });
  });

  describe('builds', () => {
    test('stay as long as an Action or a version of the same tenant names them', async () => {
      const { store } = stores;
      const [tenantId, stranger] = [fresh('ten'), fresh('ten')];
      const builds = Array.from({ length: 4 }, () => aBuild(tenantId));
      const [drafted, deployed, edited, foreign] = builds.map(({ id }) => id) as [string, string, string, string];
      const young = aBuild(tenantId, { updatedAt: AT + HOUR });
      for (const build of [...builds, young]) await store.builds.insert(build);
      const action = anAction(tenantId, { buildId: drafted });
      const version = anActionVersion(tenantId, { buildId: deployed });
      const other = anAction(tenantId, { buildId: edited });
      await store.actions.insert(action);
      await store.actionVersions.insert(version);
      await store.actions.insert(other);
      await store.actions.insert(anAction(stranger, { buildId: foreign }));
      const left = async () => (await store.builds.list(tenantId)).records.map(({ id }) => id);

      await store.sweep(AT + HOUR - 1);
      expect(await left()).toEqual([drafted, deployed, edited, foreign, young.id]);
      await store.sweep(AT + HOUR);
      expect(await left()).toEqual([drafted, deployed, edited, young.id]);
      expect(await store.actions.find(tenantId, action.id)).toEqual(action);
      expect(await store.actionVersions.find(tenantId, version.id)).toEqual(version);

      const { buildId: __, ...without } = other;
      await store.actions.update(tenantId, other.id, () => without);
      await store.actionVersions.remove(tenantId, version.id);
      await store.sweep(AT + HOUR);
      expect(await left()).toEqual([drafted, young.id]);
      await store.actions.remove(tenantId, action.id);
      await store.sweep(LATER + HOUR);
      expect(await left()).toEqual([]);
    });
  });
}
