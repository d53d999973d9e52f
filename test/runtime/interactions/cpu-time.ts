// Tests of work that must not take long: how long it took the processor, whatever else the machine was doing.

/** Milliseconds. */
export function cpuTimeOf(work: () => unknown): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}
