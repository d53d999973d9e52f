// Server, command line, development: hears of saves below a project's folder. Folders are watched, not files: editors put a
// new file in the place of the old one.
import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_FILE } from '../../project/read-project.ts';

/** A save is often several events: the file is emptied, written, renamed. */
const SETTLE_MS = 15;

/** Whatever else lies in the folder says nothing about the project. */
const isOurs = (name: string | null): boolean =>
  name === null || name === PROJECT_FILE || /^(actions|modules)$/.test(name);
const isScript = (name: string | null): boolean => name === null || /\.[jt]s$/.test(name);

export type ProjectWatch = { close(): void };

/** Calls `changed` after each save that may matter; never while it is still under way: what came meanwhile is one more call. */
export function watchProject(folder: string, changed: () => Promise<void>): ProjectWatch {
  let timer: NodeJS.Timeout | undefined;
  let isWorking = false;
  let isDue = false;
  let isClosed = false;
  const inner = new Map<string, FSWatcher>();

  async function work(): Promise<void> {
    if (isWorking) {
      isDue = true;
      return;
    }
    isWorking = true;
    do {
      isDue = false;
      watchInner();
      await changed();
    } while (isDue && !isClosed);
    isWorking = false;
  }

  function soon(): void {
    if (isClosed) return;
    clearTimeout(timer);
    timer = setTimeout(() => void work(), SETTLE_MS);
  }

  /** The folders of scripts may come and go. */
  function watchInner(): void {
    for (const name of ['actions', 'modules']) {
      if (isClosed || inner.has(name)) continue;
      const watcher = open(join(folder, name), (file) => {
        if (isScript(file)) soon();
      });
      if (!watcher) continue;
      inner.set(name, watcher);
      watcher.on('close', () => inner.delete(name));
    }
  }

  const outer = open(folder, (name) => {
    if (!isOurs(name)) return;
    // A folder that was moved away and back is another one.
    if (name === 'actions' || name === 'modules') inner.get(name)?.close();
    soon();
  });
  watchInner();
  return {
    close() {
      isClosed = true;
      clearTimeout(timer);
      outer?.close();
      for (const watcher of inner.values()) watcher.close();
    },
  };
}

/** Undefined where there is nothing to watch. */
function open(path: string, heard: (name: string | null) => void): FSWatcher | undefined {
  try {
    const watcher = watch(path, (_event, name) => heard(name));
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined; // It is not there (yet); its folder tells when it comes.
  }
}
