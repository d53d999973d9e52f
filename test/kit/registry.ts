// Test kit: an npm registry on loopback. It serves the packages this tree has installed, as the lock file names them, and
// those that a test makes up; so tests fetch real packages without a network.

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const ROOT = join(import.meta.dirname, '../..');

export type MadeUpPackage = { manifest: Record<string, unknown>; files: Record<string, string> };

export type Registry = {
  /** Ends in `/`. */
  address: string;
  /** Paths that were asked for, in order. */
  asked: string[];
  close(): Promise<void>;
};

type Source = { manifest: Record<string, unknown>; files(): Map<string, Buffer> };
type Versions = Map<string, Source>;

/** A header of a tar file (POSIX ustar). */
function header(path: string, size: number, type: string): Buffer {
  const block = Buffer.alloc(512);
  block.write(path, 0, 100);
  block.write('0000644\0', 100);
  block.write('0000000\0', 108);
  block.write('0000000\0', 116);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write('00000000000\0', 136);
  block.write(' '.repeat(8), 148);
  block.write(type, 156);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

function entry(path: string, contents: Buffer, type = '0'): Buffer[] {
  const filled = Buffer.alloc(Math.ceil(contents.length / 512) * 512);
  contents.copy(filled);
  if (Buffer.byteLength(path) <= 100) return [header(path, contents.length, type), filled];
  // A longer path goes before its file, in a pax header whose length counts itself.
  const rest = ` path=${path}\n`;
  let length = Buffer.byteLength(rest) + 1;
  while (String(length).length + Buffer.byteLength(rest) !== length) length++;
  return [...entry('pax', Buffer.from(length + rest), 'x'), header('long', contents.length, type), filled];
}

function tarball(files: Map<string, Buffer>): Buffer {
  const blocks = [...files].flatMap(([path, contents]) => entry(`package/${path}`, contents));
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]), { level: 1 });
}

function readFolder(folder: string): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (const found of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(found.parentPath, found.name).slice(folder.length + 1);
    // Nested packages are packages of their own.
    if (found.isFile() && !path.startsWith('node_modules/')) files.set(path, readFileSync(join(folder, path)));
  }
  return files;
}

function installed(): Map<string, Versions> {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, unknown>;
  };
  const packages = new Map<string, Versions>();
  for (const path of Object.keys(lock.packages)) {
    const folder = join(ROOT, path);
    if (!path.includes('node_modules/') || !existsSync(join(folder, 'package.json'))) continue;
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>;
    add(packages, { manifest, files: () => readFolder(folder) });
  }
  return packages;
}

function add(packages: Map<string, Versions>, source: Source): void {
  const name = String(source.manifest.name);
  const versions = packages.get(name) ?? new Map<string, Source>();
  packages.set(name, versions.set(String(source.manifest.version), source));
}

/** `silent` takes requests and never answers; `broken` answers 200 with what is no JSON. */
export async function startRegistry({
  extra = [],
  manner = 'real',
}: {
  extra?: MadeUpPackage[];
  manner?: 'real' | 'silent' | 'broken';
} = {}): Promise<Registry> {
  const packages = installed();
  for (const { manifest, files } of extra) {
    const all = { ...files, 'package.json': JSON.stringify(manifest) };
    const contents = new Map(Object.entries(all).map(([path, text]) => [path, Buffer.from(text)]));
    add(packages, { manifest, files: () => contents });
  }
  const tarballs = new Map<Source, Buffer>();
  const tarballOf = (source: Source): Buffer => {
    const made = tarballs.get(source) ?? tarball(source.files());
    tarballs.set(source, made);
    return made;
  };
  const asked: string[] = [];

  function describe(name: string, found: Versions): string {
    const versions = Object.fromEntries(
      [...found].map(([version, source]) => {
        const bytes = tarballOf(source);
        const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
        const dist = { tarball: `${address()}${name}/-/${version}.tgz`, integrity };
        return [version, { ...source.manifest, dist }];
      }),
    );
    const released = [...found.keys()].filter((version) => !version.includes('-'));
    const latest = released.sort(compareVersions).at(-1);
    return JSON.stringify({ name, 'dist-tags': { latest }, versions });
  }

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://registry').pathname.slice(1));
    asked.push(path);
    if (manner === 'silent') return;
    if (manner === 'broken') {
      response.end('<html>maintenance</html>');
      return;
    }
    const [, name = path, version] = /^(.*)\/-\/(.*)\.tgz$/.exec(path) ?? [];
    const found = packages.get(name);
    const source = version === undefined ? undefined : found?.get(version);
    if (found === undefined || (version !== undefined && source === undefined)) {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"Not found"}');
    } else if (source !== undefined) response.end(tarballOf(source));
    else response.writeHead(200, { 'content-type': 'application/json' }).end(describe(name, found));
  }

  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return {
    address: address(),
    asked,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

const compareVersions = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });
