// Bundles the code of ours that runs in cells. The scripts of tenants are built elsewhere, in a process of their own.

import { join } from 'node:path';
import { build, stop } from 'esbuild';

const underWay = new Set<Promise<unknown>>();

async function bundle(entry: string, options: Parameters<typeof build>[0]): Promise<string> {
  const building = build({
    ...options,
    entryPoints: [entry],
    bundle: true,
    charset: 'utf8',
    target: 'es2024',
    logLevel: 'silent',
    legalComments: 'none',
    write: false,
  });
  underWay.add(building);
  const { outputFiles } = await building.finally(() => underWay.delete(building));
  const text = outputFiles?.[0]?.text;
  if (text === undefined) throw new Error(`bundling ${entry} gave no output`);
  return text;
}

/** The guest code of every context, as one expression whose value is the function the host calls. */
export const bundlePrelude = (): Promise<string> =>
  bundle(join(import.meta.dirname, '../../actions/prelude/main.ts'), {
    format: 'iife',
    platform: 'neutral',
    minify: true,
    // Strict, so that no script can reach these functions as the callers of its own.
    banner: { js: '(() => {"use strict";const sallyport={};' },
    footer: { js: 'return sallyport.entry;\n})()' },
  });

/** The program of a cell: plain JavaScript, for a jitless Node has no WebAssembly and therefore cannot strip types. */
export const bundleCell = (): Promise<string> =>
  bundle(join(import.meta.dirname, 'cell/main.ts'), {
    format: 'cjs',
    platform: 'node',
    external: ['isolated-vm'],
  });

/** Ends esbuild's own child process; the next use starts another. One that is under way would never be answered. */
export async function stopBuilds(): Promise<void> {
  await Promise.allSettled([...underWay]);
  await stop();
}
