// Test kit: builds texts, and evaluates what comes out the way a cell does: as the body of a function in a fresh context.

import { SourceMap } from 'node:module';
import { createContext, Script } from 'node:vm';
import type { BuildFault, BuildRequest, BuildResult, Builds } from '#runtime/builds/builds.ts';

export const request = (source: string, more: Partial<BuildRequest> = {}): BuildRequest => ({
  fileName: 'action.js',
  source,
  dependencies: [],
  modules: [],
  ...more,
});

export const requiring = (name: string, version = 'latest'): BuildRequest =>
  request(`exports.it = require(${JSON.stringify(name)});`, { dependencies: [{ name, version }] });

export type Taken = Extract<BuildResult, { ok: true }>;

export async function take(builds: Builds, asked: BuildRequest): Promise<Taken> {
  const result = await builds.build(asked);
  if (!result.ok) throw new Error(result.faults.map(({ message }) => message).join('\n'));
  return result;
}

export async function refusal(builds: Builds, asked: BuildRequest): Promise<BuildFault[]> {
  const result = await builds.build(asked);
  if (result.ok) throw new Error('was built');
  return result.faults;
}

/** What a script exports. Line 1 of the script is line 2 of the function around it. */
export function evaluate({ script }: Taken, globals: Record<string, unknown> = {}): unknown {
  const inner = createContext({ ...globals });
  const source = `(function (module, exports, require, console, sallyportHost) {\n${script}\n})`;
  const run = new Script(source, { filename: 'script' }).runInContext(inner);
  const module = { exports: {} };
  run(module, module.exports, undefined, console, { module: (name: string) => ({ secrets: { OF: name } }) });
  return module.exports;
}

/** Where the innermost frame of the script stands in an author's file. */
export function placeOf({ map }: Taken, error: Error): string {
  const [, line, column] = /script:(\d+):(\d+)/.exec(error.stack ?? '') ?? [];
  const entry = new SourceMap(JSON.parse(map)).findEntry(Number(line) - 2, Number(column) - 1);
  if (!('originalSource' in entry)) return 'nowhere';
  return `${entry.originalSource}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
}

export function thrownBy(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}
