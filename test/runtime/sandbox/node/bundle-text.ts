// For the tests of Node's modules in scripts: bundles by the real bundler, with packages from the repository's own folder.

import { join } from 'node:path';
import { bundle } from '#runtime/builds/process/bundle.ts';
import { parseText } from '#runtime/builds/process/parse.ts';

const ROOT = join(import.meta.dirname, '../../../..');

/** The bundle of a whole source text. @throws the faults of a text that cannot be bundled. */
export async function bundleText(source: string, packages: readonly string[] = []): Promise<string> {
  const text = await parseText('action.js', source);
  if (Array.isArray(text)) throw new Error(JSON.stringify(text));
  const built = await bundle([{ key: 'author', text, declared: new Set(packages), folder: ROOT, head: '' }], [ROOT]);
  if (Array.isArray(built)) throw new Error(JSON.stringify(built));
  return built.script;
}
