// A run that waits in its cell: its calls are made, or found made by an earlier attempt, and their answers passed on.

import type { Cell } from './cell-state.ts';
import { divergedFault } from './faults.ts';
import type { CellMessage } from './messages.ts';
import type { createOutgoing } from './outgoing.ts';
import { failed, type Run } from './runs.ts';

/** UTF-16 units of an answer that a cell reads in a moment. */
const LARGE_ANSWER = 256 * 1024;

/** `wake` is called just before the cell is given something to do for a run that waited. */
export function createWaiting(deps: {
  outgoing: ReturnType<typeof createOutgoing>;
  wake: (cell: Cell, run: Run) => void;
  /** Takes the run out of its cell and into quarantine. */
  setApart: (cell: Cell, run: Run) => void;
}) {
  /** To the cell that waits for it, if the run is still there and has not begun anew. */
  async function passOn(
    cell: Cell,
    run: Run,
    call: number,
    made: NonNullable<ReturnType<typeof deps.outgoing.ask>>,
  ): Promise<void> {
    const { attempt } = run;
    const { ok, payload, at } = await made.answer;
    if (run.settled || run.attempt !== attempt || cell.runs.get(run.id) !== run) return;
    if (payload.length > LARGE_ANSWER && !cell.quarantine) {
      // Reading it takes longer than others can wait for: the run begins again apart, where its calls are made already.
      deps.setApart(cell, run);
      return;
    }
    deps.wake(cell, run);
    cell.process.send({ type: 'answer', id: run.id, call, ok, payload, at });
  }

  return {
    wait(cell: Cell, run: Run, { calls = [], cancelled = [] }: Extract<CellMessage, { type: 'waiting' }>): void {
      run.waiting = true;
      if (run.settled) return;
      for (const asked of calls) {
        const made = deps.outgoing.ask(run, asked);
        if (made === undefined) {
          run.settle(failed(divergedFault(run.request)));
          cell.process.send({ type: 'stop', id: run.id });
          return;
        }
        void passOn(cell, run, asked.call, made);
      }
      for (const call of cancelled) run.journal.get(call)?.abort();
    },
  };
}
