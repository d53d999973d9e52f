// Server, project: the packages that a project has installed, where Node would find them. A package that is declared and not
// installed, or installed at another version, is a fault: tests would run something that a tenant does not.
import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { BuildFault, Dependency } from '#runtime/builds/builds.ts';

const EXACT = /^\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$/;

/** Real paths of the folders whose `node_modules` are looked into, from the project's upwards. */
export function packageFolders(folder: string): string[] {
  const found: string[] = [];
  for (let at = realpathSync(folder); ; at = dirname(at)) {
    found.push(at);
    if (dirname(at) === at) return found;
  }
}

export type InstalledPackages =
  | { ok: true; versions: ReadonlyMap<string, string> }
  | { ok: false; faults: BuildFault[] };

/** Finds what is declared. @param lists names have been checked. */
export function findPackages(folder: string, lists: readonly (readonly Dependency[])[]): InstalledPackages {
  const versions = new Map<string, string>();
  const faults: BuildFault[] = [];
  for (const { name, version } of lists.flat()) {
    const installed = versionOf(folder, name);
    const remedy = `npm install ${name}${version === 'latest' ? '' : `@${version}`}`;
    const refuse = (what: string) =>
      faults.push({ id: 'dependency_not_found', message: `${name}@${version} is declared, and ${what}: ${remedy}` });
    if (installed === undefined) refuse(`the project has not installed it`);
    else if (EXACT.test(version) && installed !== version) refuse(`the project has installed ${installed}`);
    else versions.set(name, installed);
  }
  return faults.length > 0 ? { ok: false, faults } : { ok: true, versions };
}

function versionOf(folder: string, name: string): string | undefined {
  for (const place of packageFolders(folder)) {
    try {
      const manifest: unknown = JSON.parse(readFileSync(join(place, 'node_modules', name, 'package.json'), 'utf8'));
      const { version } = manifest as { version?: unknown };
      if (typeof version === 'string') return version;
    } catch {
      // Not here: perhaps further up.
    }
  }
  return undefined;
}
