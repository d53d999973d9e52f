// Tests of log streams: lines reach a webhook on loopback in their order, at least once, whatever becomes of it meanwhile.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { LogType } from '#runtime/codes.ts';
import { createStreaming, keepStreaming } from '#server/log-streams/keep-streaming.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import type { Office } from '../management/office.ts';
import { openStreamDesk, type StreamDesk } from './stream-desk.ts';

const SECOND_MS = 1000;
const HOUR_MS = 3600 * SECOND_MS;

describe.each(databasesInFull())('%s', (_name, open) => {
  let desk: StreamDesk;
  let office: Office;
  let receiver: StreamDesk['receiver'];
  let elsewhere: StreamDesk['receiver'];
  let house: StreamDesk['house'];
  beforeAll(async () => {
    desk = await openStreamDesk(await open());
    ({ office, receiver, elsewhere, house } = desk);
  });
  afterAll(() => desk?.close());
  beforeEach(() => desk.clear());

  const send = (method: string, path: string, body?: unknown) => office.send(method, path, body);
  const stream: StreamDesk['stream'] = (...given) => desk.stream(...given);
  const write: StreamDesk['write'] = (...types) => desk.write(...types);
  const look = () => desk.look();
  const found = (id: string) => desk.found(id);
  const lines = () => desk.lines();
  const arrived = () => desk.arrived();

  test('a spike of failed calls reaches a webhook with its headers, by its category and nothing else', async () => {
    await stream(
      {
        httpAuthorization: 'Bearer of mine',
        httpCustomHeaders: [
          { header: 'X-Api-Key', value: 'k' },
          { header: 'Authorization', value: 'not this one' },
        ],
      },
      { filters: ['user.notification'] },
    );
    const [, first, , second] = await write('s', 'gd_send_voice_failure', 'fp', 'gd_send_voice_failure');
    await look();
    expect(receiver.told).toHaveLength(1);
    expect(receiver.told[0]).toMatchObject({
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer of mine', 'x-api-key': 'k' },
    });
    expect(arrived()).toEqual([first, second]);
    // As the list of logs shows it.
    const shown = await send('GET', `/api/v2/logs/${first}`);
    expect(lines()[0]?.data).toEqual(shown.body);
    await look();
    expect(receiver.told).toHaveLength(1);
  });

  test.each([
    ['JSONLINES', (bodies: string[], ids: string[]) => expect(bodies[0]?.split('\n')).toHaveLength(ids.length)],
    ['JSONARRAY', (bodies: string[], ids: string[]) => expect(JSON.parse(bodies[0] ?? '')).toHaveLength(ids.length)],
    ['JSONOBJECT', (bodies: string[], ids: string[]) => expect(bodies).toHaveLength(ids.length)],
  ])('in the form %s', async (httpContentFormat, check) => {
    await stream({ httpContentFormat, httpContentType: 'application/json; charset=utf-8' });
    const ids = await write('s', 'fp', 'fu');
    await look();
    expect(arrived()).toEqual(ids);
    expect(receiver.told[0]?.headers['content-type']).toBe('application/json; charset=utf-8');
    check(
      receiver.told.map(({ body }) => body),
      ids,
    );
  });

  test('many lines come in their order, in batches', async () => {
    await stream();
    const ids = [];
    for (let round = 0; round < 5; round += 1) ids.push(...(await write(...Array<LogType>(50).fill('s'))));
    await look();
    expect(arrived()).toEqual(ids);
    expect(receiver.told.length).toBe(3);
  });

  test('a webhook that is down for a while loses nothing, and is asked less and less often', async () => {
    const id = await stream({ httpContentFormat: 'JSONARRAY' });
    const ids = await write('fp');
    receiver.answers = { status: 503 };
    for (const pause of [1, 2, 4, 8]) {
      await look();
      const tried = receiver.told.length;
      house.clock.advance(pause * SECOND_MS - 1);
      await look();
      expect(receiver.told).toHaveLength(tried);
      house.clock.advance(1);
      ids.push(...(await write('fu')));
    }
    await look();
    receiver.told.length = 0;
    receiver.answers = { status: 204 };
    house.clock.advance(16 * SECOND_MS);
    await look();
    // The fifth try told the tenant's log, and so the stream.
    const all = arrived();
    expect(all.slice(0, ids.length)).toEqual(ids);
    expect(lines().at(-1)?.data).toMatchObject({ type: 'fn', details: { notification_type: 'log_stream' } });
    expect(await found(id)).not.toHaveProperty('failing');
    expect(await found(id)).not.toHaveProperty('busyUntil');
  });

  test('a webhook that says when to come again is not asked before', async () => {
    await stream();
    await write('fp');
    receiver.answers = { status: 429, headers: { 'retry-after': '30' } };
    await look();
    house.clock.advance(30 * SECOND_MS - 1);
    await look();
    expect(receiver.told).toHaveLength(1);
    receiver.answers = { status: 200, headers: { 'retry-after': '30' } };
    house.clock.advance(1);
    await look();
    expect(receiver.told).toHaveLength(2);
  });

  test('a webhook that takes some of a batch is not down: what it left is sent at once, and nothing twice', async () => {
    const id = await stream({ httpContentFormat: 'JSONOBJECT' });
    const ids = await write('s', 's', 's');
    const original = office.door.deps.egress;
    let calls = 0;
    const egress: typeof original = {
      request: (call, options) => {
        calls += 1;
        receiver.answers = { status: calls % 2 === 0 ? 500 : 200 };
        return original.request(call, options);
      },
    };
    await createStreaming({ ...office.door.deps, egress }).look();
    expect(arrived()).toEqual([ids[0], ids[1], ids[1], ids[2], ids[2]]);
    expect(await found(id)).not.toHaveProperty('failing');
  });

  test('after a day of nothing it is suspended, says so, and goes on where it was when it is made active', async () => {
    const id = await stream();
    const [first] = await write('fp');
    receiver.answers = { status: 500 };
    for (let hours = 0; hours < 26; hours += 1) {
      await look();
      house.clock.advance(HOUR_MS);
    }
    expect((await found(id))?.status).toBe('suspended');
    const { records } = await house.store.logs.list(house.tenant.id, {
      type: 'fn',
      order: 'newest',
      page: { offset: 0, limit: 1 },
    });
    expect(records[0]?.description).toContain('suspended');
    const tried = receiver.told.length;
    await look();
    expect(receiver.told).toHaveLength(tried);
    receiver.told.length = 0;
    receiver.answers = { status: 200 };
    const reader = office.sender(office.tenant, await office.token(office.tenant, ['update:log_streams']));
    expect((await reader('PATCH', `/api/v2/log-streams/${id}`, { status: 'active' })).body.status).toBe('active');
    await look();
    expect(arrived()[0]).toBe(first);
    office.send = office.sender(office.tenant, await office.token(office.tenant, ['read:logs', 'update:log_streams']));
  });

  test('a paused one waits, and one that begins at a time begins there', async () => {
    const id = await stream({}, { status: 'paused' });
    await write('s');
    house.clock.advance(1);
    const since = new Date(house.clock.at).toISOString();
    const [second] = await write('s');
    await look();
    expect(receiver.told).toEqual([]);
    const { body } = await send('PATCH', `/api/v2/log-streams/${id}`, { status: 'active', startFrom: since });
    expect(body).toMatchObject({ status: 'active', startFrom: since });
    await look();
    expect(arrived()[0]).toBe(second);
  });

  test('of several servers one sends, and another goes on when it is dead', async () => {
    await stream();
    const ids = await write('s');
    const servers = Array.from({ length: 5 }, () => createStreaming(office.door.deps));
    await Promise.all(servers.map((server) => server.look()));
    expect(arrived()).toEqual(ids);
    receiver.told.length = 0;
    const [more] = await write('s');
    const { egress } = office.door.deps;
    const dies: typeof egress = { request: () => new Promise(() => {}) };
    const dead = createStreaming({ ...office.door.deps, egress: dies });
    void dead.look();
    while (!(await house.store.logStreams.waiting())[0]?.busyUntil) await new Promise(setImmediate);
    await look();
    expect(receiver.told).toEqual([]);
    house.clock.advance(61 * SECOND_MS);
    await look();
    expect(arrived()).toEqual([more]);
    await dead.end(0);
  });

  test('a server looks by itself, every second', async () => {
    await stream();
    const streaming = keepStreaming(office.door.deps);
    const ids = await write('gd_send_voice_failure');
    await expect.poll(arrived, { timeout: 5000 }).toEqual(ids);
    await streaming.end(1000);
  });

  test('the end of a server breaks a call off, and the next server begins at once', async () => {
    const id = await stream();
    const ids = await write('s');
    receiver.answers = undefined;
    const streaming = createStreaming(office.door.deps);
    const looking = streaming.look();
    while (receiver.told.length === 0) await new Promise(setImmediate);
    await streaming.end(5000);
    await looking;
    expect(await found(id)).not.toHaveProperty('failing');
    receiver.told.length = 0;
    receiver.answers = { status: 200 };
    await look();
    expect(arrived()).toEqual(ids);
  });

  test('what it hides does not leave', async () => {
    await stream({}, { pii: { log_fields: ['phone', 'email'], method: 'mask' } });
    await stream({ httpContentType: 'text/hash' }, { pii: { log_fields: ['phone'], method: 'hash' } });
    await write('s');
    await look();
    const hashed = receiver.told.find(({ headers }) => headers['content-type'] === 'text/hash');
    const masked = receiver.told.find((told) => told !== hashed);
    expect(masked?.body).not.toContain('447700900123');
    expect(JSON.parse(masked?.body ?? '').data).toMatchObject({
      user_name: '***',
      details: { to: '***', email: '***' },
    });
    const { user_name: name, details } = JSON.parse(hashed?.body ?? '').data;
    expect(name).toMatch(/^[0-9a-f]{16}$/);
    expect(details).toEqual({ to: name, email: 'a@b.example' });
  });

  test('a private address that the operator does not allow is never called', async () => {
    const id = await stream({ httpEndpoint: elsewhere.url });
    await write('s');
    await look();
    expect(elsewhere.told).toEqual([]);
    expect((await found(id))?.failing).toMatchObject({ tries: 1 });
  });

  test('a redirect is no answer: lines go to no other address', async () => {
    await stream();
    await write('s');
    receiver.answers = { status: 302, headers: { location: elsewhere.url } };
    await look();
    expect([receiver.told.length, elsewhere.told.length]).toEqual([1, 0]);
  });
});
