// Test: phones for those who have none: enrolled and answered by JSON, through the very addresses that real ones use.
import { Hono } from 'hono';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Deps, Env } from '#server/deps.ts';
import { devRoutes } from '#server/dev/dev.ts';
import { pushRoutes } from '#server/push/push.ts';
import type { UserRecord } from '#storage/records.ts';
import { CALLER, type House, openHouse, PASSWORD } from '#test/kit/house.ts';

let house: House;
let user: UserRecord;
beforeAll(async () => {
  house = await openHouse({ on: ['push-notification'] });
  user = await house.user('ana');
  await house.bind(
    `exports.onExecutePostLogin = async (event, api) => api.authentication.challengeWith({ type: 'push-notification' });`,
  );
}, 60_000);
afterAll(() => house.close());

/** A server of its own each time: what one knows, another started later knows too. */
async function call(path: string, body: unknown, headers: Record<string, string> = {}) {
  const deps = {
    ...{ store: house.store, runtime: house.runtime, random: house.ports.random },
    config: { dev: true, tenantName: house.tenant.name },
    clock: { now: house.ports.now, advance: () => {} },
  } as unknown as Deps;
  const app = new Hono<Env>().use(async (c, next) => {
    c.set('tenant', house.tenant);
    c.set('caller', CALLER);
    await next();
  });
  app.route('/', pushRoutes(deps)).route(
    '/',
    devRoutes(deps, (request) => app.fetch(request)),
  );
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await app.request(`${house.tenant.baseUrl}/dev/devices${path}`, {
    method: 'POST',
    body: text,
    headers,
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

async function newDevice(): Promise<string> {
  const { status, body } = await call('', { user_id: user.id });
  expect(status).toBe(201);
  return String(body.id);
}

/** A login of the person, and the newest message to their device. */
async function asked(id: string) {
  house.clock.advance(60_000);
  const { key } = await house.begin();
  const shown = await house.step(key, { kind: 'submitted', identifier: 'ana@example.com', password: PASSWORD });
  const [message] = await house.store.messages.inbox(house.tenant.id, id, 1);
  return { key: shown.key, message_id: message?.id ?? '' };
}

test('a device approves and refuses what is in the inbox, once', async () => {
  const id = await newDevice();
  const first = await asked(id);
  expect(await call(`/${id}/answer`, { message_id: first.message_id, approve: true })).toMatchObject({
    status: 200,
    body: { outcome: 'approved' },
  });
  expect((await house.step(first.key, { kind: 'polled' })).login.state.name).toBe('completed');
  expect(await call(`/${id}/answer`, { message_id: first.message_id, approve: false })).toMatchObject({
    status: 409,
    body: { error: 'answered-request' },
  });

  const second = await asked(id);
  expect((await call(`/${id}/answer`, { message_id: second.message_id, approve: false })).body.outcome).toBe('refused');
  expect((await house.step(second.key, { kind: 'polled' })).notice?.key).toBe('transaction-rejected');
  await house.store.authenticators.remove(house.tenant.id, id);
});

test('of two devices each has its own messages', async () => {
  const [one, other] = [await newDevice(), await newDevice()];
  const { message_id } = await asked(one);
  expect(await call(`/${other}/answer`, { message_id, approve: true })).toMatchObject({ status: 404 });
  for (const id of [one, other]) await house.store.authenticators.remove(house.tenant.id, id);
});

test.each<[name: string, path: string, body: unknown, status: number]>([
  ['no body', '', '', 400],
  ['no user', '', {}, 400],
  ['a user that is no text', '', { user_id: 5 }, 400],
  ['an unknown user', '', { user_id: 'auth0|nobody' }, 404],
  ['an unknown device', '/dev_abcdefghijklmnop/answer', { message_id: 'x', approve: true }, 404],
  ['no message', '/dev_abcdefghijklmnop/answer', { approve: true }, 400],
  ['no word', '/dev_abcdefghijklmnop/answer', { message_id: 'x' }, 400],
])('%s is refused', async (_case, path, body, status) => {
  expect((await call(path, body)).status).toBe(status);
});

test('a form of another site does nothing', async () => {
  expect((await call('', { user_id: user.id }, { origin: 'https://evil.example' })).status).toBe(403);
});
