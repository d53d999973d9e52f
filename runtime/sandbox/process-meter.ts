// What another process uses, as the kernel counts it. Linux only; elsewhere the answer is undefined
// and the callers do with wall time alone.

import { readFileSync } from 'node:fs';

const PAGE_BYTES = 4096;

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // No procfs, or the process has ended: both mean that there is nothing to measure.
    return undefined;
  }
}

/** Resident memory in bytes. */
export function residentBytes(pid: number): number | undefined {
  const pages = Number(read(`/proc/${pid}/statm`)?.split(' ')[1]);
  return Number.isFinite(pages) ? pages * PAGE_BYTES : undefined;
}

/** CPU time of the main thread in milliseconds. */
export function mainThreadCpuMs(pid: number): number | undefined {
  const nanoseconds = Number(read(`/proc/${pid}/schedstat`)?.split(' ')[0]);
  return Number.isFinite(nanoseconds) ? nanoseconds / 1e6 : undefined;
}
