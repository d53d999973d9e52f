// Server: the root keys of this process. Where none were given, development makes one and keeps it beside the database,
// readable by its owner alone: without it the next start could not open what this one has sealed.
import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Config } from './config.ts';

export function rootKeys({ secrets, databaseUrl }: Pick<Config, 'secrets' | 'databaseUrl'>): string[] {
  if (secrets) return secrets;
  const file = keyFile(databaseUrl);
  return [file === undefined ? newKey() : (readKey(file) ?? keep(file, newKey()))];
}

/** Where the key of a database is kept; undefined for one that does not outlive the process. */
function keyFile(databaseUrl: string): string | undefined {
  const path = /^sqlite:(.+)$/.exec(databaseUrl)?.[1];
  if (path === ':memory:') return undefined;
  return path === undefined ? join('data', 'sallyport.secret') : `${path}.secret`;
}

const newKey = (): string => randomBytes(32).toString('base64url');

function readKey(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  }
}

/** Written whole or not at all; of two processes that start at once both use the same key. */
function keep(file: string, key: string): string {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${key}\n`, { mode: 0o600, flag: 'wx' });
  try {
    linkSync(draft, file);
    return key;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    return readFileSync(file, 'utf8').trim();
  } finally {
    unlinkSync(draft);
  }
}
