// Owner management: authentication configurations and policies: the bodies of the guide they come from, letter by letter as
// a shell hands them over, and the whole life of both families. Source: idp-server reference, §1.2.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { items, type Send } from '../management/office.ts';
import { ID, OTHER, POLICY, policy, SMS, sms, unquoted } from './guide.ts';
import { type Headquarters, openHeadquarters } from './headquarters.ts';

let all: Headquarters;
let send: Send;
beforeAll(async () => {
  all = await openHeadquarters();
  send = all.operator;
});
afterAll(() => all.office.close());

const OURS = '/v1/management/organizations/ours/tenants/ours-a';

describe('the bodies of the guide', () => {
  test('make a configuration without a warning, shown as it was sent', async () => {
    const text = unquoted(SMS, { SMS_AUTH_CONFIG_ID: ID });
    const answered = await send('POST', `${OURS}/authentication-configurations`, text);
    expect(answered.status).toBe(201);
    expect(answered.body).toEqual({ dry_run: false, result: { enabled: true, ...sms() }, warnings: [] });
    const found = await send('GET', `/v1/management/tenants/ours-a/authentication-configurations/${ID}`);
    expect(found.body).toEqual(answered.body.result);
  });

  test('make a policy without a warning, shown with everything filled in', async () => {
    const answered = await send('POST', `${OURS}/authentication-policies`, unquoted(POLICY, { AUTH_POLICY_ID: ID }));
    expect(answered.status).toBe(201);
    expect(answered.body).toMatchObject({ dry_run: false, result: policy(), warnings: [] });
    const [filled] = items(answered.body.result!.policies!);
    expect(filled).toMatchObject({ step_definitions: [], conditions: { client_ids: [], acr_values: [] } });
    // What is shown can be written.
    const again = await send('PUT', `${OURS}/authentication-policies/${ID}`, answered.body.result);
    expect(again.body).toEqual({ dry_run: false, result: answered.body.result, diff: {}, warnings: [] });
  });
});

/** The same for both families, each at a tenant of its own with an empty list. */
const FAMILIES = [
  {
    path: '/authentication-configurations',
    tenant: 'theirs-a',
    noun: 'Authentication configuration',
    key: 'type',
    body: (id: string, key = 'sms') => ({ ...sms(), id, type: key }),
    change: { metadata: { expire_seconds: 60 } },
    diff: { metadata: { expire_seconds: { before: 300, after: 60 }, type: { before: 'external' } } },
    value: 'sms',
    other: 'external-token',
  },
  {
    path: '/authentication-policies',
    tenant: 'theirs-b',
    noun: 'Authentication policy configuration',
    key: 'flow',
    body: (id: string, key = 'oauth') => ({ ...policy(), id, flow: key }),
    change: { policies: [] },
    diff: { policies: { '0': { before: expect.any(Object) } } },
    value: 'oauth',
    other: 'ciba',
  },
] as const;

describe.each(FAMILIES)('$path', ({ path, tenant, noun, key, body, change, diff, value, other }) => {
  const base = `/v1/management/tenants/${tenant}${path}`;
  const list = async () => (await send('GET', base)).body;

  test('live, change and go, each step simulated first', async () => {
    expect(await list()).toEqual({ list: [], total_count: 0, limit: 20, offset: 0 });
    const dry = await send('POST', `${base}?dry_run=true`, body(ID));
    expect([dry.status, dry.body.dry_run]).toEqual([200, true]);
    expect(await list()).toMatchObject({ total_count: 0 });

    const made = await send('POST', base, body(ID));
    expect(made.status).toBe(201);
    expect(made.body.result).toEqual(dry.body.result);
    expect(await list()).toMatchObject({ list: [made.body.result], total_count: 1 });
    expect((await send('GET', `${base}?limit=1&offset=1`)).body).toEqual({
      list: [],
      total_count: 1,
      limit: 1,
      offset: 1,
    });

    for (const id of [OTHER, ID]) {
      for (const query of ['', '?dry_run=true']) {
        expect(await send('POST', `${base}${query}`, body(id))).toMatchObject({
          status: 409,
          body: {
            dry_run: query !== '',
            error: 'invalid_request',
            error_description: `${noun} of ${key} ${value} already exists: ${ID}. Change it by PUT.`,
          },
        });
      }
    }
    expect((await send('POST', base, body(ID, other))).body.error_description).toContain(`already exists: ${ID}`);
    expect((await send('POST', base, body(OTHER, other))).status).toBe(201);
    expect((await send('PUT', `${base}/${OTHER}`, body(OTHER))).status).toBe(409);

    const wanted = { ...body(ID), ...change };
    const simulated = await send('PUT', `${base}/${ID}?dry_run=true`, wanted);
    expect(simulated).toMatchObject({ status: 200, body: { dry_run: true, diff } });
    expect((await send('GET', `${base}/${ID}`)).body).toEqual(made.body.result);
    const changed = await send('PUT', `${base}/${ID}`, wanted);
    expect(changed.body).toEqual({ ...simulated.body, dry_run: false });
    expect((await send('GET', `${base}/${ID}`)).body).toEqual(changed.body.result);
    expect((await send('PUT', `${base}/${ID}`, body(OTHER))).status).toBe(400);

    expect(await send('DELETE', `${base}/${ID}?dry_run=true`)).toMatchObject({
      status: 200,
      body: { message: 'Deletion simulated successfully', id: ID, dry_run: true },
    });
    expect((await send('DELETE', `${base}/${ID}`)).status).toBe(204);
    for (const method of ['GET', 'PUT', 'DELETE']) {
      expect(await send(method, `${base}/${ID}`, method === 'PUT' ? body(ID) : undefined)).toMatchObject({
        status: 404,
        body: { dry_run: false, error: 'not_found', error_description: `${noun} not found: ${ID}` },
      });
    }
    expect((await send('DELETE', `${base}/${ID}?dry_run=true`)).status).toBe(404);
  });

  test('one of a tenant is nobody else’s', async () => {
    const made = await send('POST', base, body(ID));
    expect(made.status).toBe(201);
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const elsewhere = `/v1/management/tenants/ours-b${path}/${ID}`;
      expect((await send(method, elsewhere, method === 'PUT' ? body(ID) : undefined)).status).toBe(404);
    }
    expect((await send('POST', `/v1/management/tenants/ours-b${path}`, body(ID))).status).toBe(201);
  });

  test('of two at once one is made', async () => {
    const both = await Promise.all(
      [OTHER, ID].map((id) => send('POST', base, { ...body(id, 'twice'), id: undefined })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
  });
});

describe('what is no configuration or policy', () => {
  test.each([
    ['/authentication-configurations', {}, 'type is missing'],
    ['/authentication-configurations', { type: 7 }, /^type must be a text/],
    ['/authentication-configurations', { type: 'a b' }, /^type must be a text/],
    ['/authentication-configurations', { type: 'x', interactions: [] }, 'interactions must be an object'],
    ['/authentication-configurations', { type: 'x', metadata: 'm' }, 'metadata must be an object'],
    [
      '/authentication-configurations',
      { type: 'x', interactions: { a: { response: { body_mapping_rules: [{ from: '$[', to: 'b' }] } } } },
      /body_mapping_rules/,
    ],
    ['/authentication-policies', {}, 'flow is missing'],
    ['/authentication-policies', { flow: 'x y' }, /^flow must be a text/],
    ['/authentication-policies', { flow: 'x', policies: 'all' }, 'policies must be a list'],
    ['/authentication-policies', { flow: 'x', policies: [7] }, /policies\[0\]/],
  ])('%s %j', async (path, body, message) => {
    const answered = await send('POST', `${OURS}${path}`, body);
    expect(answered).toMatchObject({ status: 400, body: { dry_run: false, error: 'invalid_request' } });
    const messages = items(answered.body.error_messages!);
    expect(messages).toContainEqual(typeof message === 'string' ? message : expect.stringMatching(message));
  });

  test.each([
    ['/authentication-configurations', { type: 'x', enabled: 'no' }],
    ['/authentication-policies', { flow: 'x', enabled: 1 }],
  ])('%s that is enabled by %j', async (path, body) => {
    expect((await send('POST', `${OURS}${path}`, body)).body.error_description).toBe('enabled must be true or false');
  });
});

test('who may read and not write sees no secrets of outside services', async () => {
  const path = '/v1/management/tenants/theirs-b/authentication-configurations';
  expect((await send('POST', path, sms())).status).toBe(201);
  const tenant = all.theirs[1];
  const seen = async (scope: string) => {
    const caller = await all.as(tenant, scope);
    const [one, list] = [(await caller('GET', `${path}/${ID}`)).body, (await caller('GET', path)).body];
    expect(items(list.list!)).toEqual([one]);
    return JSON.stringify(one);
  };
  expect(await seen('read:mfa_policies')).not.toContain('"password":"password"');
  expect(await seen('management')).toContain('"password":"password"');
});

test('warnings say what will not do what it looks like', async () => {
  const configuration = { ...sms(), type: 'external-token', id: undefined, interaction: {} };
  const first = await send('POST', `${OURS}/authentication-configurations?dry_run=true`, configuration);
  expect(first.body.warnings).toContain('interaction is not known and is left out');
  const body = { flow: 'ciba', policies: [{ available_methods: ['email'], success_conditions: { any_of: [[]] } }] };
  const second = await send('POST', `${OURS}/authentication-policies?dry_run=true`, body);
  expect(second.body.warnings).toEqual(
    expect.arrayContaining([expect.stringContaining('no authentication configuration of type email')]),
  );
});
