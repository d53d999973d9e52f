// The api of the post-login trigger, as a script meets it: the commands it records and what its methods return.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { postLogin } from '#actions/post-login.ts';
import { postLoginSample } from '#actions/post-login-sample.ts';
import { methodsOf } from '#actions/trigger.ts';
import type { Sandbox } from '#runtime/sandbox/sandbox.ts';
import { handler, lines, openSandbox, outcome } from '#test/runtime/sandbox/kit.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await openSandbox();
});
afterAll(() => sandbox.drain(1000));

const AT = Date.UTC(2026, 5, 1);

test.each<[body: string, ...commands: [name: string, ...args: unknown[]][]]>([
  ['api.access.deny("No entry")', ['access.deny', 'No entry']],
  ['api.access.deny("a", "ignored")', ['access.deny', 'a']],
  [
    'api.idToken.setCustomClaim("https://x/y", { a: [1, null] })',
    ['idToken.setCustomClaim', 'https://x/y', { a: [1, null] }],
  ],
  ['api.accessToken.setCustomClaim("a", event.user.app_metadata.nothing)'],
  ['api.accessToken.addScope(" read:x ")', ['accessToken.addScope', 'read:x']],
  ['api.accessToken.removeScope("read:x")', ['accessToken.removeScope', 'read:x']],
  ['api.user.setAppMetadata("a", null)', ['user.setAppMetadata', 'a', null]],
  ['api.user.setUserMetadata("a", undefined)'],
  ['api.authentication.challengeWith({ type: "otp" })', ['authentication.challengeWith', { type: 'otp' }]],
  ['api.authentication.challengeWith({ type: "otp" }, undefined)', ['authentication.challengeWith', { type: 'otp' }]],
  [
    'api.authentication.challengeWith({ type: "phone", options: { preferredMethod: "both" } }, { additionalFactors: [{ type: "nobody-knows" }] })',
    [
      'authentication.challengeWith',
      { type: 'phone', options: { preferredMethod: 'both' } },
      { additionalFactors: [{ type: 'nobody-knows' }] },
    ],
  ],
  [
    'api.authentication.challengeWithAny(event.user.enrolledFactors)',
    ['authentication.challengeWithAny', postLoginSample.user.enrolledFactors],
  ],
  ['api.authentication.challengeWithAny([])', ['authentication.challengeWithAny', []]],
  [
    'const f = { type: "otp" }; api.authentication.challengeWith(f); f.type = "email"',
    ['authentication.challengeWith', { type: 'otp' }],
  ],
  [
    'api.authentication.enrollWith({ type: "otp" }, { additionalFactors: [{ type: "phone" }] })',
    ['authentication.enrollWith', { type: 'otp' }, { additionalFactors: [{ type: 'phone' }] }],
  ],
  ['api.authentication.enrollWithAny([{ type: "otp" }])', ['authentication.enrollWithAny', [{ type: 'otp' }]]],
  ['api.authentication.recordMethod("https://x.test/idp")', ['authentication.recordMethod', 'https://x.test/idp']],
  ['api.authentication.setPrimaryUser("auth0|1")', ['authentication.setPrimaryUser', 'auth0|1']],
  ['api.multifactor.enable("any")', ['multifactor.enable', 'any', { allowRememberBrowser: false }]],
  [
    'api.multifactor.enable("duo", { allowRememberBrowser: true, providerOptions: { skey: "secret" } })',
    ['multifactor.enable', 'duo', { allowRememberBrowser: true }],
  ],
  ['api.prompt.render("ap_1")', ['prompt.render', 'ap_1', {}]],
  [
    'api.prompt.render("ap_1", { fields: { a: 1 }, vars: { "b c": null } })',
    ['prompt.render', 'ap_1', { fields: { a: 1 }, vars: { 'b c': null } }],
  ],
  [
    'api.redirect.sendUserTo("https://x.test/a?b=1", { query: { c: 2, d: "é&" } })',
    ['redirect.sendUserTo', 'https://x.test/a?b=1', { query: { c: '2', d: 'é&' } }],
  ],
  ['api.redirect.sendUserTo("http://x.test")', ['redirect.sendUserTo', 'http://x.test', { query: {} }]],
  ['api.refreshToken.revoke("gone")', ['refreshToken.revoke', 'gone']],
  [`api.refreshToken.setExpiresAt(${AT})`, ['refreshToken.setExpiresAt', AT]],
  ['api.session.revoke("gone")', ['session.revoke', 'gone', { preserveRefreshTokens: false }]],
  [
    'api.session.revoke("gone", { preserveRefreshTokens: true })',
    ['session.revoke', 'gone', { preserveRefreshTokens: true }],
  ],
  [`api.session.setIdleExpiresAt(${AT}.5)`, ['session.setIdleExpiresAt', AT + 0.5]],
  ['api.session.setCookieMode("non-persistent")', ['session.setCookieMode', 'non-persistent']],
  ['api.session.setMetadata("a", "b")', ['session.setMetadata', 'a', 'b']],
  ['api.session.setMetadata("a", null)'],
  ['api.session.deleteMetadata("a")'],
  ['api.session.evictMetadata()'],
  [
    'api.session.setMetadata("a", "b"); api.session.deleteMetadata("a"); api.session.setMetadata("c", "d"); api.session.evictMetadata()',
    ['session.setMetadata', 'a', 'b'],
    ['session.deleteMetadata', 'a'],
    ['session.setMetadata', 'c', 'd'],
    ['session.evictMetadata'],
  ],
  ['api.transaction.setMetadata("a", 1.5)', ['transaction.setMetadata', 'a', 1.5]],
  ['api.transaction.setMetadata("a", null)', ['transaction.setMetadata', 'a', null]],
  ['api.validation.error("code", "Message")', ['validation.error', 'code', 'Message']],
  ['api.samlResponse.setAttribute("a", ["b", 1])', ['samlResponse.setAttribute', 'a', ['b', 1]]],
  ['api.samlResponse.setAttribute("a")', ['samlResponse.setAttribute', 'a', null]],
  ['api.samlResponse.setCreateUpnClaim()', ['samlResponse.setCreateUpnClaim', true]],
  ['api.samlResponse.setDestination()'],
  ['api.samlResponse.setNameIdentifierProbes(["a"])', ['samlResponse.setNameIdentifierProbes', ['a']]],
  ['api.rules.wasExecuted("rul_1")'],
])('%s', async (body, ...commands) => {
  const result = await sandbox.run(handler(body));
  expect(result).toMatchObject({ ok: true, commands: commands.map(([name, ...args]) => ({ name, args })) });
});

test('a second redirect is recorded like the first', async () => {
  const result = await sandbox.run(
    handler('api.redirect.sendUserTo("https://a.test"); api.redirect.sendUserTo("https://b.test")'),
  );
  expect(result).toMatchObject({ ok: true, commands: [{}, { args: ['https://b.test', { query: {} }] }] });
});

test('a session that is not there has no metadata; a refresh token that is not there may have some', async () => {
  const { session: _session, refresh_token: _token, ...event } = postLoginSample;
  const over = { eventJson: JSON.stringify(event) };
  expect(outcome(await sandbox.run(handler('api.session.setMetadata("a", "b")', over)))).toBe(
    'threw: Failed to set session metadata: Cannot set metadata on a session that does not exist.',
  );
  const result = await sandbox.run(
    handler('api.refreshToken.setMetadata("a", "b"); console.log("refresh_token" in event)', over),
  );
  expect(result).toMatchObject({ ok: true, commands: [{ name: 'refreshToken.setMetadata', args: ['a', 'b'] }] });
  expect(lines(result)).toEqual(['false']);
});

describe('return values', () => {
  /** Arguments for methods that do not take a text or two. */
  const ARGUMENTS: Record<string, string> = {
    challengeWith: '{ type: "otp" }',
    challengeWithAny: '[{ type: "otp" }]',
    enrollWith: '{ type: "otp" }',
    enrollWithAny: '[{ type: "otp" }]',
    recordMethod: '"https://x.test"',
    sendUserTo: '"https://x.test"',
    enable: '"any"',
    render: '"a"',
    revoke: '"a"',
    setCookieMode: '"persistent"',
    setExpiresAt: '1',
    setIdleExpiresAt: '1',
    error: '"a", "b"',
    setMetadata: '"a", "b"',
  };
  const recording = methodsOf(postLogin).filter(
    ({ path, method }) => method.returns !== 'promise' && method.returns !== 'value' && !path.includes('TargetScope'),
  );
  test.each(recording.map(({ path, method }) => [path, method.returns] as const))(
    '%s returns %s',
    async (path, returns) => {
      const name = path.split('.').at(-1) ?? '';
      const args = ARGUMENTS[name] ?? (path.startsWith('samlResponse.') && name !== 'setAttribute' ? '' : '"a", 1');
      const result = await sandbox.run(
        handler(`const r = api.${path}(${args}); console.log(r === api, r === undefined)`),
      );
      expect([outcome(result), ...lines(result)]).toEqual(['ok', returns === 'api' ? 'true false' : 'false true']);
    },
  );

  test('calls that return api can be chained', async () => {
    const result = await sandbox.run(
      handler('return api.idToken.setCustomClaim("a", 1).user.setAppMetadata("b", 2).access.deny("No")'),
    );
    expect(result).toMatchObject({ ok: true, commands: [{}, {}, { name: 'access.deny' }] });
  });
});

test('every space is there and keeps its identity; those made at once are among them', async () => {
  const spaces = Object.keys(postLogin.spaces);
  expect(spaces).toEqual(expect.arrayContaining([...postLogin.common]));
  const result = await sandbox.run(
    handler('const keys = Object.keys(api); console.log(keys.toSorted().join(), keys.every((k) => api[k] === api[k]))'),
  );
  expect(lines(result)).toEqual([`${spaces.toSorted().join()} true`]);
});
