// Test: what this house has not: a list of it is empty in the style of the wire, one of it is not there, a write is refused
// with what to use instead. And no call of the vendor's client meets a 404 that nobody explains.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { absenceRoutes } from '#server/management/absence-routes.ts';
import { ABSENCES } from '#server/management/absences.ts';
import { MANAGEMENT_ROUTES } from '#server/management/management.ts';
import { type Office, openOffice } from './office.ts';
import { unnamed, vendorCalls } from './vendor-calls.ts';

let office: Office;
beforeAll(async () => {
  office = await openOffice();
});
afterAll(() => office.close());

const send = (method: string, path: string, body?: unknown) => office.send(method, `/api/v2${path}`, body);
const filled = (path: string): string => path.replaceAll(/:\w+/g, 'x');

test.each<[path: string, query: string, body: unknown]>([
  ['/rules', '', []],
  ['/rules', '?page=0&per_page=100&include_totals=true', { start: 0, limit: 100, total: 0, rules: [] }],
  ['/rules', '?enabled=true&fields=id,name&include_fields=true', []],
  ['/rules-configs', '', []],
  ['/hooks', '?include_totals=true', { start: 0, limit: 50, total: 0, hooks: [] }],
  ['/flows', '?hydrate=form_count&synchronous=false', []],
  ['/flows/vault/connections', '?include_totals=true', { start: 0, limit: 50, total: 0, connections: [] }],
  ['/event-streams', '?take=50', { eventStreams: [] }],
  ['/network-acls', '', []],
  ['/keys/network-acls', '', { keys: [] }],
  ['/self-service-profiles', '?include_totals=true', { start: 0, limit: 50, total: 0, self_service_profiles: [] }],
  ['/rate-limit-policies', '?take=50', { rate_limit_policies: [] }],
  ['/connections-directory-provisionings', '?take=50', { directory_provisionings: [] }],
  ['/connections-scim-configurations', '?take=50', { scim_configurations: [] }],
  ['/verifiable-credentials/verification/templates', '?take=1', { templates: [] }],
  ['/agents', '?take=1', { agents: [] }],
])('%s%s is empty', async (path, query, body) => {
  expect(await send('GET', `${path}${query}`)).toMatchObject({ status: 200, body });
});

test('a query that is not well formed is refused all the same', async () => {
  expect((await send('GET', '/rules?per_page=many')).status).toBe(400);
});

describe('every call beside the lists', () => {
  const calls = absenceRoutes.filter(({ method, query, answers }) => method !== 'GET' || !(query || answers?.[200]));

  test.each(calls.map(({ method, path }) => [method, path]))('%s %s says how it is', async (method, path) => {
    const absence = ABSENCES.filter((each) => path.startsWith(each.path));
    const texts = absence.map(({ instead }) => instead);
    const answered = await send(method, filled(path), method === 'GET' ? undefined : { name: 'x' });
    if (method === 'GET' && !absence.some(({ isUnreadable }) => isUnreadable)) {
      expect(answered).toMatchObject({
        status: 404,
        body: { errorCode: expect.stringMatching(/^inexistent_[a-z_]+$/) },
      });
      return;
    }
    expect(answered).toMatchObject({ status: 400, body: { errorCode: 'operation_not_supported' } });
    expect(texts).toContain(answered.body.message);
  });

  test('a rehearsal of a write is refused as the write is, and a refusal is written down', async () => {
    const asked = await send('POST', '/rules?dry_run=true', { name: 'x', script: '' });
    expect(asked).toMatchObject({ status: 400, body: { errorCode: 'operation_not_supported' } });
    expect((await send('POST', '/rules', { name: 'x', script: '' })).body.message).toMatch(/sallyport convert rules/);
    const { body } = await send('GET', '/logs?per_page=1');
    expect(body).toMatchObject([{ type: 'fapi', description: 'POST /api/v2/rules' }]);
  });
});

test('the list for people has every family', () => {
  const page = readFileSync('docs/compatibility.md', 'utf8');
  const missing = ABSENCES.map(({ path }) => path.replaceAll(/:\w+/g, '{id}')).filter(
    // What lies below something else that is not here is its part.
    (path) => !page.includes(`\`${path}\``) && path !== '/event-streams/{id}',
  );
  expect(missing).toEqual([]);
});

test('nothing is here and not here', () => {
  const all = MANAGEMENT_ROUTES.map(({ method, path }) => `${method} ${unnamed(path)}`);
  expect(all.filter((each, index) => all.indexOf(each) !== index)).toEqual([]);
});

test('the vendor’s client has no call that would meet an unexplained 404', () => {
  const ours = new Set(MANAGEMENT_ROUTES.map(({ method, path }) => `${method} ${unnamed(path)}`));
  const calls = vendorCalls();
  expect(calls.length).toBeGreaterThan(800);
  expect(calls.map(({ method, path }) => `${method} ${path}`).filter((call) => !ours.has(call))).toEqual([]);
});
