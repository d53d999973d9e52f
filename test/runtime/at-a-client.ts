// One person's login in the hands of a client: no browser, no page, and a key that only the client holds.
import type { Opening, Shown } from '#runtime/runtime.ts';
import { keyChange, newRefreshToken } from '#runtime/sessions/refresh-token.ts';
import type { DoorInput } from '#runtime/transaction/input.ts';
import type { LoginRequest } from '#runtime/transaction/transaction.ts';
import type { JsonObject, RefreshTokenRecord } from '#storage/records.ts';
import { CALLER, type House, PASSWORD } from '#test/kit/house.ts';

/** What a token endpoint asks for somebody. */
export const asked = (house: House, more: Partial<LoginRequest> = {}): LoginRequest => ({
  clientId: house.client.id,
  reply: { by: 'token' },
  protocol: 'oauth2-password',
  scope: ['openid', 'offline_access'],
  connection: 'Username-Password-Authentication',
  prompt: [],
  uiLocales: [],
  acrValues: [],
  locale: 'en',
  query: {},
  body: { grant_type: 'password' },
  ...more,
});

let people = 0;

/** Somebody new, and the scripts that their logins meet. */
export async function newcomer(house: House, has: ('otp' | 'phone' | 'email')[], ...scripts: string[]) {
  await house.bind(...scripts);
  const name = `client-${++people}`;
  return { user: await house.user(name, has), email: `${name}@example.com` };
}

/** Brings a name and a password along. A minute has passed since the last one. */
export function byPassword(
  house: House,
  email: string,
  { password = PASSWORD, ...more }: Partial<Opening> & { password?: string } = {},
): Promise<Shown> {
  house.clock.advance(60_000);
  const input = { kind: 'submitted', identifier: email, password } as const;
  const opening: Opening = { door: 'token', selection: 'client', request: asked(house), input, ...more };
  return house.runtime.begin(house.tenant, opening, CALLER);
}

/** Brings a refresh token along, with the key of a generation. */
export function byRefresh(house: House, token: RefreshTokenRecord, generation = token.generation): Promise<Shown> {
  const { id: clientId } = house.client;
  const request = asked(house, { protocol: 'oauth2-refresh-token', clientId, scope: token.scope, body: {} });
  const opening: Opening = { door: 'token', selection: 'client', request, refresh: { token, generation } };
  return house.runtime.begin(house.tenant, opening, CALLER);
}

export const submitAsClient = (house: House, shown: Shown, input: DoorInput) =>
  house.runtime.submit(house.tenant, { key: shown.key, heldBy: 'client' }, input, CALLER);

/** Submits and expects the step to be taken. */
export async function say(house: House, shown: Shown, input: DoorInput): Promise<Shown> {
  const submitted = await submitAsClient(house, shown, input);
  if (submitted.outcome !== 'moved') throw new Error(`expected a step, got ${submitted.outcome}`);
  return submitted.shown;
}

/** How the client's refresh tokens live from now on. */
export async function letRefresh(house: House, settings: JsonObject): Promise<void> {
  const { store, tenant, client } = house;
  await store.clients.update(tenant.id, client.id, (current) => ({
    ...current,
    settings: { ...current.settings, refresh_token: settings },
  }));
}

/** Writes down the refresh token of a login that is over. */
export async function keepToken(house: House, { login }: Shown): Promise<RefreshTokenRecord> {
  const { store, tenant, ports } = house;
  const client = await store.clients.find(tenant.id, house.client.id);
  if (!client) throw new Error('no client');
  const made = { login, client, scope: login.request.scope, caller: CALLER };
  const token = newRefreshToken(ports.random, made, house.clock.at);
  const written = await store.commit([
    { kind: 'refresh-token.insert', token },
    keyChange(token, `key of ${token.id} 1`),
  ]);
  if (!written.ok) throw new Error(written.failed.kind);
  return token;
}

export const tokenNow = (house: House, { id }: RefreshTokenRecord) =>
  house.store.refreshTokens.find(house.tenant.id, id);

/** How much of a login was stored: its row, sessions and browsers of the person. */
export async function leftOf({ store, tenant }: House, { login, key }: Shown) {
  const userId = login.subject.kind === 'user' ? login.subject.userId : '';
  const page = { offset: 0, limit: 10 };
  const [row, handle, sessions, devices] = await Promise.all([
    store.transactions.find(tenant.id, login.id),
    store.handles.find(tenant.id, 'mfa-token', key),
    store.sessions.ofUser(tenant.id, userId, page),
    store.devices.ofUser(tenant.id, userId),
  ]);
  return { row: row !== undefined, handle: handle !== undefined, sessions: sessions.total, devices: devices.length };
}
