// What one script may use. A tenant may ask for less or more than the defaults, never for more than the operator allows.
// Source of the defaults: measurements of what real scripts use, and the limits that authors know.

export type ScriptLimits = {
  /** CPU time of one run, in milliseconds. */
  cpuMs: number;
  /** Wall clock of a trigger's scripts together, in milliseconds; it starts again after a pause. */
  wallMs: number;
  /** Heap of the tenant's isolate, in megabytes. */
  memoryMb: number;
  /** Calls out of one run: requests and asynchronous cryptography. */
  calls: number;
  /** Everything one run hands to `api`, as JSON, in UTF-16 units. */
  outputSize: number;
  /** What one run writes to its console, in UTF-16 units. */
  consoleSize: number;
  /** Calls of `api` in one run. */
  commands: number;
};

export const DEFAULT_LIMITS: Readonly<ScriptLimits> = {
  cpuMs: 500,
  wallMs: 20_000,
  memoryMb: 32,
  calls: 256,
  outputSize: 1024 * 1024,
  consoleSize: 64 * 1024,
  commands: 256,
};

/** What an operator allows who has said nothing. */
export const MOST_LIMITS: Readonly<ScriptLimits> = {
  cpuMs: 2000,
  wallMs: 20_000,
  memoryMb: 128,
  calls: 1024,
  outputSize: 4 * 1024 * 1024,
  consoleSize: 256 * 1024,
  commands: 1024,
};

/** The least that a limit may be set to: below it no script runs at all. */
export const LEAST_LIMITS: Readonly<ScriptLimits> = {
  cpuMs: 10,
  wallMs: 100,
  memoryMb: 16,
  calls: 0,
  outputSize: 1024,
  consoleSize: 0,
  commands: 1,
};

export const LIMIT_NAMES = Object.keys(DEFAULT_LIMITS) as readonly (keyof ScriptLimits)[];

/** What the tenant's scripts get: what it asked for or the defaults, bounded by what the operator allows. */
export function limitsFor(asked: Partial<ScriptLimits> | undefined, most: Readonly<ScriptLimits>): ScriptLimits {
  const limits = { ...DEFAULT_LIMITS };
  for (const name of LIMIT_NAMES) limits[name] = Math.min(asked?.[name] ?? DEFAULT_LIMITS[name], most[name]);
  return limits;
}
