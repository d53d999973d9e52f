// Tests of storage: allowances. What may be had only so often is had so often by many at once, too; and of several that
// are taken together all are, or none.
import { describe, expect, test } from 'vitest';
import type { Allowance } from '#storage/store.ts';
import type { Stores } from '../conformance.ts';
import { AT, fresh } from '../samples.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MINUTE = 60_000;

export function describeAllowances(stores: Stores): void {
  const window: Allowance = { kind: 'window', key: 'k', most: 3, seconds: 3600 };
  const bucket: Allowance = { kind: 'bucket', key: 'k', capacity: 3, refillSeconds: 3600 };
  const count: Allowance = { kind: 'count', key: 'k', most: 3, until: AT + DAY };

  const setup = () => {
    const tenantId = fresh('ten');
    const take = (allowances: Allowance[], after = 0) => stores.store.takeAllowances(tenantId, allowances, AT + after);
    /** How many are used after each, or how many seconds to wait. */
    const told = async (allowance: Allowance, ...afters: number[]) => {
      const answers: string[] = [];
      for (const after of afters) {
        const answer = await take([allowance], after);
        answers.push(answer.taken ? `${answer.counts[0]}` : `wait ${answer.retryAfterSeconds}`);
      }
      return answers;
    };
    return { tenantId, take, told };
  };

  describe('an allowance', () => {
    test.each<[name: string, allowance: Allowance, afters: number[], told: string[]]>([
      [
        'a window is full until its oldest leaves',
        window,
        [0, 0, MINUTE, MINUTE, HOUR - 1],
        ['1', '2', '3', 'wait 3540', 'wait 1'],
      ],
      ['a window slides', window, [0, 0, MINUTE, HOUR, HOUR, HOUR], ['1', '2', '3', '2', '3', 'wait 60']],
      ['a window begins anew when all have left', window, [0, 1, 2, 2 * HOUR], ['1', '2', '3', '1']],
      [
        'a window counts what another clock wrote later',
        window,
        [MINUTE, 0, 30_000, 30_000],
        ['1', '2', '3', 'wait 3570'],
      ],
      [
        'a bucket gains one at a time',
        bucket,
        [0, 0, 0, 0, HOUR, HOUR],
        ['1', '2', '3', 'wait 3600', '3', 'wait 3600'],
      ],
      [
        'a bucket is full again in the end',
        bucket,
        [0, 0, 0, DAY, DAY, DAY, DAY],
        ['1', '2', '3', '1', '2', '3', 'wait 3600'],
      ],
      ['a count stays until its end', count, [0, HOUR, DAY - 1000, DAY - 1000], ['1', '2', '3', 'wait 1']],
      ['a count is forgotten at its end', { ...count, most: 1 }, [0, DAY - 1, DAY], ['1', 'wait 1', '1']],
    ])('%s', async (_name, allowance, afters, expected) => {
      expect(await setup().told(allowance, ...afters)).toEqual(expected);
    });

    test('that becomes smaller lets none through until enough have left', async () => {
      const { told } = setup();
      await told(window, 0, MINUTE, 2 * MINUTE);
      const smaller = { ...window, most: 1 };
      expect(await told(smaller, 3 * MINUTE, HOUR, HOUR + 2 * MINUTE)).toEqual(['wait 3540', 'wait 120', '1']);
    });

    test('is taken with others or not at all', async () => {
      const { take } = setup();
      const last: Allowance = { ...count, key: 'last', most: 1 };
      expect(await take([window, bucket, last])).toEqual({ taken: true, counts: [1, 1, 1] });
      expect(await take([window, bucket, last])).toEqual({ taken: false, refused: 2, retryAfterSeconds: 86_400 });
      expect(await take([window, bucket])).toEqual({ taken: true, counts: [2, 2] });
      expect(await take([])).toEqual({ taken: true, counts: [] });
    });

    test('tells the longest wait of all that refuse', async () => {
      const { take } = setup();
      const one = { ...window, most: 1, seconds: 60 };
      await take([one, bucket, { ...bucket, key: 'b', capacity: 1 }]);
      expect(await take([bucket, one, { ...bucket, key: 'b', capacity: 1 }])).toEqual({
        taken: false,
        refused: 1,
        retryAfterSeconds: 3600,
      });
    });

    test('is one for each tenant, kind and key', async () => {
      const { take, tenantId } = setup();
      const one = { most: 1, seconds: 60 };
      const long = 'x'.repeat(20_000);
      const known = [tenantId, fresh('ten')];
      for (const tenant of known) {
        for (const key of ['a', 'b', long, 'nul\0']) {
          const taken = await stores.store.takeAllowances(tenant, [{ kind: 'window', key, ...one }], AT);
          expect(taken).toEqual({ taken: true, counts: [1] });
        }
      }
      expect(await take([{ kind: 'bucket', key: 'a', capacity: 1, refillSeconds: 60 }])).toMatchObject({ taken: true });
      expect(await take([{ kind: 'window', key: 'a', ...one }])).toMatchObject({ taken: false });
    });

    test('is swept when nothing of it is used', async () => {
      const { take, tenantId } = setup();
      const left = async () => {
        const found = await stores.subject.raw(`select used from allowances where tenant_id = '${tenantId}'`);
        return found.length;
      };
      await take([window, { ...window, key: 'longer', seconds: 7200 }]);
      await take([{ ...window, key: 'never', most: 0 }]);
      await stores.store.sweep(AT + HOUR - 1);
      expect(await left()).toBe(2);
      await stores.store.sweep(AT + HOUR);
      expect(await left()).toBe(1);
    });

    test.each<[Allowance]>([[window], [bucket], [count]])(
      'is had by as many at once as there are: %j',
      async (allowance) => {
        const { tenantId } = setup();
        const beside = (index: number): Allowance => ({
          kind: 'count',
          key: `beside ${index % 3}`,
          most: 100,
          until: AT + DAY,
        });
        const all = await Promise.all(
          Array.from({ length: 40 }, (_, index) => {
            const store = index % 2 === 0 ? stores.store : stores.other;
            const both = [allowance, beside(index)];
            return store.takeAllowances(tenantId, index % 4 < 2 ? both : both.toReversed(), AT);
          }),
        );
        expect(all.filter(({ taken }) => taken)).toHaveLength(3);
        const counts = all.flatMap((each, index) => (each.taken ? [each.counts[index % 4 < 2 ? 0 : 1]] : []));
        expect(counts.sort()).toEqual([1, 2, 3]);
      },
    );
  });
}
