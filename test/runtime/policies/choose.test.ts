// Which policies a login carries.
import { expect, test } from 'vitest';
import { choosePolicies } from '#runtime/policies/choose.ts';
import type { JsonObject } from '#storage/records.ts';
import { anyOf, aPolicy, passed } from './policy-sample.ts';

const REQUEST = { clientId: 'app', acrValues: ['high'], scope: ['openid', 'pay'] };
const success_conditions = anyOf([passed('password-authentication')]);
const forPeople = { user_attributes: [{ path: '$.user.status', operation: 'eq', value: 'REGISTERED' }] };
const named = (description: string, more: JsonObject = {}) => aPolicy({ description, success_conditions, ...more });

const ROWS: [name: string, Parameters<typeof choosePolicies>[0], chosen: string[]][] = [
  ['none of none', [], []],
  ['the highest priority', [named('low', { priority: 1 }), named('high', { priority: 2 })], ['high']],
  ['of equals the first', [named('first'), named('second')], ['first']],
  ['a negative one is lower than none', [named('below', { priority: -1 }), named('none')], ['none']],
  [
    'by client',
    [
      named('other', { conditions: { client_ids: ['another'] } }),
      named('mine', { conditions: { client_ids: ['x', 'app'] } }),
    ],
    ['mine'],
  ],
  [
    'by acr',
    [
      named('other', { priority: 9, conditions: { acr_values: ['low'] } }),
      named('mine', { conditions: { acr_values: ['high'] } }),
    ],
    ['mine'],
  ],
  [
    'by scope',
    [
      named('other', { priority: 9, conditions: { scopes: ['read'] } }),
      named('mine', { conditions: { scopes: ['pay'] } }),
    ],
    ['mine'],
  ],
  [
    'every list that says something',
    [named('both', { priority: 9, conditions: { scopes: ['pay'], client_ids: ['another'] } }), named('mine')],
    ['mine'],
  ],
  [
    'about people, down to one for everybody',
    [named('all'), named('low', { priority: -1 }), named('people', { priority: 2, conditions: forPeople })],
    ['people', 'all'],
  ],
  [
    'nothing fits: the first',
    [named('first', { conditions: { scopes: ['x'] } }), named('second', { conditions: { scopes: ['y'] } })],
    ['first'],
  ],
  [
    'only about people: the first for the rest',
    [named('first', { conditions: { scopes: ['x'] } }), named('people', { conditions: forPeople })],
    ['people', 'first'],
  ],
  [
    'one that lets nobody through is passed over',
    [aPolicy({ description: 'empty', priority: 9 }), named('mine')],
    ['mine'],
  ],
  [
    'and so is one with an empty list',
    [aPolicy({ description: 'empty', priority: 9, success_conditions: { any_of: [] } }), named('mine')],
    ['mine'],
  ],
  ['unless there is no other', [aPolicy({ description: 'empty' })], ['empty']],
];

test.each(ROWS)('%s', (_name, policies, chosen) => {
  const found = choosePolicies(policies, REQUEST);
  expect(found.map(({ description }) => description)).toEqual(chosen);
  // Somebody of whom no policy says anything comes under the last.
  expect(found.at(-1)?.conditions.user_attributes ?? []).toEqual([]);
});
