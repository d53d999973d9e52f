// The line before the quarantine cell: one run on its thread at a time, so that blame is certain, one run of a tenant in
// it at a time, and tenants in turn, so that one tenant's slow scripts delay another's by one run only.

import type { Cell } from './cell-state.ts';
import type { Run } from './runs.ts';

export function createQuarantine(deps: { cell: () => Cell | undefined; send: (cell: Cell, run: Run) => void }) {
  /** Tenants in the order of their turns. */
  const lines = new Map<string, Run[]>();

  function isInside(cell: Cell, tenantId: string): boolean {
    for (const run of cell.runs.values()) if (run.request.tenantId === tenantId) return true;
    return false;
  }

  function isComputing(cell: Cell): boolean {
    for (const run of cell.runs.values()) if (!run.waiting) return true;
    return false;
  }

  function take(cell: Cell): Run | undefined {
    for (const [tenantId, line] of lines) {
      while (line[0]?.settled) line.shift();
      if (line.length === 0) {
        lines.delete(tenantId);
        continue;
      }
      if (isInside(cell, tenantId)) continue;
      const run = line.shift();
      // To the end of the turns.
      lines.delete(tenantId);
      if (line.length > 0) lines.set(tenantId, line);
      return run;
    }
    return undefined;
  }

  /** Sends the next run, if the cell is free for one. */
  function advance(): void {
    const cell = deps.cell();
    if (cell === undefined || isComputing(cell)) return;
    const run = take(cell);
    if (run !== undefined) deps.send(cell, run);
  }

  return {
    advance,
    add(run: Run): void {
      const { tenantId } = run.request;
      const line = lines.get(tenantId);
      if (line === undefined) lines.set(tenantId, [run]);
      else line.push(run);
      advance();
    },
  };
}
