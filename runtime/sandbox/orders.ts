// What a cell is told of a run: everything it needs, and the text of the script when it does not know it yet.

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

const BASES = [0x811c9dc5, 0x9e3779b9, 0x85ebca6b, 0xc2b2ae35] as const;

/** FNV-1a from a base of its own, with a final mix: enough to spread seeds; no secret is drawn from these dice. */
function wordOf(text: string, base: number): number {
  let word = base;
  for (let i = 0; i < text.length; i++) word = Math.imul(word ^ text.charCodeAt(i), 0x01000193);
  word = Math.imul(word ^ (word >>> 16), 0x7feb352d);
  word = Math.imul(word ^ (word >>> 15), 0x846ca68b);
  return word ^ (word >>> 16);
}

export const diceOf = (seed: string): Dice => {
  const [a, b, c, d] = BASES;
  return [wordOf(seed, a), wordOf(seed, b), wordOf(seed, c), wordOf(seed, d)];
};

/** `sliceMs`: how long it may compute at a stretch in that cell. */
export function runOrder({ id, request, crowded }: Run, withText: boolean, sliceMs: number): RunOrder {
  const { tenantId, script, trigger, handler, eventJson, secretsJson, moduleSecretsJson, cacheJson } = request;
  const { now, still, seed, limits } = request;
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
    ...(cacheJson === undefined ? {} : { cacheJson }),
    now,
    ...(still ? { still } : {}),
    dice: diceOf(seed),
    limits: limitsInside(limits),
    sliceMs,
    ...(crowded ? { alone: true } : {}),
  };
}
