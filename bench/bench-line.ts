// One line of a benchmark: a figure beside a yardstick of the same minute on the same machine, so that the ratio can be
// compared between machines and releases; the bare figures cannot.

export type BenchLine = {
  /** What was measured, with its unit. */
  name: string;
  value: number;
  /** What it is compared with, in the same unit. */
  yardstick: number;
  ratio: number;
  /** Bound of the ratio; infinite where there is none. `atLeast`: it must not be below. */
  goal: number;
  atLeast?: boolean;
  note: string;
};

/** One block of measuring: both figures of the same seconds. */
export type Block = { value: number; yardstick: number };

/** Medians over the blocks; the ratio is that of the median block, for the machine's speed changes between blocks. */
export function inTurns(blocks: Block[]): Pick<BenchLine, 'value' | 'yardstick' | 'ratio'> {
  const median = (of: (block: Block) => number): number => percentile(blocks.map(of), 0.5);
  return {
    value: median(({ value }) => value),
    yardstick: median(({ yardstick }) => yardstick),
    ratio: median(({ value, yardstick }) => value / yardstick),
  };
}

/** The value below which `share` of the times lie. */
export function percentile(times: number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));
