// Test: a house with passwordless connections, and the steps of somebody who logs in by a code.
import type { Opening, PasswordlessRequest, PasswordlessStarted, Shown } from '#runtime/runtime.ts';
import type { ConnectionRecord, JsonObject, UserRecord } from '#storage/records.ts';
import { CALLER, type House } from '#test/kit/house.ts';

export type Strategy = 'sms' | 'email';

/** A passwordless connection that the house's application may use, called by its strategy. */
export async function connect(
  { store, tenant, client, ports }: House,
  strategy: Strategy,
  options: JsonObject = {},
  more: Partial<ConnectionRecord> = {},
): Promise<ConnectionRecord> {
  const connection: ConnectionRecord = {
    tenantId: tenant.id,
    id: `con_${ports.random.letters(16)}`,
    name: strategy,
    strategy,
    metadata: {},
    enabledClients: [client.id],
    options,
    settings: {},
    createdAt: ports.now(),
    updatedAt: ports.now(),
    ...more,
  };
  await store.connections.insert(connection);
  return connection;
}

let people = 0;

/** An address that nobody has had before. */
export function freshAddress(strategy: Strategy): string {
  people += 1;
  return strategy === 'sms' ? `+4477009${String(people).padStart(5, '0')}` : `reader-${people}@example.com`;
}

/** Somebody whose account is in the connection already. */
export async function known(
  house: House,
  { name, strategy }: Pick<ConnectionRecord, 'name' | 'strategy'>,
  address: string,
  more: Partial<UserRecord> = {},
): Promise<UserRecord> {
  const own = strategy === 'sms' ? { phoneNumber: address } : { email: address };
  const id = house.ports.random.hex(24);
  const user: UserRecord = {
    tenantId: house.tenant.id,
    id: `${strategy}|${id}`,
    connection: name,
    emailVerified: false,
    phoneVerified: false,
    blocked: false,
    identities: [{ connection: name, provider: strategy, userId: id, isSocial: false }],
    userMetadata: {},
    appMetadata: {},
    loginsCount: 0,
    createdAt: house.ports.now(),
    updatedAt: house.ports.now(),
    ...own,
    ...more,
  };
  await house.store.users.insert(user);
  return user;
}

/** A login at a page, up to where it waits for the code. An hour has passed since the last one, or so many milliseconds. */
export async function ask(house: House, connection: string, address: string, after = 3_600_000): Promise<Shown> {
  house.clock.advance(after);
  const { key } = await house.begin();
  return house.step(key, { kind: 'addressed', connection, address });
}

export const enter = (house: House, { key }: Shown, code: string): Promise<Shown> =>
  house.step(key, { kind: 'responded', code });

/** Asks for a code as an application does. */
export function start(
  house: House,
  connection: ConnectionRecord,
  address: string,
  more: Partial<PasswordlessRequest> = {},
): Promise<PasswordlessStarted> {
  const request: PasswordlessRequest = {
    client: house.client,
    connection,
    address,
    send: 'code',
    authParams: {},
    locale: 'en',
    ...more,
  };
  return house.runtime.startPasswordless(house.tenant, request, CALLER);
}

/** Brings a code to the token endpoint. */
export function present(
  house: House,
  connection: string,
  address: string,
  code: string,
  more: Partial<Opening> = {},
  ip = CALLER.ip,
): Promise<Shown> {
  const input = { kind: 'presented', connection, address, code } as const;
  const opening: Opening = {
    door: 'token',
    selection: 'client',
    request: {
      clientId: house.client.id,
      reply: { by: 'token' },
      protocol: 'oauth2-password',
      scope: ['openid'],
      connection,
      prompt: [],
      uiLocales: [],
      acrValues: [],
      locale: 'en',
      query: {},
      body: {},
    },
    input,
    ...more,
  };
  return house.runtime.begin(house.tenant, opening, { ...CALLER, ip });
}

/** A code of the same length that is another one. */
export const wrong = (code: string): string => `${(Number(code[0]) + 1) % 10}${code.slice(1)}`;

/** The notice of a step, or where it has led. */
export const outcome = ({ notice, login }: Shown): string => notice?.key ?? login.state.name;
