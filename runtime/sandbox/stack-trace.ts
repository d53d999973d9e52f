// From the stack a script shows to the frames its author may see: those in the author's files, with the author's lines.
// The text is untrusted, for a script may assign `stack`; so frames are taken out of it, nothing is passed through.

import { SourceMap, type SourceMapPayload } from 'node:module';
import type { Script } from './sandbox.ts';

const MAX_FRAMES = 20;
/** Frames looked at: an author's own may lie below those of packages. */
const MAX_LINES = 200;
const MAX_FUNCTION_NAME = 100;
const MAX_MAPS = 20;
const POSITION = /^(\d{1,7}):(\d{1,7})$/;
/** Sources of a bundle that an author did not write: packages and what stands for Node's modules. */
const FOREIGN = /^(?:node_modules|sallyport)\//;
/** The function that a bundle makes of the author's file, by the name the build gives it. */
const TOP_LEVEL = 'author:author';

/** Parsed maps of the versions that last had something to show. */
const maps = new Map<string, SourceMap>();

function mapOf(script: Script): SourceMap | undefined {
  if (script.map === undefined) return undefined;
  const known = maps.get(script.versionId);
  if (known !== undefined) return known;
  const map = new SourceMap(JSON.parse(script.map()) as SourceMapPayload);
  maps.set(script.versionId, map);
  for (const oldest of maps.keys()) {
    if (maps.size <= MAX_MAPS) break;
    maps.delete(oldest);
  }
  return map;
}

/** `(file.js:4:23)` or `file.js:4:23` at the end of a line → line and column. */
function positionIn(line: string, fileName: string): { line: number; column: number } | undefined {
  const bracketed = line.endsWith(')');
  const end = bracketed ? line.length - 1 : line.length;
  const at = line.lastIndexOf(`${fileName}:`, end);
  if (at < 0) return undefined;
  const before = line.slice(0, at);
  if (!(bracketed ? before.endsWith('(') : /^\s*at (?:async )?$/.test(before))) return undefined;
  const found = POSITION.exec(line.slice(at + fileName.length + 1, end));
  return found === null ? undefined : { line: Number(found[1]), column: Number(found[2]) };
}

/** `file:line:column` in the author's text; undefined for a place that is not the author's. */
function toAuthor(position: { line: number; column: number }, script: Script, map: SourceMap | undefined) {
  if (map === undefined) return `${script.fileName}:${position.line}:${position.column}`;
  const entry = map.findEntry(position.line - 1, position.column - 1);
  if (!('originalSource' in entry) || FOREIGN.test(entry.originalSource)) return undefined;
  return `${entry.originalSource}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
}

function functionIn(line: string, fileName: string): string {
  const at = line.lastIndexOf(` (${fileName}:`);
  if (at < 0) return '';
  const name = line.slice(0, at).replace(/^\s*at /, '');
  if (name.endsWith(TOP_LEVEL)) return '';
  return /^[\w$.<>[\] ]+$/.test(name) ? name.slice(0, MAX_FUNCTION_NAME) : '<unknown>';
}

/** Frames such as `at check (phone-or-push.ts:4:23)`, innermost first; empty when none is in the author's files. */
export function authorFrames(stack: string, script: Script): string[] {
  if (stack === '') return [];
  const { fileName } = script;
  const map = mapOf(script);
  const frames: string[] = [];
  for (const line of stack.split('\n', MAX_LINES)) {
    if (!/^\s+at /.test(line)) continue;
    const position = positionIn(line, fileName);
    const author = position && toAuthor(position, script, map);
    if (author === undefined) continue;
    const name = functionIn(line, fileName);
    frames.push(name === '' ? `at ${author}` : `at ${name} (${author})`);
    if (frames.length === MAX_FRAMES) break;
  }
  return frames;
}

/** `phone-or-push.ts:4:23` of the innermost frame. */
export function positionOf(frames: string[]): string | undefined {
  const [innermost] = frames;
  if (innermost === undefined) return undefined;
  const at = innermost.lastIndexOf('(');
  return at < 0 ? innermost.replace(/^at /, '') : innermost.slice(at + 1, -1);
}
