// What the api of the custom-token-exchange trigger records, and what it refuses, with the texts that authors see; in a
// real cell.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { customTokenExchangeSample } from '#actions/custom-token-exchange-sample.ts';
import type { RunResult, Sandbox } from '#runtime/sandbox/sandbox.ts';
import { openSandbox, outcome, request } from '#test/runtime/sandbox/kit.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await openSandbox();
});
afterAll(() => sandbox.drain(1000));

const run = (body: string): Promise<RunResult> =>
  sandbox.run(
    request(`exports.onExecuteCustomTokenExchange = async (event, api) => {\n${body}\n};`, {
      trigger: 'custom-token-exchange',
      handler: 'onExecuteCustomTokenExchange',
      eventJson: JSON.stringify(customTokenExchangeSample),
    }),
  );

const BEHAVIORS = { creationBehavior: 'create_if_not_exists', updateBehavior: 'none' };
const text = (length: number) => `'x'.repeat(${length})`;

test.each<[body: string, name: string, args: unknown[]]>([
  [`api.access.deny('too_late', 'Come back tomorrow.')`, 'access.deny', ['too_late', 'Come back tomorrow.']],
  [`api.access.rejectInvalidSubjectToken('bad')`, 'access.rejectInvalidSubjectToken', ['bad']],
  [`api.authentication.setUserById('auth0|1')`, 'authentication.setUserById', ['auth0|1']],
  [
    `api.authentication.setUserByConnection('db', { user_id: '7', email: 'a@b.test', plan: [1] }, ${JSON.stringify({ ...BEHAVIORS, more: 1 })})`,
    'authentication.setUserByConnection',
    ['db', { user_id: '7', email: 'a@b.test', plan: [1] }, BEHAVIORS],
  ],
  [`api.authentication.setOrganization('org_1')`, 'authentication.setOrganization', ['org_1']],
  [
    `api.authentication.setActor({ sub: 'a', type: 'agent', n: 1, act: { sub: 'b', ok: true } })`,
    'authentication.setActor',
    [{ sub: 'a', type: 'agent', n: 1, act: { sub: 'b', ok: true } }],
  ],
  [`api.user.setAppMetadata('a', { b: 1 })`, 'user.setAppMetadata', ['a', { b: 1 }]],
  [`api.user.setUserMetadata('a', null)`, 'user.setUserMetadata', ['a', null]],
])('%s is recorded and returns nothing', async (call, name, args) => {
  const result = await run(`if (${call} !== undefined) throw new Error('something came back');`);
  expect(outcome(result)).toBe('ok');
  expect(result.ok && result.commands).toEqual([{ name, args }]);
});

const CODE =
  'The code given to api.access.deny must be 1 to 100 printable ASCII characters without quotation marks or backslashes.';
const ONE =
  'Exactly one of api.authentication.setUserById and api.authentication.setUserByConnection must be called, once.';
const byConnection = (attributes: string, options = JSON.stringify(BEHAVIORS)) =>
  `api.authentication.setUserByConnection('db', ${attributes}, ${options})`;
const nested = (levels: number): string =>
  `let actor = { sub: 'x' }; for (let i = 1; i < ${levels}; i++) actor = { sub: 'x', act: actor }; api.authentication.setActor(actor)`;

test.each<[body: string, message: string]>([
  [`api.access.deny(5, 'x')`, CODE],
  [`api.access.deny('', 'x')`, CODE],
  [`api.access.deny(' ', 'x')`, CODE],
  [`api.access.deny('a"b', 'x')`, CODE],
  [`api.access.deny('a\\nb', 'x')`, CODE],
  [`api.access.deny(${text(101)}, 'x')`, CODE],
  [`api.access.deny('a')`, 'reason must be string'],
  [`api.access.rejectInvalidSubjectToken({})`, 'reason must be string'],
  [`api.authentication.setUserById()`, 'user_id must be string'],
  [`api.authentication.setUserById('')`, 'user_id must NOT be empty'],
  [`api.authentication.setUserById(${text(129)})`, 'user_id must NOT have more than 128 characters'],
  [`api.authentication.setUserById('a'); api.authentication.setUserById('a')`, ONE],
  [`api.authentication.setUserById('a'); ${byConnection(`{ user_id: '1' }`)}`, ONE],
  [byConnection('{}'), "user_attributes must have required property 'user_id'"],
  [byConnection(`{ user_id: 5 }`), 'user_attributes /user_id must be string'],
  [byConnection(`{ user_id: '5', email: [] }`), 'user_attributes /email must be string'],
  [byConnection(`{ user_id: '5', verify_email: 'yes' }`), 'user_attributes /verify_email must be boolean'],
  [byConnection(`{ user_id: '5', more: ${text(16_384)} }`), 'The user attributes must not exceed 16 KB.'],
  [byConnection(`null`, `null`), 'user_attributes must be object; options must be object'],
  [byConnection(`{ user_id: '5' }`, `{}`), 'options /creationBehavior must be given'],
  [
    byConnection(`{ user_id: '5' }`, `{ creationBehavior: 'none', updateBehavior: 'merge' }`),
    'options /updateBehavior must be equal to one of the allowed values',
  ],
  [`api.authentication.setOrganization('')`, 'organization_id_or_name must NOT be empty'],
  [`api.authentication.setActor('me')`, 'The actor must be a plain object.'],
  [`api.authentication.setActor({ name: 'me' })`, 'The actor object must contain a sub claim.'],
  [
    `api.authentication.setActor({ sub: ${text(513)} })`,
    'Invalid setActor arguments: sub must NOT have more than 512 characters',
  ],
  [
    `api.authentication.setActor({ sub: 'x', a: 1, b: 1, c: 1, d: 1, e: 1, f: 1 })`,
    'No more than 5 custom properties are allowed in the actor object.',
  ],
  [
    `api.authentication.setActor({ sub: 'x', a: { b: 1 } })`,
    'Custom property in an actor object must be a string, number, or boolean.',
  ],
  [
    `api.authentication.setActor({ sub: 'x', a: ${text(65)} })`,
    'Custom string property value in an actor object must NOT have more than 64 characters.',
  ],
  [
    `api.authentication.setActor({ sub: 'x', [${text(65)}]: 1 })`,
    'Custom property key in an actor object must NOT have more than 64 characters.',
  ],
  [`api.authentication.setActor({ sub: 'x', act: 'y' })`, 'The act claim must be a plain object.'],
  [nested(6), 'Actor nesting must not exceed 5 levels.'],
  [`${nested(5)}; api.authentication.setActor(actor)`, 'api.authentication.setActor can be called once.'],
  [`api.user.setAppMetadata('', 1)`, 'The key of app_metadata must be a non-empty string.'],
])('%s is refused', async (body, message) => {
  expect(outcome(await run(body))).toMatch(new RegExp(`: ${message.replaceAll(/[.*+?^$()[\]{}|/]/g, '\\$&')}$`));
});

test('a call that was refused and caught leaves nothing behind', async () => {
  const result = await run(
    `try { api.authentication.setUserById(''); } catch {} api.authentication.setUserById('auth0|1');`,
  );
  expect(result.ok && result.commands).toEqual([{ name: 'authentication.setUserById', args: ['auth0|1'] }]);
});
