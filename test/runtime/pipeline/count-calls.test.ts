// How long a run waited outside: calls that are under way together are waited for once.
import { expect, test } from 'vitest';
import type { OutgoingCall } from '#actions/outgoing-call.ts';
import type { Outcome } from '#runtime/egress/egress.ts';
import { countCalls } from '#runtime/pipeline/count-calls.ts';

const CALL: OutgoingCall = { method: 'GET', url: 'https://api.example/', headers: [], redirect: 'follow' };
const OPTIONS = { timeoutMs: 1000 };

test('two calls at once and one that fails; time between calls is none of theirs', async () => {
  const gates: PromiseWithResolvers<Outcome>[] = [];
  const outside = countCalls(() => {
    const gate = Promise.withResolvers<Outcome>();
    gates.push(gate);
    return gate.promise;
  });
  expect(outside.counted()).toBeUndefined();
  const startedAt = performance.now();
  const both = [outside.request(CALL, OPTIONS), outside.request(CALL, OPTIONS)];
  await new Promise((resolve) => setTimeout(resolve, 20));
  gates[0]?.resolve({ ok: false, code: 'ETIMEDOUT', message: 'too slow' });
  gates[1]?.resolve({ ok: false, code: 'ETIMEDOUT', message: 'too slow' });
  await Promise.all(both);
  const first = outside.counted();
  expect(first?.count).toBe(2);
  expect(first?.ms).toBeGreaterThan(10);
  expect(first?.ms).toBeLessThanOrEqual(performance.now() - startedAt + 1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(outside.counted()).toEqual(first);
  const third = outside.request(CALL, OPTIONS);
  gates[2]?.reject(new Error('stopped'));
  await expect(third).rejects.toThrow('stopped');
  expect(outside.counted()?.count).toBe(3);
});
