// Configurations as they are read before they are kept: what is fine, and what is refused.
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '#storage/records.ts';
import {
  asking,
  challenge,
  check,
  functions,
  METADATA,
  oauth,
  ruled,
  running,
  sending,
  verify,
} from './configurations.ts';

describe('fine is', () => {
  test.each<[string, { errors: string[]; warnings: string[] }]>([
    [
      'a service for codes, with its challenge',
      check({ 'sms-authentication-challenge': challenge, 'sms-authentication': verify }, { metadata: METADATA }),
    ],
    ['a password, built in', check({ 'password-authentication': {} }, { type: 'password' })],
    [
      'all that may be empty',
      check({
        x: {
          request: {},
          pre_hook: { additional_parameters: [] },
          execution: {
            function: 'no_action',
            http_request: {},
            http_requests: [],
            mock: {},
            details: {},
            http_request_store: {},
          },
          user_resolve: { user_mapping_rules: [] },
          response: { body_mapping_rules: [] },
        },
      }),
    ],
    [
      'all that a request can have',
      asking({
        url: 'https://a.example/users/{{id}}',
        path_mapping_rules: [{ from: '$.user.sub', to: 'id' }],
        query_mapping_rules: [{ static_value: 1, to: 'q' }],
        request_timeout_seconds: 5,
        retry_configuration: { max_retries: 2, backoff_delays: ['PT1S', 'PT0.5S'], retryable_status_codes: [503] },
        response_resolve_configs: {
          configs: [{ conditions: [{ path: '$.status_code', operation: 'gte', value: 500 }], mapped_status_code: 503 }],
        },
        auth_type: 'hmac_sha256',
        hmac_authentication: { secret: 's', signature_format: 'X {signature}', signing_fields: ['method', 'body'] },
      }),
    ],
    [
      'rules of every kind',
      ruled(
        { to: 'a', functions: [{ name: 'uuid4' }, { name: 'format', args: { template: 'x{{value}}' } }] },
        {
          to: 'b',
          from: '$.list',
          functions: [{ name: 'map', args: { function: 'case', function_args: { mode: 'upper' } } }],
        },
        {
          to: 'c',
          from: '$.a',
          condition: { operation: 'anyOf', value: [{ operation: 'regex', path: '$.a', value: 'a+' }] },
        },
      ),
    ],
  ])('%s', (_name, found) => {
    expect(found).toEqual({ errors: [], warnings: [] });
  });
});

const deep = (levels: number): Json => (levels === 0 ? 1 : { properties: { a: deep(levels - 1) } });

describe('refused is', () => {
  test.each<[string, { errors: string[] }, string]>([
    ['an interaction that is none', check({ x: 1 }), 'interactions.x: must be an object'],
    ['an execution that is none', running('x'), 'x.execution: must be an object'],
    ['what nests too deep', check({ x: deep(50) as JsonObject }), 'nest deeper'],
    [
      'too many interactions',
      check(Object.fromEntries(Array.from({ length: 51 }, (_n, at) => [`i${at}`, {}]))),
      'more than 50',
    ],
    [
      'a schema that is none',
      check({ x: { request: { schema: { pattern: '(?=a)' } }, execution: { function: 'no_action' } } }),
      'x.request.schema: ',
    ],
    ['a function that is no text', running({ function: 1 }), 'x.execution.function: must be a text'],
    ['no request', running({ function: 'http_request' }), 'http_request: must be an object'],
    ['no requests', running({ function: 'http_requests', http_requests: [] }), 'must be a list of one to 10'],
    ['no address', asking({ url: '/x' }), '.url: is no URL'],
    ['another scheme', asking({ url: 'file:///etc/passwd' }), 'must begin with http:// or https://'],
    ['a password in the address', asking({ url: 'https://u:p@a.example/' }), 'user name or a password'],
    ['a host out of a rule', asking({ url: 'https://{{host}}.example/' }), 'placeholder outside of its path'],
    ['another method', asking({ method: 'TRACE' }), '.method: must be one of'],
    ['another auth_type', asking({ auth_type: 'basic' }), '.auth_type: must be one of'],
    ['oauth2 without where', asking({ auth_type: 'oauth2' }), '.oauth_authorization: must be an object'],
    [
      'another grant',
      asking({ auth_type: 'oauth2', oauth_authorization: { ...oauth, type: 'implicit' } }),
      '.type: must be password',
    ],
    [
      'no token endpoint',
      asking({ auth_type: 'oauth2', oauth_authorization: { type: 'password' } }),
      '.token_endpoint: must be a text',
    ],
    [
      'a signature that is no header',
      asking({
        auth_type: 'hmac_sha256',
        hmac_authentication: { secret: 's', signature_format: 'X {signature}\r\nY: z' },
      }),
      '.signature_format: must be a text of one line',
    ],
    [
      'a signature that is no text',
      asking({ auth_type: 'hmac_sha256', hmac_authentication: { secret: 's', signature_format: 7 } }),
      '.signature_format: must be a text of one line',
    ],
    [
      'a signature without a secret',
      asking({ auth_type: 'hmac_sha256', hmac_authentication: {} }),
      '.secret: must be a text',
    ],
    [
      'another field to sign',
      asking({ auth_type: 'hmac_sha256', hmac_authentication: { secret: 's', signing_fields: ['host'] } }),
      '.signing_fields: may hold',
    ],
    ['a timeout of nothing', asking({ request_timeout_seconds: 0 }), '.request_timeout_seconds: must be'],
    [
      'a delay that is none',
      asking({ retry_configuration: { backoff_delays: ['1s'] } }),
      '.backoff_delays: must be durations',
    ],
    [
      'a status that is none',
      asking({ response_resolve_configs: [{ conditions: [], mapped_status_code: 'x' }] }),
      '.mapped_status_code: must be',
    ],
    ['rules that are none', asking({ body_mapping_rules: {} }), '.body_mapping_rules: must be a list'],
    [
      'too many rules',
      ruled(...Array.from({ length: 201 }, () => ({ to: 'a', static_value: 1 }))),
      'at most 200 rules',
    ],
    ['a rule without a place', ruled({ static_value: 1 }), 'body_mapping_rules[0].to: must be a text'],
    ['a path that is none', ruled({ from: 'request_body', to: 'a' }), '.from: is no JSONPath'],
    [
      'a path with a regular expression',
      ruled({ from: '$.a[?(@.b =~ /x/)]', to: 'a' }),
      '.from: holds a regular expression',
    ],
    ['a function that does not exist', functions({ name: 'upper' }), 'there is no function upper'],
    ['one inside of map', functions({ name: 'map', args: { function: 'upper' } }), 'there is no function upper'],
    [
      'a pattern that is none',
      functions({ name: 'regex_replace', args: { pattern: '(?<=a)b' } }),
      'no regular expression of RE2',
    ],
    [
      'a filter that is none',
      functions({ name: 'filter', args: { condition: 'value > 1' } }),
      'no condition of filter',
    ],
    [
      'a path in an argument that is none',
      functions({ name: 'append', args: { value: '$.[' } }),
      '.args.value: is no JSONPath',
    ],
    [
      'an operation that does not exist',
      ruled({ to: 'a', from: '$.a', condition: { operation: 'near', path: '$.a' } }),
      '.operation: must be one of',
    ],
    [
      'a condition without a path',
      ruled({ to: 'a', from: '$.a', condition: { operation: 'exists' } }),
      '.path: must be a text',
    ],
    [
      'a limit that is none',
      check({}, { metadata: { retry_count_limitation: 0 } }),
      'metadata.retry_count_limitation: must be',
    ],
    ['an end that is none', check({}, { metadata: { expire_seconds: '300' } }), 'metadata.expire_seconds: must be'],
    [
      'a parameter that is none',
      check({}, { metadata: { transaction_id_param: 1 } }),
      'metadata.transaction_id_param: must be',
    ],
  ])('%s', (_name, { errors }, expected) => {
    expect(errors.join('\n')).toContain(expected);
  });
});

test('nothing that somebody wrote is repeated at length, and no secret at all', () => {
  const { errors, warnings } = check({
    x: {
      execution: {
        function: 'f'.repeat(1_000),
        http_request: { ...sending, auth_type: 'none', oauth_authorization: { ...oauth, password: 'very-secret' } },
      },
    },
  });
  for (const sentence of [...errors, ...warnings]) {
    expect(sentence.length).toBeLessThan(300);
    expect(sentence).not.toContain('very-secret');
  }
});

test('a configuration of anything at all is read without a fault', () => {
  for (const value of [null, 1, 'x', [], {}, [null], { a: null }]) {
    const nested = {
      request: value,
      pre_hook: value,
      execution: value,
      user_resolve: value,
      post_hook: value,
      response: value,
    };
    const execution = {
      function: 'http_request',
      http_request: value,
      mock: value,
      http_request_store: value,
      previous_interaction: value,
    };
    const request = {
      url: value,
      method: value,
      auth_type: value,
      oauth_authorization: value,
      body_mapping_rules: [
        value,
        { to: value, from: value, functions: [value, { name: value, args: value }], condition: value },
      ],
      retry_configuration: value,
      response_resolve_configs: [value, { conditions: [value], mapped_status_code: value }],
    } as JsonObject;
    for (const found of [
      check({ x: nested }),
      check({ x: value }),
      running(execution),
      asking(request),
      ruled(value),
    ]) {
      expect(found.errors.length + found.warnings.length).toBeGreaterThanOrEqual(0);
    }
  }
});
