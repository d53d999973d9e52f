// Tests: the protocol of attempts. Whatever a provider does and wherever a process dies, a message is handed over at most
// once for each attempt that is written down, and its row and the tenant's log say how it ended.
import { describe, expect, test } from 'vitest';
import { DELIVERY_TIMES, type MessengerOptions } from '#runtime/delivery/create-messenger.ts';
import type { DeliveryFault, MessageProvider, Taken } from '#runtime/delivery/delivery.ts';
import { LiquidFault } from '#runtime/delivery/liquid.ts';
import type { MessageState } from '#storage/records.ts';
import { SECOND, took, useMessengerDesk } from './messenger-desk.ts';

const FAULT: DeliveryFault = { code: 'refused', detail: 'no such number', answered: '21211' };
const UNSEEN: Taken = { end: 'unseen', fault: { code: 'timeout', detail: 'no answer' } };

const desk = useMessengerDesk();

describe('an attempt', () => {
  const rows: [what: string, taken: () => Promise<Taken>, state: MessageState, log: string[]][] = [
    ['that is taken', took, 'delivered', ['gd_send_sms']],
    ['that fails', async () => ({ end: 'failed', fault: FAULT }), 'failed', ['gd_send_sms_failure']],
    ['whose answer is not seen', async () => UNSEEN, 'unconfirmed', ['gd_send_sms_failure']],
    ['whose provider throws', () => Promise.reject(new Error('a bug')), 'unconfirmed', ['gd_send_sms_failure']],
    ['whose provider comes to no end', () => new Promise(() => {}), 'unconfirmed', ['gd_send_sms_failure']],
    ['that is to be made again', async () => ({ end: 'retry', fault: FAULT }), 'pending', []],
  ];
  test.each(rows)('%s: one log line, and no words are left but for another attempt', async (_, taken, state, log) => {
    desk.behave = taken;
    const message = await desk.write();
    const delivery = await desk
      .messenger({ times: { ...DELIVERY_TIMES, attempt: 30 } })
      .deliver(message.tenantId, message.id);
    expect(delivery.state).toBe(state === 'pending' ? 'waiting' : state);
    const row = await desk.rowOf(message);
    expect(row).toMatchObject({ state, attempts: 1, outcome: { provider: 'test' } });
    expect([row?.text, row?.code]).toEqual(state === 'pending' ? ['the words', '123456'] : ['', undefined]);
    expect(await desk.linesSince(message.at)).toEqual(log);
  });

  const early: [what: string, options: MessengerOptions, code: string][] = [
    ['that nobody carries', { providerOf: async () => undefined }, 'no-provider'],
    ['whose provider cannot be found', { providerOf: () => Promise.reject(new Error('a bug')) }, 'internal'],
    ['whose words cannot be made', { providerOf: () => Promise.reject(new LiquidFault('line:1')) }, 'template'],
  ];
  test.each(early)('%s did certainly not arrive', async (_, options, code) => {
    const message = await desk.write();
    const delivery = await desk.messenger(options).deliver(message.tenantId, message.id);
    expect(delivery).toMatchObject({ state: 'failed', fault: { code } });
    expect(await desk.rowOf(message)).toMatchObject({ state: 'failed', outcome: { code } });
  });

  test.each<[what: string, inbox: boolean, provider: string, told: string[]]>([
    ['in development, kept in the inbox', true, 'inbox', ['+447700900123 123456']],
    ['in development, carried by somebody', true, 'test', []],
    ['in production', false, 'inbox', []],
  ])("%s: the operator's log has the code of the inbox and no other", async (_, inbox, name, told) => {
    const said: string[] = [];
    const log = {
      info: ({ to, devCode }: Record<string, unknown>) => said.push(`${to} ${devCode}`),
      warn() {},
      error() {},
    };
    const provider = { name, send: took } as MessageProvider;
    const message = await desk.write();
    await desk.messenger({ providerOf: async () => provider }, { inbox, log }).deliver(message.tenantId, message.id);
    expect(said).toEqual(told);
  });

  test('is made once, however many set out at the same time, in several processes', async () => {
    const message = await desk.write();
    const { promise, resolve } = Promise.withResolvers<Taken>();
    desk.behave = () => promise;
    const messengers = [desk.messenger(), desk.messenger(), desk.messenger()];
    const all = messengers.map((each) => each.deliver(message.tenantId, message.id));
    await expect.poll(() => desk.handed.length).toBe(1);
    resolve({ end: 'sent' });
    const states = (await Promise.all(all)).map(({ state }) => state);
    expect(states.filter((state) => state === 'delivered')).toHaveLength(1);
    expect(states.filter((state) => state === 'waiting')).toHaveLength(2);
    expect(await desk.messenger().deliver(message.tenantId, message.id)).toEqual({ state: 'delivered' });
    expect(desk.handed).toEqual([message.id]);
  });

  test('that is asked for again is made after 10, 20, 40, 60 and 90 seconds, and not a sixth time', async () => {
    desk.behave = async () => ({ end: 'retry', fault: FAULT });
    const message = await desk.write({ expiresAt: desk.house.clock.at + 86_400 * SECOND });
    const messenger = desk.messenger();
    await messenger.deliver(message.tenantId, message.id);
    for (const [made, seconds] of [10, 20, 40, 60, 90].entries()) {
      desk.house.clock.advance(seconds * SECOND - 1);
      // Neither by the worker nor by a request that comes too early.
      await messenger.deliverDue();
      await messenger.deliver(message.tenantId, message.id);
      expect(desk.handed).toHaveLength(made + 1);
      desk.house.clock.advance(1);
      await messenger.deliverDue();
      expect(desk.handed).toHaveLength(made + 2);
    }
    expect(await desk.rowOf(message)).toMatchObject({ state: 'failed', attempts: 6, text: '' });
    expect(await desk.linesSince(message.at)).toEqual(['gd_send_sms_failure']);
  });

  test('is not asked for again once the code would have run out', async () => {
    desk.behave = async () => ({ end: 'retry', fault: FAULT });
    const message = await desk.write({ expiresAt: desk.house.clock.at + 10 * SECOND });
    expect(await desk.messenger().deliver(message.tenantId, message.id)).toMatchObject({ state: 'failed' });
  });
});

describe('a process that dies', () => {
  test('before the attempt: the worker of another one makes it, when the request would have', async () => {
    const message = await desk.write();
    const messenger = desk.messenger();
    desk.house.clock.advance(30 * SECOND);
    await messenger.deliverDue();
    expect(desk.handed).toEqual([]);
    desk.house.clock.advance(1);
    await Promise.all([messenger.deliverDue(), desk.messenger().deliverDue()]);
    expect(desk.handed).toEqual([message.id]);
    expect(await desk.rowOf(message)).toMatchObject({ state: 'delivered' });
  });

  test('after the attempt: it is unconfirmed, said once, and never made again', async () => {
    const message = await desk.write();
    await desk.house.store.messages.attempt(message.tenantId, message.id, desk.house.clock.at);
    const workers = [desk.messenger(), desk.messenger()];
    desk.house.clock.advance(90 * SECOND);
    await Promise.all(workers.map((worker) => worker.deliverDue()));
    expect(await desk.rowOf(message)).toMatchObject({ state: 'attempting' });
    desk.house.clock.advance(1);
    await Promise.all(workers.map((worker) => worker.deliverDue()));
    expect(await desk.rowOf(message)).toMatchObject({ state: 'unconfirmed', text: '', outcome: { code: 'internal' } });
    expect(await desk.linesSince(message.at)).toEqual(['gd_send_sms_failure']);
    desk.house.clock.advance(600 * SECOND);
    for (const worker of workers) await worker.deliverDue();
    expect(desk.handed).toEqual([]);
  });

  const late: [what: string, taken: Taken, state: MessageState][] = [
    ['says so', { end: 'sent' }, 'delivered'],
    ['that it failed', { end: 'failed', fault: FAULT }, 'failed'],
    ['and asks for another attempt gets none', { end: 'retry', fault: FAULT }, 'unconfirmed'],
  ];
  test.each(late)('only in the eyes of others, and comes back late with an answer: %s', async (_, taken, state) => {
    const message = await desk.write();
    const { promise, resolve } = Promise.withResolvers<Taken>();
    desk.behave = () => promise;
    const delivering = desk.messenger().deliver(message.tenantId, message.id);
    await expect.poll(() => desk.handed).toEqual([message.id]);
    desk.house.clock.advance(91 * SECOND);
    await desk.messenger().deliverDue();
    expect(await desk.rowOf(message)).toMatchObject({ state: 'unconfirmed' });
    resolve(taken);
    expect((await delivering).state).toBe(state);
    expect(await desk.rowOf(message)).toMatchObject({ state });
    desk.house.clock.advance(600 * SECOND);
    await desk.messenger().deliverDue();
    expect(desk.handed).toEqual([message.id]);
  });

  test('is not what the worker of the same process takes a slow provider for', async () => {
    const message = await desk.write();
    const { promise, resolve } = Promise.withResolvers<Taken>();
    desk.behave = () => promise;
    const messenger = desk.messenger();
    const delivering = messenger.deliver(message.tenantId, message.id);
    await expect.poll(() => desk.handed).toEqual([message.id]);
    desk.house.clock.advance(3600 * SECOND);
    await messenger.deliverDue();
    expect(await desk.rowOf(message)).toMatchObject({ state: 'attempting' });
    resolve({ end: 'sent' });
    await delivering;
  });
});
