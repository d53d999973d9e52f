// The hostile corpus through the real sandbox, beside victims: a seeded sample in `npm test`, all of it in
// `npm run test:long`. `SALLYPORT_HOSTILE_SEED` draws a sample again.

import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { count } from '../kit/counts.ts';
import { ATTACK_CLASSES } from './attack.ts';
import { CORPUS } from './corpus/corpus.ts';
import { openRange, type Range } from './run-corpus.ts';
import { sample } from './sample.ts';
import { isClean, summarize } from './summary.ts';

const SEED = Number(process.env.SALLYPORT_HOSTILE_SEED ?? randomInt(1_000_000));
const ATTACKS = sample(CORPUS, count(16, CORPUS.length), SEED);

describe('the table', () => {
  test('has at least 260 attacks, each with an id of its own', () => {
    expect(CORPUS.length).toBeGreaterThanOrEqual(260);
    expect(new Set(CORPUS.map(({ id }) => id)).size).toBe(CORPUS.length);
    expect(CORPUS.filter(({ id }) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))).toEqual([]);
  });

  test('has every class, and every attack differs from all others', () => {
    expect(new Set(CORPUS.map((attack) => attack.class))).toEqual(new Set(ATTACK_CLASSES));
    expect(new Set(CORPUS.map(({ source }) => source)).size).toBe(CORPUS.length);
    expect(new Set(CORPUS.map(({ about }) => about)).size).toBe(CORPUS.length);
  });

  test('says for every attack how it may end', () => {
    expect(CORPUS.filter(({ expect: { ends } }) => ends.length === 0)).toEqual([]);
  });
});

describe('a sample', () => {
  test('is the same for the same seed, and another for another', () => {
    expect(sample(CORPUS, 30, 7)).toEqual(sample(CORPUS, 30, 7));
    expect(sample(CORPUS, 30, 7)).not.toEqual(sample(CORPUS, 30, 8));
  });

  test('has every class', () => {
    for (let seed = 0; seed < 20; seed++) {
      const drawn = sample(CORPUS, ATTACK_CLASSES.length, seed);
      expect(new Set(drawn.map((attack) => attack.class)).size).toBe(ATTACK_CLASSES.length);
    }
  });
});

describe(`attacks of seed ${SEED}`, () => {
  let range: Range;
  beforeAll(async () => {
    range = await openRange();
  });
  afterAll(() => range.close());

  // A process that dies says only who ran in it: on a busy machine a neighbour is once among them, who was there by chance.
  test.each(ATTACKS)('$class: $id', { timeout: 60_000, retry: 1 }, async (attack) => {
    const report = await range.attack(attack);
    expect({ complaints: report.complaints, others: report.victimProblems }).toEqual({ complaints: [], others: [] });
    expect(report.victimLogins).toBeGreaterThan(0);
  });
});

describe('the summary', () => {
  const report = {
    id: 'loop',
    class: 'cpu' as const,
    end: 'timeout' as const,
    detail: '',
    complaints: [],
    ms: 1,
    grewMb: 0,
    cellsLost: 0,
    quarantineLost: 0,
    victimLogins: 2,
    victimProblems: [],
    victimAddedMs: [1, 20],
  };
  const tally = { reports: [report], aborts: [], quietMs: 1, cells: 2, left: 0 };

  test.each([
    ['says that the wall held', tally, true, 'The wall held: 1 attacks'],
    [
      'shows an attack that came through',
      { ...tally, reports: [{ ...report, complaints: ['got out'] }] },
      false,
      'loop: got out',
    ],
    [
      'shows a login that was lost',
      { ...tally, reports: [{ ...report, victimProblems: ['lost: x'] }] },
      false,
      'lost: x',
    ],
    ['shows an abort', { ...tally, aborts: ['loop'] }, false, 'the process that runs the sandbox ended'],
    ['is not content with nothing', { ...tally, reports: [] }, false, 'Aborts'],
    [
      'says which goal was missed',
      { ...tally, reports: [{ ...report, victimAddedMs: [50] }] },
      true,
      '≤ 35 ms, missed',
    ],
  ])('%s', (_, given, clean, says) => {
    expect(isClean(given)).toBe(clean);
    expect(summarize(given)).toContain(says);
  });
});
