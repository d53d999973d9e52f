// What scripts of a token exchange and of a reset recorded, looked at as if a stranger had sent it: a script that bent its
// sandbox can record anything.
import { describe, expect, test } from 'vitest';
import { ONLY_ONE_ACTOR, ONLY_ONE_USER } from '#actions/custom-token-exchange.ts';
import { NO_REDIRECT_AND_RENDER, ONLY_ONE_RENDER } from '#actions/post-login/leaving.ts';
import { checkTokenExchangeCommands } from '#runtime/pipeline/custom-token-exchange-commands.ts';
import { checkResetCommands } from '#runtime/pipeline/password-reset-commands.ts';

type Recorded = { name: string; args: unknown[] };
const command = (name: string, ...args: unknown[]): Recorded => ({ name, args });
const DENY = command('access.deny', 'no', 'No.');
const SOMEBODY = command('authentication.setUserById', 'auth0|1');
const BEHAVIORS = { creationBehavior: 'none', updateBehavior: 'replace' };
const said = (user: unknown, options: unknown = BEHAVIORS) =>
  command('authentication.setUserByConnection', 'db', user, options);
const actor = (levels: number): object => (levels === 1 ? { sub: 'x' } : { sub: 'x', act: actor(levels - 1) });

describe('a token exchange', () => {
  const NOT_TAKEN = (name: string) => `The script called api.${name} with arguments that it does not take.`;
  test.each<[what: string, recorded: Recorded[], message: string]>([
    ['nothing', [], ONLY_ONE_USER],
    ['somebody twice', [SOMEBODY, SOMEBODY], ONLY_ONE_USER],
    ['somebody in two ways', [SOMEBODY, said({ user_id: '1' })], ONLY_ONE_USER],
    [
      'two actors',
      [SOMEBODY, command('authentication.setActor', { sub: 'a' }), command('authentication.setActor', { sub: 'b' })],
      ONLY_ONE_ACTOR,
    ],
    ['a code that breaks a header', [command('access.deny', 'a"b\r\nc', 'x')], NOT_TAKEN('access.deny')],
    ['a code that is not text', [command('access.deny', { toString: 1 }, 'x')], NOT_TAKEN('access.deny')],
    ['a code of spaces', [command('access.deny', '  ', 'x')], NOT_TAKEN('access.deny')],
    ['a denial without a reason', [command('access.deny', 'a')], NOT_TAKEN('access.deny')],
    ['an empty id', [command('authentication.setUserById', '')], NOT_TAKEN('authentication.setUserById')],
    ['a long id', [command('authentication.setUserById', 'x'.repeat(129))], NOT_TAKEN('authentication.setUserById')],
    ['nobody in a connection', [said(null)], NOT_TAKEN('authentication.setUserByConnection')],
    ['somebody without an id', [said({ email: 'a@b.test' })], NOT_TAKEN('authentication.setUserByConnection')],
    [
      'an address that is a list',
      [said({ user_id: '1', email: ['a'] })],
      NOT_TAKEN('authentication.setUserByConnection'),
    ],
    [
      'a profile without end',
      [said({ user_id: '1', more: 'x'.repeat(17_000) })],
      NOT_TAKEN('authentication.setUserByConnection'),
    ],
    [
      'more attributes than there may be',
      [said({ user_id: '1', ...Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`a${i}`, 1])) })],
      NOT_TAKEN('authentication.setUserByConnection'),
    ],
    [
      'another behaviour',
      [said({ user_id: '1' }, { ...BEHAVIORS, updateBehavior: 'merge' })],
      NOT_TAKEN('authentication.setUserByConnection'),
    ],
    [
      'a behaviour too many',
      [said({ user_id: '1' }, { ...BEHAVIORS, blocked: false })],
      NOT_TAKEN('authentication.setUserByConnection'),
    ],
    [
      'a chain too long',
      [SOMEBODY, command('authentication.setActor', actor(6))],
      NOT_TAKEN('authentication.setActor'),
    ],
    [
      'an actor that is a tree',
      [SOMEBODY, command('authentication.setActor', { sub: 'x', tree: { a: 1 } })],
      NOT_TAKEN('authentication.setActor'),
    ],
    [
      'an organization of no name',
      [command('authentication.setOrganization', '')],
      NOT_TAKEN('authentication.setOrganization'),
    ],
    ['a command of another trigger', [SOMEBODY, command('session.revoke', 'x', {})], 'unknown command: session.revoke'],
    ['a name of every object', [SOMEBODY, command('constructor')], 'unknown command: constructor'],
    [
      'too much metadata in one key after another',
      [SOMEBODY, ...['a', 'b', 'c'].map((key) => command('user.setUserMetadata', key, 'x'.repeat(12_000)))],
      'The script set more than 32 KB of user_metadata.',
    ],
  ])('%s is refused', (_what, recorded, message) => {
    const checked = checkTokenExchangeCommands(recorded);
    expect(checked).toMatchObject({ ok: false, message: expect.stringContaining(message) });
  });

  test.each<[what: string, recorded: Recorded[]]>([
    ['a denial of nobody', [DENY]],
    ['a denial of somebody twice', [SOMEBODY, SOMEBODY, DENY]],
    ['a chain as long as it may be', [SOMEBODY, command('authentication.setActor', actor(5))]],
  ])('%s is taken', (_what, recorded) => {
    expect(checkTokenExchangeCommands(recorded)).toMatchObject({ ok: true });
  });

  test('what is said to people has no control characters and an end', () => {
    const checked = checkTokenExchangeCommands([
      command('access.rejectInvalidSubjectToken', `a\u0000b${'c'.repeat(2000)}`),
    ]);
    expect(checked.ok && checked.commands).toEqual([
      { name: 'access.rejectInvalidSubjectToken', reason: `a b${'c'.repeat(1021)}` },
    ]);
  });
});

describe('a reset', () => {
  const RENDER = command('prompt.render', 'form', {});
  const LEAVE = command('redirect.sendUserTo', 'https://a.test', { query: {} });
  const result = (url: string, options: unknown = { query: {} }) => command('transaction.setResultUrl', url, options);
  test.each<[what: string, recorded: Recorded[], message: string]>([
    ['a script for an address', [result('javascript:alert(1)')], 'api.transaction.setResultUrl with arguments'],
    ['a page of its own', [result('data:text/html,x')], 'api.transaction.setResultUrl with arguments'],
    ['no address', [result('/done')], 'api.transaction.setResultUrl with arguments'],
    ['an address without end', [result(`https://a.test/${'x'.repeat(33_000)}`)], 'api.transaction.setResultUrl with'],
    ['a query that is no text', [result('https://a.test', { query: { a: 1 } })], 'api.transaction.setResultUrl with'],
    ['an enrollment', [command('authentication.enrollWith', { type: 'otp' })], 'unknown command'],
    ['a claim', [command('idToken.setCustomClaim', 'a', 1)], 'unknown command'],
    ['somebody else', [command('authentication.setPrimaryUser', 'auth0|2')], 'unknown command'],
    ['a form and a redirect', [RENDER, LEAVE], NO_REDIRECT_AND_RENDER],
    ['two forms', [RENDER, RENDER], ONLY_ONE_RENDER],
  ])('%s is refused', (_what, recorded, message) => {
    expect(checkResetCommands(recorded)).toMatchObject({ ok: false, message: expect.stringContaining(message) });
  });

  test('options are part of the address', () => {
    const checked = checkResetCommands([result('https://a.test/x?a=1&b=2', { query: { a: 'é' } })]);
    expect(checked.ok && checked.commands).toEqual([
      { name: 'transaction.setResultUrl', url: 'https://a.test/x?a=%C3%A9&b=2' },
    ]);
  });
});
