// Owner management: what a diff shows, and what it hides.
import { expect, test } from 'vitest';
import { diffOf } from '#server/management/diff.ts';
import type { JsonObject } from '#storage/records.ts';

const service = (more: JsonObject): JsonObject => ({ http_request: { url: 'https://a.example', ...more } });

const ROWS: [what: string, before: JsonObject, after: JsonObject, diff: JsonObject][] = [
  ['nothing', { a: { b: [1] } }, { a: { b: [1] } }, {}],
  ['a value', { a: { b: 1 } }, { a: { b: 2 } }, { a: { b: { before: 1, after: 2 } } }],
  ['one more', { a: {} }, { a: { b: 1 } }, { a: { b: { after: 1 } } }],
  ['one less', { a: { b: null } }, { a: {} }, { a: { b: { before: null } } }],
  ['a place in a list', { a: [1, 2] }, { a: [1, 3, 4] }, { a: { 1: { before: 2, after: 3 }, 2: { after: 4 } } }],
  ['another kind', { a: [1] }, { a: { 0: 1 } }, { a: { before: [1], after: { 0: 1 } } }],
  [
    'names that objects are born with',
    { constructor: 1 },
    { toString: { hasOwnProperty: 2 } },
    { constructor: { before: 1 }, toString: { after: { hasOwnProperty: 2 } } },
  ],
  [
    'secrets',
    service({ oauth_authorization: { username: 'u', password: 'one', client_secret: 'two' } }),
    service({ oauth_authorization: { username: 'v', password: 'three' } }),
    {
      http_request: {
        oauth_authorization: {
          username: { before: 'u', after: 'v' },
          password: { before: '***', after: '***' },
          client_secret: { before: '***' },
        },
      },
    },
  ],
  [
    'secrets in what is new',
    service({}),
    service({
      oauth_authorization: { username: 'u', password: 'one' },
      hmac_authentication: { secret: 's', api_key: 'k' },
    }),
    {
      http_request: {
        oauth_authorization: { after: { username: 'u', password: '***' } },
        hmac_authentication: { after: { secret: '***', api_key: '***' } },
      },
    },
  ],
  [
    'what is secret altogether, from without and from within',
    { options: { configuration: { pepper: 'one' }, customHeaders: { 'X-Key': 'two' } } },
    {
      options: { configuration: { pepper: 'other' }, customHeaders: { 'X-Key': 'two', 'X-More': 'three' } },
      custom_headers: { a: 'b' },
    },
    {
      options: {
        configuration: { pepper: { before: '***', after: '***' } },
        customHeaders: { 'X-More': { after: '***' } },
      },
      custom_headers: { after: { a: '***' } },
    },
  ],
  [
    'keys and tickets of all kinds',
    {},
    { addons: { azure_sb: { sasKey: 's' }, wams: { masterkey: 'm' } }, agentKey: 'a', ticket_id: 't', kid: 'k' },
    {
      addons: { after: { azure_sb: { sasKey: '***' }, wams: { masterkey: '***' } } },
      agentKey: { after: '***' },
      ticket_id: { after: '***' },
      kid: { after: 'k' },
    },
  ],
  [
    'a header that is a secret, and one that is not',
    service({
      header_mapping_rules: [
        { static_value: 'Bearer one', to: 'Authorization' },
        { static_value: 'a', to: 'X' },
      ],
    }),
    service({
      header_mapping_rules: [
        { static_value: 'Bearer two', to: 'Authorization' },
        { static_value: 'b', to: 'X' },
      ],
    }),
    {
      http_request: {
        header_mapping_rules: {
          0: { static_value: { before: '***', after: '***' } },
          1: { static_value: { before: 'a', after: 'b' } },
        },
      },
    },
  ],
];

test.each(ROWS)('%s', (_what, before, after, diff) => {
  expect(diffOf(before, after)).toEqual(diff);
});
