// Runs inside a process made like a cell's: times runs back to back, each in a context of its own that was made before
// the clock started, as spare contexts are.

import { createHomes, loadModule } from '#runtime/sandbox/cell/isolates.ts';
import type { FromCell, RunOrder } from '#runtime/sandbox/cell/protocol.ts';
import { createPump } from '#runtime/sandbox/cell/pump.ts';

export type InCellTask = {
  prelude: string;
  sample: string;
  source: string;
  eventJson: string;
  limits: RunOrder['limits'];
  /** Runs of one block. */
  rounds: number;
};
export type InCellTimes = { microseconds: number[]; fresh: number };

const DICE: RunOrder['dice'] = [1, 2, 3, 4];

function createMeasure(task: InCellTask): () => InCellTimes {
  const text = { fileName: 'bench.js', source: task.source, trigger: 'post-login' };
  const homes = createHomes({ prelude: task.prelude, samples: { 'post-login': task.sample }, isolates: 10 });
  let last: FromCell | undefined;
  const pump = createPump({
    homes,
    send: (message) => {
      last = message;
    },
    textOf: () => text,
    ran: () => {},
  });
  let id = 0;

  function one(times: InCellTimes): void {
    const home = homes.open('bench', task.limits.memoryMb);
    const program = homes.program(home, 'v', text);
    const spare = homes.makeSpare(home, program, true);
    loadModule(spare, program, 0, DICE, 1000);
    program.spares.push(spare);
    const startedAt = process.hrtime.bigint();
    pump.begin({
      type: 'run',
      id: ++id,
      tenantId: 'bench',
      versionId: 'v',
      handler: 'onExecutePostLogin',
      eventJson: task.eventJson,
      secretsJson: '{}',
      now: 1,
      dice: DICE,
      limits: task.limits,
      sliceMs: 1000,
    });
    times.microseconds.push(Number(process.hrtime.bigint() - startedAt) / 1000);
    if (last?.type !== 'done') throw new Error(`a run did not end well: ${JSON.stringify(last)}`);
    if (last.output.includes('/runs",1]')) times.fresh++;
  }

  return () => {
    const times: InCellTimes = { microseconds: [], fresh: 0 };
    for (let round = 0; round < task.rounds; round++) one(times);
    return times;
  };
}

let measure: (() => InCellTimes) | undefined;
/** The first message is the task; it and every further one is answered with one block of times. */
process.on('message', (task: InCellTask) => {
  measure ??= createMeasure(task);
  process.send?.(measure());
});
