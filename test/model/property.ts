// Tests: the property: whatever tenant, person, chain and visits, the product does what the model says. Told shrunk.
import fc from 'fast-check';
import type { Passwords } from '#runtime/ports.ts';
import { count } from '#test/kit/counts.ts';
import { openHouse } from '#test/kit/house.ts';
import { letRefresh } from '#test/runtime/at-a-client.ts';
import { cases } from './cases.ts';
import type { Case } from './chain.ts';
import { play, type Stage } from './drive.ts';
import { told } from './told.ts';

/** After it what was found so far is told: a failure that is still being shrunk, or too few logins. */
export const LONGEST_MS = count(40_000, 12 * 60_000);

export type Played = { logins: number; ends: Map<string, number> };

/** What a password costs says nothing about pauses. */
const plainly: Passwords = {
  hash: async (text) => text,
  verify: async (text, hash) => ({ ok: text === hash }),
};

/** Plays `runs` cases. @throws with the smallest case that was found, its scripts, and where the two part. */
export async function playCases(seed: number, runs: number, passwords = plainly): Promise<Played> {
  const house = await openHouse({ ports: { passwords } });
  await letRefresh(house, { rotation_type: 'rotating', leeway: 0 });
  const listening = house.runtime.liveConsole.listen(house.tenant.id);
  if (!listening) throw new Error('nobody hears the scripts');
  const settled = { roles: new Map<string, string>(), hasForm: false, people: 0 };
  const stage: Stage = { house, listening, settled, cases: 0, logins: 0, ends: new Map() };
  try {
    const property = fc.asyncProperty(cases, (each) => play(stage, each));
    const details = await fc.check(property, { numRuns: runs, seed, interruptAfterTimeLimit: LONGEST_MS });
    if (details.failed) throw new Error(report(details));
  } finally {
    listening.stop();
    await house.close();
  }
  return { logins: stage.logins, ends: stage.ends };
}

function report({ counterexample, errorInstance, seed, counterexamplePath, numRuns }: fc.RunDetails<[Case]>): string {
  const [smallest] = counterexample ?? [];
  const why = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  const where = `case ${numRuns} of seed ${seed}, path ${counterexamplePath}`;
  return `the product is not what the model says (${where})\n\n${smallest ? told(smallest) : ''}\n\n${why}`;
}
