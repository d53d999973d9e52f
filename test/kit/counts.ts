// Test kit: how much a test does. Every run takes a sample; `npm run test:long` takes the whole.

/**
 * Picks how often to repeat.
 * @param sample the count of `npm test`, small enough to wait for.
 * @param full the count of `npm run test:long`.
 */
export function count(sample: number, full: number): number {
  return process.env.SALLYPORT_TEST_LONG === '1' ? full : sample;
}

/**
 * Picks rows of a table whose rows are slow: some in each run, in the order of the table, another choice each time, and
 * the whole table in `npm run test:long`. A row that fails is named by its test, so no seed has to be kept.
 */
export function draw<Row>(rows: readonly Row[], size: number): Row[] {
  const wanted = new Set(
    rows
      .map((_row, at) => ({ at, lot: Math.random() }))
      .sort((a, b) => a.lot - b.lot)
      .slice(0, count(size, rows.length))
      .map(({ at }) => at),
  );
  return rows.filter((_row, at) => wanted.has(at));
}
