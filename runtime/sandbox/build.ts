// The one place that names esbuild: checks scripts when they are deployed, and bundles the code of ours that runs in cells.
// Nothing of a script is executed here.

import { join } from 'node:path';
import { build, type Message, stop, transform } from 'esbuild';

export type ScriptError = {
  message: string;
  /** From 1. */
  line: number;
  /** From 1, in UTF-16 units, as V8 counts. */
  column: number;
  /** The line of the source. */
  text: string;
};

export type ScriptCheck = { ok: true } | { ok: false; errors: ScriptError[] };

const MAX_ERRORS = 10;
const MODULE_SYNTAX =
  'Scripts are CommonJS modules: use exports.onExecutePostLogin = async (event, api) => { … } instead of import and export.';

function toScriptError(message: Message, lineOffset: number): ScriptError {
  const { location } = message;
  if (location === null) return { message: message.text, line: 1, column: 1, text: '' };
  const before = Buffer.from(location.lineText).subarray(0, location.column).toString();
  return {
    message: message.text,
    line: Math.max(1, location.line - lineOffset),
    column: before.length + 1,
    text: location.lineText,
  };
}

async function findErrors(source: string, fileName: string): Promise<Message[]> {
  try {
    await transform(source, { loader: 'js', sourcefile: fileName, logLevel: 'silent' });
    return [];
  } catch (error) {
    const { errors } = error as { errors?: Message[] };
    if (errors === undefined || errors.length === 0) throw error;
    return errors.slice(0, MAX_ERRORS);
  }
}

/**
 * Checks the syntax of a script as it is deployed: CommonJS, sloppy mode, no imports or exports, no `await` outside of
 * functions. Says nothing about what the script would do.
 */
export async function checkScript(script: { fileName: string; source: string }): Promise<ScriptCheck> {
  const { fileName, source } = script;
  const errors = await findErrors(source, fileName);
  if (errors.length > 0) return { ok: false, errors: errors.map((message) => toScriptError(message, 0)) };
  // A script that parses by itself must also parse as the body of a function, for that is how it is loaded.
  const inside = await findErrors(`(function () {\n${source}\n})`, fileName);
  if (inside.length === 0) return { ok: true };
  return {
    ok: false,
    errors: inside.slice(0, 1).map((message) => {
      const error = toScriptError(message, 1);
      return /(?:^|[;}])\s*(?:import|export)\b/.test(error.text) ? { ...error, message: MODULE_SYNTAX } : error;
    }),
  };
}

async function bundle(entry: string, options: Parameters<typeof build>[0]): Promise<string> {
  const { outputFiles } = await build({
    ...options,
    entryPoints: [entry],
    bundle: true,
    write: false,
    charset: 'utf8',
    target: 'es2024',
    logLevel: 'silent',
    legalComments: 'none',
  });
  const text = outputFiles?.[0]?.text;
  if (text === undefined) throw new Error(`bundling ${entry} gave no output`);
  return text;
}

/** The guest code of every context, as one expression whose value is the function the host calls. */
export const bundlePrelude = (): Promise<string> =>
  bundle(join(import.meta.dirname, '../../actions/prelude/main.ts'), {
    format: 'iife',
    globalName: 'prelude',
    platform: 'neutral',
    minify: true,
    // Strict, so that no script can reach these functions as the callers of its own.
    banner: { js: '(() => {"use strict";' },
    footer: { js: 'return prelude.entry;\n})()' },
  });

/** The program of a cell: plain JavaScript, for a jitless Node has no WebAssembly and therefore cannot strip types. */
export const bundleCell = (): Promise<string> =>
  bundle(join(import.meta.dirname, 'cell/main.ts'), {
    format: 'cjs',
    platform: 'node',
    external: ['isolated-vm'],
  });

/** Ends esbuild's own child process; the next use starts another. */
export const stopBuilds = (): Promise<void> => stop();
