// Tests of log streams: lines that a receiver refuses for what they are, how a stream fares, and lines that go into files.
import { appendFile, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createStreaming } from '#server/log-streams/keep-streaming.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { items } from '../management/office.ts';
import { openStreamDesk, type StreamDesk } from './stream-desk.ts';

const SECOND_MS = 1000;

describe.each(databasesInFull())('%s', (_name, open) => {
  let desk: StreamDesk;
  let office: StreamDesk['office'];
  let receiver: StreamDesk['receiver'];
  let house: StreamDesk['house'];
  beforeAll(async () => {
    desk = await openStreamDesk(await open());
    ({ office, receiver, house } = desk);
  });
  afterAll(() => desk?.close());
  beforeEach(() => desk.clear());

  const stream: StreamDesk['stream'] = (...given) => desk.stream(...given);
  const write: StreamDesk['write'] = (...types) => desk.write(...types);
  const look = () => desk.look();
  const found = (id: string) => desk.found(id);
  const arrived = () => desk.arrived();

  test('a line that is refused for what it is becomes a letter, and the others go on', async () => {
    const rights = ['read:logs', 'read:log_streams', 'update:log_streams'] as const;
    const reader = office.sender(office.tenant, await office.token(office.tenant, rights));
    const id = await stream();
    const ids = await write('s', 'fp', 'fu');
    const at = `/api/v2/log-streams/${id}`;
    const { egress: original } = office.door.deps;
    const poison = ids[1] ?? '';
    const refusing: typeof original = {
      request: (call, options) => {
        const text = call.body && 'text' in call.body ? call.body.text : '';
        receiver.answers = { status: text.includes(poison) ? 422 : 200 };
        return original.request(call, options);
      },
    };
    const picky = () => createStreaming({ ...office.door.deps, egress: refusing }).look();
    for (let tries = 0; tries < 5; tries += 1) {
      await picky();
      house.clock.advance(30 * SECOND_MS);
    }
    expect((await reader('GET', `${at}/health`)).body).toMatchObject({
      state: 'failing',
      queued: 4,
      dead_letters: 0,
      delivered: 0,
      failed: 5,
      tries: 5,
      last_error: 'it answered 422',
    });
    receiver.told.length = 0;
    await picky();
    expect(arrived().slice(0, 3)).toEqual([ids[0], poison, ids[2]]);
    const { body: health } = await reader('GET', `${at}/health`);
    expect(health).toMatchObject({ state: 'healthy', queued: 0, dead_letters: 1, failed: 6 });
    expect(health).not.toHaveProperty('tries');
    expect((await reader('GET', `${at}/dead-letters?include_totals=true`)).body).toMatchObject({
      total: 1,
      dead_letters: [{ log_id: poison, error: 'it answered 422', log: { log_id: poison, type: 'fp' } }],
    });
    const keeper = await office.as('read:log_streams');
    expect(items((await keeper('GET', `${at}/dead-letters`)).body).map((letter) => Object.keys(letter))).toEqual([
      ['log_id', 'error', 'set_aside_at'],
    ]);
    // The log says so once.
    const told = await house.store.logs.search(house.tenant.id, {
      where: { kind: 'text', of: 'type', is: 'fn' },
      order: 'newest',
      page: { offset: 0, limit: 1 },
    });
    expect(told).toMatchObject([{ description: expect.stringContaining('set aside'), details: { stream_id: id } }]);

    receiver.told.length = 0;
    receiver.answers = { status: 200 };
    const { body } = await reader('POST', `${at}/dead-letters/redeliver`, { log_ids: [poison] });
    expect(body).toEqual({ redelivered: 1 });
    await look();
    expect(arrived()).toContain(poison);
    expect((await reader('GET', `${at}/health`)).body).toMatchObject({ dead_letters: 0, state: 'healthy' });
  });

  test('letters are dropped, one and all, and sent again all at once', async () => {
    const id = await stream();
    const ids = await write('s', 's', 's');
    const at = `/api/v2/log-streams/${id}/dead-letters`;
    const rights = ['read:log_streams', 'update:log_streams'] as const;
    const reader = office.sender(office.tenant, await office.token(office.tenant, rights));
    await look();
    await house.store.logStreams.setAside(house.tenant.id, id, ids, 'it answered 400');
    expect((await reader('DELETE', `${at}/${ids[0]}`)).status).toBe(204);
    expect((await reader('DELETE', `${at}/${ids[0]}`)).status).toBe(404);
    expect((await reader('POST', `${at}/redeliver`, {})).body).toEqual({ redelivered: 2 });
    await house.store.logStreams.setAside(house.tenant.id, id, ids, 'it answered 400');
    expect((await reader('DELETE', at)).status).toBe(204);
    expect((await reader('GET', at)).body).toEqual([]);
    for (const [method, path] of [
      ['GET', '/health'],
      ['GET', '/dead-letters'],
      ['POST', '/dead-letters/redeliver'],
      ['DELETE', '/dead-letters'],
      ['DELETE', '/dead-letters/1'],
    ] as const) {
      const body = method === 'POST' ? {} : undefined;
      expect((await reader(method, `/api/v2/log-streams/lst_gone${path}`, body)).status).toBe(404);
    }
  });

  test('a file gets one line a log, where the operator names a folder, and nowhere else', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'line-files-'));
    try {
      await stream({}, { type: 'file', sink: { fileName: 'audit.jsonl' } });
      const streaming = createStreaming({ ...office.door.deps, config: { logStreamFolder: folder } });
      const [first] = await write('s');
      // Without a folder it waits, as for any receiver that is away.
      await look();
      house.clock.advance(2 * SECOND_MS);
      await streaming.look();
      const [second] = await write('fp');
      const path = join(folder, house.tenant.name, 'audit.jsonl');
      // Half a line, as a server that dies leaves it.
      await appendFile(path, '{"log_id":"half');
      await streaming.look();
      const written = (await readFile(path, 'utf8')).split('\n');
      const whole = written.filter((line) => line.endsWith('}')).map((line) => JSON.parse(line).log_id);
      expect(whole).toEqual([first, second]);
      expect(written).toHaveLength(4);

      const outside = join(folder, 'outside');
      await symlink(outside, join(folder, house.tenant.name, 'link.jsonl'));
      await writeFile(outside, '');
      const id = await stream({}, { type: 'file', sink: { fileName: 'link.jsonl' } });
      await write('fu');
      await streaming.look();
      expect(await readFile(outside, 'utf8')).toBe('');
      expect((await found(id))?.failing).toMatchObject({ tries: 1 });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
