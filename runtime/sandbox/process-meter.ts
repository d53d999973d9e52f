// What another process uses, as the kernel counts it. On Linux it is read at once; elsewhere `ps` is asked now and then
// and its last answer given, which is coarse but stops what grows. Where neither is there, the answer is undefined and
// the callers do with wall time alone.

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';

const PAGE_BYTES = 4096;
const ASK_EVERY_MS = 100;
const MAX_KNOWN = 100;

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // No procfs, or the process has ended: both mean that there is nothing to measure.
    return undefined;
  }
}

const known = new Map<number, { askedAt: number; bytes: number | undefined }>();

/** What `ps` last said; asks again when that is old. */
function polledBytes(pid: number): number | undefined {
  const entry = known.get(pid) ?? { askedAt: Number.NEGATIVE_INFINITY, bytes: undefined };
  if (performance.now() - entry.askedAt > ASK_EVERY_MS) {
    entry.askedAt = performance.now();
    known.set(pid, entry);
    execFile('ps', ['-o', 'rss=', '-p', String(pid)], (error, stdout) => {
      const kilobytes = error === null ? Number.parseInt(stdout, 10) : Number.NaN;
      entry.bytes = Number.isFinite(kilobytes) ? kilobytes * 1024 : undefined;
    });
    for (const oldest of known.keys()) {
      if (known.size <= MAX_KNOWN) break;
      known.delete(oldest);
    }
  }
  return entry.bytes;
}

/** Resident memory in bytes. */
export function residentBytes(pid: number, platform: NodeJS.Platform = process.platform): number | undefined {
  if (platform !== 'linux') return polledBytes(pid);
  const pages = Number(read(`/proc/${pid}/statm`)?.split(' ')[1]);
  return Number.isFinite(pages) ? pages * PAGE_BYTES : undefined;
}

/** CPU time of the main thread in milliseconds; Linux only. */
export function mainThreadCpuMs(pid: number): number | undefined {
  const nanoseconds = Number(read(`/proc/${pid}/schedstat`)?.split(' ')[0]);
  return Number.isFinite(nanoseconds) ? nanoseconds / 1e6 : undefined;
}
