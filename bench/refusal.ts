// How long a refusal takes when nobody has the address, against when the password is wrong. Far from 1, the time would
// tell a stranger which accounts exist.
import { bruteForceOf, suspiciousIpOf } from '#runtime/protection/settings.ts';
import { openHouse } from '#test/kit/house.ts';
import type { BenchLine } from './bench-line.ts';

const ROUNDS = 60;

export async function benchRefusal(): Promise<BenchLine[]> {
  const house = await openHouse();
  try {
    const { email = '' } = await house.user('ana');
    // Otherwise both are soon refused without being judged.
    await house.editTenant((tenant) => ({
      ...tenant,
      attackProtection: {
        bruteForce: { ...bruteForceOf(tenant), enabled: false },
        suspiciousIp: { ...suspiciousIpOf(tenant), enabled: false },
      },
    }));
    const { key } = await house.begin();
    const refuse = async (identifier: string): Promise<number> => {
      const startedAt = performance.now();
      const shown = await house.step(key, { kind: 'submitted', identifier, password: 'wrong' });
      if (shown.notice?.key !== 'wrong-credentials') throw new Error('this should have been refused');
      return performance.now() - startedAt;
    };
    const unknown: number[] = [];
    const wrong: number[] = [];
    // In turn, so that a slower minute of the machine falls on both.
    for (let round = 0; round < ROUNDS; round++) {
      unknown.push(await refuse(`nobody-${round}@example.com`));
      wrong.push(await refuse(email));
    }
    const [value, yardstick] = [median(unknown), median(wrong)];
    const name = 'refusing an unknown address (ms), against refusing a wrong password';
    const note = `medians of ${ROUNDS}; 1 means that time tells nothing`;
    return [{ name, value, yardstick, ratio: value / yardstick, goal: Number.POSITIVE_INFINITY, note }];
  } finally {
    await house.close();
  }
}

function median(times: number[]): number {
  return times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0;
}
