// The protocol layer held against a certified one: the same questions over real HTTP to both, and every answer that is not
// the same stands in one short list with its reason.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { completeSigningKeys } from '#runtime/lifecycle/signing-key.ts';
import { DIFFERENCES, type Difference } from './differences.ts';
import { openOurs } from './ours.ts';
import type { Probe } from './probe.ts';
import { PROBES } from './probes/all.ts';
import { openReference } from './reference.ts';
import { differences, type Seen, see } from './seen.ts';
import type { Side } from './side.ts';

const MOST_DIFFERENCES = 40;
const FEWEST_PROBES = 200;

/** A way in which one probe was answered differently. */
type Found = { probe: string; differs: string };
type Answers = { id: string; reference: Seen; ours: Seen };

const answers: Answers[] = [];
const found: Found[] = [];

beforeAll(async () => {
  // The library reads the time from the machine: it moves only when a probe says so, and for both.
  vi.useFakeTimers({ toFake: ['Date'] });
  const { side: ours, door, ana } = await openOurs();
  const { house } = door;
  const keys = await completeSigningKeys(house.ports, house.tenant.id, 'RS256');
  const current = keys.find(({ place }) => place === 'current');
  if (!current) throw new Error('the tenant has no key');
  const reference = await openReference({ ...current.privateJwk, kid: current.id }, ana);
  const later = (seconds: number) => {
    vi.setSystemTime(Date.now() + seconds * 1000);
    house.clock.advance(seconds * 1000);
  };
  for (const probe of PROBES) answers.push({ id: probe.id, ...(await ask(probe, { reference, ours }, later)) });
  for (const { id, ...seen } of answers) {
    found.push(...differences(seen.reference, seen.ours).map((differs) => ({ probe: id, differs })));
  }
  await Promise.all([ours.close(), reference.close()]);
}, 3 * 60_000);
afterAll(() => void vi.useRealTimers());

async function ask(
  { run, before }: Probe,
  sides: { reference: Side; ours: Side },
  later: (seconds: number) => void,
): Promise<{ reference: Seen; ours: Seen }> {
  const { reference, ours } = sides;
  const first = { reference: await before?.run(reference), ours: await before?.run(ours) };
  if (before) later(before.seconds);
  return {
    reference: await see(reference, await run(reference, first.reference)),
    ours: await see(ours, await run(ours, first.ours)),
  };
}

const fits = (pattern: string, text: string): boolean =>
  new RegExp(`^${pattern.split('*').map(RegExp.escape).join('.*')}$`).test(text);
const covers = ({ probes, differs }: Difference, one: Found): boolean =>
  probes.some((pattern) => fits(pattern, one.probe)) && differs.some((pattern) => fits(pattern, one.differs));

describe('our server and the certified library', () => {
  test(`are asked at least ${FEWEST_PROBES} questions, each by a name of its own`, () => {
    expect(PROBES.length).toBeGreaterThanOrEqual(FEWEST_PROBES);
    expect(new Set(PROBES.map(({ id }) => id)).size).toBe(PROBES.length);
  });

  test('answer alike, but for what the list of differences says', () => {
    const unknown = found.filter((one) => !DIFFERENCES.some((difference) => covers(difference, one)));
    expect(unknown.map(({ probe, differs }) => `${probe}: ${differs}`)).toEqual([]);
  });

  test('never answer with a fault', () => {
    expect(answers.filter(({ ours }) => /^5/.test(ours.status)).map(({ id }) => id)).toEqual([]);
    expect(answers.filter(({ reference }) => /^5/.test(reference.status)).map(({ id }) => id)).toEqual([]);
  });

  test('where ours hands out what the library refuses, the list names the very question', () => {
    const laxer = answers.filter(({ reference, ours }) => handsOut(ours) && !handsOut(reference)).map(({ id }) => id);
    const named = DIFFERENCES.flatMap(({ probes }) => probes);
    expect(laxer.filter((id) => !named.includes(id))).toEqual([]);
  });
});

const handsOut = ({ says }: Seen): boolean => /\b(code|access_token|id_token|device_code|request_uri|sub)\b/.test(says);

describe('the list of differences', () => {
  test(`is short: at most ${MOST_DIFFERENCES}, each by a name of its own`, () => {
    expect(DIFFERENCES.length).toBeLessThanOrEqual(MOST_DIFFERENCES);
    expect(new Set(DIFFERENCES.map(({ name }) => name)).size).toBe(DIFFERENCES.length);
  });

  test.each(DIFFERENCES.map((difference) => [difference.name, difference] as const))(
    'is true: %s',
    (_name, difference) => {
      const its = found.filter((one) => covers(difference, one));
      expect(difference.differs.filter((pattern) => !its.some(({ differs }) => fits(pattern, differs)))).toEqual([]);
      expect(difference.probes.filter((pattern) => !its.some(({ probe }) => fits(pattern, probe)))).toEqual([]);
    },
  );
});
