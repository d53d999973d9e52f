// Builds: the line at the door: at most two builds at once, equal ones once, none longer than its time.

import { createHash } from 'node:crypto';
import { createBuildFolders } from './build-folders.ts';
import { type BuildProcess, startBuildProcess } from './build-process.ts';
import type { BuildFaultId, BuildRequest, BuildResult, BuildStage, Builds } from './builds.ts';
import { checkDependencies } from './process/dependencies.ts';
import { MAX_FAULTS } from './process/order.ts';

const AT_ONCE = 2;
const TIME_LIMIT = 120_000;
/** Milliseconds that a process waits for the next build before it ends. */
const IDLE_TIME = 30_000;

const CLOSED = 'builds are closed';

export type BuildsSettings = {
  /** Address of the npm registry; without one, npm's own configuration says it. */
  registry?: string;
  /** Milliseconds from the call of `build` to its answer. */
  timeLimit?: number;
};

type Task = {
  request: BuildRequest;
  result: Promise<BuildResult>;
  stage: BuildStage | undefined;
  listeners: Set<(stage: BuildStage) => void>;
};

const refuse = (id: BuildFaultId, message: string): BuildResult => ({ ok: false, faults: [{ id, message }] });

/** A line for `places` at once. The promise settles when it is one's turn; its value gives the place back. */
function createLine(places: number): { enter(signal: AbortSignal): Promise<(() => void) | undefined> } {
  const waiting: (() => void)[] = [];
  let free = places;
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) free++;
    else next();
  };
  return {
    enter: (signal) =>
      new Promise((resolve) => {
        if (free > 0) {
          free--;
          resolve(leave);
          return;
        }
        const turn = (): void => {
          signal.removeEventListener('abort', giveUp);
          resolve(leave);
        };
        const giveUp = (): void => {
          waiting.splice(waiting.indexOf(turn), 1);
          resolve(undefined);
        };
        waiting.push(turn);
        signal.addEventListener('abort', giveUp, { once: true });
      }),
  };
}

/** Processes that have done a build and could do the next. */
function createIdleProcesses(): {
  take(): BuildProcess;
  giveBack(process: BuildProcess): void;
  close(): Promise<void>;
} {
  const idle = new Map<BuildProcess, NodeJS.Timeout>();
  return {
    take() {
      for (const [process, timer] of idle) {
        clearTimeout(timer);
        idle.delete(process);
        if (process.isAlive()) return process;
      }
      return startBuildProcess();
    },
    giveBack(process) {
      const end = setTimeout(() => {
        idle.delete(process);
        void process.end();
      }, IDLE_TIME);
      idle.set(process, end.unref());
    },
    async close() {
      const all = [...idle];
      idle.clear();
      await Promise.all(
        all.map(([process, timer]) => {
          clearTimeout(timer);
          return process.end();
        }),
      );
    },
  };
}

/** Starts nothing until the first build. */
export function createBuilds({ registry, timeLimit = TIME_LIMIT }: BuildsSettings = {}): Builds {
  const line = createLine(AT_ONCE);
  const processes = createIdleProcesses();
  const folders = createBuildFolders();
  const tasks = new Map<string, Task>();
  const closing = new AbortController();

  const outOfTime = (): BuildResult =>
    refuse(
      'timeout',
      `The build did not end within ${Math.ceil(timeLimit / 1000)} seconds; save the Action to try again.`,
    );

  /** A build that closing cuts off has not failed: it is to be made again. */
  function cutOff(): BuildResult {
    if (closing.signal.aborted) throw new Error(CLOSED);
    return outOfTime();
  }

  async function runIn(process: BuildProcess, task: Task, signal: AbortSignal): Promise<BuildResult> {
    const needsPackages = [task.request, ...task.request.modules].some((text) => text.dependencies.length > 0);
    const place = needsPackages ? await folders.take() : { folder: '', cache: '' };
    let unpackedBytes = 0;
    let isReusable = false;
    let hasFetched = false;
    const kill = (): void => void process.kill();
    signal.addEventListener('abort', kill, { once: true });
    if (signal.aborted) kill();
    try {
      const order = { request: task.request, ...place, ...(registry === undefined ? {} : { registry }) };
      const built = await process.build(order, (stage) => {
        task.stage = stage;
        hasFetched ||= stage === 'resolving';
        for (const listener of task.listeners) listener(stage);
      });
      if (signal.aborted) return cutOff();
      if (built === 'ended') {
        return refuse(
          'bundle_too_large',
          'The build needed more memory than it may have: the script or its packages are too large.',
        );
      }
      unpackedBytes = built.unpackedBytes;
      // npm's library keeps much in memory: a process that has fetched packages is not used again.
      isReusable = !hasFetched;
      return built.result;
    } finally {
      signal.removeEventListener('abort', kill);
      if (isReusable && !closing.signal.aborted) processes.giveBack(process);
      else if (signal.aborted) await process.kill();
      else await process.end();
      if (needsPackages) await folders.giveBack(place.folder, unpackedBytes);
    }
  }

  async function run(task: Task): Promise<BuildResult> {
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), timeLimit);
    const signal = AbortSignal.any([deadline.signal, closing.signal]);
    try {
      const leave = await line.enter(signal);
      if (leave === undefined) return cutOff();
      try {
        return await runIn(processes.take(), task, signal);
      } finally {
        leave();
      }
    } finally {
      clearTimeout(timer);
    }
  }

  function startTask(key: string, request: BuildRequest): Task {
    const task: Task = { request, result: Promise.resolve(outOfTime()), stage: undefined, listeners: new Set() };
    tasks.set(key, task);
    task.result = run(task).finally(() => tasks.delete(key));
    return task;
  }

  return {
    async build(request, onStage) {
      if (closing.signal.aborted) throw new Error(CLOSED);
      const refused = checkDependencies(request);
      if (refused.length > 0) return { ok: false, faults: refused.slice(0, MAX_FAULTS) };
      const key = createHash('sha256').update(JSON.stringify(request)).digest('base64');
      const task = tasks.get(key) ?? startTask(key, request);
      if (onStage !== undefined) {
        task.listeners.add(onStage);
        if (task.stage !== undefined) onStage(task.stage);
      }
      return task.result;
    },
    async close() {
      closing.abort();
      await Promise.allSettled([...tasks.values()].map((task) => task.result));
      await processes.close();
      await folders.close();
    },
  };
}
