// One child process: how it is started, spoken to and ended. It knows nothing of runs.
// The child gets no environment, no file descriptor but its channel, no file but isolated-vm's, and a cap on its memory.

import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Socket } from 'node:net';
import { dirname, join } from 'node:path';
import type { ToCell } from './cell/protocol.ts';
import { type CellMessage, parseMessage } from './messages.ts';

/** Data segment of a cell. A cell holds 150 isolates in about half of it; a heap bomb meets it as the last wall. */
const DATA_KILOBYTES = 768 * 1024;
/** Longer than any phrase that is searched for. */
const TAIL = 64;
const SHELL = '/bin/sh';
const OUT_OF_MEMORY = /out of memory|JavaScript OOM|CALL_AND_RETRY|allocation failed|invalid (?:array|size)|bad_alloc/i;

export type CellExit = { outOfMemory: boolean; detail: string };

export type CellProcess = {
  pid: number | undefined;
  send(message: ToCell): void;
  kill(): void;
  /** Settles when the child is gone. */
  ended: Promise<CellExit>;
};

const require = createRequire(import.meta.url);
const home = (name: string): string => dirname(require.resolve(`${name}/package.json`));

/** Directories and files a cell may read. */
function readable(): string[] {
  return [home('isolated-vm'), join(home('isolated-vm'), '../node-gyp-build'), '/etc/alpine-release'];
}

function command(): { file: string; args: string[] } {
  const flags = [
    '--no-node-snapshot',
    // No compiled code: less to attack, and address space small enough for the limit below.
    '--jitless',
    '--permission',
    '--allow-addons',
    // For the one thread that ends a cell whose server is gone.
    '--allow-worker',
    '--disable-warning=SecurityWarning',
    ...readable().map((path) => `--allow-fs-read=${path}`),
    '--input-type=commonjs',
    '-',
  ];
  if (process.platform !== 'linux' || !existsSync(SHELL)) return { file: process.execPath, args: flags };
  // No core dumps (they would hold events), few descriptors, bounded memory.
  const limits = `ulimit -c 0; ulimit -n 64; ulimit -d ${DATA_KILOBYTES}; exec "$0" "$@"`;
  return { file: SHELL, args: ['-c', limits, process.execPath, ...flags] };
}

function watchExit(child: ChildProcess): Promise<CellExit> {
  let tail = '';
  let outOfMemory = false;
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    // What the child writes may hold a person's data: it is searched for the reason and never kept or logged.
    outOfMemory ||= OUT_OF_MEMORY.test(tail + text);
    tail = text.slice(-TAIL);
  });
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ outOfMemory: false, detail: error.message }));
    child.on('close', (code, signal) => {
      resolve({ outOfMemory, detail: `code ${code}, signal ${signal}` });
    });
  });
}

function letGo(child: ChildProcess): void {
  child.unref();
  child.channel?.unref();
  for (const stream of [child.stdin, child.stderr]) if (stream instanceof Socket) stream.unref();
}

/**
 * `on.invalid` is told of a message that is none: the cell is no longer to be trusted. `background`: the child does not
 * keep this process from ending; it ends with it.
 */
export function startCellProcess(
  program: string,
  on: { message: (message: CellMessage) => void; invalid: () => void },
  background = false,
): CellProcess {
  const { file, args } = command();
  const options: SpawnOptions = {
    stdio: ['pipe', 'ignore', 'pipe', 'ipc'],
    // Few plain fields and one long string: JSON is the faster of the two here, and it can carry nothing but data.
    serialization: 'json',
    env: {},
    // isolated-vm is found from here, wherever it was installed: on the way from anywhere else lie folders that the child may
    // not read.
    cwd: home('isolated-vm'),
  };
  const child = spawn(file, args, options);
  const ended = watchExit(child);
  const ignore = (): void => {
    // A write to a child that has just ended fails; `ended` tells the rest.
  };
  child.stdin?.on('error', ignore);
  if (background) letGo(child);
  child.stdin?.end(program);
  child.on('message', (message) => {
    const parsed = parseMessage(message);
    if (parsed === undefined) on.invalid();
    else on.message(parsed);
  });
  return {
    pid: child.pid,
    send(message) {
      if (child.connected) child.send(message, ignore);
    },
    kill: () => void child.kill('SIGKILL'),
    ended,
  };
}
