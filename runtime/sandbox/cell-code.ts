// What every cell is given when it starts: its program, the guest code, and made-up events to warm contexts with.

import { bundleCell, bundlePrelude } from './build.ts';
import type { ToCell } from './cell/protocol.ts';
import { SAMPLE_EVENTS } from './sample-events.ts';

/** Isolates that a cell keeps warm. Each takes address space of its own, and a cell's is capped. */
const ISOLATES = 150;

export type CellCode = { program: string; boot: (quarantine: boolean) => Extract<ToCell, { type: 'boot' }> };

/** How long the top level of a script may take in an idle moment, in milliseconds: among others, and in quarantine. */
export async function loadCode(times: { loadMs: number; quarantineLoadMs: number }): Promise<CellCode> {
  const [program, prelude] = await Promise.all([bundleCell(), bundlePrelude()]);
  const samples = Object.fromEntries(Object.entries(SAMPLE_EVENTS).map(([id, sample]) => [id, JSON.stringify(sample)]));
  return {
    program,
    boot: (quarantine) => {
      const loadMs = quarantine ? times.quarantineLoadMs : times.loadMs;
      return { type: 'boot', prelude, samples, isolates: ISOLATES, loadMs };
    },
  };
}
