// Configurations as they are read before they are kept: what will have no effect.
import { describe, expect, test } from 'vitest';
import { asking, challenge, check, functions, oauth, ruled, running, sending, verify } from './configurations.ts';

describe('warned is of', () => {
  test.each<[string, { errors: string[]; warnings: string[] }, string]>([
    [
      'oauth_authorization without auth_type',
      asking({ oauth_authorization: oauth }),
      '.oauth_authorization: has no effect without auth_type oauth2',
    ],
    [
      'hmac_authentication without auth_type',
      asking({ hmac_authentication: { secret: 's' } }),
      'without auth_type hmac_sha256',
    ],
    [
      'a key under which nothing is kept',
      check({ 'sms-authentication': verify }),
      '.previous_interaction.key: nothing of this configuration',
    ],
    [
      'an unknown field of an interaction',
      check({ x: { ...challenge, preHook: {} } }),
      'interactions.x.preHook: is unknown',
    ],
    ['an unknown field of a request', asking({ timeout: 5 }), '.http_request.timeout: is unknown'],
    [
      'an unknown field of a rule',
      ruled({ from: '$.a', to: 'a', convert_type: 'string' }),
      '[0].convert_type: is unknown',
    ],
    ['an unknown argument', functions({ name: 'trim', args: { how: 'both' } }), '.args.how: is unknown'],
    ['an argument that is missing', functions({ name: 'format' }), '.args.template: is missing'],
    ['an unknown function of an execution', running({ function: 'http' }), 'http does not exist'],
    ['no function', running({}), '.function: is missing'],
    ['no execution', check({ x: {} }), '.execution: is missing'],
    ['no interactions', check({}), 'interactions: there are none'],
    [
      'a request that another function leaves unused',
      running({ function: 'no_action', http_request: sending }),
      '.http_request: has no effect',
    ],
    [
      'a stand-in that another function leaves unused',
      running({ function: 'no_action', mock: { status_code: 200 } }),
      '.mock: has no effect',
    ],
    [
      'a store of another function',
      running({ function: 'no_action', http_request_store: { key: 'k' } }),
      '.http_request_store: has no effect',
    ],
    [
      'a part of ours in a hook',
      check({ x: { ...challenge, pre_hook: { additional_parameters: [{ function: 'password_verification' }] } } }),
      'has no effect in a hook',
    ],
    ['a rule that gives nothing', ruled({ to: 'a' }), '[0]: has neither from nor'],
    ['a path beside a value', ruled({ to: 'a', from: '$.a', static_value: 1 }), '.from: has no effect'],
    [
      'a body with GET',
      asking({ method: 'GET', body_mapping_rules: [{ from: '$.a', to: 'a' }] }),
      '.body_mapping_rules: have no effect with GET',
    ],
    ['a placeholder that nobody fills', asking({ url: 'https://a.example/{{id}}' }), 'no path_mapping_rules give id'],
    [
      'a condition of a single request',
      asking({ condition: { operation: 'exists', path: '$.a' } }),
      '.condition: has no effect',
    ],
    [
      'a basic secret with a password grant',
      asking({
        auth_type: 'oauth2',
        oauth_authorization: { ...oauth, client_authentication_type: 'client_secret_basic' },
      }),
      'client_secret_basic has no effect',
    ],
    [
      'a lifetime that is not asked for',
      asking({ auth_type: 'oauth2', oauth_authorization: { ...oauth, cache_ttl_seconds: 5 } }),
      '.cache_ttl_seconds: has no effect',
    ],
    ['a timeout that is too long', asking({ request_timeout_seconds: 600 }), '60 seconds is the most'],
    [
      'a list that is none',
      ruled({ to: 'a', from: '$.a', condition: { operation: 'in', path: '$.a', value: 1 } }),
      'in is never true without one',
    ],
    [
      'a signature that is not there',
      asking({ auth_type: 'hmac_sha256', hmac_authentication: { secret: 's', signature_format: 'X' } }),
      'has no {signature}',
    ],
  ])('%s', (_name, { errors, warnings }, expected) => {
    expect(errors).toEqual([]);
    expect(warnings.join('\n')).toContain(expected);
  });
});
