// Server, command line: where npm finds us for a new project: the folder of the clone, or the file that we were installed from.
// Never a version alone: that would be asked of a registry, where our name is nobody's or a stranger's.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';

/** `path`: folder of the new project; `root`: ours. Both absolute. */
export async function ownAddress(path: string, root: string): Promise<string> {
  const folder = root.slice(0, Math.max(0, root.lastIndexOf(`${sep}node_modules${sep}`)));
  const file = folder === '' ? undefined : await installedFile(folder);
  return `file:${relative(path, file ?? root).replaceAll(sep, '/') || '.'}`;
}

/** The package file that `npm install` was given in that folder, absolute, if npm has noted it and it is still there. */
async function installedFile(folder: string): Promise<string | undefined> {
  const noted = await readFile(join(folder, 'node_modules/.package-lock.json'), 'utf8').catch(() => '{}');
  const { packages } = JSON.parse(noted) as { packages?: Record<string, { resolved?: string }> };
  const address = packages?.['node_modules/sallyport']?.resolved;
  if (!address?.startsWith('file:')) return undefined;
  const file = resolve(folder, address.slice('file:'.length));
  return existsSync(file) ? file : undefined;
}
