// For the tests of shims: tables of expressions, evaluated by a script in a real cell and by Node itself, which is the yardstick.

import { createHash } from 'node:crypto';
import type { RunRequest, Sandbox, Script } from '#runtime/sandbox/sandbox.ts';
import { DEFAULT_LIMITS } from '#runtime/script-limits.ts';
import { lines, outcome, request } from '../kit.ts';
import { bundleText } from '../node/bundle-text.ts';

/** The text as it is deployed: with the shims it mentions. */
export async function build(text: string): Promise<Script> {
  const source = await bundleText(text);
  return { versionId: createHash('sha256').update(source).digest('hex'), fileName: 'action.js', source };
}

/** An expression, which may await; what it comes to, where that is not what Node says. */
export type Row = string | [expression: string, expected: string];

export const expressionOf = (row: Row): string => (typeof row === 'string' ? row : row[0]);

/** Text of a value, on both sides: its own source text goes into the script. */
function show(value: unknown): string {
  if (value instanceof Error) {
    const code = (value as { code?: unknown }).code;
    return `${value.name}: ${value.message}${code === undefined ? '' : ` [${code}]`}`;
  }
  if (value instanceof ArrayBuffer) return `buffer ${show(new Uint8Array(value))}`;
  if (ArrayBuffer.isView(value)) return `${value[Symbol.toStringTag as never]} ${Array.from(value as Uint8Array)}`;
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(show)}]`;
  if (value instanceof Map) return `Map ${show([...value])}`;
  if (value instanceof Set) return `Set ${show([...value])}`;
  if (value instanceof Date) return `Date ${value.getTime()}`;
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    return `{${Object.entries(value).map(([name, member]) => `${name}: ${show(member)}`)}}`;
  }
  return String(value);
}

const AsyncFunction = (async () => {}).constructor as new (
  ...texts: string[]
) => (...args: unknown[]) => Promise<unknown>;

/** What Node says. `given`: a value that expressions know by this name. */
export async function inNode(expression: string, given?: unknown): Promise<string> {
  try {
    return show(await new AsyncFunction('given', `return (${expression});`)(given));
  } catch (error) {
    return show(error);
  }
}

/** What a script says: all expressions in one run, each by itself. */
export async function inScript(
  sandbox: Sandbox,
  rows: readonly Row[],
  given?: unknown,
  over: Partial<RunRequest> = {},
): Promise<string[]> {
  const source = `
    const show = ${show};
    const given = ${JSON.stringify(given) ?? 'undefined'};
    const rows = [${rows.map((row) => `async () => (${expressionOf(row)})`).join(',\n')}];
    exports.onExecutePostLogin = async () => {
      for (const row of rows) {
        try { console.log(show(await row())); } catch (error) { console.log(show(error)); }
      }
    };`;
  // A whole table runs at once: not what a script would do in its time on a machine that is busy.
  const limits = { ...DEFAULT_LIMITS, cpuMs: 5_000 };
  const result = await sandbox.run(request(source, { script: await build(source), limits, ...over }));
  if (!result.ok) throw new Error(outcome(result));
  return lines(result);
}
