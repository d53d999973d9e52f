// The AuthenticationClient of Auth0's SDK for Node, as version 6 was published; it checks every ID token it gets.
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { atBrowser } from './person-at-browser.ts';
import { openProgram, type Program } from './program.ts';
import type { Application } from './programs/application.ts';
import { apiFor, CONNECTION, claimsIn, deploy, manage, newClient, newPerson, type Person, port, SITE } from './site.ts';

const REDIRECT = 'https://app.example/callback';

let program: Program<typeof import('./programs/auth0-v6.ts')>;
let person: Person;
let application: Application;

beforeAll(async () => {
  person = await newPerson();
  program = openProgram('auth0-v6.ts', atBrowser(person));
  const client = await newClient({
    callbacks: [REDIRECT],
    grant_types: [
      'authorization_code',
      'refresh_token',
      'client_credentials',
      'password',
      'http://auth0.com/oauth/grant-type/password-realm',
    ],
  });
  application = { domain: `localhost:${port}`, redirectUri: REDIRECT, ...client };
});
afterAll(() => program.close());

const ours = () => ({ iss: `${SITE}/`, sub: person.id, email: person.email });

test('code with PKCE, refresh, revocation', async () => {
  const { tokens, renewed, afterwards } = await program.run('codeWithPkce', application);
  expect(claimsIn(tokens.id_token)).toMatchObject(ours());
  expect(claimsIn(renewed.id_token)).toMatchObject(ours());
  expect(afterwards).toBe('invalid_grant');
});

test('a pushed request', async () => {
  expect(claimsIn((await program.run('pushed', application)).id_token)).toMatchObject(ours());
});

test('a machine, with a secret and with a key', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { clientId } = await newClient({
    grant_types: ['client_credentials'],
    client_authentication_methods: {
      private_key_jwt: {
        credentials: [{ credential_type: 'public_key', pem: publicKey.export({ format: 'pem', type: 'spki' }) }],
      },
    },
  });
  const audience = await apiFor([application.clientId, clientId], 'read:orders');
  const expected = { token_type: 'Bearer', scope: 'read:orders' };
  expect(await program.run('machine', { ...application, audience })).toMatchObject(expected);
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
  const keyed = { domain: application.domain, clientId, privateKey: pem, audience };
  expect(await program.run('machineWithKey', keyed)).toMatchObject(expected);
});

test.each([undefined, CONNECTION])('password, realm %s', async (realm) => {
  const { email: username, password } = person;
  const tokens = await program.run('byPassword', { ...application, username, password, ...(realm ? { realm } : {}) });
  expect(claimsIn(tokens.id_token)).toMatchObject(ours());
});

test('a wrong password is the error that the SDK knows', async () => {
  const given = { ...application, username: person.email, password: 'wrong' };
  await expect(program.run('byPassword', given)).rejects.toMatchObject({
    told: { name: 'AuthApiError', message: 'Wrong email or password.' },
  });
});

test('sign-up', async () => {
  const account = { email: `new-${person.email}`, password: person.password, connection: CONNECTION };
  const made = await program.run('signUp', { ...application, ...account });
  expect(made).toMatchObject({ email: account.email, email_verified: false });
  const tokens = await program.run('byPassword', {
    ...application,
    username: account.email,
    password: account.password,
  });
  expect(claimsIn(tokens.id_token)).toMatchObject({ email: account.email });
});

test('a link to a new password', async () => {
  const given = { ...application, email: person.email, connection: CONNECTION };
  expect(await program.run('changePassword', given)).toBe("We've just sent you an email to reset your password.");
});

test('a token from elsewhere', async () => {
  const tokenType = 'urn:acme:legacy-session';
  const id = await deploy(
    'custom-token-exchange',
    'v1',
    `exports.onExecuteCustomTokenExchange = async (event, api) => {
  api.authentication.setUserById(event.transaction.subject_token);
};`,
  );
  await manage('POST', '/token-exchange-profiles', {
    name: 'legacy session',
    subject_token_type: tokenType,
    action_id: id,
    type: 'custom_authentication',
  });
  const client = await newClient({ token_exchange: { allow_any_profile_of_type: ['custom_authentication'] } });
  const audience = await apiFor([], 'read:orders');
  const given = { ...application, ...client, subjectToken: person.id, tokenType, audience };
  const tokens = await program.run('exchange', given);
  expect(claimsIn(tokens.id_token)).toMatchObject(ours());
  await expect(program.run('exchange', { ...given, subjectToken: 'nobody' })).rejects.toMatchObject({
    told: { name: 'AuthApiError' },
  });
});
