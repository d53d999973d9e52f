// Test kit: chance that can be repeated: the same seed throws the same numbers on every machine.

export type Dice = {
  /** Between 0 and 1, 1 excluded. */
  next(): number;
  /** A whole number from 0 on, below `sides`. */
  below(sides: number): number;
  /** One of them; throws where there is none. */
  one<T>(from: readonly T[]): T;
};

/** mulberry32. */
export function createDice(seed: number): Dice {
  let state = seed | 0;
  const dice: Dice = {
    next: () => {
      state = (state + 0x6d2b79f5) | 0;
      let word = Math.imul(state ^ (state >>> 15), 1 | state);
      word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word;
      return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
    },
    below: (sides) => Math.floor(dice.next() * sides),
    one: (from) => {
      if (from.length === 0) throw new Error('nothing to choose from');
      return from[dice.below(from.length)] as (typeof from)[number];
    },
  };
  return dice;
}
