// What the api of the password-reset-post-challenge trigger records and refuses where it is not that of a login; in a real
// cell.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { passwordResetSample } from '#actions/password-reset-post-challenge-sample.ts';
import type { RunResult, Sandbox } from '#runtime/sandbox/sandbox.ts';
import { openSandbox, outcome, request } from '#test/runtime/sandbox/kit.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await openSandbox();
});
afterAll(() => sandbox.drain(1000));

const run = (body: string, over: object = {}): Promise<RunResult> =>
  sandbox.run(
    request(`exports.onExecutePostChallenge = async (event, api) => {\n${body}\n};`, {
      trigger: 'password-reset-post-challenge',
      handler: 'onExecutePostChallenge',
      eventJson: JSON.stringify({ ...passwordResetSample, ...over }),
    }),
  );

test.each<[body: string, name: string, args: unknown[]]>([
  [`api.access.deny('no')`, 'access.deny', ['no']],
  [`api.authentication.challengeWith({ type: 'otp' })`, 'authentication.challengeWith', [{ type: 'otp' }]],
  [
    `api.authentication.challengeWithAny(event.user.enrolledFactors)`,
    'authentication.challengeWithAny',
    [passwordResetSample.user.enrolledFactors],
  ],
  [`api.prompt.render('form', { vars: { a: 1 } })`, 'prompt.render', ['form', { vars: { a: 1 } }]],
  [`api.redirect.sendUserTo('https://a.test/x')`, 'redirect.sendUserTo', ['https://a.test/x', { query: {} }]],
  [
    `api.transaction.setResultUrl('https://a.test/x?b=1', { query: { b: 2 } })`,
    'transaction.setResultUrl',
    ['https://a.test/x?b=1', { query: { b: '2' } }],
  ],
])('%s is recorded and returns nothing', async (call, name, args) => {
  const result = await run(`if (${call} !== undefined) throw new Error('something came back');`);
  expect(outcome(result)).toBe('ok');
  expect(result.ok && result.commands).toEqual([{ name, args }]);
});

const HTTP = 'The URL given to api.transaction.setResultUrl must be an http or https URL.';
test.each<[body: string, message: string]>([
  [`api.transaction.setResultUrl('/done')`, 'Invalid URL'],
  [`api.transaction.setResultUrl('https://a b.test')`, 'Invalid URL'],
  [`api.transaction.setResultUrl('javascript:alert(1)')`, HTTP],
  [`api.transaction.setResultUrl('data:text/html,x')`, HTTP],
  [
    `api.transaction.setResultUrl('https://a.test', 'b=1')`,
    'The options of api.transaction.setResultUrl must be an object.',
  ],
  [`api.authentication.enrollWith({ type: 'otp' })`, 'api.authentication.enrollWith is not a function'],
  [`api.redirect.canRedirect()`, 'api.redirect.canRedirect is not a function'],
  [
    `api.prompt.render('a'); try { api.redirect.sendUserTo('https://a.test'); } catch {}`,
    'Redirect and render commands cannot be used in the same action.',
  ],
])('%s fails the run', async (body, message) => {
  expect(outcome(await run(body))).toContain(message);
});

test('a token made for a page is taken back', async () => {
  const made = await run(
    `console.log(api.redirect.encodeToken({ secret: 'a shared secret', payload: { ok: 1, state: 's' } }));`,
  );
  const session_token = made.console[0]?.text;
  const back = { ...passwordResetSample.request, query: { session_token, state: 's' } };
  const taken = await run(
    `console.log(JSON.stringify(api.redirect.validateToken({ secret: 'a shared secret' }).ok));`,
    { request: back },
  );
  expect([outcome(taken), taken.console[0]?.text]).toEqual(['ok', '1']);
});
