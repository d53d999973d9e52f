// What a recording leaves out, and what it does not: names, shapes, addresses, forms; and texts made to take long.
import { describe, expect, test } from 'vitest';
import {
  bodyWithoutCredentials,
  eventWithoutCredentials,
  headersWithoutCredentials,
  withoutCredentialValues,
  withoutTokens,
} from '#runtime/pipeline/left-out.ts';

const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbmEifQ.c2ln';

describe('by the name', () => {
  test.each([
    ['session_token', 'abc', '***'],
    ['refreshToken', 'abc', '***'],
    ['x-api-key', 'abc', '***'],
    ['id_token_hint', 'abc', '***'],
    ['client_secret', 'abc', '***'],
    ['newPassword', 'abc', '***'],
    ['otp', 123456, '***'],
    ['pin', '1234', '***'],
    ['recovery_codes', ['ABCD', 'EFGH'], ['***', '***']],
    ['verificationCode', 'WORD', '***'],
    ['invitation', 'abc', '***'],
    ['code', '482913', '***'],
    ['code', 'OK', 'OK'],
    ['country_code', 'DE', 'DE'],
    ['countryCode3', 'DEU', 'DEU'],
    ['code_challenge', 'abc123', 'abc123'],
    ['login_hint', 'ana@example.com', 'ana@example.com'],
    ['last_password_reset', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
    ['shipping', 'fast', 'fast'],
    ['mfa_token', true, true],
    ['token', '', ''],
    ['tokens', [{ value: 'abc', lifetime: 3600, spent: false }], [{ value: '***', lifetime: '***', spent: false }]],
    ['credentials', { user: 'ana', pass: 'abc' }, { user: '***', pass: '***' }],
    ['cookies', { sid: 'abc' }, { sid: '***' }],
    ['secrets', ['abc'], ['***']],
    ['pwd', 'abc', '***'],
    ['signing_key', 'abc', '***'],
    ['note', '{"inner":{"password":"abc","plan":"gold"}}', '{"inner":{"password":"***","plan":"gold"}}'],
  ])('%s: %j', (name, value, kept) => {
    expect(withoutCredentialValues({ [name]: value })).toEqual({ [name]: kept });
  });
});

describe('by its shape', () => {
  test.each([
    [`see ${JWT} there`, 'see *** there'],
    [`${JWT}.extra.more`, '***'],
    ['Authorization was Bearer abcdefgh12', 'Authorization was Bearer ***'],
    [
      'https://a.example/x?code=abc123&state=s&session_token=t#id_token=u',
      'https://a.example/x?code=***&state=s&session_token=***#id_token=***',
    ],
    ['https://ana:hunter2@a.example/x', 'https://***@a.example/x'],
    ['ana@example.com', 'ana@example.com'],
    ['a=1&password=two', 'a=1&password=***'],
    ['nothing to see', 'nothing to see'],
  ])('%s', (text, kept) => {
    expect(withoutTokens(text)).toBe(kept);
  });

  test('a body stays as it was written where nothing has to go', () => {
    expect(bodyWithoutCredentials('{ "a" : 1 }')).toBe('{ "a" : 1 }');
    expect(bodyWithoutCredentials('{ "a" : 1, "token": "t" }')).toBe('{"a":1,"token":"***"}');
    expect(bodyWithoutCredentials('grant_type=x&client_secret=s')).toBe('grant_type=x&client_secret=***');
  });

  test.each([
    ['lists', '['.repeat(30_000) + ']'.repeat(30_000)],
    ['objects', `${'{"a":'.repeat(10_000)}"abc"${'}'.repeat(10_000)}`],
  ])('a body of %s that nests deeper than anybody can walk is left out', (_what, text) => {
    expect(bodyWithoutCredentials(text)).toBe('***');
  });

  test('headers: no cookies, no credentials', () => {
    const headers: [string, string][] = [
      ['content-type', 'application/json'],
      ['set-cookie', 'sid=1'],
      ['x-auth-token', 'abc'],
      ['location', 'https://a.example/?code=abc123'],
    ];
    expect(headersWithoutCredentials(headers)).toEqual([
      ['content-type', 'application/json'],
      ['location', 'https://a.example/?code=***'],
    ]);
  });
});

test('state and nonce of the request go, those of a person’s address stay, and so do parts with the name of a credential', () => {
  const event = {
    authorization: { roles: ['admin'] },
    refresh_token: { id: 'rt_1', metadata: { token: 'abc' } },
    request: { query: { state: 'abc', nonce: 'def', prompt: 'login' }, body: { state: 'ghi' } },
    transaction: { state: 'abc', metadata: { state: 'seen' } },
    user: { user_metadata: { state: 'Bavaria' } },
  };
  expect(eventWithoutCredentials(event)).toEqual({
    authorization: { roles: ['admin'] },
    refresh_token: { id: 'rt_1', metadata: { token: '***' } },
    request: { query: { state: '***', nonce: '***', prompt: 'login' }, body: { state: '***' } },
    transaction: { state: '***', metadata: { state: 'seen' } },
    user: { user_metadata: { state: 'Bavaria' } },
  });
});

// None of these is timed: what takes time that grows with the square of the text does not come to an end here.
test.each(['a.', 'eyJaaaaa-', '?a', '://', 'Bearer  ', 'a=', '&token=', 'eyJaaaaa.', 'a1'])(
  'a long text of %j',
  (piece) => {
    const text = piece.repeat(Math.ceil((2 * 1024 * 1024) / piece.length));
    expect(withoutTokens(text).length).toBeLessThanOrEqual(text.length);
    expect(bodyWithoutCredentials(JSON.stringify({ text, code: text })).length).toBeGreaterThan(0);
  },
);
