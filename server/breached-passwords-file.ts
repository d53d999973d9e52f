// Server: the operator's list of leaked passwords: SHA-1 hashes in hexadecimal, one a line, sorted, each perhaps with a
// count behind a colon, as such lists are published. It may be many gigabytes long, so it stays on the disk and is halved.
import { fstatSync, openSync, read as readCallback, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { type BreachedPasswords, noBreachedPasswords } from '#runtime/protection/breached-passwords.ts';
import { type Config, ConfigError } from './config.ts';
import { quote } from './quote.ts';

const read = promisify(readCallback);

const LINE = /^[0-9A-F]{40}(:\d{1,15})?\r?(\n|$)/i;
/** Longer than any line. */
const LINE_BYTES = 64;
/** What is read at once when the halves are this small. */
const BLOCK_BYTES = 4096;

/** The list of `SALLYPORT_BREACHED_PASSWORDS`. Throws `ConfigError`. */
export function openBreachedPasswordsFile({ breachedPasswords }: Pick<Config, 'breachedPasswords'>): BreachedPasswords {
  if (breachedPasswords === undefined) return noBreachedPasswords;
  const file = openSync(breachedPasswords, 'r');
  const { size } = fstatSync(file);
  const head = Buffer.alloc(LINE_BYTES);
  const bytes = readSync(file, head, 0, LINE_BYTES, 0);
  if (!LINE.test(head.toString('latin1', 0, bytes))) {
    const expected = 'a sorted list of SHA-1 hashes, one a line (its first line is none)';
    throw new ConfigError('SALLYPORT_BREACHED_PASSWORDS', quote(breachedPasswords), expected);
  }
  return { includes: (sha1) => search(file, size, sha1) };
}

async function search(file: number, size: number, sha1: string): Promise<boolean> {
  let [low, high] = [0, size];
  while (high - low > BLOCK_BYTES) {
    const middle = Math.floor((low + high) / 2);
    const text = await textAt(file, middle, 2 * LINE_BYTES);
    const next = text.indexOf('\n') + 1;
    if (next === 0) throw new Error('the list of leaked passwords has a line that is no hash');
    if (text.slice(next, next + sha1.length) <= sha1) low = middle + next;
    else high = middle + next;
  }
  const lines = (await textAt(file, low, high - low)).split('\n');
  return lines.some((line) => line.startsWith(sha1));
}

async function textAt(file: number, position: number, length: number): Promise<string> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await read(file, buffer, 0, length, position);
  return buffer.toString('latin1', 0, bytesRead).toUpperCase();
}
