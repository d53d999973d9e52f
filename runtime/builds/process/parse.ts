// Builds: reads an author's text: is it JavaScript or TypeScript, and where is it wrong? TypeScript is turned into the
// CommonJS that scripts are; its types are stripped, not checked. Nothing of it is executed.

import { SourceMap } from 'node:module';
import { type Message, transform } from 'esbuild';
import type { BuildFault } from '../builds.ts';
import { MAX_FAULTS } from './order.ts';

/** Node 24, so that async functions stay native and newer syntax than V8 has is translated. */
export const TARGET = 'node24';

/** A place in an author's file; both from 1, columns in UTF-16 units as V8 counts. */
export type Place = { line: number; column: number };

export type ParsedText = {
  /** Ends in `.ts` when the text is TypeScript. */
  fileName: string;
  /** As the author wrote it. */
  source: string;
  /** CommonJS, with a map to the author's text at its end when it was translated. */
  code: string;
  /** Stands before the whole bundle, once for each text that has it. */
  head?: string;
  /** From a place in `code` to the author's. */
  placeOf(place: Place): Place;
};

const MODULE_SYNTAX =
  'Scripts are CommonJS modules: use exports.onExecutePostLogin = async (event, api) => { … } instead of import and export';

export function toPlace({ location }: Message): Place {
  if (location === null) return { line: 1, column: 1 };
  const before = Buffer.from(location.lineText).subarray(0, location.column).toString();
  return { line: location.line, column: before.length + 1 };
}

export const describeFault = (fileName: string, { line, column }: Place, message: string): string =>
  `${fileName}:${line}:${column}: ${message}`;

/**
 * No source map is followed from a text of a tenant or a package: esbuild would read the file it names, and
 * `../../dev/zero` never ends. Written this way the words mean the same in a string and nothing in a comment.
 */
export const withoutMapComments = (text: string): string =>
  text.replaceAll('sourceMappingURL=', String.raw`sourceMappingURL\x3d`);

type Options = Parameters<typeof transform>[1] & object;

async function tryTransform(source: string, options: Options): Promise<{ code: string; map: string } | Message[]> {
  try {
    // Without white space: the indentation of a deep nesting grows with its square, 200 KB of `if(1)` to gigabytes.
    return await transform(source, { minifyWhitespace: true, target: TARGET, logLevel: 'silent', ...options });
  } catch (error) {
    const { errors } = error as { errors?: Message[] };
    if (errors === undefined || errors.length === 0) throw error;
    return errors.slice(0, MAX_FAULTS);
  }
}

function toFaults(fileName: string, messages: Message[]): BuildFault[] {
  return messages.map((message) => ({
    id: 'syntax_error',
    message: describeFault(fileName, toPlace(message), message.text),
  }));
}

/** A text that parses by itself must also parse as the body of a function, for that is how CommonJS is loaded. */
async function findModuleSyntax(fileName: string, source: string): Promise<BuildFault[]> {
  const inside = await tryTransform(`(function () {\n${source}\n})`, { loader: 'js' });
  if (!Array.isArray(inside)) return [];
  return inside.slice(0, 1).map((message) => {
    const place = toPlace(message);
    const isModule = /(?:^|[;}])\s*(?:import|export)\b/.test(message.location?.lineText ?? '');
    const hint = `${MODULE_SYNTAX}, or name the Action ${typeScriptName(fileName)} to write TypeScript.`;
    const at = { line: Math.max(1, place.line - 1), column: place.column };
    return { id: 'syntax_error', message: describeFault(fileName, at, isModule ? hint : message.text) };
  });
}

const typeScriptName = (fileName: string): string => `${fileName.replace(/\.js$/, '')}.ts`;

/** What a text means by a name that it does not declare itself: the name, and what is written in its place. */
export type FreeNames = Readonly<Record<string, string>>;

async function translate(
  fileName: string,
  source: string,
  options: Options,
  text = withoutMapComments(source),
): Promise<ParsedText | BuildFault[]> {
  const parsed = await tryTransform(text, {
    ...options,
    sourcefile: fileName,
    sourcemap: 'external',
    sourcesContent: false,
    // No settings but esbuild's own.
    tsconfigRaw: '{}',
  });
  if (Array.isArray(parsed)) return toFaults(fileName, parsed);
  const map = new SourceMap(JSON.parse(parsed.map));
  const url = `data:application/json;base64,${Buffer.from(parsed.map).toString('base64')}`;
  return {
    fileName,
    source,
    code: `${parsed.code}\n//# sourceMappingURL=${url}\n`,
    placeOf({ line, column }) {
      const entry = map.findEntry(line - 1, column - 1);
      return 'originalLine' in entry
        ? { line: entry.originalLine + 1, column: entry.originalColumn + 1 }
        : { line, column };
    },
  };
}

const parseTypeScript = (fileName: string, source: string, names: FreeNames) =>
  translate(fileName, source, { loader: 'ts', format: 'cjs', define: names });

/**
 * Reads a text. What parses as JavaScript is JavaScript unless its file name ends in `.ts`; what does not, but parses as
 * TypeScript, is TypeScript.
 */
export async function parseText(
  fileName: string,
  source: string,
  names: FreeNames = {},
): Promise<ParsedText | BuildFault[]> {
  if (fileName.endsWith('.ts')) return parseTypeScript(fileName, source, names);
  const errors = await tryTransform(source, { loader: 'js' });
  if (Array.isArray(errors)) {
    const typed = await parseTypeScript(typeScriptName(fileName), source, names);
    return Array.isArray(typed) ? toFaults(fileName, errors) : typed;
  }
  const faults = await findModuleSyntax(fileName, source);
  if (faults.length > 0) return faults;
  if (Object.keys(names).some((name) => source.includes(name))) {
    const replaced = await translate(fileName, source, { loader: 'js', define: names });
    if (Array.isArray(replaced) || Object.values(names).some((name) => replaced.code.includes(name))) return replaced;
  }
  return { fileName, source, code: withoutMapComments(source), placeOf: (place) => place };
}

/**
 * Reads a text once more with something of ours written into it.
 * @param marked the text with a map to the author's at its end; `names` as when it was read before.
 */
export async function parseMarked(parsed: ParsedText, marked: string, names: FreeNames = {}): Promise<ParsedText> {
  const { fileName, source, placeOf } = parsed;
  const isTyped = fileName.endsWith('.ts');
  if (!isTyped && Object.keys(names).length === 0) return { fileName, source, code: marked, placeOf };
  const options: Options = isTyped ? { loader: 'ts', format: 'cjs', define: names } : { loader: 'js', define: names };
  const again = await translate(fileName, source, options, marked);
  if (Array.isArray(again)) throw new Error(`a text that was read cannot be read again: ${again[0]?.message}`);
  return again;
}
