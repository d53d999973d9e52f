// Tokens that were signed with the wrong thing: by nobody, by a public key taken for a secret, by a key that is for
// another algorithm, or as another kind of token. Their claims are good.
import { createPublicKey } from 'node:crypto';
import { CompactSign, exportSPKI, importJWK, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sign, verifyAccessToken } from '#server/oauth/access-token.ts';
import { jwks } from '#server/oauth/discovery.ts';
import { signingKey } from '#server/oauth/keys.ts';
import type { SigningKeyRecord } from '#storage/records.ts';
import { type FrontDoor, openFrontDoor } from './front-door.ts';

describe('algorithm confusion', () => {
  let door: FrontDoor;
  let good: JWTPayload;
  let kid: string;
  let key: Awaited<ReturnType<typeof signingKey>>;
  let record: SigningKeyRecord;
  beforeAll(async () => {
    door = await openFrontDoor();
    const iat = door.house.clock.at / 1000;
    good = { iss: door.issuer, sub: 'web@clients', aud: 'https://api.example/', iat, exp: iat + 60, azp: 'web' };
    key = await signingKey(door.deps, door.house.tenant, 'RS256');
    kid = key.id;
    const all = await door.deps.store.signingKeys.list(door.house.tenant.id);
    record = all.find(({ id }) => id === kid) as SigningKeyRecord;
  });
  afterAll(() => door.close());
  const read = async (token: string) => (await verifyAccessToken(door.deps, door.house.tenant, token)).ok;
  const published = async () => (await jwks(door.deps, door.house.tenant)).keys;
  const hmac = (secret: string | Uint8Array, header: object) =>
    new CompactSign(Buffer.from(JSON.stringify(good)))
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT', ...header })
      .sign(typeof secret === 'string' ? Buffer.from(secret) : secret);
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

  test('the claims themselves are good', async () => {
    expect(await read(await sign(door.deps, door.house.tenant, good))).toBe(true);
  });

  test.each<[string, () => Promise<string>]>([
    ['alg none, signed by nobody', async () => `${encoded({ alg: 'none', typ: 'JWT', kid })}.${encoded(good)}.`],
    ['alg None', async () => `${encoded({ alg: 'None', typ: 'JWT', kid })}.${encoded(good)}.`],
    ['HS256 with the public key in PEM', async () => hmac(await exportSPKI(key.publicKey), { kid })],
    [
      'HS256 with the public key in PEM of PKCS #1',
      async () => {
        const publicKey = createPublicKey({ key: record.publicJwk, format: 'jwk' });
        return hmac(String(publicKey.export({ type: 'pkcs1', format: 'pem' })), { kid });
      },
    ],
    ['HS256 with the JWK as a text', async () => hmac(JSON.stringify((await published())[0]), { kid })],
    ['HS256 with the modulus', async () => hmac(Buffer.from(String(record.publicJwk.n), 'base64url'), { kid })],
    [
      'HS256 with the certificate',
      async () => hmac(Buffer.from(String((record.publicJwk.x5c as string[])[0]), 'base64'), { kid }),
    ],
    [
      'PS256 by the key for RS256',
      async () => {
        const { alg: _, ...jwk } = record.privateJwk;
        const claims = new SignJWT(good).setProtectedHeader({ alg: 'PS256', typ: 'JWT', kid });
        return claims.sign(await importJWK(jwk, 'PS256'));
      },
    ],
    [
      'a key that the token brings along',
      async () => {
        const { id, privateKey } = await signingKey(door.deps, door.house.tenant, 'ES256');
        const jwk = record.publicJwk as object;
        return new SignJWT(good).setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid: `${id}x`, jwk }).sign(privateKey);
      },
    ],
    [
      "another algorithm's key under this one's name",
      async () => {
        const { privateKey } = await signingKey(door.deps, door.house.tenant, 'ES256');
        return new SignJWT(good).setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid }).sign(privateKey);
      },
    ],
    ['no kid', async () => new SignJWT(good).setProtectedHeader({ alg: 'RS256', typ: 'JWT' }).sign(key.privateKey)],
    ['no typ', async () => new SignJWT(good).setProtectedHeader({ alg: 'RS256', kid }).sign(key.privateKey)],
    ['a logout token', async () => sign(door.deps, door.house.tenant, good, { typ: 'logout+jwt' })],
    [
      'an id_token with a claim client_id',
      async () => {
        const { azp: _, ...claims } = good;
        return sign(door.deps, door.house.tenant, { ...claims, client_id: 'web' });
      },
    ],
    [
      'a critical header that nobody knows',
      async () =>
        new SignJWT(good)
          .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid, crit: ['x'], x: 1 })
          .sign(key.privateKey, { crit: { x: true } }),
    ],
  ])('%s is refused', async (_name, forge) => {
    expect(await read(await forge())).toBe(false);
  });

  test("a neighbour's key is refused", async () => {
    const other = await openFrontDoor();
    const token = await sign(other.deps, other.house.tenant, good);
    expect(await read(token)).toBe(false);
    await other.close();
  });
});
