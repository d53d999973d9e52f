// The api of the post-login trigger, as a script meets it: the commands it records and the texts it refuses with.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { postLogin } from '#actions/post-login.ts';
import { postLoginSample } from '#actions/post-login-sample.ts';
import type { Sandbox } from '#runtime/sandbox/sandbox.ts';
import { handler, lines, openSandbox, outcome } from '#test/runtime/sandbox/kit.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await openSandbox();
});
afterAll(() => sandbox.drain(1000));

test.each([
  ['api.access.deny("No entry")', [{ name: 'access.deny', args: ['No entry'] }]],
  ['api.access.deny("a", "ignored")', [{ name: 'access.deny', args: ['a', 'ignored'] }]],
  [
    'api.idToken.setCustomClaim("https://x/y", { a: [1, null] })',
    [{ name: 'idToken.setCustomClaim', args: ['https://x/y', { a: [1, null] }] }],
  ],
  ['api.accessToken.setCustomClaim("a", event.user.app_metadata.nothing)', []],
  ['api.user.setAppMetadata("a", null)', [{ name: 'user.setAppMetadata', args: ['a', null] }]],
  ['api.user.setUserMetadata("a", undefined)', []],
  [
    'api.authentication.challengeWith({ type: "otp" })',
    [{ name: 'authentication.challengeWith', args: [{ type: 'otp' }] }],
  ],
  [
    'api.authentication.challengeWith({ type: "otp" }, undefined)',
    [{ name: 'authentication.challengeWith', args: [{ type: 'otp' }] }],
  ],
  [
    'api.authentication.challengeWith({ type: "phone", options: { preferredMethod: "both" } }, { additionalFactors: [{ type: "nobody-knows" }] })',
    [
      {
        name: 'authentication.challengeWith',
        args: [
          { type: 'phone', options: { preferredMethod: 'both' } },
          { additionalFactors: [{ type: 'nobody-knows' }] },
        ],
      },
    ],
  ],
  [
    'api.authentication.challengeWithAny(event.user.enrolledFactors)',
    [{ name: 'authentication.challengeWithAny', args: [postLoginSample.user.enrolledFactors] }],
  ],
  ['api.authentication.challengeWithAny([])', [{ name: 'authentication.challengeWithAny', args: [[]] }]],
  [
    'const f = { type: "otp" }; api.authentication.challengeWith(f); f.type = "email"',
    [{ name: 'authentication.challengeWith', args: [{ type: 'otp' }] }],
  ],
])('%s', async (body, commands) => {
  expect(await sandbox.run(handler(body))).toMatchObject({ ok: true, commands });
});

test.each([
  ['api.idToken.setCustomClaim("scope", "x")', 'The "scope" claim cannot be set.'],
  ['api.accessToken.setCustomClaim("scope", "x")', 'The "scope" claim cannot be set.'],
  ['api.idToken.setCustomClaim(5, "x")', 'The name of a claim must be a non-empty string.'],
  ['api.idToken.setCustomClaim("a", "x".repeat(102400))', 'The custom claims of a token must not exceed 100 KB.'],
  ['api.idToken.setCustomClaim("a", 5n)', 'Do not know how to serialize a BigInt'],
  ['api.access.deny()', 'The reason given to api.access.deny must be a string.'],
  ['api.access.deny({})', 'The reason given to api.access.deny must be a string.'],
  ['api.user.setAppMetadata("", 1)', 'The key of app_metadata must be a non-empty string.'],
  ['api.user.setUserMetadata("a", "é".repeat(16384))', 'One login must not write more than 32 KB of user_metadata.'],
  [
    'api.authentication.challengeWith("otp")',
    "api.authentication.challengeWith takes factors such as { type: 'otp' }.",
  ],
  [
    'api.authentication.challengeWith({ type: "otp" }, { additionalFactors: "email" })',
    "additionalFactors of api.authentication.challengeWith takes an array of factors such as [{ type: 'otp' }].",
  ],
  [
    'api.authentication.challengeWithAny(undefined)',
    "api.authentication.challengeWithAny takes an array of factors such as [{ type: 'otp' }].",
  ],
  [
    'api.authentication.challengeWithAny([null])',
    "api.authentication.challengeWithAny takes factors such as { type: 'otp' }.",
  ],
  ['api.authentication.enrollWith({ type: "otp" })', 'api.authentication.enrollWith is not a function'],
])('%s → %s', async (body, message) => {
  expect(outcome(await sandbox.run(handler(body)))).toBe(`threw: ${message}`);
});

test.each([
  ['app_metadata', 'setAppMetadata', 'Unexpected app_metadata format. Must be a valid JSON object'],
  ['user_metadata', 'setUserMetadata', 'Unexpected user_metadata format. Must be a valid JSON object.'],
])('%s that is no object refuses to be written', async (field, method, message) => {
  for (const value of [[], 'text', null]) {
    const event = { ...postLoginSample, user: { ...postLoginSample.user, [field]: value } };
    const result = await sandbox.run(handler(`api.user.${method}("a", 1)`, { eventJson: JSON.stringify(event) }));
    expect(outcome(result)).toBe(`threw: ${message}`);
  }
});

describe('return values', () => {
  test.each(postLogin.methods.map(({ name, returns }) => [name, returns] as const))(
    '%s returns %s',
    async (name, returns) => {
      const args = name.startsWith('authentication')
        ? name.endsWith('Any')
          ? '[{ type: "otp" }]'
          : '{ type: "otp" }'
        : '"a", 1';
      const result = await sandbox.run(
        handler(`const r = api.${name}(${args}); console.log(r === api, r === undefined)`),
      );
      expect(lines(result)).toEqual([returns === 'api' ? 'true false' : 'false true']);
    },
  );
});
