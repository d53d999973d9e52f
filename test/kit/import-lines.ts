// Test kit: finds what a source file imports, by its text. Static imports begin their line, as the formatter has them.
import { posix } from 'node:path';

export type Import = {
  /** As written. */
  to: string;
  /** Path from the root of the tree; undefined for packages and `node:` modules. */
  resolved?: string;
  /** Nothing of it is left when types are stripped. */
  typeOnly: boolean;
  /** The text between `import` and `from`. */
  names: string;
};

const STATIC = /^(?:import|export)\b\s*(type\b(?!\s*(?:,|from)))?([^'"`;=()]*?)\bfrom\s*['"]([^'"]+)['"]/gm;
const BARE = /^import\s*['"]([^'"]+)['"]/gm;
/** `import('x')` as a value or as a type, `require('x')`, `require.resolve('x')`, `import.meta.resolve('x')`. */
const CALLED = /\b(?:import|require|require\.resolve|import\.meta\.resolve)\(\s*['"]([^'"]+)['"]/g;

/** @param path of the file, from the root; @param text without its comments. */
export function findImports(path: string, text: string): Import[] {
  const found: Omit<Import, 'resolved'>[] = [];
  for (const [, type, names, to] of text.matchAll(STATIC)) {
    found.push({ to: to ?? '', typeOnly: type !== undefined, names: names ?? '' });
  }
  for (const [, to] of text.matchAll(BARE)) found.push({ to: to ?? '', typeOnly: false, names: '' });
  for (const [, to] of text.matchAll(CALLED)) found.push({ to: to ?? '', typeOnly: false, names: '' });
  return found.map((one) => {
    const resolved = resolve(path, one.to);
    return resolved === undefined ? one : { ...one, resolved };
  });
}

function resolve(path: string, to: string): string | undefined {
  if (to.startsWith('#')) return to.slice(1);
  if (to.startsWith('.')) return posix.normalize(posix.join(posix.dirname(path), to));
  return undefined;
}
