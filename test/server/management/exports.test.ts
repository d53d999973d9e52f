// Tests of the Management API: exports of users, as a file that is made after the answer, whose address needs no token.
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPace } from '#runtime/pace.ts';
import { exportUsers } from '#server/jobs/export-users.ts';
import { resumeJobs } from '#server/jobs/start-job.ts';
import { type Json, type Office, openOffice, user } from './office.ts';

const HOUR_MS = 60 * 60_000;
const PEOPLE = 120;

let office: Office;
let connectionId = '';
beforeAll(async () => {
  office = await openOffice();
  const { body } = await office.send('GET', '/api/v2/connections?strategy=auth0');
  connectionId = String((body as unknown as Json[])[0]?.id);
  const formula = { given_name: '=HYPERLINK("http://x")', family_name: 'He said "no",\r\ntwice', name: '日本' };
  const metadata = { user_metadata: { city: 'London', at: { home: [1, 2] } }, app_metadata: { plan: 'gold' } };
  const odd = user('odd', { ...formula, ...metadata, user_id: 'odd', phone_number: '+447700900123', nickname: '@odd' });
  expect((await office.send('POST', '/api/v2/users', odd)).status).toBe(201);
  const { store, tenant } = office.door.house;
  const first = await store.users.find(tenant.id, 'auth0|odd');
  if (!first) throw new Error('nobody');
  const { email: _, phoneNumber: __, ...base } = first;
  for (let at = 1; at < PEOPLE; at++) {
    await store.users.insert({ ...base, id: `auth0|p${at}`, email: `p${at}@example.com`, givenName: `P${at}` });
  }
  await store.users.insert({ ...base, id: 'auth0|linked', email: 'linked@example.com', linkedTo: 'auth0|odd' });
});
afterAll(() => office.close());

type Made = { job: Json; text: string };

/** Exports, waits for the end and follows the link. */
async function run(body: object): Promise<Made> {
  const begun = await office.send('POST', '/api/v2/jobs/users-exports', body);
  expect([begun.status, begun.body.status]).toEqual([200, 'pending']);
  await office.door.house.runtime.settled(10_000);
  const job = (await office.send('GET', `/api/v2/jobs/${begun.body.id}`)).body;
  const file = await follow(String(job.location));
  return { job, text: gunzipSync(Buffer.from(await file.arrayBuffer())).toString() };
}

const follow = async (address: string) => office.door.app.request(address);
const linesOf = (text: string): Json[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Json);

describe('an export', () => {
  test('is taken on, and is told of in the recorded shapes', async () => {
    const asked = {
      connection_id: connectionId,
      format: 'json',
      limit: 5,
      fields: [{ name: 'name' }, { name: 'email' }, { name: 'identities[0].connection', export_as: 'from' }],
    };
    const { status, body } = await office.send('POST', '/api/v2/jobs/users-exports', asked);
    const job = {
      type: 'users_export',
      status: 'pending',
      ...asked,
      connection: 'Username-Password-Authentication',
      created_at: expect.stringMatching(/Z$/),
      id: expect.stringMatching(/^job_[A-Za-z0-9]{16}$/),
    };
    expect([status, body]).toEqual([200, job]);
    await office.door.house.runtime.settled(10_000);
    const over = (await office.send('GET', `/api/v2/jobs/${body.id}`)).body;
    const location = expect.stringMatching(
      /^http.*\/exports\/job_\w+\/[\w-]+\.json\.gz\?expires=\d+&signature=[\w-]+$/,
    );
    expect(over).toEqual({ ...job, status: 'completed', location });
    expect((await office.send('GET', `/api/v2/jobs/${body.id}/errors`)).status).toBe(204);
    const file = await follow(String(over.location));
    expect(Object.fromEntries(file.headers)).toMatchObject({
      'content-type': 'application/gzip',
      'content-disposition': expect.stringMatching(/^attachment; filename="[\w-]+\.json\.gz"$/),
      'cache-control': 'no-store',
    });
    const lines = linesOf(gunzipSync(Buffer.from(await file.arrayBuffer())).toString());
    expect([lines.length, lines[0]]).toEqual([
      5,
      { name: '日本', email: 'odd@example.com', from: 'Username-Password-Authentication' },
    ]);
  });

  test('has everybody of every list once, in the order of their creation, and no secret of anybody', async () => {
    const { text } = await run({});
    const lines = linesOf(text);
    expect(lines.map(({ user_id }) => user_id)).toEqual([
      'auth0|odd',
      ...Array.from({ length: PEOPLE - 1 }, (_each, at) => `auth0|p${at + 1}`),
    ]);
    expect(text).not.toMatch(/argon2|password/);
  });

  test('gives metadata as they are, and leaves out what is not there', async () => {
    const fields = ['user_metadata', 'app_metadata.plan', 'user_metadata.at.home[1]', 'user_metadata.none', 'toString'];
    const { text } = await run({ limit: 1, fields: fields.map((name) => ({ name })) });
    expect(linesOf(text)).toEqual([
      {
        user_metadata: { city: 'London', at: { home: [1, 2] } },
        'app_metadata.plan': 'gold',
        'user_metadata.at.home[1]': 2,
      },
    ]);
  });

  test('as CSV quotes what needs it, and runs no formula that people call themselves', async () => {
    const names = ['given_name', 'family_name', 'nickname', 'phone_number', 'user_metadata.at', 'blocked', 'none'];
    const fields = [...names.map((name) => ({ name })), { name: 'email', export_as: 'a "mail", or so' }];
    const { text } = await run({ format: 'csv', limit: 1, fields });
    expect(text).toBe(
      'given_name,family_name,nickname,phone_number,user_metadata.at,blocked,none,"a ""mail"", or so"\r\n' +
        '"\'=HYPERLINK(""http://x"")","He said ""no"",\r\ntwice",\'@odd,+447700900123,"{""home"":[1,2]}",false,,odd@example.com\r\n',
    );
  });

  test('of nobody is a file all the same', async () => {
    const made = await office.send('POST', '/api/v2/connections', { name: 'empty-sms', strategy: 'sms' });
    const id = String(made.body.id);
    expect((await run({ connection_id: id })).text).toBe('');
    const csv = await run({ connection_id: id, format: 'csv', fields: [{ name: 'email' }] });
    expect(csv.text).toBe('email\r\n');
  });

  test('goes on where a crash cut it off', async () => {
    const { store, ports, tenant, clock, runtime } = office.door.house;
    const begun = await office.send('POST', '/api/v2/jobs/users-exports', { fields: [{ name: 'user_id' }] });
    await runtime.settled(10_000);
    const whole = await store.jobs.find(tenant.id, String(begun.body.id));
    if (!whole) throw new Error('no job');
    const { progress: _, cursor: __, ...fresh } = whole;
    await store.jobs.insert({ ...fresh, id: 'job_cut', status: 'pending' });
    // While somebody is served, a step has fifty.
    const pace = createPace();
    pace.enter();
    const advance: typeof store.jobs.advance = async (...args) => {
      const done = await store.jobs.advance(...args);
      pace.end();
      return done;
    };
    const cut = { ...store, jobs: { ...store.jobs, advance } };
    await exportUsers({ ...ports, store: cut }, { ...fresh, id: 'job_cut' }, pace);
    const shown = (await office.send('GET', '/api/v2/jobs/job_cut')).body;
    expect(shown).toMatchObject({ status: 'processing', percentage_done: Math.floor((50 / PEOPLE) * 100) });
    expect(shown.location).toBeUndefined();

    clock.advance(21_000);
    const desk = { store, runtime, random: ports.random, log: ports.log };
    await resumeJobs({ ...desk, clock: { now: ports.now, advance: () => {} } });
    await runtime.settled(10_000);
    const { location } = (await office.send('GET', '/api/v2/jobs/job_cut')).body;
    const file = await follow(String(location));
    const lines = linesOf(gunzipSync(Buffer.from(await file.arrayBuffer())).toString());
    expect(new Set(lines.map(({ user_id }) => user_id)).size).toBe(PEOPLE);
    expect(lines).toHaveLength(PEOPLE);
  });
});

test('an export is refused with a reason', async () => {
  const { status, body } = await office.send('POST', '/api/v2/jobs/users-exports', { connection_id: 'con_none' });
  expect([status, body.errorCode]).toEqual([404, 'inexistent_connection']);
  for (const bad of [
    { format: 'xml' },
    { limit: 0 },
    { fields: [{ name: 'a..b' }] },
    { fields: [{ name: 'a[x]' }] },
    { fields: Array.from({ length: 31 }, () => ({ name: 'email' })) },
    { more: 1 },
  ]) {
    const refused = await office.send('POST', '/api/v2/jobs/users-exports', bad);
    expect([bad, refused.status, refused.body.errorCode]).toEqual([bad, 400, 'invalid_body']);
  }
  expect((await office.send('POST', '/api/v2/jobs/users-exports?dry_run=true', {})).body).toMatchObject({
    errorCode: 'dry_run_unsupported',
  });
  const writer = await office.as('create:users');
  expect((await writer('POST', '/api/v2/jobs/users-exports', {})).status).toBe(403);
  const { store, tenant } = office.door.house;
  const base = { tenantId: tenant.id, type: 'users_export', status: 'pending', createdAt: 0 } as const;
  for (const id of ['job_a', 'job_b']) await store.jobs.insert({ ...base, id, updatedAt: Number.MAX_SAFE_INTEGER });
  expect((await office.send('POST', '/api/v2/jobs/users-exports', {})).status).toBe(429);
  for (const id of ['job_a', 'job_b']) await store.jobs.remove(tenant.id, id);
});

describe('the address of a file', () => {
  test('opens nothing when it is changed, late, or of somebody else', async () => {
    const { job } = await run({ limit: 1 });
    const address = new URL(String(job.location));
    const other = (await run({ limit: 1 })).job;
    const changed = (edit: (url: URL) => void) => {
      const url = new URL(address);
      edit(url);
      return url.href;
    };
    const wrong = [
      changed((url) => url.searchParams.delete('signature')),
      changed((url) => url.searchParams.set('signature', 'x'.repeat(43))),
      changed((url) => url.searchParams.set('expires', String(Number(url.searchParams.get('expires')) + 1))),
      changed((url) => url.searchParams.set('expires', 'Infinity')),
      changed((url) => {
        url.pathname = url.pathname.replace(String(job.id), String(other.id));
      }),
      changed((url) => {
        url.pathname = url.pathname.replace(String(job.id), 'job_none');
      }),
      changed((url) => {
        url.host = new URL(office.neighbour.baseUrl).host;
      }),
    ];
    expect((await follow(address.href)).status).toBe(200);
    for (const each of wrong) expect([each, (await follow(each)).status]).toEqual([each, 404]);
    const { clock, store, tenant } = office.door.house;
    clock.advance(HOUR_MS);
    expect((await follow(address.href)).status).toBe(404);
    // Each look at the job gives a new one, for a day.
    const again = (await office.send('GET', `/api/v2/jobs/${job.id}`)).body.location;
    expect((await follow(String(again))).status).toBe(200);
    clock.advance(24 * HOUR_MS);
    expect((await office.send('GET', `/api/v2/jobs/${job.id}`)).body.location).toBeUndefined();
    await store.sweep(clock.at);
    expect(await store.jobs.pieces(tenant.id, String(job.id), 'file', { limit: 1 })).toEqual([]);
  });
});
