// Tests of the Management API: imports of users, as a file in a form, and what became of each of them.

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { managementAudience } from '#runtime/lifecycle/scopes.ts';
import { items, type Json, type Office, openOffice } from './office.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const LONG = `[{"a":"${'x'.repeat(1024 * 1024)}"}]`;
const hashOf = (password: string) => ({ algorithm: 'sha256', hash: { value: sha256(password), encoding: 'hex' } });

let office: Office;
let connectionId = '';
let token = '';
beforeAll(async () => {
  office = await openOffice();
  const connections = await office.send('GET', '/api/v2/connections');
  connectionId = String(items(connections.body)[0]?.id);
  token = await office.token(office.tenant, ['create:users', 'read:users', 'update:users']);
});
afterAll(() => office.close());

type Parts = { users?: string; connection_id?: string; upsert?: string; external_id?: string; more?: string };

async function post({ users, ...given }: Parts, type?: string): Promise<{ status: number; body: Json }> {
  const form = new FormData();
  for (const [name, value] of Object.entries({ connection_id: connectionId, ...given })) form.set(name, value);
  if (users !== undefined) form.set('users', new Blob([users], { type: 'application/json' }), 'users.json');
  const answer = await office.door.app.request(`${office.tenant.baseUrl}/api/v2/jobs/users-imports`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, ...(type === undefined ? {} : { 'content-type': type }) },
    body: form,
  });
  return { status: answer.status, body: (await answer.json()) as Json };
}

/** Imports, and waits for the end. */
async function run(users: unknown[], parts: Omit<Parts, 'users'> = {}): Promise<{ job: Json; errors: Json[] }> {
  const { status, body } = await post({ users: JSON.stringify(users), ...parts });
  expect([status, body.status]).toEqual([202, 'pending']);
  await office.door.house.runtime.settled(10_000);
  const job = (await office.send('GET', `/api/v2/jobs/${body.id}`)).body;
  const errors = await office.send('GET', `/api/v2/jobs/${body.id}/errors`);
  return { job, errors: errors.status === 204 ? [] : items(errors.body) };
}

const find = (email: string) =>
  office.door.house.store.users.findByIdentifier(office.tenant.id, 'Username-Password-Authentication', email);

async function logIn(email: string, password: string): Promise<string | undefined> {
  const browser = office.door.browser();
  const page = await browser.open(office.door.authorizeUrl());
  const end = await browser.post(page, { username: email, password, action: 'default' });
  return end.url.searchParams.has('code') ? 'in' : undefined;
}

describe('an import', () => {
  test('is taken on, and is told of in the recorded shapes', async () => {
    const { status, body } = await post({
      users: '[{"email":"zoe@example.com","email_verified":true}]',
      external_id: 'mine',
    });
    const job = {
      type: 'users_import',
      status: 'pending',
      connection_id: connectionId,
      connection: 'Username-Password-Authentication',
      external_id: 'mine',
      created_at: expect.stringMatching(/Z$/),
      id: expect.stringMatching(/^job_[A-Za-z0-9]{16}$/),
    };
    expect([status, body]).toEqual([202, job]);
    await office.door.house.runtime.settled(10_000);
    expect((await office.send('GET', `/api/v2/jobs/${body.id}`)).body).toEqual({
      ...job,
      status: 'completed',
      summary: { failed: 0, updated: 0, inserted: 1, total: 1 },
    });
    expect((await office.send('GET', `/api/v2/jobs/${body.id}/errors`)).status).toBe(204);
    expect(await find('zoe@example.com')).toMatchObject({ emailVerified: true });
    const { jobs } = office.door.house.store;
    expect(await jobs.pieces(office.tenant.id, String(body.id), 'people', { limit: 1 })).toEqual([]);
  });

  test('brings people who log in with the password they had, which is then hashed anew', async () => {
    const email = 'old@example.com';
    const user = { email, custom_password_hash: hashOf('the old password'), app_metadata: { plan: 'gold' } };
    const factors = [{ totp: { secret: 'JBSWY3DPEHPK3PXP' } }, { phone: { value: '+447700900123' } }];
    const { job } = await run([{ ...user, user_id: 'from-elsewhere', mfa_factors: factors }]);
    expect(job.summary).toMatchObject({ inserted: 1 });
    const row = await find(email);
    expect(row).toMatchObject({ id: 'auth0|from-elsewhere', appMetadata: { plan: 'gold' } });
    expect(row?.passwordHash).toMatch(/^\$imported\$/);
    const { store } = office.door.house;
    expect((await store.authenticators.ofUser(office.tenant.id, row?.id ?? '')).map(({ type }) => type)).toEqual([
      'totp',
      'phone',
    ]);
    expect(await logIn(email, 'another password')).toBeUndefined();
    expect(await logIn(email, 'the old password')).toBe('in');
    expect((await find(email))?.passwordHash).toMatch(/^\$argon2id\$/);
    expect(await logIn(email, 'the old password')).toBe('in');
  });

  test('tells of every user that could not be taken, and loses none of the others', async () => {
    const secret = 'JBSWY3DPEHPK3PXP';
    const bad = [
      { email: 'not an address' },
      { email: 'a1@example.com', age: 7, blocked: 'no' },
      { name: 'Nobody' },
      { email: 'a2@example.com', custom_password_hash: { algorithm: 'md5', hash: { value: '00', encoding: 'hex' } } },
      { email: 'a3@example.com', password_hash: 'plain', mfa_factors: [{ totp: { secret } }] },
      { email: 'zoe@example.com' },
      17,
      { email: 'a4@example.com', name: 'U+0000 \0' },
    ];
    const { job, errors } = await run([...bad, { email: 'good@example.com' }]);
    expect(job).toMatchObject({ status: 'completed', summary: { total: 9, inserted: 1, updated: 0, failed: 8 } });
    expect(await find('good@example.com')).toBeDefined();
    const format = "Object didn't pass validation for format email: not an address";
    expect(errors).toEqual([
      { user: bad[0], errors: [{ code: 'INVALID_FORMAT', message: format, path: 'email' }] },
      {
        user: bad[1],
        errors: expect.arrayContaining([
          { code: 'OBJECT_ADDITIONAL_PROPERTIES', message: 'Additional properties not allowed: age' },
          { code: 'INVALID_TYPE', message: 'Expected type boolean but found type string', path: 'blocked' },
        ]),
      },
      {
        user: bad[2],
        errors: [{ code: 'OBJECT_MISSING_REQUIRED_PROPERTY', message: 'Missing required property: email' }],
      },
      {
        user: {
          email: 'a2@example.com',
          custom_password_hash: { algorithm: 'md5', hash: { value: '*****', encoding: 'hex' } },
        },
        errors: [
          {
            code: 'INVALID_VALUE',
            message: expect.stringContaining('is no md5'),
            path: 'custom_password_hash',
          },
        ],
      },
      {
        user: { email: 'a3@example.com', password_hash: '*****', mfa_factors: [{ totp: { secret: '*****' } }] },
        errors: [{ code: 'INVALID_VALUE', message: expect.stringContaining('bcrypt'), path: 'password_hash' }],
      },
      {
        user: { email: 'zoe@example.com' },
        errors: [{ code: 'DUPLICATED_USER', message: 'The user already exist and upsert parameter is false' }],
      },
      { user: {}, errors: [expect.objectContaining({ code: 'INVALID_TYPE', path: '[6]' })] },
      { user: {}, errors: [expect.objectContaining({ code: 'INVALID_TYPE', path: '[7]' })] },
    ]);
  });

  test('with upsert changes who is there already, but not how they sign in', async () => {
    const { store } = office.door.house;
    await run([{ email: 'up@example.com', username: 'up', name: 'Up', user_metadata: { a: 1, b: 2 } }]);
    const before = await find('up@example.com');
    const change = {
      email: 'UP@example.com',
      name: 'Down',
      blocked: true,
      user_metadata: { b: 3 },
      email_verified: true,
    };
    const { job } = await run([{ ...change, custom_password_hash: hashOf('imported later') }], { upsert: 'true' });
    expect(job.summary).toEqual({ total: 1, inserted: 0, updated: 1, failed: 0 });
    const after = await find('up@example.com');
    expect(after).toMatchObject({
      id: before?.id,
      name: 'Down',
      blocked: false,
      userMetadata: { a: 1, b: 3 },
      emailVerified: true,
    });
    expect(await logIn('up@example.com', 'imported later')).toBe('in');
    const { passwordHash } = (await store.users.find(office.tenant.id, before?.id ?? '')) ?? {};
    await run([{ email: 'up@example.com', custom_password_hash: hashOf('too late') }], { upsert: 'true' });
    expect((await find('up@example.com'))?.passwordHash).toBe(passwordHash);
  });

  test('gives nobody who administers a password', async () => {
    const { store } = office.door.house;
    const { id: tenantId, baseUrl } = office.tenant;
    await run([{ email: 'chief@example.com' }]);
    const chief = await find('chief@example.com');
    const api = await store.resourceServers.findByKey(tenantId, managementAudience(baseUrl));
    if (!api || !chief) throw new Error('nobody is there');
    const scopes = [...api.scopes, { value: 'management' }];
    await store.resourceServers.update(tenantId, api.id, (current) => ({ ...current, isSystem: true, scopes }));
    await store.roles.insert({ tenantId, id: 'rol_chief', name: 'chief', createdAt: 1, updatedAt: 1 });
    await store.permissions.addToRole(tenantId, 'rol_chief', [{ apiId: api.id, scope: 'management' }]);
    await store.assignments.addRoles(tenantId, chief.id, ['rol_chief']);
    const change = { email: 'chief@example.com', custom_password_hash: hashOf('a way in') };
    await run([change], { upsert: 'true' });
    expect((await find('chief@example.com'))?.passwordHash).toBe(undefined);
    await store.assignments.removeRoles(tenantId, chief.id, ['rol_chief']);
    await run([change], { upsert: 'true' });
    expect(await logIn('chief@example.com', 'a way in')).toBe('in');
  });

  test('that says of another address that it is verified says nothing of the one that stays', async () => {
    await run([{ user_id: 'moved', email: 'stays@example.com' }]);
    office.door.house.clock.advance(1000);
    await run([{ user_id: 'moved', email: 'new@example.com', email_verified: true, name: 'M' }], { upsert: 'true' });
    expect(await find('stays@example.com')).toMatchObject({ name: 'M', emailVerified: false });
  });

  test('shows no secret of an entry, whatever shape it has', async () => {
    const secret = 'THE-SECRET-THE-SECRET';
    const { errors } = await run([
      { email: 'b1@example.com', custom_password_hash: secret },
      { email: 'b2@example.com', custom_password_hash: { algorithm: 'md5', hash: { value: [secret] }, salt: secret } },
      { email: 'b3@example.com', mfa_factors: [secret, { totp: { key: secret } }, { totp: secret }] },
      { email: 'b4@example.com', mfa_factors: [{ totp: { secret } }] },
      { email: 'b5@example.com', passwordHash: secret, salted: { hash: { value: [secret] } } },
    ]);
    expect([errors.length, JSON.stringify(errors).includes(secret)]).toEqual([5, false]);
  });

  test('of a file that names one user twice tells so', async () => {
    const [first, second] = ['twice-1@example.com', 'twice-2@example.com'];
    const twice = [first, second].map((email) => ({ user_id: 'twice', email, phone_number: '+447700900777' }));
    const { job, errors } = await run([...twice, { email: first.toUpperCase() }, { phone_number: '+447700900777' }]);
    expect(job.summary).toEqual({ total: 4, inserted: 1, updated: 0, failed: 3 });
    expect(errors.map(({ user }) => user)).toEqual([
      twice[1],
      { email: first.toUpperCase() },
      { phone_number: '+447700900777' },
    ]);
    expect(await find(first)).toMatchObject({ phoneNumber: '+447700900777' });
  });
});

describe('refused', () => {
  const invalid = (message: string) => ({ statusCode: 400, error: 'Bad Request', message, errorCode: 'invalid_body' });
  test.each<[what: string, parts: Parts, status: number, body: unknown]>([
    ['no file', {}, 400, invalid("Payload validation error: 'Missing required property: users'.")],
    [
      'no JSON',
      { users: '[' },
      400,
      invalid('Failed to parse users file JSON when importing users. Make sure it is a valid JSON array.'),
    ],
    ['a long entry', { users: LONG }, 400, invalid('Each user of the file may have 1048576 bytes; one has more.')],
    ['no list', { users: '{}' }, 400, expect.objectContaining({ errorCode: 'invalid_body' })],
    [
      'an unknown connection',
      { users: '[]', connection_id: 'con_none' },
      404,
      expect.objectContaining({ errorCode: 'inexistent_connection' }),
    ],
    [
      'an unknown part',
      { users: '[]', more: 'x' },
      400,
      invalid("Payload validation error: 'Additional properties not allowed: more'."),
    ],
    ['a strange upsert', { users: '[]', upsert: 'maybe' }, 400, expect.objectContaining({ errorCode: 'invalid_body' })],
    [
      'an endless entry',
      { users: `["${'x'.repeat(1100 * 1024)}"]` },
      400,
      expect.objectContaining({ statusCode: 400 }),
    ],
  ])('%s', async (_what, parts, status, body) => {
    expect(await post(parts)).toEqual({ status, body });
  });

  test('another media type, a broken form, and whoever may not', async () => {
    expect((await post({ users: '[]' }, 'application/json')).status).toBe(415);
    expect((await post({ users: '[]' }, 'multipart/form-data; boundary=other')).status).toBe(400);
    const reader = await office.as('read:users');
    const form = { 'content-type': 'multipart/form-data; boundary=x' };
    expect((await reader('POST', '/api/v2/jobs/users-imports', '--x--', form)).status).toBe(403);
    expect((await office.send('GET', '/api/v2/jobs/job_none')).body).toMatchObject({ statusCode: 404 });
    expect((await office.send('GET', '/api/v2/jobs/job_none/errors')).status).toBe(404);
    const { body } = await post({ users: '[]' });
    expect((await office.sendAsNeighbour('GET', `/api/v2/jobs/${body.id}`)).status).toBe(404);
  });

  test('a third at once', async () => {
    const { store, runtime } = office.door.house;
    await runtime.settled(10_000);
    const base = { tenantId: office.tenant.id, type: 'users_import', status: 'pending', createdAt: 0 } as const;
    for (const id of ['job_a', 'job_b']) await store.jobs.insert({ ...base, id, updatedAt: Number.MAX_SAFE_INTEGER });
    expect((await post({ users: '[]' })).status).toBe(429);
    for (const id of ['job_a', 'job_b']) await store.jobs.remove(office.tenant.id, id);
    expect((await post({ users: '[]' })).status).toBe(202);
  });
});
