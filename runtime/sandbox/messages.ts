// The wall on the server's side: what a cell sends is parsed before anything looks at it.
// A cell runs scripts of strangers; if one has taken it over, it says whatever it likes.

import { z } from 'zod';
import type { ConsoleLine } from './sandbox.ts';

const MAX_TEXT = 4 * 1024 * 1024;
const text = z.string().max(MAX_TEXT);
const id = z.number().int().nonnegative();
const duration = z.number().nonnegative();

const fromCell = z.discriminatedUnion('type', [
  z.object({ type: z.literal('up') }),
  z.object({ type: z.literal('beat'), id, tenantId: text, versionId: text, withinMs: duration.max(1000) }),
  z.object({ type: z.literal('idle') }),
  z.object({ type: z.literal('waiting'), id }),
  z.object({ type: z.literal('done'), id, output: text, cpuMs: duration }),
  z.object({
    type: z.literal('ended'),
    id,
    cause: z.enum(['timeout', 'memory', 'threw', 'exports']),
    name: text,
    message: text,
    stack: text,
    lines: text,
    full: z.boolean(),
    cpuMs: duration,
    slice: z.object({ cpuMs: duration, wallMs: duration }),
  }),
  z.object({ type: z.literal('unknown'), id }),
  z.object({ type: z.literal('lost'), id }),
]);

const line = z.object({ level: z.enum(['log', 'info', 'warn', 'error', 'debug', 'trace']), text: z.string() });

const output = z.object({
  state: z.literal('done'),
  commands: z.array(z.object({ name: z.string().max(100), args: z.array(z.unknown()).max(8) })).max(256),
  console: z.array(line).max(300),
  late: z.array(z.string().max(100)).max(16),
  fault: z
    .object({
      kind: z.enum(['threw', 'exports', 'limit', 'stalled']),
      name: z.string(),
      message: z.string(),
      stack: z.string(),
    })
    .optional(),
});

export type CellMessage = z.infer<typeof fromCell>;
export type RunOutput = z.infer<typeof output>;

/** Undefined for what is no message of a cell. */
export const parseMessage = (message: unknown): CellMessage | undefined => fromCell.safeParse(message).data;

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** What a context drained, or undefined when it is not what the prelude writes. */
export const parseOutput = (json: string): RunOutput | undefined => output.safeParse(parseJson(json)).data;

/** Console lines of a run that was cut off; none when they cannot be read. */
export const parseLines = (json: string): ConsoleLine[] => z.array(line).max(300).safeParse(parseJson(json)).data ?? [];
