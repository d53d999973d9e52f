// What a script recorded is a stranger's text: what parses becomes a command, everything else fails its own login.
import { describe, expect, test } from 'vitest';
import { checkCommands, printable } from '#runtime/pipeline/commands.ts';

const refused = (name: string, ...args: unknown[]) => {
  const checked = checkCommands([{ name, args }]);
  return checked.ok ? 'accepted' : checked.message;
};

describe('accepted', () => {
  test.each([
    ['access.deny', ['No.'], { reason: 'No.' }],
    ['idToken.setCustomClaim', ['https://x/roles', ['a']], { key: 'https://x/roles', value: ['a'] }],
    ['accessToken.setCustomClaim', ['k', null], { key: 'k', value: null }],
    ['user.setAppMetadata', ['k', { deep: [1] }], { key: 'k', value: { deep: [1] } }],
    ['user.setUserMetadata', ['k', null], { key: 'k', value: null }],
    ['authentication.challengeWith', [{ type: 'otp' }], { factor: { type: 'otp' }, additionalFactors: [] }],
    ['authentication.challengeWith', [{ type: 'otp' }, null], { additionalFactors: [] }],
    [
      'authentication.challengeWith',
      [{ type: 'otp' }, { additionalFactors: [{ type: 'email' }] }],
      { additionalFactors: [{ type: 'email' }] },
    ],
    [
      'authentication.challengeWithAny',
      [[{ type: 'phone', options: { preferredMethod: 'sms' } }]],
      { factors: [{ type: 'phone' }] },
    ],
    ['authentication.challengeWithAny', [[{ type: 'no such factor' }]], { factors: [{ type: 'no such factor' }] }],
  ])('%s %j', (name, args, expected) => {
    expect(checkCommands([{ name, args }])).toMatchObject({ ok: true, commands: [{ name, ...expected }] });
  });
});

describe('refused', () => {
  test.each([
    ['an unknown name', 'constructor', []],
    ['a name that only objects have', '__proto__', []],
    ['no reason', 'access.deny', []],
    ['one argument too many', 'access.deny', ['a', 'b']],
    ['a number as reason', 'access.deny', [1]],
    ['a claim without a name', 'idToken.setCustomClaim', ['', 1]],
    ['a factor that is a string', 'authentication.challengeWith', ['otp']],
    ['a factor without a type', 'authentication.challengeWith', [{}]],
    ['factors that are no list', 'authentication.challengeWithAny', [{ type: 'otp' }]],
    ['a list of 21 factors', 'authentication.challengeWithAny', [Array.from({ length: 21 }, () => ({ type: 'otp' }))]],
    ['arguments that are no list', 'access.deny', 'No.' as never],
    ['32 KB of metadata', 'user.setAppMetadata', ['k', 'x'.repeat(33_000)]],
  ])('%s', (_name, name, args) => expect(refused(name, ...(args as unknown[]))).toMatch(/^The script /));
});

test.each([
  ['line\nbreaks\tand\u0000zeros', 'line breaks and zeros'],
  ['', 'Access denied.'],
  ['x'.repeat(2000), 'x'.repeat(1024)],
])('a reason is printable', (text, expected) => expect(printable(text)).toBe(expected));

test('a value that would overflow the stack of whoever walks it is refused', () => {
  const nested = JSON.parse(`${'['.repeat(200_000)}${']'.repeat(200_000)}`) as unknown;
  expect(refused('idToken.setCustomClaim', 'k', nested)).toMatch(/nested more than 100 levels deep/);
});
