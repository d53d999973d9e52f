// Storage: waits until SQLite's write-ahead log is on the disk, in a thread of the pool. Commits that come while one wait is
// under way share the next one: what the disk can do at once is asked of it at once.
import { type FileHandle, open } from 'node:fs/promises';

export type LogSync = {
  /** Resolves when everything that was in the log at the time of the call is on the disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
};

/** @param file the log, which exists from the first write of the database on, and as long as that is open. */
export function createLogSync(file: string): LogSync {
  let opened: Promise<FileHandle> | undefined;
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  const write = async (): Promise<void> => {
    opened ??= open(file, 'r+');
    try {
      await (await opened).datasync();
    } catch (error) {
      opened = undefined;
      throw error;
    }
  };

  const start = (): Promise<void> => {
    const own = write().finally(() => {
      if (running === own) running = undefined;
    });
    running = own;
    return own;
  };

  return {
    sync() {
      if (!running) return start();
      // What is under way may have begun before our commit.
      next ??= running
        .catch(() => {})
        .then(() => {
          next = undefined;
          return start();
        });
      return next;
    },
    async close() {
      // What was committed last has its own wait, after the one that is under way.
      while (running ?? next) await (next ?? running)?.catch(() => {});
      await (await opened?.catch(() => undefined))?.close();
    },
  };
}
