// The one module of the OpenID Foundation's plan "Config Certification Profile", under its name.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FrontDoor, openFrontDoor } from '../oauth/front-door.ts';

let door: FrontDoor;
beforeAll(async () => {
  door = await openFrontDoor();
});
afterAll(() => door.close());

test('oidcc-discovery-endpoint-verification', async () => {
  const response = await door.get('/.well-known/openid-configuration');
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('application/json');
  const document = (await response.json()) as Record<string, unknown>;
  expect(document).toMatchObject({
    issuer: door.issuer,
    authorization_endpoint: `${door.site}/authorize`,
    token_endpoint: `${door.site}/oauth/token`,
    userinfo_endpoint: `${door.site}/userinfo`,
    jwks_uri: `${door.site}/.well-known/jwks.json`,
    scopes_supported: expect.arrayContaining(['openid']),
    response_types_supported: expect.arrayContaining(['code', 'id_token', 'token id_token']),
    grant_types_supported: expect.arrayContaining(['authorization_code', 'implicit', 'refresh_token']),
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: expect.arrayContaining(['RS256']),
    claims_supported: expect.arrayContaining(['sub', 'iss', 'email']),
    claims_parameter_supported: false,
  });
  // Every address is the tenant's own.
  const addresses = Object.entries(document).filter(([name]) => /_endpoint$|_uri$/.test(name));
  expect(addresses.filter(([, address]) => !String(address).startsWith(`${door.site}/`))).toEqual([]);

  const { keys } = (await (await door.get('/.well-known/jwks.json')).json()) as { keys: Record<string, unknown>[] };
  expect(keys.length).toBeGreaterThan(0);
  for (const key of keys) {
    expect(key).toMatchObject({ kid: expect.any(String), use: 'sig', alg: expect.any(String) });
    for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) expect(key).not.toHaveProperty(secret);
  }
  expect(new Set(keys.map(({ kid }) => kid)).size).toBe(keys.length);
});
