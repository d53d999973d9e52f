// Owner management: who may call what. Two owners with two tenants each, and every path crossed with every caller.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MANAGEMENT_SCOPES } from '#runtime/lifecycle/scopes.ts';
import type { Answered, Send } from '../management/office.ts';
import { type Headquarters, openHeadquarters } from './headquarters.ts';

let all: Headquarters;
let callers: Record<string, Send>;
beforeAll(async () => {
  all = await openHeadquarters();
  const [ours] = all.ours;
  callers = {
    operator: all.operator,
    'own client': await all.as(ours, ...MANAGEMENT_SCOPES),
    'client with org-management': await all.as(ours, 'org-management'),
    'client with management': await all.as(ours, 'management'),
    'client of the default tenant': await all.as(all.home, ...MANAGEMENT_SCOPES),
    'client with one scope': await all.as(ours, 'read:users'),
    nobody: all.office.sender(ours, undefined),
    'broken token': all.office.sender(ours, 'a.b.c'),
  };
});
afterAll(() => all.office.close());

const DENIED = '403 access_denied';
const NOT_OURS = '403 organization_access_denied';
const LACKING = '403 insufficient_scope';

const PATHS = {
  own: '/tenants/ours-a',
  'own, by owner': '/organizations/ours/tenants/ours-a',
  'own, by ids': () => `/organizations/id-of-ours/tenants/${all.ours[0].id}`,
  sibling: '/tenants/ours-b',
  'sibling, by owner': '/organizations/ours/tenants/ours-b',
  foreign: '/tenants/theirs-a',
  'foreign, by owner': '/organizations/theirs/tenants/theirs-a',
  'foreign, by our owner': '/organizations/ours/tenants/theirs-a',
  'own, by their owner': '/organizations/theirs/tenants/ours-a',
  'own, by nobody': '/organizations/nobody/tenants/ours-a',
  nothing: '/tenants/nothing',
  'nothing, by owner': '/organizations/ours/tenants/nothing',
  default: '/tenants/nobody',
} as const;
type Path = keyof typeof PATHS;

const OPEN: Record<string, readonly Path[]> = {
  operator: [
    'own',
    'own, by owner',
    'own, by ids',
    'sibling',
    'sibling, by owner',
    'foreign',
    'foreign, by owner',
    'default',
  ],
  'own client': ['own', 'own, by owner', 'own, by ids'],
  'client with org-management': ['own', 'own, by owner', 'own, by ids', 'sibling', 'sibling, by owner'],
  'client with management': ['own', 'own, by owner', 'own, by ids'],
  'client of the default tenant': ['default'],
};

describe('configurations of', () => {
  const rows = (Object.keys(PATHS) as Path[]).flatMap((path) =>
    Object.keys(OPEN).map((caller) => [path, caller] as const),
  );
  test.each(rows)('%s for %s', async (path, caller) => {
    const found = PATHS[path];
    const address = typeof found === 'string' ? found : found();
    const answered = await callers[caller]!('GET', `/v1/management${address}/authentication-configurations`);
    const refusal = address.startsWith('/organizations') ? NOT_OURS : DENIED;
    expect(told(answered)).toBe(OPEN[caller]?.includes(path) ? '200' : refusal);
  });

  test.each([
    ['client with one scope', LACKING],
    ['nobody', '401 invalid_token'],
    ['broken token', '401 invalid_token'],
  ])('own for %s: %s', async (caller, refusal) => {
    const answered = await callers[caller]!('GET', '/v1/management/tenants/ours-a/authentication-configurations');
    expect(told(answered)).toBe(refusal);
    expect(answered.headers.get('www-authenticate') !== null).toBe(refusal.startsWith('401'));
  });
});

test.each([
  ['GET', '/users', '200'],
  ['POST', '/users', LACKING],
  ['GET', '/clients', LACKING],
  ['PUT', '', LACKING],
  ['GET', '', '200'],
  ['GET', '/security-events', LACKING],
  ['GET', '/nothing', '404 not_found'],
  ['PATCH', '/users', '404 not_found'],
])('one scope opens its own rows: %s %s', async (method, path, expected) => {
  const answered = await callers['client with one scope']!(
    method,
    `/v1/management/tenants/ours-a${path}`,
    method === 'GET' ? undefined : {},
  );
  expect(told(answered)).toBe(expected);
});

test.each([
  ['text/plain', '{}'],
  ['application/json', '{'],
  ['application/json', '[]'],
  ['application/json', ''],
  ['application/json', '{"type":"a\\u0000b"}'],
  ['application/json', '{"metadata":{"__proto__":{}}}'],
  ['application/json', `{"metadata":${'['.repeat(200)}${']'.repeat(200)}}`],
])('a body of %s that is no body of ours: %s', async (type, body) => {
  const path = '/v1/management/tenants/ours-a/authentication-configurations';
  const answered = await all.operator('POST', path, body, { 'content-type': type });
  expect(told(answered)).toBe('400 invalid_request');
});

test('what is too long, and what cannot be in an address', async () => {
  const path = '/v1/management/tenants/ours-a/authentication-configurations';
  expect(told(await all.operator('POST', path, { type: 'x'.repeat(1024 * 1024) }))).toBe('413 invalid_request');
  expect(told(await all.operator('GET', `${path}/a%00b`))).toBe('400 invalid_request');
  expect((await all.operator('GET', `${path}/not-a-uuid`)).body).toEqual({
    dry_run: false,
    error: 'invalid_request',
    error_description: 'Invalid UUID: not-a-uuid',
  });
  for (const query of ['limit=0', 'limit=1001', 'limit=x', 'offset=-1', 'limit=1&limit=2', 'offset=%zz']) {
    expect(told(await all.operator('GET', `${path}?${query}`))).toBe('400 invalid_request');
  }
});

test('a write leaves a line in the log of the tenant, without its body; a dry run and a refusal leave none', async () => {
  const { store } = all.office.door.house;
  const [tenant] = all.theirs;
  const path = `/v1/management/organizations/theirs/tenants/theirs-a/authentication-configurations`;
  const body = { type: 'email', metadata: { secret: 'not-for-logs' }, interactions: {} };
  await all.operator('POST', `${path}?dry_run=true`, body);
  await all.operator('POST', path, { ...body, id: 'no' });
  expect((await all.operator('POST', path, body)).status).toBe(201);
  const { records } = await store.logs.list(tenant.id, { order: 'newest', page: { offset: 0, limit: 10 } });
  const lines = records.filter(({ type }) => type === 'sapi');
  expect(lines).toMatchObject([
    {
      description: 'POST /v1/management/tenants/:tenant/authentication-configurations',
      clientId: 'operator',
      details: { request: { method: 'POST', path }, operator: { tenant: 'nobody', client_id: 'operator' } },
    },
  ]);
  expect(JSON.stringify(lines)).not.toContain('not-for-logs');
});

function told({ status, body }: Answered): string {
  if (status >= 400) expect(body).toMatchObject({ dry_run: false, error_description: expect.any(String) });
  return status < 400 ? String(status) : `${status} ${body.error}`;
}
