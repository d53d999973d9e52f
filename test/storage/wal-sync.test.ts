// Waiting until the write-ahead log is on the disk: who shares a wait, and what becomes of one that fails.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createLogSync } from '#storage/wal-sync.ts';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-wal-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function aLog(name: string): string {
  const file = join(folder, name);
  writeFileSync(file, 'frames');
  return file;
}

test('whoever comes while one is under way shares the next, never the one that may have begun too early', async () => {
  const log = createLogSync(aLog('shared'));
  const first = log.sync();
  const [second, third] = [log.sync(), log.sync()];
  expect(second).not.toBe(first);
  expect(third).toBe(second);
  await Promise.all([first, second]);
  const later = log.sync();
  expect(later).not.toBe(second);
  await later;
  await log.close();
});

test('a wait that fails is told to those who waited, and the next one tries anew', async () => {
  const log = createLogSync(join(folder, 'late'));
  const [first, second] = await Promise.allSettled([log.sync(), log.sync()]);
  expect([first.status, second.status]).toEqual(['rejected', 'rejected']);
  aLog('late');
  await log.sync();
  await log.close();
});

test('closing waits for those who wait', async () => {
  const log = createLogSync(aLog('closing'));
  const ends: string[] = [];
  const waits = [log.sync(), log.sync()].map((wait) => wait.then(() => ends.push('synced')));
  await log.close();
  ends.push('closed');
  await Promise.all(waits);
  expect(ends).toEqual(['synced', 'synced', 'closed']);
});
