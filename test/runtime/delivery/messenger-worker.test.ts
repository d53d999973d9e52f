// Tests: the worker, which delivers what others left, and the end of a process.
import { beforeAll, describe, expect, test } from 'vitest';
import type { Taken } from '#runtime/delivery/delivery.ts';
import { newTenant } from '#runtime/lifecycle/tenant.ts';
import type { MessageRecord, TenantRecord } from '#storage/records.ts';
import { SECOND, took, useMessengerDesk } from './messenger-desk.ts';

const desk = useMessengerDesk();
let other: TenantRecord;
beforeAll(async () => {
  const birth = { name: 'other', baseUrl: 'http://other.localhost', ownerId: 'default' };
  const made = await newTenant(desk.house.ports, birth);
  if (!made.made) throw new Error('no tenant');
  other = made.tenant;
});

describe('the worker', () => {
  test('tells of what ran out before anybody delivered it', async () => {
    const message = await desk.write();
    desk.house.clock.advance(301 * SECOND);
    await desk.house.store.sweep(desk.house.clock.at);
    await desk.messenger().deliverDue();
    expect(desk.handed).toEqual([]);
    expect(await desk.rowOf(message)).toMatchObject({
      state: 'failed',
      attempts: 0,
      text: '',
      outcome: { code: 'expired' },
    });
    expect(await desk.linesSince(message.at)).toEqual(['gd_send_sms_failure']);
  });

  test('sends no code that its login does not wait for any more', async () => {
    const message = await desk.write({ transactionId: desk.house.ports.random.uuid() });
    desk.house.clock.advance(31 * SECOND);
    await desk.messenger().deliverDue();
    expect(desk.handed).toEqual([]);
    expect(await desk.rowOf(message)).toMatchObject({ state: 'failed', outcome: { code: 'expired' } });
  });

  test('is not held up by one tenant: four of its messages at a time, and those of others go on', async () => {
    const slow: MessageRecord[] = [];
    for (let i = 0; i < 10; i += 1) slow.push(await desk.write());
    const { promise, resolve } = Promise.withResolvers<Taken>();
    let most = 0;
    let now = 0;
    desk.behave = async ({ tenantId }) => {
      if (tenantId === other.id) return took();
      now += 1;
      most = Math.max(most, now);
      await promise;
      now -= 1;
      return took();
    };
    const others = [await desk.write({ tenantId: other.id }), await desk.write({ tenantId: other.id })];
    desk.house.clock.advance(31 * SECOND);
    const messenger = desk.messenger();
    const rounds = [messenger.deliverDue(), messenger.deliverDue()];
    for (const message of others) {
      await expect.poll(async () => (await desk.rowOf(message))?.state).toBe('delivered');
    }
    expect(desk.handed).toHaveLength(6);
    // What comes meanwhile is not held up either.
    const next = await desk.write({ tenantId: other.id });
    desk.house.clock.advance(31 * SECOND);
    await Promise.race([
      messenger.deliverDue(),
      expect.poll(async () => (await desk.rowOf(next))?.state).toBe('delivered'),
    ]);
    expect(await desk.rowOf(next)).toMatchObject({ state: 'delivered' });

    resolve({ end: 'sent' });
    await Promise.all(rounds);
    expect(most).toBe(4);
    for (const message of slow) expect(await desk.rowOf(message)).toMatchObject({ state: 'delivered', attempts: 1 });
  });

  test('goes on behind a message that cannot be delivered', async () => {
    const [bad, good] = [await desk.write(), await desk.write()];
    desk.house.clock.advance(31 * SECOND);
    const find: typeof desk.house.store.messages.find = async (tenantId, id) => {
      if (id === bad.id) throw new Error('damaged');
      return desk.house.store.messages.find(tenantId, id);
    };
    const store = { ...desk.house.store, messages: { ...desk.house.store.messages, find } };
    await desk.messenger({}, { store }).deliverDue();
    expect(desk.handed).toEqual([good.id]);
    expect(await desk.rowOf(bad)).toMatchObject({ state: 'pending' });
  });
});

describe('the end of the process', () => {
  test('waits for attempts under way', async () => {
    const message = await desk.write();
    const { promise, resolve } = Promise.withResolvers<Taken>();
    desk.behave = () => promise;
    const messenger = desk.messenger();
    const delivering = messenger.deliver(message.tenantId, message.id);
    await expect.poll(() => desk.handed).toEqual([message.id]);
    const drained = messenger.drain(10_000);
    resolve({ end: 'sent' });
    await drained;
    expect(await delivering).toEqual({ state: 'delivered' });
    expect(await desk.rowOf(message)).toMatchObject({ state: 'delivered' });
  });

  test('says at once of those that it does not wait for that nobody saw their end, and begins no others', async () => {
    const [message, next] = [await desk.write(), await desk.write()];
    desk.behave = () => new Promise(() => {});
    const messenger = desk.messenger();
    void messenger.deliver(message.tenantId, message.id);
    await expect.poll(() => desk.handed).toEqual([message.id]);
    await messenger.drain(0);
    expect(await desk.rowOf(message)).toMatchObject({ state: 'unconfirmed', text: '' });
    expect(await messenger.deliver(next.tenantId, next.id)).toEqual({ state: 'waiting' });
    desk.house.clock.advance(31 * SECOND);
    await messenger.deliverDue();
    expect(desk.handed).toEqual([message.id]);
    // Another process does.
    desk.behave = took;
    await desk.messenger().deliverDue();
    expect(await desk.rowOf(next)).toMatchObject({ state: 'delivered' });
  });
});
