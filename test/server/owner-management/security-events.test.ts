// Owner management: what happened in the JSON flow: how it is searched and shown. Source: idp-server reference, §5.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SecurityEventRecord } from '#storage/records.ts';
import { items, type Send } from '../management/office.ts';
import { type Headquarters, openHeadquarters } from './headquarters.ts';

const AT = Date.UTC(2026, 0, 1, 12);
const id = (number: number) => `00000000-0000-4000-8000-00000000000${number}`;
const PATH = '/v1/management/organizations/ours/tenants/ours-a/security-events';

let all: Headquarters;
let send: Send;
const get = async (query: string) => send('GET', `${PATH}${query}`);

beforeAll(async () => {
  all = await openHeadquarters();
  send = all.operator;
  const tenantId = all.ours[0].id;
  const event = (number: number, more: Partial<SecurityEventRecord>): SecurityEventRecord => ({
    tenantId,
    id: id(number),
    type: 'password_success',
    description: 'A password was right',
    at: AT + number * 60_000,
    ip: '203.0.113.7',
    detail: {},
    ...more,
  });
  const events = [
    event(1, {
      clientId: 'shop',
      clientName: 'Shop',
      userId: 'auth0|1',
      userName: 'ana@example.com',
      externalUserId: 'ext-1',
      userAgent: 'Firefox',
      detail: { user: { sub: 'auth0|1' }, tries: 2 },
    }),
    event(2, { type: 'sms_verification_success', userId: 'auth0|1' }),
    event(3, { type: 'sms_verification_failure', ip: '198.51.100.1', detail: { reason: 'expired' } }),
  ];
  await all.office.door.house.store.commit(
    events.map((each) => ({ kind: 'security-event.insert', event: each }) as const),
  );
});
afterAll(() => all.office.close());

test('one, by its id, under the names of the original', async () => {
  const [tenant] = all.ours;
  expect((await get(`/${id(1)}`)).body).toEqual({
    id: id(1),
    type: 'password_success',
    description: 'A password was right',
    tenant: { id: tenant.id, iss: `${tenant.baseUrl}/`, name: 'ours-a' },
    client: { id: 'shop', name: 'Shop' },
    user: { sub: 'auth0|1', name: 'ana@example.com', ex_sub: 'ext-1' },
    ip_address: '203.0.113.7',
    user_agent: 'Firefox',
    detail: { user: { sub: 'auth0|1' }, tries: 2 },
    created_at: '2026-01-01T12:01:00.000Z',
  });
  expect((await get(`/${id(9)}`)).status).toBe(404);
  expect((await get('/x')).status).toBe(400);
  const elsewhere = `/v1/management/tenants/ours-b/security-events`;
  expect((await send('GET', `${elsewhere}/${id(1)}`)).status).toBe(404);
  expect((await send('GET', elsewhere)).body).toEqual({ list: [], total_count: 0, limit: 20, offset: 0 });
});

describe('a list by', () => {
  test.each([
    ['', [3, 2, 1]],
    ['?event_type=sms_verification_success', [2]],
    ['?event_type=sms_verification_success,password_success', [2, 1]],
    ['?event_type=', [3, 2, 1]],
    ['?event_type=nothing', []],
    ['?from=2026-01-01T12:02:00Z', [3, 2]],
    ['?from=2026-01-01T13:02:00%2B01:00', [3, 2]],
    ['?from=2026-01-01T13:02:00+01:00', [3, 2]],
    ['?to=2026-01-01T12:02:00', [2, 1]],
    ['?from=2026-01-02', []],
    [`?id=${id(3)}`, [3]],
    ['?client_id=shop', [1]],
    ['?user_id=auth0%7C1', [2, 1]],
    ['?external_user_id=ext-1', [1]],
    ['?user_name=EXAMPLE', [1]],
    ['?ip_address=198.51.100.1', [3]],
    ['?user_agent=fire', [1]],
    ['?details.user.sub=auth0%7C1', [1]],
    ['?details.reason=expired', [3]],
    ['?details.tries=2', []],
    ['?details_any.tries=2', [1]],
    ['?details.__proto__.x=2', []],
    ['?unknown=1', [3, 2, 1]],
    ['?limit=1&offset=1', [2]],
    ['?limit=1000', [3, 2, 1]],
  ])('%s', async (query, expected) => {
    const { status, body } = await get(query);
    expect(status).toBe(200);
    expect(items(body.list!).map((each) => Number(String(each.id).at(-1)))).toEqual(expected);
    if (!query.includes('limit')) expect(body.total_count).toBe(expected.length);
  });

  test.each([
    ['?limit=0', /^limit/],
    ['?limit=1001', /^limit/],
    ['?offset=-1', /^offset/],
    ['?from=yesterday', /^from/],
    ['?to=2026-13-01', /^to/],
    ['?id=1', /^id/],
    [`?user_name=${'x'.repeat(501)}`, /^user_name/],
    [`?event_type=${'a,'.repeat(101)}`, /^event_type/],
    [`?${Array.from({ length: 11 }, (_, at) => `details.d${at}=1`).join('&')}`, /details/],
  ])('no list by %s', async (query, message) => {
    expect(await get(query)).toMatchObject({
      status: 400,
      body: {
        dry_run: false,
        error: 'invalid_request',
        error_description: 'Security event query validation failed',
        error_messages: [expect.stringMatching(message)],
      },
    });
  });
});
