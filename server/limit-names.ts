// Server: the names of the script limits outside: in the environment and on the wire.
import { LEAST_LIMITS, LIMIT_NAMES, MOST_LIMITS, type ScriptLimits } from '#runtime/script-limits.ts';

export const LIMIT_WIRE_NAMES = {
  cpuMs: 'cpu_ms',
  wallMs: 'wall_ms',
  memoryMb: 'memory_mb',
  calls: 'calls',
  outputSize: 'output_size',
  consoleSize: 'console_size',
  commands: 'commands',
} as const satisfies { [Name in keyof ScriptLimits]: string };

const MOST_LIMIT = 1_000_000_000;

export type ReadScriptLimits = { ok: true; limits: Readonly<ScriptLimits> } | { ok: false; entry: string };

/** `cpu_ms=1000,memory_mb=64`: what is not named keeps the most that is allowed by default. */
export function readScriptLimits(value: string | undefined): ReadScriptLimits {
  const limits = { ...MOST_LIMITS };
  for (const entry of value?.split(',') ?? []) {
    const [wireName, figure = ''] = entry.split('=').map((part) => part.trim());
    const name = LIMIT_NAMES.find((known) => LIMIT_WIRE_NAMES[known] === wireName);
    const number = /^\d{1,10}$/.test(figure) ? Number(figure) : Number.NaN;
    if (name === undefined || !(number >= LEAST_LIMITS[name] && number <= MOST_LIMIT)) return { ok: false, entry };
    limits[name] = number;
  }
  return { ok: true, limits: Object.freeze(limits) };
}
