// Tests: the person sees the truth about the message that their login waits for: when it is sent, and whenever the page is
// shown again; and there is a way on.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createEgress } from '#runtime/egress/create-egress.ts';
import { openKeyring } from '#storage/keyring.ts';
import { openStore } from '#storage/open.ts';
import type { MessageRecord } from '#storage/records.ts';
import { type House, openHouse } from '#test/kit/house.ts';
import { SECRET } from '#test/kit/open-database.ts';
import { openReceiver, type Receiver } from '#test/kit/receiver.ts';
import { type Answer, openPages, type Pages, signInOn, stateIn } from '../../server/hosted/pages.ts';

const SECOND = 1000;
const UNCONFIRMED = 'message-unconfirmed';

let house: House;
let receiver: Receiver;
let pages: Pages;
let people = 0;
/** The database is gone for those who set out with a message, as if they were. */
let isCut = false;
const egress = createEgress({ allow: ['127.0.0.1'] });

beforeAll(async () => {
  receiver = await openReceiver();
  const at = Date.UTC(2026, 0, 15, 12);
  const store = await openStore('sqlite::memory:', openKeyring([SECRET]), { now: () => at });
  const attempt: typeof store.messages.attempt = (...args) =>
    isCut ? Promise.reject(new Error('no connection')) : store.messages.attempt(...args);
  house = await openHouse({
    ports: {
      store: { ...store, messages: { ...store.messages, attempt } },
      twilio: { origin: receiver.origin, egress },
    },
  });
  await house.editTenant((tenant) => ({
    ...tenant,
    policies: ['all-applications'],
    phoneProvider: 'twilio',
    messageTypes: ['sms', 'voice'],
  }));
  const { ports, tenant } = house;
  await house.store.providers.insert({
    tenantId: tenant.id,
    id: ports.random.uuid(),
    name: 'phone:twilio',
    settings: { sid: 'AC1', auth_token: 'token', from: '+15005550006' },
    createdAt: ports.now(),
    updatedAt: ports.now(),
  });
  pages = openPages(house);
});
afterAll(async () => {
  await house.close();
  await Promise.all([egress.close(), receiver.close()]);
});
beforeEach(() => {
  isCut = false;
  receiver.status = 201;
  receiver.arrived = () => undefined;
});

const newest = async (): Promise<MessageRecord> => {
  const { records } = await house.store.messages.list(house.tenant.id, { page: { offset: 0, limit: 1 } });
  if (!records[0]) throw new Error('no message');
  return records[0];
};

/** Somebody new logs in; where that leads. */
async function arrive(...has: ('phone' | 'email')[]): Promise<{ path: string }> {
  const who = `person-${++people}`;
  await house.user(who, has);
  return { path: (await signInOn(house, pages, who)).location ?? '' };
}

/** The same, and the message with the code is written, but nobody can set out with it for now. */
async function cut(): Promise<{ path: string }> {
  isCut = true;
  const arrived = await arrive('phone', 'email');
  isCut = false;
  return arrived;
}

const look = (path: string) => pages.get(path);
const press = (path: string, fields: Record<string, string>) =>
  pages.post(path, { state: stateIn({ location: path } as Answer), ...fields });
const actionsOn = ({ text }: Answer) =>
  [...text.matchAll(/name="action" value="([^"]+)"/g)].map(([, action]) => action);

describe('the page', () => {
  test.each([
    [201, undefined],
    [400, 'send-sms-failed'],
    [500, UNCONFIRMED],
  ])('of a message that is answered with %d says %s, at once and later, with ways on', async (status, error) => {
    receiver.status = status;
    const { path } = await arrive('phone', 'email');
    for (const page of [await look(path), await look(path)]) {
      expect(page.error).toBe(error);
      expect(actionsOn(page)).toEqual(expect.arrayContaining(['resend-code', 'switch-to-voice', 'pick-authenticator']));
    }
    const { id } = await newest();
    expect(receiver.counts.get(id)).toBe(1);

    // The call goes through, and its page says nothing of the message before.
    receiver.status = 201;
    const call = await press(path, { action: 'switch-to-voice' });
    expect(call.location).toMatch(/^\/u\/mfa-voice-challenge/);
    expect((await look(call.location ?? '')).error).toBeUndefined();
    expect(await newest()).toMatchObject({ channel: 'voice', state: 'delivered' });
  });

  test.each([
    [400, 'send-voice-failed', 'switch-to-sms'],
    [500, UNCONFIRMED, 'switch-to-sms'],
  ])('of a call that is answered with %d says %s and offers a text message', async (status, error, way) => {
    const { path } = await arrive('phone');
    receiver.status = status;
    const { location = '' } = await press(path, { action: 'switch-to-voice' });
    const page = await look(location);
    expect([page.error, actionsOn(page).includes(way)]).toEqual([error, true]);
  });

  test.each([
    [201, undefined],
    [400, 'send-sms-failed'],
    [500, UNCONFIRMED],
  ])('where a number is enrolled says of %d %s', async (status, error) => {
    receiver.status = status;
    const { path } = await arrive();
    const asking = await press(path, { action: 'phone' });
    const { location = '' } = await press(asking.location ?? '', {
      action: 'default',
      phone: '+447700900123',
      'message-type': 'sms',
    });
    expect((await look(location)).error).toBe(error);
    expect((await look(location)).error).toBe(error);
  });
});

describe('a process that died', () => {
  test('before the attempt: the worker sends it, and the page has nothing to say', async () => {
    const { path } = await cut();
    const message = await newest();
    expect(message).toMatchObject({ state: 'pending', attempts: 0 });
    expect((await look(path)).error).toBeUndefined();
    house.clock.advance(31 * SECOND);
    await house.runtime.deliverDue();
    expect(await newest()).toMatchObject({ id: message.id, state: 'delivered' });
    expect((await look(path)).error).toBeUndefined();
  });

  test('before the attempt, and the person asked again meanwhile: only the newer code is sent', async () => {
    const { path } = await cut();
    const former = await newest();
    house.clock.advance(20 * SECOND);
    await press(path, { action: 'resend-code' });
    const later = await newest();
    expect(later).toMatchObject({ state: 'delivered' });
    house.clock.advance(11 * SECOND);
    await house.runtime.deliverDue();
    expect([receiver.counts.get(former.id), receiver.counts.get(later.id)]).toEqual([undefined, 1]);
    expect(await house.store.messages.find(former.tenantId, former.id)).toMatchObject({ state: 'failed' });
    expect((await look(path)).error).toBeUndefined();
  });

  test('after the attempt: the page says so when nobody can be waiting any more, and sends nothing by itself', async () => {
    const { path } = await cut();
    const { tenantId, id, code = '' } = await newest();
    // By another process, which dies of it.
    await house.store.messages.attempt(tenantId, id, house.clock.at);
    house.clock.advance(34 * SECOND);
    expect((await look(path)).error).toBeUndefined();
    house.clock.advance(1 * SECOND);
    expect((await look(path)).error).toBe(UNCONFIRMED);
    house.clock.advance(56 * SECOND);
    await house.runtime.deliverDue();
    expect(await newest()).toMatchObject({ id, state: 'unconfirmed' });

    // Away and back again.
    const { location = '' } = await press(path, { action: 'pick-authenticator' });
    const back = await press(location, { action: 'phone' });
    expect((await look(back.location ?? '')).error).toBe(UNCONFIRMED);
    expect(await newest()).toMatchObject({ id });
    expect(receiver.counts.get(id)).toBeUndefined();
    // It did arrive.
    const done = await press(back.location ?? '', { action: 'default', code });
    expect(done.location).toMatch(/^\/authorize\/resume/);
  });

  test('after the attempt: a new message is sent when the person says so, and is the one that the page tells of', async () => {
    const { path } = await cut();
    const { tenantId, id } = await newest();
    await house.store.messages.attempt(tenantId, id, house.clock.at);
    house.clock.advance(91 * SECOND);
    await house.runtime.deliverDue();
    expect((await look(path)).error).toBe(UNCONFIRMED);
    await press(path, { action: 'resend-code' });
    const later = await newest();
    expect(later.id).not.toBe(id);
    expect(receiver.counts.get(later.id)).toBe(1);
    expect((await look(path)).error).toBeUndefined();
  });
});

test('the end of the process: what is under way is said to be unconfirmed', async () => {
  receiver.arrived = () => new Promise(() => {});
  const arriving = arrive('phone');
  await expect.poll(async () => (await newest()).state).toBe('attempting');
  await house.runtime.drain(0);
  expect(await newest()).toMatchObject({ state: 'unconfirmed', text: '' });
  await egress.close();
  await arriving;
});
