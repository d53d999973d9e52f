// What the api of the post-login trigger refuses, with the texts that authors see.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { postLoginSample } from '#actions/post-login-sample.ts';
import type { Sandbox } from '#runtime/sandbox/sandbox.ts';
import { handler, openSandbox, outcome } from '#test/runtime/sandbox/kit.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await openSandbox();
});
afterAll(() => sandbox.drain(1000));

const long = (length: number) => `"x".repeat(${length})`;

test.each<[body: string, message: string]>([
  ['api.idToken.setCustomClaim("scope", "x")', 'The "scope" claim cannot be set.'],
  ['api.accessToken.setCustomClaim("scope", "x")', 'The "scope" claim cannot be set.'],
  ['api.idToken.setCustomClaim(5, "x")', 'The name of a claim must be a non-empty string.'],
  [`api.idToken.setCustomClaim("a", ${long(102_400)})`, 'The custom claims of a token must not exceed 100 KB.'],
  ['api.idToken.setCustomClaim("a", 5n)', 'Do not know how to serialize a BigInt'],
  ['api.accessToken.addScope(5)', 'The value for the scope must be a string.'],
  ['api.accessToken.addScope("  ")', 'The value for the scope is required.'],
  ['api.accessToken.removeScope("a b")', 'The value for the scope must not have whitespace.'],
  [`api.accessToken.addScope(${long(281)})`, 'The value for the scope exceeds the allowed maximum of 280 characters.'],
  ['api.access.deny()', 'The reason given to api.access.deny must be a string.'],
  ['api.access.deny({})', 'The reason given to api.access.deny must be a string.'],
  ['api.user.setAppMetadata("", 1)', 'The key of app_metadata must be a non-empty string.'],
  ['api.user.setUserMetadata("a", "é".repeat(16384))', 'One login must not write more than 32 KB of user_metadata.'],
  [
    'api.authentication.challengeWith("otp")',
    "api.authentication.challengeWith takes factors such as { type: 'otp' }.",
  ],
  [
    'api.authentication.enrollWith({ type: "otp" }, { additionalFactors: "email" })',
    "additionalFactors of api.authentication.enrollWith takes an array of factors such as [{ type: 'otp' }].",
  ],
  [
    'api.authentication.challengeWithAny(undefined)',
    "api.authentication.challengeWithAny takes an array of factors such as [{ type: 'otp' }].",
  ],
  [
    'api.authentication.enrollWithAny([null])',
    "api.authentication.enrollWithAny takes factors such as { type: 'otp' }.",
  ],
  [
    'api.authentication.recordMethod("urn:x")',
    'api.authentication.recordMethod takes the http or https URL of what the user proved.',
  ],
  ['api.authentication.setPrimaryUser("")', 'The provided primary_user_id must be a non-empty string'],
  [`api.authentication.setPrimaryUser(${long(129)})`, 'The provided primary_user_id exceeds the maximum length.'],
  [
    'api.authentication.setPrimaryUser("a"); api.authentication.setPrimaryUser("a")',
    'The primary user can only be altered once per transaction',
  ],
  [
    'api.multifactor.enable("sms")',
    'The provider given to api.multifactor.enable must be one of any, none, guardian, google-authenticator, duo.',
  ],
  ['api.multifactor.enable("any", true)', 'The options of api.multifactor.enable must be an object.'],
  ['api.prompt.render()', "must have required property 'promptId'"],
  ['api.prompt.render(5)', 'promptId must be string'],
  [`api.prompt.render(${long(49)}, 5)`, 'promptId must NOT have more than 48 characters; promptOptions must be object'],
  ['api.prompt.render("a", { other: 1 })', 'promptOptions must NOT have additional properties'],
  ['api.prompt.render("a", { fields: { "b c": 1 } })', 'fields must NOT have additional properties'],
  [
    `api.prompt.render("a", { vars: { a: ${long(24_576)} } })`,
    'The total size of the prompt options exceeds the limit of 24576 bytes.',
  ],
  ['api.redirect.sendUserTo("/relative")', 'Invalid URL'],
  ['api.redirect.sendUserTo("https://exa mple.test")', 'Invalid URL'],
  [
    'api.redirect.sendUserTo("javascript:alert(1)")',
    'The URL given to api.redirect.sendUserTo must be an http or https URL.',
  ],
  ['api.redirect.encodeToken({})', 'The secret given to api.redirect.encodeToken must be a non-empty string.'],
  ['api.refreshToken.revoke(5)', 'message must be string'],
  [`api.refreshToken.revoke(${long(1025)})`, 'message must NOT have more than 1024 characters'],
  ['api.refreshToken.setExpiresAt()', 'Either inactivity or absolute expiration time must be provided'],
  ['api.refreshToken.setIdleExpiresAt("tomorrow")', 'inactivity must be number'],
  ['api.session.setExpiresAt(0)', 'Either inactivity or absolute expiration time must be provided'],
  ['api.session.setExpiresAt(Infinity)', 'absolute must be number'],
  ['api.session.revoke("a", { preserveRefreshTokens: 1 })', 'preserveRefreshTokens must be boolean'],
  ['api.session.revoke(1, { other: 1 })', 'message must be string; options must NOT have additional properties'],
  ['api.session.setCookieMode()', 'Cookie mode must be provided'],
  [
    'api.session.setCookieMode("sticky")',
    "Invalid cookie mode: sticky. Valid values are 'persistent' and 'non-persistent'.",
  ],
  [
    'api.session.setMetadata(5, "a")',
    'Failed to set session metadata: Invalid metadata: Metadata key must be a string',
  ],
  [
    'api.session.setMetadata("a", 5)',
    'Failed to set session metadata: Invalid metadata: Metadata value must be a string',
  ],
  [
    'api.session.setMetadata("a b", "")',
    'Failed to set session metadata: Invalid metadata: Metadata keys may only include letters, numbers, underscores, or hyphens',
  ],
  [
    `api.session.setMetadata(${long(256)}, "")`,
    'Failed to set session metadata: Invalid metadata: All metadata keys must be at most 255 characters long',
  ],
  [
    `api.refreshToken.setMetadata("a", ${long(256)})`,
    'Failed to set refresh token metadata: Invalid metadata: All metadata values must be at most 255 characters long',
  ],
  [
    'for (let i = 0; i < 26; i++) api.session.setMetadata("k" + i, "")',
    'Failed to set session metadata: Invalid metadata: Metadata must not contain more than 25 entries',
  ],
  ['api.transaction.setMetadata("", 1)', 'The key of transaction metadata must be a string of 1 to 64 characters.'],
  [
    'api.transaction.setMetadata("a", {})',
    'The value of transaction metadata must be a string, a number, a boolean or null.',
  ],
  [
    'api.transaction.setMetadata("a", 2 ** 53)',
    'A number in transaction metadata must be finite, and a safe integer if it is an integer.',
  ],
  [`api.transaction.setMetadata("a", ${long(8193)})`, 'A value of transaction metadata must not exceed 8 KB.'],
  [
    `for (const k of "abc") api.transaction.setMetadata(k, ${long(6000)})`,
    'The transaction metadata must not exceed 16 KB in total.',
  ],
  ['api.transaction.addTargetScope("a")', 'Method not implemented.'],
  ['api.transaction.clearTargetScopes()', 'Method not implemented.'],
  ['api.validation.error("a")', "must have required property 'errorMessage'"],
  [
    `api.validation.error(${long(101)}, 5)`,
    'errorCode must NOT have more than 100 characters; errorMessage must be string',
  ],
  ['api.samlResponse.setAudience(5)', 'audience must be string'],
  ['api.samlResponse.setCert("é".repeat(4097))', 'cert must NOT have more than 4096 characters'],
  ['api.samlResponse.setSignatureAlgorithm("md5")', 'signatureAlgorithm must be equal to one of the allowed values'],
  [
    'api.samlResponse.setNameIdentifierProbes(Array(11).fill("a"))',
    'nameIdentifierProbes must NOT have more than 10 items',
  ],
  ['api.samlResponse.setAttribute("a", {})', 'value must be string,number,boolean,null,array'],
  [
    `for (let i = 0; i < 60; i++) api.samlResponse.setAttribute("a" + i, ${long(2000)})`,
    'The total size of the SAML attributes exceeds the limit of 102400 bytes.',
  ],
  ['await api.groups.getUserGroups({ take: 0 })', 'The "take" parameter must be a positive integer if provided.'],
  ['await api.groups.getUserGroups({ from: 1 })', 'The "from" parameter must be a string if provided.'],
  ['await api.groups.hasGroupMembership([])', 'The "groups" parameter must be a non-empty array of strings.'],
  ['await api.roles.getUserEffectiveRoles({ take: 101 })', 'The "take" parameter must not be greater than 100.'],
  ['await api.roles.getUserEffectiveRolesByIds("a")', 'The "ids" parameter must be a non-empty array of strings.'],
  [
    'await api.roles.getUserEffectiveRolesByNames(Array(51).fill("a"))',
    'The "names" parameter must not have more than 50 entries.',
  ],
])('%s → %s', async (body, message) => {
  expect(outcome(await sandbox.run(handler(body)))).toBe(`threw: ${message}`);
});

test.each<[first: string, second: string, message: string]>([
  ['prompt.render("a")', 'prompt.render("b")', 'Only 1 render command per action is allowed.'],
  [
    'prompt.render("a")',
    'redirect.sendUserTo("https://x.test")',
    'Redirect and render commands cannot be used in the same action.',
  ],
  [
    'redirect.sendUserTo("https://x.test")',
    'prompt.render("a")',
    'Redirect and render commands cannot be used in the same action.',
  ],
])('api.%s, then api.%s ends the login, whatever the script catches', async (first, second, message) => {
  const result = await sandbox.run(handler(`api.${first}; try { api.${second} } catch {}`));
  expect(outcome(result)).toBe(`limit: ${message}`);
});

test.each([
  ['setExpiresAt(1)', 'Cannot call setExpiresAt on an online refresh token.'],
  ['deleteMetadata("a")', 'Cannot call deleteMetadata on an online refresh token.'],
  [
    'setMetadata("a", "b")',
    'Failed to set refresh token metadata: Cannot call setMetadata on an online refresh token.',
  ],
])('an online refresh token refuses %s', async (call, message) => {
  const event = { ...postLoginSample, refresh_token: { ...postLoginSample.refresh_token, access: 'online' } };
  const result = await sandbox.run(handler(`api.refreshToken.${call}`, { eventJson: JSON.stringify(event) }));
  expect(outcome(result)).toBe(`threw: ${message}`);
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
