// Server: how a process that npm started hears that npm is gone. A signal to npm reaches the shell between us, which ends
// without passing it on: all we see is another parent.
const PARENT_POLL_MS = 250;

/** Calls once, when the parent of this process is another one. Keeps no process alive. */
export function whenOrphaned(act: () => void): void {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    act();
  }, PARENT_POLL_MS).unref();
}
