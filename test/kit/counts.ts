// Test kit: how much a test does. Every run takes a sample; `npm run test:long` takes the whole.

/**
 * Picks how often to repeat.
 * @param sample the count of `npm test`, small enough to wait for.
 * @param full the count of `npm run test:long`.
 */
export function count(sample: number, full: number): number {
  return process.env.SALLYPORT_TEST_LONG === '1' ? full : sample;
}
