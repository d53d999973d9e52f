// How much memory a tenant takes whose next login finds everything ready: an isolate, its compiled script and spare
// contexts whose top level has run. Measured on the cell's process, as the kernel counts it. Linux only.

import { readdirSync, readFileSync } from 'node:fs';
import { DEFAULT_LIMITS } from '#runtime/script-limits.ts';
import { type BenchLine, pause } from './bench-line.ts';
import { countFresh, openSandbox, request, script } from './typical-run.ts';

const TENANTS = 120;
const GOAL = 500;
const MEBIBYTE = 1024 * 1024;
const PAGE_BYTES = 4096;

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The process ended between the listing and the look.
    return '';
  }
};

function cellsMebibytes(): number {
  const cells = readdirSync('/proc').filter(
    (name) => /^\d+$/.test(name) && new RegExp(`^PPid:\\s+${process.pid}$`, 'm').test(read(`/proc/${name}/status`)),
  );
  const pages = cells.map((name) => Number(read(`/proc/${name}/statm`).split(' ')[1] ?? 0));
  return (pages.reduce((sum, count) => sum + count, 0) * PAGE_BYTES) / MEBIBYTE;
}

export async function benchDensity(): Promise<BenchLine[]> {
  if (process.platform !== 'linux') return [];
  const sandbox = await openSandbox(1);
  let fresh = countFresh(await sandbox.run(request('first', '0')));
  await pause(500);
  const before = cellsMebibytes();
  for (let tenant = 0; tenant < TENANTS; tenant++) {
    sandbox.prefetch(`tenant-${tenant}`, [script], DEFAULT_LIMITS);
    await pause(5);
  }
  await pause(2000);
  const perTenant = (cellsMebibytes() - before) / TENANTS;
  for (let tenant = 0; tenant < TENANTS; tenant++) {
    fresh += countFresh(await sandbox.run(request(`tenant-${tenant}`, '0')));
  }
  await sandbox.drain(1000);
  const value = 1024 / perTenant;
  return [
    {
      name: 'warm tenants per GiB, each with two spare contexts, against the goal',
      value,
      yardstick: GOAL,
      ratio: value / GOAL,
      goal: 1,
      atLeast: true,
      note: `${perTenant.toFixed(2)} MiB a tenant; ${TENANTS + 1} runs in ${fresh} fresh contexts`,
    },
  ];
}
