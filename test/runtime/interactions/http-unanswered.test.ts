// One request to an outside service that does not answer, sends us elsewhere, or has to be asked again.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Executed, ExecutionConfiguration, HttpRequestConfiguration } from '#runtime/interactions/interaction.ts';
import { runExecution } from '#runtime/interactions/run-execution.ts';
import type { JsonObject } from '#storage/records.ts';
import { freePort } from '#test/kit/free-port.ts';
import { serveRaw } from '#test/runtime/egress/kit.ts';
import { type Answer, execution, openPorts, openService, type Service } from './outside.ts';

const PLACE = { tenantId: 'tenant' };
const CONTEXT: JsonObject = {
  request_body: { phone_number: '+81-90-1234-5678', template: 'registration', list: [1, 2], none: null },
  user: { sub: 'u/1', dots: '..', html: '<a href="x">&', line: 'a\r\nX-Injected: 1' },
};
const { ports, told, close } = openPorts();
let service: Service;
beforeAll(async () => {
  service = await openService();
});
beforeEach(() => {
  service.seen.length = 0;
  service.answers.clear();
  told.length = 0;
});
afterAll(async () => {
  await close();
  await service.close();
});

const run = (configuration: ExecutionConfiguration, context = CONTEXT): Promise<Executed> =>
  runExecution(ports, PLACE, configuration, context);
const ask = (more: Partial<HttpRequestConfiguration> = {}, path = '/x') =>
  run(execution(`${service.origin}${path}`, more));
const answer = (given: Answer) => service.answers.set('/x', () => given);
const resultOf = ({ contents }: Executed) => contents.execution_http_request as JsonObject;

describe('without an answer', () => {
  const fault = (executed: Executed) => [executed.ok, executed.status, executed.fault];

  test('nobody is there', async () => {
    const executed = await run(execution(`http://127.0.0.1:${await freePort()}/x?secret=1`));
    expect(fault(executed)).toEqual([false, 503, 'unreachable']);
    expect(resultOf(executed)).toMatchObject({ status_code: 503, response_body: { error: 'network_error' } });
    expect(JSON.stringify(told)).not.toContain('secret');
    expect(told).toHaveLength(1);
    // The log takes away what stands under `code`, since codes of people do.
    expect(JSON.stringify(told)).toContain('"fault":"ECONNREFUSED"');
  });

  test('it is slow', async () => {
    answer('by itself');
    expect(fault(await ask({ request_timeout_seconds: 0.1 }))).toEqual([false, 504, 'timeout']);
  });

  test('it is slow in the middle of its answer', async () => {
    service.answers.set('/x', (_seen, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"a":');
      return 'by itself';
    });
    expect(fault(await ask({ request_timeout_seconds: 0.1 }))).toEqual([false, 504, 'timeout']);
  });

  test('it dies in the middle of its answer', async () => {
    service.answers.set('/x', (_seen, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"a":');
      setImmediate(() => response.destroy());
      return 'by itself';
    });
    expect(fault(await ask())[2]).toBe('unreachable');
  });

  test('it talks nonsense', async () => {
    const raw = await serveRaw((socket) => socket.end('what is HTTP?\r\n\r\n'));
    expect(fault(await run(execution(raw.origin)))).toEqual([false, 502, 'unreachable']);
    await raw.close();
  });

  test.each([2_000_000, 10_000_000])('it answers with %d bytes', async (bytes) => {
    answer({ body: JSON.stringify('x'.repeat(bytes)) });
    expect(fault(await ask())).toEqual([false, 502, 'unreachable']);
  });

  test.each([
    ['a private address', 'http://10.0.0.1/x'],
    ['the metadata of a cloud', 'http://169.254.169.254/latest'],
    ['our own loopback by another name', 'http://[::1]:1/x'],
  ])('it is %s', async (_name, url) => {
    expect(fault(await run(execution(url)))).toEqual([false, 503, 'refused-address']);
  });

  test('it sends us to a private address', async () => {
    answer({ status: 307, headers: { location: 'http://10.0.0.1/' } });
    expect(fault(await ask())).toEqual([false, 503, 'refused-address']);
  });
});

test('credentials stay with the service when it sends us elsewhere', async () => {
  const other = await openService();
  service.answers.set('/token', () => ({ body: { access_token: 'tok' } }));
  answer({ status: 307, headers: { location: `${other.origin}/elsewhere` } });
  const oauth_authorization = { type: 'client_credentials' as const, token_endpoint: `${service.origin}/token` };
  expect(await ask({ auth_type: 'oauth2', oauth_authorization })).toMatchObject({ ok: true });
  expect(service.seen.at(-1)?.headers.authorization).toBe('Bearer tok');
  expect(other.seen).toHaveLength(1);
  expect(other.seen[0]?.headers.authorization).toBeUndefined();
  await other.close();
});

describe('asks again', () => {
  const retry_configuration = { max_retries: 2, backoff_delays: ['PT0.001S'] };
  const flaky = (failures: number, status = 503) => {
    let asked = 0;
    service.answers.set('/x', () => ({ status: asked++ < failures ? status : 200 }));
  };

  test.each<[string, failures: number, number, Partial<HttpRequestConfiguration>, status: number, times: number]>([
    ['until it answers', 2, 503, { retry_configuration }, 200, 3],
    ['as often as it may', 9, 503, { retry_configuration }, 503, 3],
    ['not after a refusal', 9, 400, { retry_configuration }, 400, 1],
    [
      'after the statuses that the tenant names',
      1,
      409,
      { retry_configuration: { ...retry_configuration, retryable_status_codes: [409] } },
      200,
      2,
    ],
    ['never unless told', 1, 503, {}, 503, 1],
    ['at most five times', 99, 503, { retry_configuration: { ...retry_configuration, max_retries: 1_000 } }, 503, 6],
    ['not by nonsense', 9, 503, { retry_configuration: { max_retries: Number.NaN } }, 503, 1],
  ])('%s', async (_name, failures, failing, more, status, times) => {
    flaky(failures, failing);
    expect(await ask(more)).toMatchObject({ status });
    expect(service.seen).toHaveLength(times);
  });

  test('under one key, where the tenant wants it', async () => {
    flaky(1);
    await ask({ retry_configuration: { ...retry_configuration, idempotency_required: true } });
    const keys = service.seen.map(({ headers }) => headers['idempotency-key']);
    expect(keys[0]).toMatch(/^[\da-f-]{36}$/);
    expect(keys).toEqual([keys[0], keys[0]]);
  });

  test('not what may have been taken already, unless a key tells', async () => {
    answer('by itself');
    await ask({ retry_configuration, request_timeout_seconds: 0.05 });
    expect(service.seen).toHaveLength(1);
    await ask({
      retry_configuration: { ...retry_configuration, idempotency_required: true },
      request_timeout_seconds: 0.05,
    });
    expect(service.seen).toHaveLength(4);
  });
});
