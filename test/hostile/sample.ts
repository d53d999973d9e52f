// A seeded sample of the corpus: the same seed gives the same attacks, in the same order, everywhere.

import { createDice } from '#test/kit/dice.ts';
import type { Attack } from './attack.ts';

/** `size` attacks, of every class at least one as far as that goes, in the order of the table. */
export function sample(corpus: readonly Attack[], size: number, seed: number): Attack[] {
  if (size >= corpus.length) return [...corpus];
  const { next } = createDice(seed);
  const shuffled = corpus
    .map((attack) => ({ attack, at: next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ attack }) => attack);
  const classes = new Set<string>();
  const first = shuffled.filter(({ class: name }) => !classes.has(name) && classes.add(name));
  const chosen = new Set([...first, ...shuffled].slice(0, first.length >= size ? size : undefined));
  const kept = new Set([...chosen].slice(0, size));
  return corpus.filter((attack) => kept.has(attack));
}
