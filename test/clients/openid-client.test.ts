// openid-client, as it is published: what it checks of an answer is what it checks of anybody's.
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { atBrowser } from './person-at-browser.ts';
import { openProgram, type Program } from './program.ts';
import type { Application } from './programs/application.ts';
import { apiFor, newClient, newPerson, type Person, port, SITE } from './site.ts';

type Examples = typeof import('./programs/openid-client.ts');

const REDIRECT = 'https://app.example/callback';
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

let program: Program<Examples>;
let person: Person;
let application: Application;
let device: Promise<PromiseSettledResult<{ claims: unknown }>[]>;
let keyed: { domain: string; clientId: string; redirectUri: string; privateKey: JsonWebKey };

beforeAll(async () => {
  person = await newPerson();
  const [desk, phone] = [atBrowser(person), atBrowser(person)];
  program = openProgram('openid-client.ts', (address) =>
    new URL(address).pathname === '/activate' ? phone(address) : desk(address),
  );
  const client = await newClient({
    callbacks: [REDIRECT],
    allowed_logout_urls: [REDIRECT],
    grant_types: ['authorization_code', 'implicit', 'refresh_token', 'password'],
    refresh_token: { rotation_type: 'rotating', expiration_type: 'expiring' },
  });
  application = { domain: `localhost:${port}`, redirectUri: REDIRECT, ...client };
  const { clientId } = await newClient({
    callbacks: [REDIRECT],
    grant_types: ['authorization_code', 'client_credentials'],
    client_authentication_methods: {
      private_key_jwt: {
        credentials: [{ credential_type: 'public_key', pem: publicKey.export({ format: 'pem', type: 'spki' }) }],
      },
    },
  });
  const jwk = privateKey.export({ format: 'jwk' }) as JsonWebKey;
  keyed = { domain: application.domain, clientId, redirectUri: REDIRECT, privateKey: jwk };
  const { clientId: television } = await newClient({
    app_type: 'native',
    token_endpoint_auth_method: 'none',
    grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
  });
  // It asks every five seconds: the others are tested meanwhile.
  device = Promise.allSettled([program.run('device', { domain: application.domain, clientId: television })]);
});
afterAll(() => program.close());

const ours = () => ({ iss: `${SITE}/`, sub: person.id, email: person.email });

test('code with PKCE, userinfo, refresh, revocation, logout', async () => {
  const { claims, profile, renewed, afterwards, left } = await program.run('codeWithPkce', application);
  expect(claims).toMatchObject(ours());
  expect(profile).toMatchObject({ sub: person.id, email: person.email });
  expect(renewed).toMatchObject({ sub: person.id, sid: claims?.sid });
  expect(afterwards).toBe('invalid_grant');
  expect(left).toEqual({ address: REDIRECT });
});

test.each([
  ['hybrid', 'hybridByForm'],
  ['pushed', 'pushed'],
  ['password', 'byPassword'],
] as const)('%s', async (_name, example) => {
  const given = { ...application, username: person.email, password: person.password };
  expect((await program.run(example, given)).claims).toMatchObject(ours());
});

test('what is pushed stays out of the browser', async () => {
  expect((await program.run('pushed', application)).carried.sort()).toEqual(['client_id', 'request_uri']);
});

test('implicit by form', async () => {
  expect(await program.run('implicitByForm', application)).toMatchObject(ours());
});

test('a signed request, and a code exchanged with a private key', async () => {
  const { carried, claims } = await program.run('signedRequest', keyed);
  expect(carried.sort()).toEqual(['client_id', 'request']);
  expect(claims).toMatchObject(ours());
});

test('a machine with a private key', async () => {
  const audience = await apiFor([keyed.clientId], 'read:orders');
  expect(await program.run('machineWithKey', { ...keyed, audience })).toMatchObject({
    token_type: 'bearer',
    scope: 'read:orders',
  });
});

test('DPoP', async () => {
  const { kinds, claims, profile } = await program.run('boundToKey', application);
  expect(kinds).toEqual(['dpop', 'dpop']);
  expect(claims).toMatchObject(ours());
  expect(profile).toMatchObject({ sub: person.id });
});

test('a device', async () => {
  expect(await device).toMatchObject([{ status: 'fulfilled', value: { claims: ours() } }]);
});
