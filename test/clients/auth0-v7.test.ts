// The ManagementClient of Auth0's SDK for Node, as version 7 was published: whole lives of things, long lists, settings and
// refusals.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openProgram, type Program } from './program.ts';
import { port } from './site.ts';
import { OPERATOR } from './start-server.ts';

let program: Program<typeof import('./programs/management.ts')>;

const given = {
  domain: `localhost:${port}`,
  clientId: OPERATOR.client_id,
  clientSecret: OPERATOR.client_secret,
};

beforeAll(() => {
  program = openProgram('management.ts');
});
afterAll(() => program.close());

test('things are made, joined, read, changed and removed', async () => {
  const name = `Life${process.pid}`;
  expect(await program.run('wholeLives', { ...given, name })).toEqual({
    description: 'changed',
    permissions: ['read:orders'],
    grants: [`https://${name}.example`],
    organization: name,
    roles: [name],
    byEmail: [true],
    members: [true],
    version: 1,
  });
});

test('long lists are read by iterating, in pages and by checkpoints', async () => {
  const name = `Long${process.pid}`;
  const told = await program.run('longLists', { ...given, name });
  expect(told.roles.toSorted()).toEqual([1, 2, 3, 4, 5].map((number) => `${name} ${number}`));
  expect(told.organizations.toSorted()).toEqual([1, 2, 3, 4, 5].map((number) => `${name.toLowerCase()}-${number}`));
  expect(told.pages).toBeGreaterThanOrEqual(3);
});

test('settings of the tenant', async () => {
  expect(await program.run('settings', given)).toEqual({
    name: 'Acme',
    primary: '#004488',
    otp: true,
    policies: ['all-applications'],
    attempts: 7,
    first: true,
    texts: { 'login-id': { title: 'Hello' } },
    provider: 'smtp',
    keys: true,
    logs: true,
    activeUsers: expect.any(Number),
    streams: expect.any(Number),
    blocks: { blocked_for: [] },
  });
});

test('refusals are the errors that the SDK knows', async () => {
  const told = await program.run('refusals', { ...given, name: `Taken${process.pid}` });
  expect(told).toEqual({
    missing: { class: 'NotFoundError', status: 404, errorCode: 'inexistent_user' },
    wrong: { class: 'BadRequestError', status: 400, errorCode: 'invalid_body' },
    taken: { class: 'ConflictError', status: 409 },
    stranger: { class: 'BadRequestError', status: 400, errorCode: 'Bearer' },
  });
});
