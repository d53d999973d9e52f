// Executions: several requests, hooks, stand-ins, and what is kept and shown of them.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runPostHook, runPreHook } from '#runtime/interactions/hooks.ts';
import type { Executed, ExecutionConfiguration, HttpRequestConfiguration } from '#runtime/interactions/interaction.ts';
import { functionOf, responseBody, runExecution, storeOf } from '#runtime/interactions/run-execution.ts';
import type { Json } from '#storage/records.ts';
import { freePort } from '#test/kit/free-port.ts';
import { execution, openPorts, openService, type Service } from './outside.ts';

const PLACE = { tenantId: 'tenant' };
const { ports, close } = openPorts();
let service: Service;
beforeAll(async () => {
  service = await openService();
});
beforeEach(() => {
  service.seen.length = 0;
  service.answers.clear();
  service.answers.set('/one', () => ({ body: { id: 1 } }));
  service.answers.set('/refused', () => ({ status: 409, body: { error: 'conflict' } }));
});
afterAll(async () => {
  await close();
  await service.close();
});

const CONTEXT = { request_body: { kind: 'a' } };
const run = (configuration: ExecutionConfiguration) => runExecution(ports, PLACE, configuration, CONTEXT);
const request = (path: string, more: Partial<HttpRequestConfiguration> = {}): HttpRequestConfiguration => ({
  url: `${service.origin}${path}`,
  method: 'POST',
  ...more,
});
const only = (kind: string) => ({ condition: { operation: 'eq', path: '$.request_body.kind', value: kind } });
const paths = () => service.seen.map(({ url }) => url);

describe('several requests', () => {
  const all = (...http_requests: HttpRequestConfiguration[]) => run({ function: 'http_requests', http_requests });

  test('read what those before them were answered', async () => {
    const rules = [{ from: '$.execution_http_requests[0].response_body.id', to: 'former' }];
    const executed = await all(request('/one'), request('/two', { body_mapping_rules: rules }));
    expect(executed).toMatchObject({ ok: true, status: 200 });
    expect(executed.contents.execution_http_requests).toMatchObject([
      { response_body: { id: 1 } },
      { status_code: 200 },
    ]);
    expect(service.seen[1]?.body).toBe('{"former":1}');
  });

  test('end with the first that fails', async () => {
    const executed = await all(request('/one'), request('/refused'), request('/two'));
    expect(executed).toMatchObject({ ok: false, status: 409 });
    expect(executed.contents.execution_http_requests).toHaveLength(2);
    expect(paths()).toEqual(['/one', '/refused']);
  });

  test('end with the first that has no answer', async () => {
    const url = `http://127.0.0.1:${await freePort()}/`;
    expect(await all(request('/one'), { url, method: 'POST' })).toMatchObject({
      ok: false,
      status: 503,
      fault: 'unreachable',
    });
  });

  test('are skipped by their conditions', async () => {
    const executed = await all(request('/one', only('b')), request('/two', only('a')));
    expect(executed.ok).toBe(true);
    expect(executed.contents.execution_http_requests).toMatchObject([{ skipped: true }, { status_code: 200 }]);
    expect(paths()).toEqual(['/two']);
  });

  test('fail when all of them are', async () => {
    expect(await all(request('/one', only('b')), request('/two', only('c')))).toMatchObject({
      ok: false,
      status: 500,
      fault: 'skipped',
      contents: { execution_http_requests: [{ skipped: true }, { skipped: true }] },
    });
  });
});

describe('runs', () => {
  test.each<[string, ExecutionConfiguration, object]>([
    ['nothing', { function: 'no_action' }, { ok: true, status: 200, contents: {} }],
    [
      'a stand-in',
      { function: 'mock', mock: { response_body: { a: 1 } } },
      {
        ok: true,
        status: 200,
        contents: { execution_http_request: { status_code: 200, response_headers: {}, response_body: { a: 1 } } },
      },
    ],
    [
      'a stand-in without a name',
      { mock: { status_code: 401, response_body: { error: 'e' } } },
      { ok: false, status: 401 },
    ],
    ['a request that is not there', { function: 'http_request' }, { ok: false, status: 500 }],
    ['requests that are not there', { function: 'http_requests', http_requests: [] }, { ok: false, status: 500 }],
  ])('%s', async (_name, configuration, expected) => {
    expect(await run(configuration)).toMatchObject(expected);
    expect(service.seen).toEqual([]);
  });

  test.each<[ExecutionConfiguration, string | undefined]>([
    [{}, undefined],
    [{ mock: {} }, undefined],
    [{ mock: { status_code: 200 } }, 'mock'],
    [{ function: 'password_verification', mock: { status_code: 200 } }, 'password_verification'],
  ])('the function of %j: %s', (configuration, name) => {
    expect(functionOf(configuration)).toBe(name);
  });

  test('nothing that is ours', async () => {
    await expect(run({ function: 'password_verification' })).rejects.toThrow();
  });
});

describe('keeps', () => {
  const store = (from: string, key = 'k') => ({ key, interaction_mapping_rules: [{ from, to: 'id' }] });
  const kept = async (configuration: ExecutionConfiguration) => storeOf(configuration, await run(configuration), ports);

  test.each<[string, () => ExecutionConfiguration, Json | undefined]>([
    [
      'a part of an answer',
      () => execution(`${service.origin}/one`, {}, { http_request_store: store('$.response_body.id') }),
      { key: 'k', payload: { id: 1 } },
    ],
    [
      'nothing of a failure',
      () => execution(`${service.origin}/refused`, {}, { http_request_store: store('$.response_body.id') }),
      undefined,
    ],
    [
      'nothing without a name',
      () => execution(`${service.origin}/one`, {}, { http_request_store: store('$.response_body', '') }),
      undefined,
    ],
    ['nothing unless told', () => execution(`${service.origin}/one`), undefined],
    [
      'a part of several',
      () => ({
        function: 'http_requests',
        http_requests: [request('/one')],
        http_requests_store: store('$.execution_http_requests[0].response_body.id'),
      }),
      { key: 'k', payload: { id: 1 } },
    ],
    [
      'a part of a stand-in',
      () => ({ mock: { response_body: { id: 2 } }, http_request_store: store('$.response_body.id') }),
      { key: 'k', payload: { id: 2 } },
    ],
  ])('%s', async (_name, configuration, expected) => {
    expect(await kept(configuration())).toEqual(expected);
  });
});

describe('shows', () => {
  const rules = [{ from: '$.execution_http_request.response_body', to: '*' }];
  test.each<[string, string, Json]>([
    ['an answer', '/one', { id: 1 }],
    ['a refusal, by the same rules', '/refused', { error: 'conflict' }],
  ])('%s', async (_name, path, expected) => {
    const { contents } = await run(execution(`${service.origin}${path}`));
    expect(responseBody({ response: { body_mapping_rules: rules } }, { ...CONTEXT, ...contents }, ports)).toEqual(
      expected,
    );
  });

  test.each([[{}], [{ response: {} }], [{ response: { body_mapping_rules: [] } }]])(
    'nothing by %j',
    (configuration) => {
      expect(responseBody(configuration, CONTEXT, ports)).toBeUndefined();
    },
  );
});

describe('hooks', () => {
  const pre = (...additional_parameters: ExecutionConfiguration[]) =>
    runPreHook(ports, PLACE, { additional_parameters }, CONTEXT);

  test('before: each gives a result, which those after it can read', async () => {
    const rules = [{ from: '$.pre_hook_additional_parameters[0].response_body.id', to: 'former' }];
    const second = execution(`${service.origin}/two`, { body_mapping_rules: rules });
    const several = { function: 'http_requests', http_requests: [request('/one')] };
    const came = await pre(execution(`${service.origin}/one`), second, several);
    expect(came).toMatchObject({
      ok: true,
      results: [{ response_body: { id: 1 } }, {}, [{ response_body: { id: 1 } }]],
    });
    expect(service.seen[1]?.body).toBe('{"former":1}');
  });

  test('before: the first failure ends it', async () => {
    const came = await pre(execution(`${service.origin}/refused`), execution(`${service.origin}/two`));
    expect(came).toMatchObject({ ok: false, executed: { ok: false, status: 409 } });
    expect(paths()).toEqual(['/refused']);
  });

  test.each<[string, unknown]>([
    ['none', undefined],
    ['an empty one', {}],
    ['no list', { additional_parameters: 'x' }],
    ['what is no execution', { additional_parameters: [null, 1, {}, { function: 'password_verification' }] }],
  ])('before: %s', async (_name, hook) => {
    expect(await runPreHook(ports, PLACE, hook as { additional_parameters?: [] }, CONTEXT)).toEqual({
      ok: true,
      results: [],
    });
  });

  test('after: failures are told, and stop nothing', async () => {
    const additional_parameters = [execution(`${service.origin}/refused`), execution(`${service.origin}/two`)];
    const failed: Executed[] = await runPostHook(ports, PLACE, { additional_parameters }, CONTEXT);
    expect(failed).toMatchObject([{ ok: false, status: 409 }]);
    expect(paths()).toEqual(['/refused', '/two']);
  });
});
