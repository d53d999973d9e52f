// Whose address counts when an application on a server sends passwords: its own, unless it is trusted to name another.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newClient } from '#runtime/lifecycle/client.ts';
import type { ClientRecord } from '#storage/records.ts';
import { from, HERE, openBehindProxy, THERE } from '../attacks/guesser.ts';
import type { FrontDoor } from './front-door.ts';

let door: FrontDoor;
beforeAll(async () => {
  door = await openBehindProxy();
});
afterAll(() => door.close());

const client = async (authMethod: 'none' | 'client_secret_post', trusted: unknown): Promise<ClientRecord> => {
  const { ports, tenant, store } = door.house;
  const made = await newClient(ports, tenant.id, { name: 'App', authMethod, grantTypes: ['password'] });
  if (made === 'conflict') throw new Error('no client');
  const settings = trusted === undefined ? {} : { is_token_endpoint_ip_header_trusted: trusted as boolean };
  const updated = await store.clients.update(tenant.id, made.id, (current) => ({ ...current, settings }));
  if (typeof updated === 'string') throw new Error(updated);
  return updated;
};

test.each<
  [name: string, authMethod: 'none' | 'client_secret_post', trusted: unknown, header: string | undefined, ip: string]
>([
  ['a trusted one', 'client_secret_post', true, THERE, THERE],
  ['a trusted one with IPv6', 'client_secret_post', true, ' 2001:db8::7 ', '2001:db8::7'],
  ['a trusted one that says nothing', 'client_secret_post', true, undefined, HERE],
  ['a trusted one that names no address', 'client_secret_post', true, 'localhost', HERE],
  ['a trusted one that names several', 'client_secret_post', true, `${THERE}, ${HERE}`, HERE],
  ['one that is not trusted', 'client_secret_post', false, THERE, HERE],
  ['one of which nothing was said', 'client_secret_post', undefined, THERE, HERE],
  ['one that anybody can be', 'none', true, THERE, HERE],
])('%s', async (_name, authMethod, trusted, header, ip) => {
  const { id, secret } = await client(authMethod, trusted);
  const username = `${id}@example.com`;
  const body = { grant_type: 'password', client_id: id, username, password: 'wrong' };
  const { status } = await door.token(
    { ...body, ...(authMethod === 'none' || secret === undefined ? {} : { client_secret: secret }) },
    { ...from(HERE), ...(header === undefined ? {} : { 'auth0-forwarded-for': header }) },
  );
  expect(status).toBe(403);
  const { store, tenant } = door.house;
  const page = { offset: 0, limit: 1 };
  for (const type of ['fu', 'fepft']) {
    const { records } = await store.logs.list(tenant.id, { type, clientId: id, order: 'newest', page });
    expect(records).toMatchObject([{ ip, userName: username }]);
  }
});

test('who has not shown the secret names nobody', async () => {
  const { id } = await client('client_secret_post', true);
  const body = { grant_type: 'password', client_id: id, username: 'a@example.com', password: 'b', client_secret: 'no' };
  expect((await door.token(body, { ...from(HERE), 'auth0-forwarded-for': THERE })).status).toBe(401);
});
