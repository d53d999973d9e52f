// In the cell: a thread of its own that ends the process when its parent is gone. The main thread cannot be trusted with
// that: a script in an uninterruptible built-in would keep it spinning for ever, with nobody left to kill it.

import { Worker } from 'node:worker_threads';

const LOOK_EVERY_MS = 500;

const PROGRAM = `
const parent = process.ppid;
setInterval(() => { if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL'); }, ${LOOK_EVERY_MS});`;

export function watchParent(): void {
  const worker = new Worker(PROGRAM, {
    eval: true,
    env: {},
    stdin: false,
    resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1, stackSizeMb: 1 },
  });
  worker.unref();
}
