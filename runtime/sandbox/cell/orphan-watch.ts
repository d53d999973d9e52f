// In the cell: a thread of its own that ends the process when its parent is gone. The main thread cannot be trusted with
// that: a script in an uninterruptible built-in would keep it spinning for ever, with nobody left to kill it.

import { Worker } from 'node:worker_threads';

const LOOK_EVERY_MS = 500;

/** The thread itself may start when the parent has gone already, so it is told who that was. */
const program = (parent: number): string => `
const look = () => { if (process.ppid !== ${parent}) process.kill(process.pid, 'SIGKILL'); };
setInterval(look, ${LOOK_EVERY_MS});`;

export function watchParent(): void {
  const worker = new Worker(program(process.ppid), {
    eval: true,
    env: {},
    stdin: false,
    resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1, stackSizeMb: 1 },
  });
  worker.unref();
}
