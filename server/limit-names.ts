// Server: the names of the script limits outside: in the environment and on the wire.
import type { ScriptLimits } from '#runtime/script-limits.ts';

export const LIMIT_WIRE_NAMES = {
  cpuMs: 'cpu_ms',
  wallMs: 'wall_ms',
  memoryMb: 'memory_mb',
  calls: 'calls',
  outputSize: 'output_size',
  consoleSize: 'console_size',
  commands: 'commands',
} as const satisfies { [Name in keyof ScriptLimits]: string };
