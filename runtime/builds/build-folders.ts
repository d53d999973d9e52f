// Builds: temporary folders: one a build, and a cache of downloads that all builds of this process share.

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** When so much has been unpacked from it, the cache is emptied: tenants choose what is downloaded. */
const CACHE_BYTES = 1024 * 1024 * 1024;

export type BuildFolders = {
  /** An empty folder, and the cache; both readable for this user alone. */
  take(): Promise<{ folder: string; cache: string }>;
  /** Removes the folder of a build. */
  giveBack(folder: string, unpackedBytes: number): Promise<void>;
  close(): Promise<void>;
};

export function createBuildFolders(): BuildFolders {
  let root: Promise<string> | undefined;
  let cacheNumber = 0;
  let cachedBytes = 0;
  let count = 0;
  const inUse = new Map<string, string>();

  const remove = (path: string): Promise<void> => rm(path, { recursive: true, force: true, maxRetries: 3 });

  async function dropCache(): Promise<void> {
    const old = `cache-${cacheNumber}`;
    // Builds under way keep the old one until the last of them is done.
    if ([...inUse.values()].includes(old)) return;
    cacheNumber++;
    cachedBytes = 0;
    await remove(join(await (root ?? ''), old));
  }

  return {
    async take() {
      // mkdtemp gives mode 0700.
      root ??= mkdtemp(join(tmpdir(), 'sallyport-builds-'));
      const base = await root;
      const folder = join(base, `build-${count++}`);
      const cache = `cache-${cacheNumber}`;
      inUse.set(folder, cache);
      await mkdir(folder, { mode: 0o700 });
      return { folder, cache: join(base, cache) };
    },
    async giveBack(folder, unpackedBytes) {
      inUse.delete(folder);
      cachedBytes += unpackedBytes;
      await remove(folder);
      if (cachedBytes > CACHE_BYTES) await dropCache();
    },
    async close() {
      if (root !== undefined) await remove(await root);
      root = undefined;
    },
  };
}
