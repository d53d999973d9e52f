// Builds: one child process that builds. Texts and packages come from strangers: what makes esbuild or npm's library fall,
// fill memory or turn for ever ends a process of one build and not the house.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildResult, BuildStage } from './builds.ts';
import type { BuildOrder, BuildReport } from './process/order.ts';

const PROGRAM = join(import.meta.dirname, 'process/main.ts');
const SHELL = '/bin/sh';
const HEAP_MEGABYTES = 512;
/** Milliseconds that a process has to end by itself, so that it takes leave of the esbuild it has started. */
const PATIENCE = 2_000;
/** Of the process, and again of the esbuild that it starts. */
const DATA_KILOBYTES = 1024 * 1024;

export type Built = { result: BuildResult; unpackedBytes: number };

export type BuildProcess = {
  /** One at a time. `ended` when the process fell or was killed. Rejects for a fault of ours. */
  build(order: BuildOrder, onStage: (stage: BuildStage) => void): Promise<Built | 'ended'>;
  /** Ends the process and what it has started, at once. */
  kill(): Promise<void>;
  /** Ends a process that has nothing to do. */
  end(): Promise<void>;
  isAlive(): boolean;
};

/** What this process was given, or gave itself, to load our files below `node_modules`: the child loads the same. */
function loader(): string[] {
  const { execArgv } = process;
  return execArgv.flatMap((flag, index) =>
    execArgv[index - 1] === '--import' && flag.endsWith('/load-types.js') ? ['--import', flag] : [],
  );
}

function start(): ChildProcess {
  const flags = [...loader(), `--max-old-space-size=${HEAP_MEGABYTES}`, PROGRAM];
  const isPosix = process.platform !== 'win32' && existsSync(SHELL);
  const limits = `ulimit -c 0; ${process.platform === 'linux' ? `ulimit -d ${DATA_KILOBYTES}; ` : ''}exec "$0" "$@"`;
  const [file, args] = isPosix ? [SHELL, ['-c', limits, process.execPath, ...flags]] : [process.execPath, flags];
  return spawn(file, args, {
    // npm's configuration is read from the environment and the home folder, as npm does; the process runs no code of others.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
    // A group of its own, so that esbuild ends with it.
    detached: isPosix,
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    // The group is gone already.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

export function startBuildProcess(): BuildProcess {
  const child = start();
  let isAlive = true;
  let isLeaving = false;
  let onReport: (report: BuildReport) => void = () => {};
  let onEnd: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    const end = (): void => {
      isAlive = false;
      // Its esbuild may be in the middle of something and not notice that nobody waits.
      if (!isLeaving) killGroup(child);
      onEnd();
      resolve();
    };
    child.once('exit', end);
    child.once('error', end);
  });
  child.on('message', (report) => onReport(report as BuildReport));
  // An idle process keeps nobody from ending; it notices by its channel that the house is gone.
  const idle = (): void => {
    child.unref();
    child.channel?.unref();
  };
  idle();
  async function kill(): Promise<void> {
    if (!isAlive) return;
    child.ref();
    killGroup(child);
    await ended;
  }
  return {
    async build(order, onStage) {
      child.ref();
      child.channel?.ref();
      try {
        return await new Promise((resolve, reject) => {
          onEnd = () => resolve('ended');
          onReport = (report) => {
            if (report.kind === 'stage') onStage(report.stage);
            if (report.kind === 'result') resolve(report);
            if (report.kind === 'broken') reject(new Error(`a build broke: ${report.stack}`));
          };
          if (!isAlive) resolve('ended');
          else child.send(order, () => {});
        });
      } finally {
        idle();
      }
    },
    kill,
    async end() {
      if (!isAlive) return;
      child.ref();
      isLeaving = true;
      child.disconnect();
      const timer = setTimeout(() => void kill(), PATIENCE);
      await ended;
      clearTimeout(timer);
    },
    isAlive: () => isAlive,
  };
}
