// What a script recorded is a stranger's text: what parses becomes a command, everything else fails its own login.
import { describe, expect, test } from 'vitest';
import { checkCommands, printable } from '#runtime/pipeline/commands.ts';
import { keptArguments } from '#runtime/pipeline/kept-arguments.ts';

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
    ['authentication.enrollWith', [{ type: 'otp' }, { additionalFactors: null }], { additionalFactors: [] }],
    ['authentication.enrollWithAny', [[{ type: 'otp' }]], { factors: [{ type: 'otp' }] }],
    ['authentication.recordMethod', ['https://idp.test/x'], { url: 'https://idp.test/x' }],
    ['authentication.setPrimaryUser', ['auth0|1'], { userId: 'auth0|1' }],
    ['accessToken.addScope', ['read:x'], { scope: 'read:x' }],
    ['accessToken.removeScope', ['read:x'], { scope: 'read:x' }],
    ['cache.set', ['k', 'v', 5], { key: 'k', value: 'v', expiresAt: 5 }],
    ['cache.delete', ['k'], { key: 'k' }],
    ['multifactor.enable', ['any', { allowRememberBrowser: true }], { provider: 'any', allowRememberBrowser: true }],
    ['prompt.render', ['ap_1', {}], { formId: 'ap_1', fields: {}, vars: {} }],
    ['prompt.render', ['ap_1', { fields: { a: [1] } }], { formId: 'ap_1', fields: { a: [1] }, vars: {} }],
    [
      'redirect.sendUserTo',
      ['https://x.test/a?b=1#c', { query: { b: '2', d: 'é&' } }],
      { url: 'https://x.test/a?b=2&d=%C3%A9%26#c' },
    ],
    ['refreshToken.revoke', ['a\nb'], { reason: 'a b' }],
    ['refreshToken.setExpiresAt', [5.7], { at: 5 }],
    ['session.setIdleExpiresAt', [1e300], { at: 8.64e15 }],
    ['session.setExpiresAt', [-5], { at: 0 }],
    ['session.revoke', ['gone', { preserveRefreshTokens: true }], { reason: 'gone', preserveRefreshTokens: true }],
    ['session.setCookieMode', ['persistent'], { mode: 'persistent' }],
    ['session.setMetadata', ['k', 'v'], { key: 'k', value: 'v' }],
    ['session.setMetadata', ['k', null], { key: 'k', value: null }],
    ['session.deleteMetadata', ['k'], { key: 'k' }],
    ['refreshToken.evictMetadata', [], {}],
    ['transaction.setMetadata', ['k', 1.5], { key: 'k', value: 1.5 }],
    ['validation.error', ['code', 'Text'], { code: 'code', message: 'Text' }],
    ['samlResponse.setAudience', ['urn:x'], { args: ['urn:x'] }],
    ['samlResponse.setAttribute', ['a', ['b', 1, true]], { args: ['a', ['b', 1, true]] }],
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
    ['100 KB of claims', 'idToken.setCustomClaim', ['k', 'x'.repeat(102_400)]],
    ['a scope with a blank', 'accessToken.addScope', ['a b']],
    ['a scope that is not trimmed', 'accessToken.addScope', [' a']],
    ['a method that is no web address', 'authentication.recordMethod', ['javascript:1']],
    ['a user id without end', 'authentication.setPrimaryUser', ['x'.repeat(129)]],
    ['a long cache key', 'cache.set', ['é'.repeat(33), 'v', 5]],
    ['a long cache value', 'cache.set', ['k', 'é'.repeat(2049), 5]],
    ['a cache without time', 'cache.set', ['k', 'v', null]],
    ['another provider', 'multifactor.enable', ['sms', { allowRememberBrowser: true }]],
    ['large form options', 'prompt.render', ['ap_1', { vars: { a: 'x'.repeat(24_576) } }]],
    ['a field name', 'prompt.render', ['ap_1', { fields: { 'a b': 1 } }]],
    ['a relative redirect', 'redirect.sendUserTo', ['/x', { query: {} }]],
    ['a redirect to a script', 'redirect.sendUserTo', ['javascript:1', { query: {} }]],
    ['a redirect to data', 'redirect.sendUserTo', ['data:text/html,x', { query: {} }]],
    ['a long redirect', 'redirect.sendUserTo', ['https://x.test', { query: { a: 'x'.repeat(32_768) } }]],
    ['a time that is none', 'session.setExpiresAt', [null]],
    ['another cookie mode', 'session.setCookieMode', ['sticky']],
    ['a metadata key', 'session.setMetadata', ['a b', 'v']],
    ['a metadata value', 'refreshToken.setMetadata', ['k', 'x'.repeat(256)]],
    ['a transaction key', 'transaction.setMetadata', ['x'.repeat(65), 1]],
    ['an unsafe integer', 'transaction.setMetadata', ['k', 2 ** 53]],
    ['a transaction value', 'transaction.setMetadata', ['k', {}]],
    ['a long code', 'validation.error', ['x'.repeat(101), 'm']],
    ['a setter there is none of', 'samlResponse.setNothing', [1]],
    ['a setter of objects', 'samlResponse.constructor', [1]],
    ['a SAML value', 'samlResponse.setDigestAlgorithm', ['md5']],
    ['a SAML attribute', 'samlResponse.setAttribute', ['a', { b: 1 }]],
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

type Row = [name: string, ...args: unknown[]];
const times = (count: number, row: (i: number) => Row): Row[] => Array.from({ length: count }, (_, i) => row(i));
const target = ['https://x.test', { query: {} }];

describe('together', () => {
  test.each<[message: string, rows: Row[]]>([
    ['Only 1 render command per action is allowed.', times(2, () => ['prompt.render', 'ap_1', {}])],
    [
      'Redirect and render commands cannot be used in the same action.',
      [
        ['redirect.sendUserTo', ...target],
        ['prompt.render', 'ap_1', {}],
      ],
    ],
    [
      'The primary user can only be altered once per transaction',
      times(2, (i) => ['authentication.setPrimaryUser', `auth0|${i}`]),
    ],
    [
      'The number of scopes exceeds the allowed maximum of 1000.',
      times(1001, (i) => ['accessToken.addScope', `s${i}`]),
    ],
    [
      'The script set more than 25 keys with api.session.setMetadata.',
      times(26, (i) => ['session.setMetadata', `k${i}`, '']),
    ],
    [
      'The script set more than 16 KB of transaction metadata.',
      times(3, (i) => ['transaction.setMetadata', `k${i}`, 'x'.repeat(6000)]),
    ],
    [
      'The script set more than 32 KB of user_metadata.',
      times(2, (i) => ['user.setUserMetadata', `k${i}`, 'é'.repeat(8200)]),
    ],
    [
      'A script must not change more than 100 SAML attributes.',
      times(101, () => ['samlResponse.setAttribute', 'a', null]),
    ],
  ])('%s', (message, rows) => {
    expect(checkCommands(rows.map(([name, ...args]) => ({ name, args })))).toEqual({ ok: false, message });
  });

  test.each<[name: string, rows: Row[]]>([
    ['two redirects', times(2, () => ['redirect.sendUserTo', ...target])],
    [
      'keys that were taken away again',
      times(60, (i) => (i % 2 ? ['session.deleteMetadata', `k${i - 1}`] : ['session.setMetadata', `k${i}`, ''])),
    ],
    ['a scope said of again and again', times(1100, (i) => ['accessToken.addScope', `s${i % 9}`])],
    ['a transaction key written anew', times(9, () => ['transaction.setMetadata', 'k', 'x'.repeat(6000)])],
  ])('%s are accepted', (_name, rows) => {
    expect(checkCommands(rows.map(([name, ...args]) => ({ name, args }))).ok).toBe(true);
  });
});

test('what is kept of arguments holds no token and no key', () => {
  const kept = (name: string, ...args: unknown[]) => keptArguments({ name, args });
  expect(kept('cache.set', 'token', 'eyJ...', 5)).toEqual(['token']);
  expect(kept('redirect.sendUserTo', 'https://x.test/a?session_token=eyJ', { query: { t: 'eyJ' } })).toEqual([
    'https://x.test/a',
  ]);
  expect(kept('samlResponse.setKey', 'PEM')).toEqual([]);
  expect(kept('access.deny', 'No')).toEqual(['No']);
});
