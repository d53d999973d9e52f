// Tests of storage: URLs that lead nowhere, each with its reason and without its password; and the indexes that the
// first look-up of a login rests on.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import type { CompiledQuery } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openKeyring } from '#storage/keyring.ts';
import { OpenError, openStore } from '#storage/open.ts';
import { createUsers } from '#storage/repositories/users.ts';
import { openSqlite } from '#storage/sqlite.ts';

const keyring = openKeyring([Buffer.alloc(32, 7).toString('base64url')]);
const now = () => 0;
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-open-'));
  writeFileSync(join(folder, 'a-file'), 'no database at all, but long enough to be looked at '.repeat(100));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a URL', () => {
  const rows: [url: string, code: string][] = [
    ['', 'bad-url'],
    ['sqlite:', 'bad-url'],
    ['mysql://root:hidden@localhost/x', 'bad-url'],
    ['postgres://user:hidden@:x/y', 'bad-url'],
    ['./data/sallyport.db', 'bad-url'],
    ['postgres://user:hidden@127.0.0.1:1/nothing', 'cannot-connect'],
    ['sqlite:FOLDER', 'cannot-connect'],
    ['sqlite:FOLDER/a-file', 'cannot-connect'],
    ['sqlite:FOLDER/a-file/below.db', 'cannot-connect'],
  ];

  test.each(rows)('%s is refused as %s', async (url, code) => {
    const error: unknown = await openStore(url.replace('FOLDER', folder), keyring, { now }).then(
      (store) => store.close(),
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(OpenError);
    expect(error).toMatchObject({ code });
    expect(String(error)).not.toContain('hidden');
  });

  test('sqlite::memory: is a new database each time', async () => {
    const [one, two] = await Promise.all([1, 2].map(() => openStore('sqlite::memory:', keyring, { now })));
    await one!.owners.insert({ id: 'a', name: 'a', createdAt: 0 });
    expect(await two!.owners.list()).toEqual([]);
    await one!.close();
    await two!.close();
  });
});

describe('a look-up by what a person types', () => {
  test('reads three indexes and no table', async () => {
    const file = join(folder, 'plan.db');
    await (await openStore(`sqlite:${file}`, keyring, { now })).close();
    const db = openSqlite(file);
    let asked: CompiledQuery | undefined;
    const run: typeof db.run = (work) => {
      asked = work().next().value as CompiledQuery;
      return db.run(work);
    };
    await createUsers({ db: { ...db, run }, keyring, now }).findByIdentifier('ten_1', 'Directory', 'ana');
    await db.close();

    const connection = new BetterSqlite(file);
    const plan = connection.prepare(`explain query plan ${asked?.sql}`).all(asked?.parameters);
    connection.close();
    const steps = plan.map((step) => (step as { detail: string }).detail);
    for (const key of ['email_key', 'username_key', 'phone_key']) {
      expect(
        steps.filter((step) => step.startsWith('SEARCH') && step.includes(`connection=? AND ${key}=?`)),
      ).toHaveLength(1);
    }
    expect(steps.filter((step) => step.startsWith('SCAN'))).toEqual([]);
  });
});
