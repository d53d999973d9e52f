// Test: messages and whoever delivers them, over one house, with a provider that does what a test says.
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { createMessenger, type MessengerOptions } from '#runtime/delivery/create-messenger.ts';
import type { MessageProvider, Messenger, Taken } from '#runtime/delivery/delivery.ts';
import type { Ports } from '#runtime/ports.ts';
import type { MessageRecord } from '#storage/records.ts';
import { type House, openHouse } from '#test/kit/house.ts';

export const SECOND = 1000;
export const took = async (): Promise<Taken> => ({ end: 'sent', reference: 'SM1' });

export function useMessengerDesk() {
  let house: House;
  const desk = {
    get house() {
      return house;
    },
    /** Ids of messages that the provider was handed, in order. */
    handed: [] as string[],
    /** What the provider does with each. */
    behave: took as (message: MessageRecord) => Promise<Taken>,
    /** One process's. */
    messenger: (options: MessengerOptions = {}, ports: Partial<Ports> = {}): Messenger =>
      createMessenger({ ...house.ports, ...ports }, {} as never, { providerOf: async () => provider, ...options }),
    write: async (more: Partial<MessageRecord> = {}): Promise<MessageRecord> => {
      const { ports, tenant, clock } = house;
      const at = clock.at;
      const message: MessageRecord = {
        tenantId: tenant.id,
        id: ports.random.uuid(),
        channel: 'sms',
        to: '+447700900123',
        text: 'the words',
        code: '123456',
        about: { kind: 'second-factor', locale: 'en', place: { userId: 'auth0|1' } },
        state: 'pending',
        attempts: 0,
        at,
        expiresAt: at + 300 * SECOND,
        ...more,
      };
      await house.store.commit([{ kind: 'message.insert', message }]);
      return message;
    },
    rowOf: ({ tenantId, id }: MessageRecord) => house.store.messages.find(tenantId, id),
    linesSince: async (at: number) => {
      const page = { offset: 0, limit: 100 };
      const { records } = await house.store.logs.list(house.tenant.id, { order: 'oldest', page });
      return records.filter((line) => line.at >= at).map(({ type }) => type);
    },
  };
  const provider: MessageProvider = {
    name: 'test',
    send: async (_desk, { message }) => {
      desk.handed.push(message.id);
      return desk.behave(message);
    },
  };

  beforeAll(async () => {
    house = await openHouse();
  });
  afterAll(() => house.close());
  beforeEach(async () => {
    // Nothing of the test before is left.
    house.clock.advance(86_400 * SECOND);
    await desk.messenger().deliverDue();
    house.clock.advance(1);
    desk.handed.length = 0;
    desk.behave = took;
  });
  return desk;
}
