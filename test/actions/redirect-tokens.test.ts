// The tokens that a redirect carries away and brings back, against Node's own cryptography.

import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { postLoginSample } from '#actions/post-login-sample.ts';
import type { RunRequest, RunResult, Sandbox } from '#runtime/sandbox/sandbox.ts';
import { handler, lines, openSandbox, outcome, request } from '#test/runtime/sandbox/kit.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await openSandbox();
});
afterAll(() => sandbox.drain(1000));

/** What the expression is at the end of the body, through JSON. */
async function readBack(body: string, over: Partial<RunRequest> = {}): Promise<unknown> {
  const at = body.lastIndexOf(';') + 1;
  const result = await sandbox.run(
    handler(`${body.slice(0, at)} console.log(JSON.stringify(${body.slice(at)}) ?? "undefined")`, over),
  );
  return result.ok ? JSON.parse(lines(result)[0]?.replace(/^undefined$/, '"undefined"') ?? 'null') : outcome(result);
}

const withEvent = (over: object): Partial<RunRequest> => ({
  eventJson: JSON.stringify({ ...postLoginSample, ...over }),
});

describe('tokens of a redirect', () => {
  const claimsOf = (token: string) =>
    JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as object;
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  function tokenOf(claims: object, secret = 'key', header: object = { alg: 'HS256', typ: 'JWT' }): string {
    const signed = `${part(header)}.${part(claims)}`;
    return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
  }
  const { hostname } = postLoginSample.request;
  const sub = postLoginSample.user.user_id;
  const good = { iss: hostname, sub, exp: NOW / 1000 + 1, state: 's', answer: 'ü𝄞' };

  test.each([
    ['{ secret: "key", payload: { a: "ü𝄞" } }', 'key', { exp: NOW / 1000 + 900, a: 'ü𝄞' }],
    ['{ secret: "ключ" }', 'ключ', {}],
    ['{ secret: "k".repeat(65), expiresInSeconds: 5 }', 'k'.repeat(65), { exp: NOW / 1000 + 5 }],
    [
      '{ secret: "key", payload: { iss: "mine", long: "x".repeat(500) } }',
      'key',
      { iss: 'mine', long: 'x'.repeat(500) },
    ],
  ])('encodeToken(%s) is what others can verify', async (options, secret, claims) => {
    const token = (await readBack(`api.redirect.encodeToken(${options})`)) as string;
    expect(token).toBe(tokenOf(claimsOf(token), secret));
    expect(claimsOf(token)).toEqual({
      iat: NOW / 1000,
      iss: hostname,
      sub,
      exp: NOW / 1000 + 900,
      ip: '192.0.2.1',
      ...claims,
    });
  });

  test.each(Array.from({ length: 20 }, (_, i) => 50 + i))(
    'a payload of any length is signed rightly: %i',
    async (length) => {
      const token = (await readBack(
        `api.redirect.encodeToken({ secret: "s", payload: { a: "a".repeat(${length}) } })`,
      )) as string;
      expect(token).toBe(tokenOf(claimsOf(token), 's'));
    },
  );

  const back = (query: object, body: object = {}): Partial<RunRequest> => ({
    handler: 'onContinuePostLogin',
    ...withEvent({ request: { ...postLoginSample.request, query, body } }),
  });
  const validate = (options: string, over: Partial<RunRequest>): Promise<RunResult> =>
    sandbox.run(
      request(
        `exports.onContinuePostLogin = async (event, api) => { console.log(JSON.stringify(api.redirect.validateToken(${options}))) }`,
        over,
      ),
    );

  test.each<[name: string, options: string, over: Partial<RunRequest>]>([
    ['in the query', '{ secret: "key" }', back({ session_token: tokenOf(good), state: 's' })],
    [
      'in the body, which wins',
      '{ secret: "key" }',
      back({ session_token: 'x', state: 'x' }, { session_token: tokenOf(good), state: 's' }),
    ],
    ['under another name', '{ secret: "key", tokenParameterName: "t" }', back({ t: tokenOf(good), state: 's' })],
  ])('validateToken finds a token %s', async (_name, options, over) => {
    const result = await validate(options, over);
    expect([outcome(result), ...lines(result)]).toEqual(['ok', JSON.stringify(good)]);
  });

  const none = { alg: 'none' };
  const [header, , signature] = tokenOf(good).split('.');
  test.each<[token: unknown, why: string, state?: string]>([
    [5, 'jwt must be a string'],
    ['a.b', 'jwt malformed'],
    [`x.${part(good)}.x`, 'invalid token'],
    [tokenOf(good, 'other'), 'invalid signature'],
    [tokenOf(good).slice(0, -1), 'invalid signature'],
    [`${header}.${part({ ...good, sub: 'other' })}.${signature}`, 'invalid signature'],
    [tokenOf(good, 'key', none), 'invalid algorithm'],
    [tokenOf(good, 'key', { alg: 'HS512' }), 'invalid algorithm'],
    [tokenOf({ ...good, exp: NOW / 1000 }), 'jwt expired'],
    [tokenOf({ ...good, exp: 'never' }), 'invalid exp value'],
    [tokenOf({ ...good, nbf: NOW / 1000 + 1 }), 'jwt not active'],
    [tokenOf({ ...good, iss: 'other' }), `jwt issuer invalid. expected: ${hostname}`],
    [tokenOf({ ...good, sub: 'other' }), `jwt subject invalid. expected: ${sub}`],
    [tokenOf(good), 'jwt state invalid', 'other'],
  ])('validateToken refuses %s: %s', async (token, why, state = 's') => {
    const result = await validate('{ secret: "key" }', back({ session_token: token, state }));
    expect(outcome(result)).toBe(`threw: The session token is invalid: ${why}`);
  });

  test('validateToken without a token says where it looked', async () => {
    expect(outcome(await validate('{ secret: "key", tokenParameterName: "t" }', back({})))).toBe(
      "threw: There is no parameter called 't' available in either the POST body or query string.",
    );
  });

  test.each<[can: boolean, over: object]>([
    [true, {}],
    [false, { request: { ...postLoginSample.request, query: { prompt: 'none' } } }],
    [false, { transaction: { ...postLoginSample.transaction, protocol: 'oauth2-password' } }],
    [false, { transaction: { ...postLoginSample.transaction, protocol: 'oauth2-refresh-token' } }],
  ])('canRedirect is %s with %j', async (can, over) => {
    expect(await readBack('api.redirect.canRedirect()', withEvent(over))).toBe(can);
  });
});
