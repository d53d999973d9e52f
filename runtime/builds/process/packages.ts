// Builds: which package a file belongs to, and whether the package needs compiled code.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';

export type PackagePlace = { name: string; folder: string };

const FOLDER = `${sep}node_modules${sep}`;

/** The package whose folder holds a file; undefined for a file outside of packages. */
export function packageOf(path: string): PackagePlace | undefined {
  const start = path.lastIndexOf(FOLDER);
  if (start === -1) return undefined;
  const parts = path.slice(start + FOLDER.length).split(sep);
  const own = parts.slice(0, parts[0]?.startsWith('@') ? 2 : 1);
  return { name: own.join('/'), folder: join(path.slice(0, start + FOLDER.length), ...own) };
}

/** `lodash/fp` → `lodash`, `/fp`; of `lodash@4.17.21/fp`, as Rules had them, the version is left out. */
export function splitSpecifier(specifier: string): { name: string; subpath: string } | undefined {
  const parts = /^((?:@[^/@]+\/)?[^/@]+)(?:@[^/]*)?(\/.*)?$/.exec(specifier);
  return parts?.[1] === undefined ? undefined : { name: parts[1], subpath: parts[2] ?? '' };
}

/** Packages whose purpose is to load or make compiled code. */
const LOADERS = ['bindings', 'node-gyp-build', 'node-gyp', 'node-pre-gyp', '@mapbox/node-pre-gyp', 'prebuild-install'];

export const loadsCompiledCode = (packageName: string): boolean => LOADERS.includes(packageName);

/** Says which packages are compiled when they are installed; each is looked at once. */
export function createNativeCheck(): (place: PackagePlace) => Promise<boolean> {
  const known = new Map<string, Promise<boolean>>();
  const look = async ({ folder }: PackagePlace): Promise<boolean> => {
    if (existsSync(join(folder, 'binding.gyp'))) return true;
    const manifest: unknown = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    return typeof manifest === 'object' && manifest !== null && 'gypfile' in manifest && manifest.gypfile === true;
  };
  return (place) => {
    const found = known.get(place.folder) ?? look(place);
    known.set(place.folder, found);
    return found;
  };
}
