// A seeded sample of the corpus: the same seed gives the same attacks, in the same order, everywhere.

import type { Attack } from './attack.ts';

/** mulberry32. */
function dice(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), 1 | state);
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word;
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `size` attacks, of every class at least one as far as that goes, in the order of the table. */
export function sample(corpus: readonly Attack[], size: number, seed: number): Attack[] {
  if (size >= corpus.length) return [...corpus];
  const next = dice(seed);
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
