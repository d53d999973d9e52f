// The client under Auth0's SDKs for web frameworks, as it is published, with the MFA API behind it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { atBrowser } from './person-at-browser.ts';
import { openProgram, type Program } from './program.ts';
import type { Application } from './programs/application.ts';
import { apiFor, CONNECTION, deploy, manage, newClient, newPerson, type Person, port, SITE } from './site.ts';

const REDIRECT = 'https://app.example/callback';
const PHONE = '+447700900321';

let program: Program<typeof import('./programs/auth-js.ts')>;
let person: Person;
let application: Application;
/** A client whose people are asked for more than a password. */
let careful: Application;

beforeAll(async () => {
  person = await newPerson();
  program = openProgram('auth-js.ts', atBrowser(person));
  const domain = `localhost:${port}`;
  const usual = await newClient({
    callbacks: [REDIRECT],
    allowed_logout_urls: [REDIRECT],
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    refresh_token: { rotation_type: 'rotating', expiration_type: 'expiring' },
  });
  application = { domain, redirectUri: REDIRECT, ...usual };
  const other = await newClient({
    client_metadata: { careful: 'yes' },
    grant_types: ['password', 'http://auth0.com/oauth/grant-type/mfa-oob', 'http://auth0.com/oauth/grant-type/mfa-otp'],
  });
  careful = { domain, redirectUri: REDIRECT, ...other };
});
afterAll(() => program.close());

const ours = () => ({ iss: `${SITE}/`, sub: person.id, email: person.email });

test('code with PKCE, userinfo, refresh, revocation, logout', async () => {
  const { claims, profile, renewed, afterwards, logout } = await program.run('codeWithPkce', application);
  expect(claims).toMatchObject(ours());
  expect(profile).toMatchObject({ sub: person.id, email: person.email });
  expect(renewed).toMatchObject(ours());
  expect(afterwards).toBe('invalid_grant');
  expect(logout).toContain(`${SITE}/`);
});

test('a pushed request', async () => {
  expect((await program.run('pushed', application)).claims).toMatchObject({ sub: person.id });
});

test('a machine', async () => {
  const audience = await apiFor([application.clientId], 'read:orders');
  expect(await program.run('machine', { ...application, audience })).toMatchObject({ scope: 'read:orders' });
});

test('sign-up', async () => {
  const account = { email: `new-${person.email}`, password: person.password, connection: CONNECTION };
  expect(await program.run('signUp', { ...application, ...account })).toMatchObject({
    email: account.email,
    emailVerified: false,
  });
});

test('a wrong password is the error that the SDK knows', async () => {
  const given = { ...careful, username: person.email, password: 'wrong', phone: PHONE };
  await expect(program.run('passwordAndSms', given)).rejects.toMatchObject({
    told: { name: 'TokenByPasswordError', cause: { error: 'invalid_grant' } },
  });
});

test('a script asks for more than the password, and the SDK goes through it', async () => {
  for (const factor of ['otp', 'sms']) await manage('PUT', `/guardian/factors/${factor}`, { enabled: true });
  const id = await deploy(
    'post-login',
    'v3',
    `exports.onExecutePostLogin = async (event, api) => {
  if (event.client.metadata.careful === undefined) return;
  const hasPhone = event.user.enrolledFactors.some(({ type }) => type === 'phone');
  if (hasPhone) api.authentication.challengeWith({ type: 'phone' });
  else api.authentication.enrollWith({ type: 'otp' });
};`,
  );
  const bindings = [{ ref: { type: 'action_id', value: id } }];
  await manage('PATCH', '/actions/triggers/post-login/bindings', { bindings });
  const enrolled = await newPerson();
  await manage('POST', `/users/${encodeURIComponent(enrolled.id)}/authentication-methods`, {
    type: 'phone',
    phone_number: PHONE,
    preferred_authentication_method: 'sms',
  });
  const bySms = { ...careful, username: enrolled.email, password: enrolled.password, phone: PHONE };
  expect(await program.run('passwordAndSms', bySms)).toMatchObject({
    enrolled: [{ id: expect.stringMatching(/^sms\|/), authenticatorType: 'oob', active: true }],
    claims: { sub: enrolled.id },
  });

  const byApp = { ...careful, username: person.email, password: person.password };
  expect(await program.run('passwordAndNewApp', byApp)).toMatchObject({
    requirements: { enroll: [{ type: 'otp' }] },
    barcode: expect.stringMatching(/^otpauth:\/\/totp\//),
    claims: { sub: person.id },
  });
});

test('a link to a new password', async () => {
  const given = { ...application, email: person.email, connection: CONNECTION };
  expect(await program.run('changePassword', given)).toBe("We've just sent you an email to reset your password.");
});

test('a token from elsewhere', async () => {
  const subjectTokenType = 'urn:acme:older-session';
  const id = await deploy(
    'custom-token-exchange',
    'v1',
    `exports.onExecuteCustomTokenExchange = async (event, api) => {
  api.authentication.setUserById(event.transaction.subject_token);
};`,
  );
  await manage('POST', '/token-exchange-profiles', {
    name: 'older session',
    subject_token_type: subjectTokenType,
    action_id: id,
    type: 'custom_authentication',
  });
  const client = await newClient({ token_exchange: { allow_any_profile_of_type: ['custom_authentication'] } });
  const given = { ...application, ...client, subjectToken: person.id, subjectTokenType };
  expect(await program.run('exchange', given)).toMatchObject({
    kind: 'urn:ietf:params:oauth:token-type:access_token',
    claims: ours(),
  });
});
