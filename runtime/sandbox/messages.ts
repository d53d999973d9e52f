// The wall on the server's side: what a cell sends is parsed before anything looks at it.
// A cell runs scripts of strangers; if one has taken it over, it says whatever it likes.

import { z } from 'zod';

const MAX_TEXT = 8 * 1024 * 1024;
const MAX_LINES = 300;
const MAX_CALLS = 1024;
const text = z.string().max(MAX_TEXT);
const id = z.number().int().nonnegative();
const duration = z.number().nonnegative();

const call = z.object({ call: id, operation: z.string().max(100), payload: text });

const fromCell = z.discriminatedUnion('type', [
  z.object({ type: z.literal('up') }),
  z.object({ type: z.literal('beat'), id, tenantId: text, versionId: text, withinMs: duration.max(60_000) }),
  z.object({ type: z.literal('idle') }),
  z.object({
    type: z.literal('waiting'),
    id,
    calls: z.array(call).max(MAX_CALLS).optional(),
    cancelled: z.array(id).max(MAX_CALLS).optional(),
  }),
  z.object({ type: z.literal('done'), id, output: text, cpuMs: duration }),
  z.object({
    type: z.literal('ended'),
    id,
    cause: z.enum(['timeout', 'memory', 'threw', 'exports', 'stopped']),
    name: text,
    message: text,
    stack: text,
    left: text,
    full: z.boolean(),
    cpuMs: duration,
    slice: z.object({ cpuMs: duration, wallMs: duration }),
  }),
  z.object({ type: z.literal('unknown'), id }),
  z.object({ type: z.literal('lost'), id }),
]);

const line = z.object({
  level: z.enum(['log', 'info', 'warn', 'error', 'debug', 'trace']),
  text: z.string(),
  stack: z.string(),
});

const output = z.object({
  state: z.literal('done'),
  commands: z.array(z.object({ name: z.string().max(100), args: z.array(z.unknown()).max(1000) })).max(10_000),
  console: z.array(line).max(MAX_LINES),
  late: z.array(z.string().max(100)).max(16),
  fault: z
    .object({
      kind: z.enum(['threw', 'exports', 'limit', 'stalled']),
      name: z.string(),
      message: z.string(),
      stack: z.string(),
      limit: z.enum(['outputSize', 'consoleSize', 'commands', 'calls']).optional(),
    })
    .optional(),
});

const left = z.object({ console: z.array(line).max(MAX_LINES), stack: z.string() });

export type CellMessage = z.infer<typeof fromCell>;
export type RunOutput = z.infer<typeof output>;
export type OutputLine = z.infer<typeof line>;

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

/** What a run that was cut off left behind: its console and where it stood; nothing when it cannot be read. */
export const parseLeft = (json: string): z.infer<typeof left> =>
  left.safeParse(parseJson(json)).data ?? { console: [], stack: '' };
