// Tests of imports, step by step: cut off anywhere they go on there; a user whom the database does not take stops nobody; and
// whoever brings a hash of another system signs in with the password they had.
import { argon2Sync, createHash, createHmac, pbkdf2Sync, scryptSync } from 'node:crypto';
import { hash as bcrypt } from '@node-rs/bcrypt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { importUsers } from '#runtime/import-users.ts';
import { createPace } from '#runtime/pace.ts';
import { resumeJobs } from '#server/jobs/start-job.ts';
import type { JobRecord } from '#storage/records.ts';
import { items, type Office, openOffice } from './office.ts';

let office: Office;
let connectionId = '';
beforeAll(async () => {
  office = await openOffice();
  const connections = await office.send('GET', '/api/v2/connections?strategy=auth0');
  connectionId = String(items(connections.body)[0]?.id);
});
afterAll(() => office.close());

const find = (email: string) =>
  office.door.house.store.users.findByIdentifier(office.tenant.id, 'Username-Password-Authentication', email);

describe('an import', () => {
  test('that a crash cut off goes on where it was, and brings nobody twice', async () => {
    const { clock, store, ports, tenant } = office.door.house;
    const people = Array.from({ length: 60 }, (_each, index) => ({ email: `c${index}@example.com` }));
    const entry = (person: { email: string }) => ({ shown: person, user: person, factors: [] });
    const at = clock.at;
    const job: JobRecord = {
      tenantId: tenant.id,
      id: 'job_cut',
      type: 'users_import',
      status: 'pending',
      connectionId,
      upsert: false,
      progress: { total: people.length, done: 0 },
      createdAt: at,
      updatedAt: at,
    };
    await store.jobs.insert(job);
    const pieces = [0, 25, 50].map((position) => ({
      position,
      content: people.slice(position, position + 25).map(entry),
    }));
    await store.jobs.addPieces(tenant.id, job.id, 'people', pieces);
    // As far as it came: one step. A process that ends begins with no other.
    const pace = createPace();
    const leave = pace.enter();
    const cut = { ...store, jobs: { ...store.jobs, advance: endAfter(store.jobs.advance, pace) } };
    await importUsers({ ...ports, store: cut }, job, pace);
    leave();
    const seen = async () => (await office.send('GET', '/api/v2/jobs/job_cut')).body;
    expect(await seen()).toMatchObject({
      status: 'processing',
      summary: { total: 60, inserted: 25, updated: 0, failed: 0 },
      percentage_done: 41,
      time_left_seconds: 0,
    });
    // One whom somebody removed meanwhile is not brought back.
    await store.users.remove(tenant.id, (await find('c2@example.com'))?.id ?? '');

    clock.advance(21_000);
    const { runtime } = office.door.house;
    await resumeJobs({
      store,
      runtime,
      clock: { now: ports.now, advance: () => {} },
      random: ports.random,
      log: ports.log,
    });
    await runtime.settled(10_000);
    expect(await seen()).toMatchObject({ status: 'completed', summary: { total: 60, inserted: 60, failed: 0 } });
    expect(await find('c2@example.com')).toBeUndefined();
    expect(await find('c59@example.com')).toBeDefined();
    // One that waited too long for its turn finds it done.
    await importUsers(ports, job, createPace());
    expect(await find('c2@example.com')).toBeUndefined();
  });

  test('goes on past a user whom the database does not take', async () => {
    const { store, ports, tenant } = office.door.house;
    const at = ports.now();
    const base = { tenantId: tenant.id, id: 'job_bad', connectionId, createdAt: at, updatedAt: at } as const;
    const job: JobRecord = { ...base, type: 'users_import', status: 'pending', progress: { total: 3, done: 0 } };
    await store.jobs.insert(job);
    const content = ['d1', 'd2', 'd3'].map((name) => ({
      shown: { name },
      user: { email: `${name}@example.com` },
      factors: [],
    }));
    await store.jobs.addPieces(tenant.id, job.id, 'people', [{ position: 0, content }]);
    const advance: typeof store.jobs.advance = (tenantId, id, step) => {
      const isBad = step.newcomers?.some(({ user }) => user.email === 'd2@example.com');
      return isBad ? Promise.reject(new Error('no')) : store.jobs.advance(tenantId, id, step);
    };
    await importUsers({ ...ports, store: { ...store, jobs: { ...store.jobs, advance } } }, job, createPace());
    const { body } = await office.send('GET', '/api/v2/jobs/job_bad');
    expect(body).toMatchObject({ status: 'completed', summary: { total: 3, inserted: 2, updated: 0, failed: 1 } });
    const errors = await office.send('GET', '/api/v2/jobs/job_bad/errors');
    expect(errors.body).toEqual([
      { user: { name: 'd2' }, errors: [expect.objectContaining({ code: 'INTERNAL_ERROR' })] },
    ]);
  });
});

/** As if the process ended when the first step was done. */
function endAfter<Call extends (...args: never[]) => Promise<unknown>>(advance: Call, pace: { end(): void }): Call {
  return (async (...args: Parameters<Call>) => {
    const done = await advance(...args);
    pace.end();
    return done;
  }) as Call;
}

const PASSWORD = 'the password they had';
const hex = (bytes: Buffer) => ({ value: bytes.toString('hex'), encoding: 'hex' });
const digest = (algorithm: string) => createHash(algorithm).update(PASSWORD).digest();
const phc = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');

/** `custom_password_hash` by its algorithm, as another system would have kept it. */
async function hashes(): Promise<Record<string, object>> {
  const salt = Buffer.from('some salt, long');
  const argon2 = argon2Sync('argon2id', {
    message: PASSWORD,
    nonce: salt,
    parallelism: 1,
    tagLength: 32,
    memory: 64,
    passes: 1,
  });
  const pbkdf2 = pbkdf2Sync(PASSWORD, salt, 1000, 32, 'sha256');
  return {
    argon2: { hash: { value: `$argon2id$v=19$m=64,t=1,p=1$${phc(salt)}$${phc(argon2)}` } },
    bcrypt: { hash: { value: await bcrypt(PASSWORD, { cost: 4 }) } },
    hmac: {
      hash: { ...hex(createHmac('sha256', 'key').update(PASSWORD).digest()), digest: 'sha256', key: { value: 'key' } },
    },
    ldap: {
      hash: {
        value: `{SSHA}${Buffer.concat([createHash('sha1').update(PASSWORD).update(salt).digest(), salt]).toString('base64')}`,
      },
    },
    // By OpenSSL, of the same password.
    md4: { hash: { value: 'a21b3b17011afc876ac82cb030a73b30', encoding: 'hex' } },
    md5: { hash: hex(digest('md5')) },
    sha1: { hash: hex(digest('sha1')) },
    sha256: { hash: hex(digest('sha256')) },
    sha512: { hash: hex(digest('sha512')) },
    pbkdf2: { hash: { value: `$pbkdf2-sha256$i=1000,l=32$${phc(salt)}$${phc(pbkdf2)}` } },
    scrypt: {
      hash: hex(scryptSync(PASSWORD, 'salt', 32, { N: 16, r: 8, p: 1 })),
      salt: { value: 'salt' },
      keylen: 32,
      cost: 16,
      blockSize: 8,
      parallelization: 1,
    },
  };
}

test('whoever brings a hash, of any algorithm, signs in with the password they had', async () => {
  const all = Object.entries(await hashes());
  const users = all.map(([algorithm, more]) => ({
    email: `${algorithm}@example.com`,
    custom_password_hash: { algorithm, ...more },
  }));
  const form = new FormData();
  form.set('users', new Blob([JSON.stringify(users)]), 'users.json');
  form.set('connection_id', connectionId);
  const token = await office.token(office.tenant, ['create:users']);
  const taken = await office.door.app.request(`${office.tenant.baseUrl}/api/v2/jobs/users-imports`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: form,
  });
  const { id } = (await taken.json()) as { id: string };
  await office.door.house.runtime.settled(10_000);
  const { body } = await office.send('GET', `/api/v2/jobs/${id}`);
  expect(body.summary).toMatchObject({ inserted: all.length, failed: 0 });
  for (const [algorithm] of all) {
    const logIn = async (password: string) => {
      const browser = office.door.browser();
      const page = await browser.open(office.door.authorizeUrl());
      const end = await browser.post(page, { username: `${algorithm}@example.com`, password, action: 'default' });
      return end.url.searchParams.has('code');
    };
    expect([algorithm, await logIn('another password'), await logIn(PASSWORD)]).toEqual([algorithm, false, true]);
    expect((await find(`${algorithm}@example.com`))?.passwordHash).toMatch(/^\$argon2id\$|^\$2b\$/);
  }
});
