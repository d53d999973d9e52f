// One request to an outside service: what it is sent, and what its answers mean.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Executed, ExecutionConfiguration, HttpRequestConfiguration } from '#runtime/interactions/interaction.ts';
import { runExecution } from '#runtime/interactions/run-execution.ts';
import type { Json, JsonObject } from '#storage/records.ts';
import { type Answer, execution, openPorts, openService, type Service } from './outside.ts';

const PLACE = { tenantId: 'tenant' };
const CONTEXT: JsonObject = {
  request_body: { phone_number: '+81-90-1234-5678', template: 'registration', list: [1, 2], none: null },
  user: { sub: 'u/1', dots: '..', html: '<a href="x">&', line: 'a\r\nX-Injected: 1' },
};
const { ports, clock, close } = openPorts();
let service: Service;
beforeAll(async () => {
  service = await openService();
});
beforeEach(() => {
  service.seen.length = 0;
  service.answers.clear();
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

describe('is sent', () => {
  test.each<
    [
      string,
      Partial<HttpRequestConfiguration>,
      { url?: string; method?: string; body?: Json | string; headers?: object },
    ]
  >([
    [
      'the body of the caller',
      {},
      { method: 'POST', body: CONTEXT.request_body ?? null, headers: { 'content-type': 'application/json' } },
    ],
    ['an empty object without rules', { body_mapping_rules: [] }, { body: '{}' }],
    [
      'no body with GET, and a query',
      {
        method: 'GET',
        query_mapping_rules: [
          { from: '$.request_body.phone_number', to: 'to' },
          { from: '$.request_body.list', to: 'n' },
          { from: '$.request_body.none', to: 'none' },
          { from: '$.user.html', to: 'h' },
        ],
      },
      { method: 'GET', url: '/x?to=%2B81-90-1234-5678&n=1&n=2&h=%3Ca+href%3D%22x%22%3E%26', body: '' },
    ],
    ['no body with DELETE without rules', { method: 'DELETE', body_mapping_rules: [] }, { method: 'DELETE', body: '' }],
    [
      'a body with PUT',
      { method: 'PUT', body_mapping_rules: [{ static_value: 1, to: 'a.b' }] },
      { method: 'PUT', body: { a: { b: 1 } } },
    ],
    [
      'a form',
      {
        header_mapping_rules: [
          { static_value: 'application/x-www-form-urlencoded; charset=utf-8', to: 'Content-Type' },
        ],
      },
      {
        body: 'phone_number=%2B81-90-1234-5678&template=registration&list=1&list=2',
        headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      },
    ],
    [
      'headers as texts',
      {
        header_mapping_rules: [
          { static_value: 7, to: 'X-Number' },
          { from: '$.no', to: 'X-Null' },
          { static_value: 'text/plain', to: 'content-type' },
          { static_value: 'application/vnd.x+json', to: 'Content-Type' },
        ],
      },
      { headers: { 'x-number': '7', 'x-null': '', 'content-type': 'application/vnd.x+json' } },
    ],
    [
      'no token without auth_type',
      {
        oauth_authorization: { type: 'password', token_endpoint: 'http://127.0.0.1:1/token' },
      },
      { headers: {} },
    ],
  ])('%s', async (_name, more, expected) => {
    expect((await ask(more)).ok).toBe(true);
    const [seen] = service.seen;
    const { body, headers = {}, ...rest } = expected;
    expect(seen).toMatchObject({ ...rest, headers });
    if (body !== undefined) expect(typeof body === 'string' ? seen?.body : JSON.parse(seen?.body ?? '')).toEqual(body);
    expect(seen?.headers.authorization).toBeUndefined();
  });

  test('values in its path, each as one name', async () => {
    const path_mapping_rules = [
      { from: '$.user.sub', to: 'id' },
      { from: '$.user.html', to: 'h' },
    ];
    await ask({ path_mapping_rules }, '/users/{{id}}/{{ h }}/end?q={{id}}');
    expect(service.seen[0]?.url).toBe('/users/u%2F1/%3Ca%20href%3D%22x%22%3E%26/end?q=u%2F1');
  });

  test.each<[string, Partial<HttpRequestConfiguration>, string]>([
    ['a level up', { path_mapping_rules: [{ from: '$.user.dots', to: 'id' }] }, '/users/{{id}}/x'],
    ['a level up in halves', { path_mapping_rules: [{ static_value: '.', to: 'id' }] }, '/users/{{id}}{{id}}/x'],
    ['a level up in escapes', { path_mapping_rules: [{ static_value: '.', to: 'id' }] }, '/users/%2e{{id}}/x'],
    ['a value that is missing', { path_mapping_rules: [{ from: '$.no', to: 'id' }] }, '/users/{{id}}/x'],
    ['a place that nobody fills', {}, '/users/{{id}}/x'],
    ['half a letter', { path_mapping_rules: [{ static_value: '\ud800', to: 'id' }] }, '/users/{{id}}/x'],
    ['a line break in a header', { header_mapping_rules: [{ from: '$.user.line', to: 'X-Name' }] }, '/x'],
    ['a name of a header that is none', { header_mapping_rules: [{ static_value: 'x', to: 'X Name' }] }, '/x'],
    ['letters that no header holds', { header_mapping_rules: [{ static_value: '認証', to: 'X-Name' }] }, '/x'],
  ])('nothing with %s', async (_name, more, path) => {
    const executed = await ask(more, path);
    expect(executed).toMatchObject({ ok: false, status: 400 });
    expect(executed.fault).toBeUndefined();
    expect(resultOf(executed)).toMatchObject({ response_body: { error: 'invalid_request' } });
    expect(service.seen).toEqual([]);
  });

  test('nothing where a value would choose the host', async () => {
    const url = 'http://127.0.0.1{{rest}}/x';
    const rules = [{ static_value: `:${new URL(service.origin).port}`, to: 'rest' }];
    expect(await run(execution(url, { path_mapping_rules: rules }))).toMatchObject({ ok: false, status: 400 });
    expect(service.seen).toEqual([]);
  });

  test('a signature, with all that is needed to check it', async () => {
    await ask({
      auth_type: 'hmac_sha256',
      hmac_authentication: { api_key: 'key', secret: 's', signature_format: 'HMAC {api_key}:{signature}' },
      body_mapping_rules: [{ static_value: 1, to: 'a' }],
      header_mapping_rules: [{ static_value: 'other', to: 'Authorization' }],
    });
    const { createHmac } = await import('node:crypto');
    const timestamp = new Date(clock.now).toISOString();
    const signature = createHmac('sha256', 's').update(`POST\n/x\n${timestamp}\n{"a":1}`).digest('hex');
    expect(service.seen[0]?.headers).toMatchObject({
      authorization: `HMAC key:${signature}`,
      'x-timestamp': timestamp,
    });
  });
});

describe('answers', () => {
  test.each<[string, Answer, status: number, result: object]>([
    ['200', { body: { transaction_id: 't' } }, 200, { status_code: 200, response_body: { transaction_id: 't' } }],
    ['201 without a body', { status: 201, body: '' }, 201, { response_body: {} }],
    ['a list', { body: [1] }, 200, { response_body: [1] }],
    ['no JSON', { body: '<html>' }, 200, { response_body: { raw_body: '<html>' } }],
    ['a header', { headers: { 'X-Request-Id': 'r' } }, 200, { response_headers: { 'x-request-id': 'r' } }],
    ['400', { status: 400, body: { error: 'e' } }, 400, { status_code: 400, response_body: { error: 'e' } }],
    ['409', { status: 409 }, 409, { status_code: 409 }],
    ['418', { status: 418 }, 400, { status_code: 418 }],
    ['429', { status: 429 }, 429, {}],
    ['503', { status: 503, body: 'gone' }, 503, { response_body: { raw_body: 'gone' } }],
    ['599', { status: 599 }, 500, { status_code: 599 }],
    [
      'a body that nests too deep',
      { body: `${'['.repeat(100)}${']'.repeat(100)}` },
      200,
      { response_body: { raw_body: expect.stringMatching(/^\[+\]+$/) } },
    ],
    ['a redirect to itself, followed', { status: 302, headers: { location: '/y' } }, 200, { status_code: 200 }],
  ])('%s', async (_name, given, status, result) => {
    answer(given);
    const executed = await ask();
    expect(executed).toMatchObject({ ok: status < 400, status });
    expect(executed.fault).toBeUndefined();
    expect(resultOf(executed)).toMatchObject(result);
  });

  const locked = {
    conditions: [{ path: '$.response_body.error', operation: 'eq', value: 'account_locked' }],
    mapped_status_code: 403,
  };
  const busy = {
    conditions: [
      { path: '$.status_code', operation: 'gte', value: 500 },
      { path: '$.response_headers.x-busy', operation: 'exists' },
    ],
    match_mode: 'any' as const,
    mapped_status_code: 429,
  };
  test.each<[string, unknown, Answer, number]>([
    ['the first that fits', [locked, busy], { body: { error: 'account_locked' } }, 403],
    ['any of its conditions', [locked, busy], { headers: { 'x-busy': '1' } }, 429],
    ['a list in an object', { configs: [locked] }, { body: { error: 'account_locked' } }, 403],
    ['none that fits', [locked], { body: { error: 'other' } }, 200],
    ['a failure as a success', [{ conditions: [], mapped_status_code: 200 }], { status: 404 }, 200],
    ['what is no list', 'nonsense', {}, 200],
    ['entries that are none', [null, 1, { conditions: [null], mapped_status_code: 500 }], {}, 200],
  ])('by the statuses of the tenant: %s', async (_name, configs, given, status) => {
    answer(given);
    const response_resolve_configs = configs as NonNullable<HttpRequestConfiguration['response_resolve_configs']>;
    const executed = await ask({ response_resolve_configs });
    expect(executed).toMatchObject({
      ok: status < 400,
      status,
      contents: { execution_http_request: { status_code: status } },
    });
  });
});
