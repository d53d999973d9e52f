// Owner management: how a sample would stand with a policy, and the picture of one. Nothing is written by either.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Send } from '../management/office.ts';
import { condition, ID, OTHER, pair, policy } from './guide.ts';
import { type Headquarters, openHeadquarters } from './headquarters.ts';

let all: Headquarters;
let send: Send;
beforeAll(async () => {
  all = await openHeadquarters();
  send = all.operator;
  await send('POST', `${OURS}/authentication-policies`, policy());
});
afterAll(() => all.office.close());

const OURS = '/v1/management/organizations/ours/tenants/ours-a';

describe('a policy explained', () => {
  const evaluate = (body: unknown) => send('POST', `${OURS}/authentication-policies/${ID}/evaluate`, body);

  test.each([
    [{}, 'in_progress', 4],
    [{ counts: { 'password-authentication': 1 } }, 'in_progress', 3],
    [{ counts: { 'password-authentication': 1, 'sms-authentication': 1 } }, 'success', 0],
    [{ counts: { 'sms-authentication': { success_count: 2, failure_count: 1 } } }, 'in_progress', 2],
    [
      {
        document: { 'initial-registration': { success_count: 1 }, 'sms-authentication': { success_count: 1 } },
        user: { sub: 'auth0|1' },
        scopes: ['profile'],
        client_id: 'shop',
        acr_values: [],
      },
      'success',
      0,
    ],
  ])('of %j', async (body, status, unmet) => {
    const answered = await evaluate(body);
    expect(answered).toMatchObject({ status: 200, body: { enabled: true, status } });
    expect(answered.body.unmet).toHaveLength(unmet);
    expect(answered.body.policy).toMatchObject({
      index: 0,
      fits: !('scopes' in body) || body.scopes?.[0] === 'openid',
    });
  });

  test('says what is missing, with what was found, and what leads on', async () => {
    const user = { sub: 'auth0|1' };
    const { body } = await evaluate({ counts: { 'password-authentication': 1 }, user });
    expect(body).toMatchObject({
      unmet: [
        { group: 0, ...condition('sms-authentication'), actual: null },
        ...pair('initial-registration', 'sms-authentication').map((each) => ({ group: 1, ...each, actual: null })),
      ],
      next: ['sms-authentication-challenge'],
    });
  });

  test.each([[{ counts: 1 }], [{ counts: { a: -1 } }], [{ scopes: 'openid' }], [{ more: 1 }], [{ document: [] }]])(
    'not of %j',
    async (body) => expect((await evaluate(body)).status).toBe(400),
  );

  test('is written by nobody and logged by nobody', async () => {
    const { store } = all.office.door.house;
    const logs = () => store.logs.list(all.ours[0].id, { order: 'newest', page: { offset: 0, limit: 1 } });
    const { total } = await logs();
    await evaluate({});
    expect((await logs()).total).toBe(total);
  });

  test('as a diagram', async () => {
    const path = `/authentication-policies/${ID}/diagram`;
    const json = await send('GET', `${OURS}${path}?format=json`);
    expect(json.body.mermaid).toMatch(/^flowchart TD\n/);
    const response = await all.office.door.app.request(`http://localhost:3000${OURS}${path}`, {
      headers: { authorization: `Bearer ${await all.office.token(all.ours[0], ['read:mfa_policies'])}` },
    });
    expect(response.headers.get('content-type')).toBe('text/vnd.mermaid; charset=utf-8');
    expect(await response.text()).toBe(json.body.mermaid);
    expect((await send('GET', `${OURS}/authentication-policies/${OTHER}/diagram`)).status).toBe(404);
  });
});
