// Tests of back-channel logout: a server with an application's server that it may call, and one that it may not.
import { MANAGEMENT_SCOPES } from '#runtime/lifecycle/scopes.ts';
import { tellOfLogouts } from '#server/oauth/back-channel-logout.ts';
import type { BackChannelLogoutRecord, LogRecord, SessionRecord } from '#storage/records.ts';
import { openOffice, type Send } from '../management/office.ts';
import type { FrontDoor } from './front-door.ts';
import { type LogoutReceiver, openLogoutReceiver } from './logout-receiver.ts';

export const MINUTE_MS = 60_000;

export type LogoutDesk = {
  door: FrontDoor;
  receiver: LogoutReceiver;
  /** One that the operator does not allow. */
  elsewhere: LogoutReceiver;
  /** Before each test: what an earlier one left is told or given up, and nobody is to be told of anything. */
  clear(): Promise<void>;
  send: Send;
  /** Sends what is due; returns how many that were. */
  tell(): Promise<number>;
  edit(clientId: string, settings: object): ReturnType<Send>;
  subscribe(clientId: string, told: BackChannelLogoutRecord | undefined): Promise<void>;
  /** Subscribes the receiver to all ends. */
  toAll(clientId: string): Promise<void>;
  /** A session of somebody at these applications, without a login. */
  session(clients: string[], userId?: string): Promise<SessionRecord>;
  /** Ends it by the Management API. */
  revoke(sessionId: string): Promise<void>;
  /** Lines about logouts that were told, the last at the end. */
  logs(): Promise<LogRecord[]>;
  close(): Promise<void>;
};

export async function openLogoutDesk(databaseUrl?: string): Promise<LogoutDesk> {
  const [receiver, elsewhere] = await Promise.all([openLogoutReceiver(), openLogoutReceiver()]);
  const office = await openOffice(databaseUrl, { egressAllow: [receiver.host] });
  const { door } = office;
  const { store } = door.deps;
  const { clock, ports, tenant } = door.house;
  let send = office.send;
  const desk: LogoutDesk = {
    door,
    receiver,
    elsewhere,
    async clear() {
      clock.advance(120 * MINUTE_MS);
      await desk.tell();
      send = office.sender(office.tenant, await office.token(office.tenant, MANAGEMENT_SCOPES));
      receiver.told.length = 0;
      receiver.answers = { status: 200 };
      for (const id of ['spa', 'web']) await desk.subscribe(id, undefined);
    },
    send: (...request) => send(...request),
    tell: () => tellOfLogouts(door.deps),
    edit: (id, settings) => send('PATCH', `/api/v2/clients/${id}`, settings),
    async subscribe(id, told) {
      await store.clients.update(tenant.id, id, ({ backChannelLogout: _, ...client }) => ({
        ...client,
        ...(told && { backChannelLogout: told }),
      }));
    },
    toAll: (id) => desk.subscribe(id, { url: receiver.url, ends: 'all' }),
    async session(clients, userId = 'auth0|somebody') {
      const at = clock.at;
      const session = {
        tenantId: tenant.id,
        id: `ses_${ports.random.letters(24)}`,
        userId,
        methods: [{ name: 'pwd', at }],
        clients,
        device: {},
        createdAt: at,
        updatedAt: at,
        authenticatedAt: at,
        expiresAt: at + 60 * MINUTE_MS,
        idleExpiresAt: at + 60 * MINUTE_MS,
      };
      await store.commit([{ kind: 'session.put', session }]);
      return session;
    },
    async revoke(id) {
      const { status } = await send('DELETE', `/api/v2/sessions/${id}`);
      if (status >= 300) throw new Error(`the session was not ended: ${status}`);
    },
    async logs() {
      const { records } = await store.logs.list(tenant.id, { order: 'newest', page: { offset: 0, limit: 100 } });
      return records.filter(({ type }) => type.startsWith('oidc_backchannel')).toReversed();
    },
    async close() {
      await Promise.all([office.close(), receiver.close(), elsewhere.close()]);
    },
  };
  return desk;
}
