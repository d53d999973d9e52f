// What a cell is told of a run: everything it needs, and the text of the script when it does not know it yet.

import { createHash } from 'node:crypto';
import type { ScriptLimits } from '../script-limits.ts';
import type { CellLimits, Dice, RunOrder } from './cell/protocol.ts';
import type { Run } from './runs.ts';

const limitsInside = ({ cpuMs, memoryMb, calls, outputSize, consoleSize, commands }: ScriptLimits): CellLimits => ({
  cpuMs,
  memoryMb,
  calls,
  outputSize,
  consoleSize,
  commands,
});

/** Any text becomes four words, the same ones each time. */
function diceOf(seed: string): Dice {
  const hash = createHash('sha256').update(seed).digest();
  return [hash.readInt32LE(0), hash.readInt32LE(4), hash.readInt32LE(8), hash.readInt32LE(12)];
}

/** `sliceMs`: how long it may compute at a stretch in that cell. */
export function runOrder({ id, request, crowded }: Run, withText: boolean, sliceMs: number): RunOrder {
  const { tenantId, script, trigger, handler, eventJson, secretsJson, moduleSecretsJson, now, seed, limits } = request;
  const { versionId, fileName, source } = script;
  return {
    type: 'run',
    id,
    tenantId,
    versionId,
    ...(withText ? { text: { fileName, source, trigger } } : {}),
    handler,
    eventJson,
    secretsJson,
    ...(moduleSecretsJson === undefined ? {} : { moduleSecretsJson }),
    now,
    dice: diceOf(seed),
    limits: limitsInside(limits),
    sliceMs,
    ...(crowded ? { alone: true } : {}),
  };
}
