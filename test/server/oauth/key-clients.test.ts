// Clients in the field that prove themselves by keys: what they send by themselves is good here.

import { exportJWK, generateKeyPair } from 'jose';
import * as oidc from 'openid-client';
import { expect, test } from 'vitest';
import { createAsserting } from './asserting.ts';
import { openFrontDoor } from './front-door.ts';

test('openid-client: an assertion, and tokens bound to its key', async () => {
  const door = await openFrontDoor();
  try {
    // That client reads the time from the machine.
    door.house.clock.at = Date.now();
    const keys = await generateKeyPair('RS256', { extractable: true });
    const { make } = createAsserting(door, keys);
    await make('keyed', { jwks: { keys: [JSON.parse(JSON.stringify(await exportJWK(keys.publicKey)))] } });
    const config = await oidc.discovery(new URL(door.issuer), 'keyed', {}, oidc.PrivateKeyJwt(keys.privateKey), {
      execute: [oidc.allowInsecureRequests],
      [oidc.customFetch]: async (url, init) => door.app.request(url, init as RequestInit),
    });
    const proofs = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair('ES256'));
    const asked = { audience: 'https://api.example/' };
    const plain = await oidc.clientCredentialsGrant(config, asked);
    expect(plain.token_type).toBe('bearer');
    const bound = await oidc.clientCredentialsGrant(config, asked, { DPoP: proofs });
    expect(bound.token_type).toBe('dpop');
  } finally {
    await door.close();
  }
});
