// In the cell: how it speaks. The channel of a forked Node takes JSON, one object a line; it is written to directly,
// because the way through process.send costs more than a script's run in a process that compiles nothing.

import { writeSync } from 'node:fs';
import type { FromCell } from './protocol.ts';

const RETRY_MS = 1;

const clock = new Int32Array(new SharedArrayBuffer(4));

/** File descriptor of the channel to the parent. */
function channelDescriptor(): number {
  const { fd } = (process.channel ?? {}) as { fd?: number };
  if (fd === undefined || fd < 0) throw new Error('a cell runs as the child of a server only');
  return fd;
}

export function createSend(): (message: FromCell) => void {
  const fd = channelDescriptor();
  return (message) => {
    const line = Buffer.from(`${JSON.stringify(message)}\n`);
    let written = 0;
    while (written < line.length) {
      try {
        written += writeSync(fd, line, written);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        // The parent is gone, and with it everybody who could want the answer.
        if (code === 'EPIPE' || code === 'ECONNRESET') process.exit(0);
        if (code !== 'EAGAIN') throw error;
        // The pipe is full: the parent has not read yet. A line must not be torn, so this thread waits for it.
        Atomics.wait(clock, 0, 0, RETRY_MS);
      }
    }
  };
}
