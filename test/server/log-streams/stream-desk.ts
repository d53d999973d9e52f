// Tests of log streams: an office whose log lines go to webhooks on loopback, and what the tests do there.
import type { LogType } from '#runtime/codes.ts';
import { tenantLog } from '#runtime/tenant-log.ts';
import { createStreaming } from '#server/log-streams/keep-streaming.ts';
import type { LogRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import { type Json, type Office, openOffice } from '../management/office.ts';
import { type LogoutReceiver, openLogoutReceiver } from '../oauth/logout-receiver.ts';

export type StreamDesk = {
  office: Office;
  house: Office['door']['house'];
  receiver: LogoutReceiver;
  /** One that the operator does not allow. */
  elsewhere: LogoutReceiver;
  /** Makes one, by the store, so that the calls that make it are no lines themselves; gives its id. */
  stream(sink?: object, more?: object): Promise<string>;
  /** Writes lines; gives their ids. */
  write(...types: LogType[]): Promise<string[]>;
  /** One look of one server. */
  look(): Promise<void>;
  found(id: string): ReturnType<Office['door']['house']['store']['logStreams']['find']>;
  /** What the receiver was told, line by line. */
  lines(): { log_id: string; data: Json }[];
  arrived(): string[];
  /** No streams, and nothing told. */
  clear(): Promise<void>;
  close(): Promise<void>;
};

export async function openStreamDesk(databaseUrl: string): Promise<StreamDesk> {
  const [receiver, elsewhere] = await Promise.all([openLogoutReceiver(), openLogoutReceiver()]);
  const office = await openOffice(databaseUrl, { egressAllow: [receiver.host] });
  const { house } = office.door;
  const { store, tenant, clock, ports } = house;
  const lines: StreamDesk['lines'] = () =>
    receiver.told.flatMap(({ body }) => {
      const text = body.startsWith('[') ? body : `[${body.split('\n').join(',')}]`;
      return JSON.parse(text);
    });
  return {
    office,
    house,
    receiver,
    elsewhere,
    async stream(sink = {}, more = {}) {
      const id = `lst_${ports.random.letters(16)}`;
      await store.logStreams.insert({
        tenantId: tenant.id,
        id,
        name: 'Alerts',
        type: 'http',
        status: 'active',
        isPriority: false,
        sink: { httpEndpoint: receiver.url, ...sink },
        createdAt: clock.at,
        updatedAt: clock.at,
        ...more,
      });
      return id;
    },
    async write(...types) {
      const logs: LogRecord[] = types.map((type) =>
        tenantLog(
          {
            type,
            description: type,
            userName: '+447700900123',
            details: { to: '+447700900123', email: 'a@b.example' },
          },
          { tenantId: tenant.id, now: clock.at, random: ports.random },
        ),
      );
      await store.commit(logs.map((log): Change => ({ kind: 'log.insert', log })));
      return logs.map(({ id }) => id);
    },
    look: () => createStreaming(office.door.deps).look(),
    found: (id) => store.logStreams.find(tenant.id, id),
    lines,
    arrived: () => lines().map(({ log_id: id }) => id),
    async clear() {
      const { records } = await store.logStreams.list(tenant.id);
      for (const { id } of records) await store.logStreams.remove(tenant.id, id);
      receiver.answers = { status: 200 };
      receiver.told.length = 0;
      elsewhere.told.length = 0;
    },
    async close() {
      await office.close();
      await Promise.all([receiver.close(), elsewhere.close()]);
    },
  };
}
