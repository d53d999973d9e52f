// Executions, their limits and the live console through the Management API, on both databases.

import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS, MOST_LIMITS } from '#runtime/script-limits.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { items, type Json, type Office, openOffice, payloadError } from './office.ts';

const script = (body: string) => `exports.onExecutePostLogin = async (event, api) => { ${body} };`;
const ISO = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
const UUID = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
const BASE = '/api/v2/actions/executions';
const LIMITS = '/api/v2/actions/limits';

describe.each(databasesInFull())('executions on %s', (_name, open) => {
  let office: Office;
  beforeAll(async () => {
    office = await openOffice(await open());
  });
  afterAll(() => office.close());

  let people = 0;
  /** A fresh person signs in on the pages with these scripts bound; how it ended, and who it was. */
  const login = async (...sources: string[]) => {
    const { house, browser, signIn } = office.door;
    await house.bind(...sources);
    const who = `runner-${++people}`;
    const { id } = await house.user(who, ['otp']);
    return { userId: id, end: await signIn(browser(), who) };
  };
  const of = async (query: string) => items((await office.send('GET', `${BASE}?${query}`)).body.executions!);
  const executionOf = async (userId: string): Promise<Json> => {
    const [first] = await of(`user_id=${encodeURIComponent(userId)}`);
    return first!;
  };
  const logsOf = async (userId: string) => {
    const { body } = await office.send('GET', `/api/v2/users/${encodeURIComponent(userId)}/logs?sort=date:1`);
    return items(body);
  };

  test('one login, one execution: version, times, commands, console; its log names it', async () => {
    const { userId } = await login(
      script(`console.log('hello', event.user.name); api.idToken.setCustomClaim('https://x/a', { b: [1] });`),
      script(`console.warn('two');`),
    );
    const execution = await executionOf(userId);
    const [success] = await logsOf(userId);
    expect(success).toMatchObject({ type: 's', details: { actions: { executions: [execution.id] } } });
    expect((await office.send('GET', `${BASE}/${execution.id}`)).body).toEqual(execution);
    expect(execution).toEqual({
      id: UUID,
      trigger_id: 'post-login',
      status: 'final',
      transaction_id: UUID,
      user_id: userId,
      client_id: 'spa',
      created_at: ISO,
      updated_at: ISO,
      expires_at: ISO,
      results: [
        {
          action_name: 'action-1',
          action_id: UUID,
          version_id: UUID,
          version_number: 1,
          binding_id: UUID,
          started_at: ISO,
          ended_at: ISO,
          duration_ms: expect.any(Number),
          cpu_ms: expect.any(Number),
          commands: [{ name: 'idToken.setCustomClaim', args: ['https://x/a', { b: [1] }] }],
          logs: [expect.objectContaining({ level: 'log', text: expect.stringMatching(/^hello runner-\d+$/) })],
        },
        expect.objectContaining({ action_name: 'action-2', commands: [] }),
      ],
    });
    for (const { duration_ms: duration } of items(execution.results!)) expect(duration).toBeGreaterThan(0);
  });

  test('a failed run: its error and place, both logs, and the failed login names it', async () => {
    const { userId, end } = await login(script(`\n  throw new TypeError('no stock');`));
    expect(end.get('error_description')).toBe('no stock');
    const execution = await executionOf(userId);
    expect(execution).toMatchObject({ status: 'partial' });
    const result = items(execution.results!)[0]!;
    expect(result.error).toMatchObject({
      id: 'threw',
      name: 'TypeError',
      msg: 'no stock',
      file_name: 'action-1.js',
      at: expect.stringMatching(/^action-1\.js:2:\d+$/),
      stack: [expect.stringMatching(/action-1\.js:2:\d+/)],
    });
    const logs = await logsOf(userId);
    expect(logs).toMatchObject([
      {
        type: 'actions_execution_failed',
        details: {
          execution_id: execution.id,
          trigger_id: 'post-login',
          action_id: result.action_id,
          action_name: 'action-1',
          binding_id: result.binding_id,
          version_id: result.version_id,
          error_class: 'action_error',
          action_error: { name: 'TypeError', message: 'no stock', stack: expect.stringContaining('action-1.js:2') },
        },
      },
      {
        type: 'f',
        description: 'no stock',
        details: {
          action_name: 'action-1',
          error: { kind: 'threw', at: result.error!.at, file_name: 'action-1.js' },
          actions: { executions: [execution.id] },
        },
      },
    ]);
  });

  test('lists: newest first, narrowed, page by page; wrong queries are refused', async () => {
    const first = await login(script(`console.log(1)`));
    const second = await login(script(`console.log(2)`));
    const [newest, older] = await of('take=2');
    expect([newest?.user_id, older?.user_id]).toEqual([second.userId, first.userId]);
    const page = (await office.send('GET', `${BASE}?take=1`)).body;
    const rest = (await office.send('GET', `${BASE}?take=1&from=${page.next}`)).body;
    expect([items(page.executions!)[0]?.id, items(rest.executions!)[0]?.id]).toEqual([newest?.id, older?.id]);
    const [{ action_id: action } = {} as Json] = items(newest!.results!);
    expect((await of(`action_id=${action}`)).map(({ id }) => id)).toEqual([newest?.id]);
    expect((await of(`transaction_id=${older?.transaction_id}`)).map(({ id }) => id)).toEqual([older?.id]);
    expect(await of('action_id=nobody')).toEqual([]);
    for (const query of ['take=0', 'take=101', 'from=!', 'from=MQ', 'shoe=1', 'page=0', 'action_id=']) {
      const { status, body } = await office.send('GET', `${BASE}?${query}`);
      expect([query, status, body.errorCode]).toEqual(
        query === 'action_id=' ? [query, 200, undefined] : [query, 400, 'invalid_query_string'],
      );
    }
  });

  test('another tenant finds nothing; what is not there is 404', async () => {
    const { userId } = await login(script(`console.log('mine')`));
    const { id } = await executionOf(userId);
    const missing = { statusCode: 404, error: 'Not Found', message: 'That execution does not exist.' };
    expect((await office.sendAsNeighbour('GET', `${BASE}/${id}`)).body).toEqual(missing);
    expect((await office.sendAsNeighbour('GET', BASE)).body).toEqual({ executions: [] });
    expect((await office.send('GET', `${BASE}/nobody`)).body).toEqual(missing);
  });

  test('limits: in force, changed, reset; a run is cut at what the tenant asks for', async () => {
    const wire = (limits: typeof MOST_LIMITS) => ({
      cpu_ms: limits.cpuMs,
      wall_ms: limits.wallMs,
      memory_mb: limits.memoryMb,
      calls: limits.calls,
      output_size: limits.outputSize,
      console_size: limits.consoleSize,
      commands: limits.commands,
    });
    const maximum = { ...wire(MOST_LIMITS), execution_days: 90 };
    const standard = { ...wire(DEFAULT_LIMITS), execution_days: 10, maximum };
    expect((await office.send('GET', LIMITS)).body).toEqual(standard);
    const changed = await office.send('PATCH', LIMITS, { cpu_ms: 50, execution_days: 2 });
    expect(changed).toMatchObject({ status: 200, body: { ...standard, cpu_ms: 50, execution_days: 2 } });
    expect((await office.send('PATCH', LIMITS, {})).body).toEqual(changed.body);
    expect((await office.sendAsNeighbour('GET', LIMITS)).body).toEqual(standard);

    const { userId } = await login(script(`console.log('in'); for (;;);`));
    const execution = await executionOf(userId);
    const [result] = items(execution.results!);
    expect(result?.error).toMatchObject({ id: 'timeout', limit: { name: 'cpu_ms', value: 50 } });
    expect(Number(result?.cpu_ms)).toBeLessThan(400);
    expect(await logsOf(userId)).toMatchObject([
      { type: 'actions_execution_failed', details: { error_class: 'action_timeout' } },
      { type: 'f', details: { error: { limit: { name: 'cpu_ms', value: 50 } } } },
    ]);
    expect(Date.parse(String(execution.expires_at)) - Date.parse(String(execution.updated_at))).toBe(2 * 86_400_000);

    const reset = await office.send('PATCH', LIMITS, { cpu_ms: null, execution_days: null });
    expect(reset.body).toEqual(standard);
  });

  test('an execution is gone when its days are over, and the sweep takes it', async () => {
    const { userId } = await login(script(`console.log('short')`));
    const { id } = await executionOf(userId);
    const { house } = office.door;
    const before = house.clock.at;
    house.clock.advance(10 * 86_400_000);
    expect((await office.send('GET', `${BASE}/${id}`)).status).toBe(401);
    const send = await office.as('read:actions');
    expect((await send('GET', `${BASE}/${id}`)).status).toBe(404);
    expect(await house.store.executions.find(office.tenant.id, String(id))).toBeDefined();
    await house.runtime.tidy();
    expect(await house.store.executions.find(office.tenant.id, String(id))).toBeUndefined();
    house.clock.at = before;
  });

  test.each([
    [{ cpu_ms: 2001 }, 'Value 2001 is greater than maximum 2000', 'cpu_ms'],
    [{ cpu_ms: 9 }, 'Value 9 is less than minimum 10, maximum 2000', 'cpu_ms'],
    [{ memory_mb: 1e12 }, 'Value 1000000000000 is greater than maximum 128', 'memory_mb'],
    [{ execution_days: 91 }, 'Value 91 is greater than maximum 90', 'execution_days'],
    [{ execution_days: 0 }, 'Value 0 is less than minimum 1, maximum 90', 'execution_days'],
    [{ wall_ms: 'x' }, 'Expected type integer but found type string', 'wall_ms'],
    [{ calls: 1.5 }, 'Expected type integer but found type number', 'calls'],
    [{ shoes: 1 }, 'Additional properties not allowed: shoes', undefined],
  ])('limits refuse %j', async (body, reason, at) => {
    const answered = await office.send('PATCH', LIMITS, body);
    expect([answered.status, answered.body]).toEqual([400, payloadError(reason, at)]);
  });

  test('the live console: runs as they end, over a socket, of this tenant and Action; the drain ends it', async () => {
    const { app, house } = office.door;
    const { runtime } = house;
    const server = createAdaptorServer({ fetch: app.fetch });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const token = await office.token(office.tenant, ['read:actions']);
    const listen = async (of: string, host: string, bearer: string) => {
      const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
      request(`http://127.0.0.1:${port}${BASE}/live${of}`, { headers: { host, authorization: `Bearer ${bearer}` } })
        .on('response', resolve)
        .on('error', reject)
        .end();
      const response = await promise;
      const seen: string[] = [];
      response.setEncoding('utf8').on('data', (text: string) => seen.push(text));
      const ended = once(response, 'close');
      return { response, text: () => seen.join(''), ended };
    };
    const until = async (check: () => boolean) => {
      for (let polls = 0; polls < 500 && !check(); polls += 1) await new Promise((done) => setTimeout(done, 10));
      expect(check()).toBe(true);
    };
    const host = new URL(office.tenant.baseUrl).host;
    const mine = await listen('', host, token);
    const other = await listen('?action_id=another', host, token);
    const neighbour = await listen(
      '',
      new URL(office.neighbour.baseUrl).host,
      await office.token(office.neighbour, ['read:actions']),
    );
    expect([mine.response.statusCode, mine.response.headers['content-type']]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
    ]);
    await until(() => [mine, other, neighbour].every(({ text }) => text() === ': listening\n\n'));

    const { userId } = await login(script(`console.log('live\\nlines');`), script(`throw new Error('out');`));
    await until(() => mine.text().split('event: run\n').length === 3);
    const runs = [...mine.text().matchAll(/^event: run\ndata: (.*)\n\n/gm)].map(
      ([, json]) => JSON.parse(json!) as Json,
    );
    const execution = await executionOf(userId);
    expect(runs).toEqual(
      items(execution.results!).map((result) => ({
        execution_id: execution.id,
        transaction_id: execution.transaction_id,
        user_id: userId,
        ...result,
      })),
    );
    expect([other.text(), neighbour.text()]).toEqual([': listening\n\n', ': listening\n\n']);

    // Who goes away makes room.
    const more = await Promise.all(Array.from({ length: 18 }, () => listen('', host, token)));
    const full = await listen('', host, token);
    expect(full.response.statusCode).toBe(429);
    more[0]?.response.destroy();
    await until(() => {
      const place = runtime.liveConsole.listen(office.tenant.id);
      place?.stop();
      return place !== undefined;
    });

    runtime.liveConsole.end();
    await Promise.all([mine.ended, other.ended, neighbour.ended]);
    server.close();
    await once(server, 'close');
  });
});
