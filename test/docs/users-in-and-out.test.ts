// The page about imports and exports: its commands are done as they are printed, by a shell against a server that listens, and
// leave what is printed.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTenant, type ServedTenant } from '#test/server/cli/open-tenant.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/users-in-and-out.md'), 'utf8');
const blocks = (language: string): string[] =>
  [...PAGE.matchAll(/```(\w+)\n([\s\S]+?)```/g)].flatMap(([, name, text = '']) => (name === language ? [text] : []));

let tenant: ServedTenant;
let folder = '';
beforeAll(async () => {
  tenant = await openTenant();
  folder = mkdtempSync(join(tmpdir(), 'sallyport-users-'));
});
afterAll(async () => {
  await tenant.close();
  rmSync(folder, { recursive: true, force: true });
});

test('people come in and go out as it is printed', async () => {
  const token = await tenant.token('create:users', 'read:users', 'read:connections');
  const script = ['set -eu', ...blocks('sh')].join('\n');
  const env = { PATH: process.env.PATH ?? '', DOMAIN: tenant.url, TOKEN: token };
  await promisify(execFile)('bash', ['-c', script], { cwd: folder, env, timeout: 60_000 });
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  expect(JSON.parse(read('job.json'))).toMatchObject({ summary: { total: 2, inserted: 1, updated: 0, failed: 1 } });
  expect(JSON.parse(read('errors.json'))).toEqual(JSON.parse(blocks('json')[0] ?? ''));
  expect(read('users.csv').replaceAll('\r\n', '\n')).toBe(blocks('csv')[0]);
});
