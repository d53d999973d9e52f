// Tests: half of the logins that are played against the reference model, and that they were not all alike.
import { expect } from 'vitest';
import { count } from '#test/kit/counts.ts';
import { playCases } from './property.ts';

/** Together 20,000 logins in `npm run test:long`. */
const LOGINS = count(130, 10_000);
const CASES = count(40, 2_700);

export async function expectHalf(seed: number): Promise<void> {
  const { logins, ends } = await playCases(seed, CASES);
  expect(logins).toBeGreaterThanOrEqual(LOGINS);
  // Cases that all end at once would show nothing.
  expect(ends.get('completed')).toBeGreaterThan(LOGINS / 4);
  expect(ends.get('denied')).toBeGreaterThan(LOGINS / 8);
  for (const by of ['browser', 'password', 'refresh']) {
    expect([by, (ends.get(`completed by ${by}`) ?? 0) > LOGINS / 40]).toEqual([by, true]);
  }
}
