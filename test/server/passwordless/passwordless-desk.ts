// Tests of passwordless: the whole application with a connection for phones and one for mailboxes, both open to a client.
import { PASSWORDLESS_GRANT } from '#server/oauth/passwordless-grant.ts';
import type { ClientRecord, ConnectionRecord, JsonObject } from '#storage/records.ts';
import type { HouseOptions } from '#test/kit/house.ts';
import { CALLBACK, type FrontDoor, openFrontDoor } from '../oauth/front-door.ts';

export const PHONE = '+447700900555';
export const MAILBOX = 'new@example.com';

type Answered = { status: number; body: Record<string, unknown>; headers: Headers };

export type PasswordlessDesk = {
  door: FrontDoor;
  /** Public, with the grant and the callback of the front door. */
  client: ClientRecord;
  sms: ConnectionRecord;
  email: ConnectionRecord;
  /** As JSON; a text is sent as it is. */
  post(path: string, body: object | string, headers?: Record<string, string>): Promise<Answered>;
  start(body?: object): Promise<Answered>;
  exchange(body: Record<string, string>): Promise<Answered>;
  /** What the inbox shows for an address, newest first. */
  sent(to: string): Promise<{ text: string; code?: string }[]>;
  codeFor(to: string): Promise<string>;
  options(connection: ConnectionRecord, options: JsonObject): Promise<void>;
  close(): Promise<void>;
};

export async function openPasswordlessDesk(
  options: HouseOptions & { env?: Record<string, string> } = {},
): Promise<PasswordlessDesk> {
  const door = await openFrontDoor(options);
  const { store, ports, tenant } = door.house;
  const now = ports.now();
  const client: ClientRecord = {
    ...door.spa,
    id: 'app',
    name: 'The App',
    callbacks: [CALLBACK],
    grantTypes: [PASSWORDLESS_GRANT, 'authorization_code', 'http://auth0.com/oauth/grant-type/mfa-otp'],
  };
  await store.clients.insert(client);
  const make = async (strategy: 'sms' | 'email'): Promise<ConnectionRecord> => {
    const connection: ConnectionRecord = {
      tenantId: tenant.id,
      id: `con_${ports.random.letters(16)}`,
      name: strategy,
      strategy,
      metadata: {},
      enabledClients: [client.id],
      options: { totp: { time_step: 300, length: 6 } },
      settings: {},
      createdAt: now,
      updatedAt: now,
    };
    await store.connections.insert(connection);
    return connection;
  };
  const [sms, email] = [await make('sms'), await make('email')];

  const desk: PasswordlessDesk = {
    door,
    client,
    sms,
    email,
    post: async (path, body, headers = {}) => {
      const response = await door.app.request(`${door.site}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
      const { status } = response;
      return { status, headers: response.headers, body: (await response.json()) as Record<string, unknown> };
    },
    start: (body = {}) =>
      desk.post('/passwordless/start', { client_id: client.id, connection: 'sms', phone_number: PHONE, ...body }),
    exchange: (body) => desk.post('/oauth/token', { grant_type: PASSWORDLESS_GRANT, client_id: client.id, ...body }),
    sent: (to) => store.messages.inbox(tenant.id, to, 10),
    codeFor: (to) => door.house.codeFor(to),
    options: async (connection, next) => {
      await store.connections.update(tenant.id, connection.id, (current) => ({ ...current, options: next }));
    },
    close: () => door.close(),
  };
  return desk;
}
