// How clients prove themselves: good ways and forged ones, row by row, over real keys.
import { exportJWK, exportSPKI, type GenerateKeyPairResult, generateKeyPair, importJWK } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import { ASSERTION_TYPE, CREDENTIALS, createAsserting, type Difference, FAILED, jwkOf } from './asserting.ts';
import { type FrontDoor, openFrontDoor } from './front-door.ts';

describe.each(databasesInFull())('%s', (_name, open) => {
  let door: FrontDoor;
  let rsa: GenerateKeyPairResult;
  let other: GenerateKeyPairResult;
  let curve: GenerateKeyPairResult;
  let assertion: ReturnType<typeof createAsserting>['assertion'];
  let send: ReturnType<typeof createAsserting>['send'];

  beforeAll(async () => {
    [rsa, other, curve] = await Promise.all([
      generateKeyPair('RS256', { extractable: true }),
      generateKeyPair('RS256', { extractable: true }),
      generateKeyPair('ES256', { extractable: true }),
    ]);
    door = await openFrontDoor({ databaseUrl: await open() });
    const asserting = createAsserting(door, rsa);
    const { make } = asserting;
    ({ assertion, send } = asserting);
    await make('keyed', { jwks: { keys: [await jwkOf(rsa), await jwkOf(curve, { kid: 'curve' })] } });
    await make('second', { jwks: { keys: [await jwkOf(other)] } });
    await make('was-secret', { jwks: { keys: [await jwkOf(rsa)] } });
    // From before it had a key.
    const secret = { secret: 'old' };
    await door.deps.store.clients.update(door.house.tenant.id, 'was-secret', (client) => ({ ...client, ...secret }));
  });
  afterAll(() => door.close());

  const now = () => Math.floor(door.house.clock.at / 1000);

  describe('a good assertion', () => {
    test.each<[string, () => Difference]>([
      ['for the issuer', () => ({})],
      ['for the token endpoint', () => ({ claims: { aud: `${door.site}/oauth/token` } })],
      ['for a list of one', () => ({ claims: { aud: [door.issuer] } })],
      ['as long as it may live', () => ({ claims: { exp: now() + 300 } })],
      ['without iat', () => ({ claims: { iat: undefined } })],
      ['of its own type', () => ({ header: { typ: 'client-authentication+jwt' } })],
      ['RS384', () => ({ alg: 'RS384' })],
      ['PS256', () => ({ alg: 'PS256' })],
      ['ES256 and a key id', () => ({ alg: 'ES256', header: { kid: 'curve' }, key: curve.privateKey })],
    ])('%s', async (_name, change) => {
      const { alg = 'RS256', key } = change();
      // A key is of one algorithm to WebCrypto.
      const imported = key ?? (alg === 'RS256' ? rsa.privateKey : await reimport(rsa.privateKey, alg));
      const answer = await send(await assertion('keyed', { ...change(), key: imported }));
      expect(answer).toMatchObject({ status: 200, body: { token_type: 'Bearer' } });
    });

    test('names its client beside', async () => {
      expect(await send(await assertion('keyed'), { client_id: 'keyed' })).toMatchObject({ status: 200 });
    });
  });

  describe('a bad assertion', () => {
    test.each<[string, () => Promise<string>]>([
      ['is no JWT', async () => 'x'],
      ['has empty parts', async () => '..'],
      ['is of another key', () => assertion('keyed', { key: other.privateKey })],
      ['is of another client', () => assertion('second')],
      ['is of an unknown client', () => assertion('nobody')],
      ['is of a client with a secret', () => assertion('web')],
      ['is of a public client', () => assertion('spa')],
      ['has another issuer', () => assertion('keyed', { claims: { iss: 'second' } })],
      ['is for another server', () => assertion('keyed', { claims: { aud: 'https://other.example/' } })],
      ['is for another tenant', () => assertion('keyed', { claims: { aud: 'http://neighbour.localhost:3000/' } })],
      ['is for two servers', () => assertion('keyed', { claims: { aud: [door.issuer, 'https://other.example/'] } })],
      ['is for nobody', () => assertion('keyed', { claims: { aud: undefined } })],
      ['has expired', () => assertion('keyed', { claims: { exp: now() - 11 } })],
      ['never expires', () => assertion('keyed', { claims: { exp: undefined } })],
      ['lives too long', () => assertion('keyed', { claims: { exp: now() + 311 } })],
      ['is not valid yet', () => assertion('keyed', { claims: { nbf: now() + 30 } })],
      ['comes from the future', () => assertion('keyed', { claims: { iat: now() + 30 } })],
      ['has a text as iat', () => assertion('keyed', { claims: { iat: 'now' } })],
      ['has no jti', () => assertion('keyed', { claims: { jti: undefined } })],
      ['has an empty jti', () => assertion('keyed', { claims: { jti: '' } })],
      ['has a jti that is too long', () => assertion('keyed', { claims: { jti: 'x'.repeat(256) } })],
      ['is a token of another kind', () => assertion('keyed', { header: { typ: 'dpop+jwt' } })],
      ['names a critical extension', () => assertion('keyed', { header: { crit: ['x'], x: 1 } })],
      [
        'names a key that is not there',
        () => assertion('keyed', { alg: 'ES256', header: { kid: 'x' }, key: curve.privateKey }),
      ],
      [
        'is signed with the public key as a secret',
        async () => {
          const secret = new TextEncoder().encode(await exportSPKI(rsa.publicKey));
          return assertion('keyed', { alg: 'HS256', key: secret });
        },
      ],
      [
        'is signed by nobody',
        async () => {
          const [, payload] = (await assertion('keyed')).split('.');
          return `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
        },
      ],
      [
        'was changed on its way',
        async () => {
          const [header, payload = '', signature] = (await assertion('keyed')).split('.');
          const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
          const changed = Buffer.from(JSON.stringify({ ...claims, jti: 'fresh' })).toString('base64url');
          return `${header}.${changed}.${signature}`;
        },
      ],
      ['holds a character that no database keeps', () => assertion('keyed', { claims: { sub: 'a\0b', iss: 'a\0b' } })],
    ])('%s', async (_name, forge) => {
      const answer = await send(await forge());
      expect(answer).toMatchObject(FAILED);
    });

    test('names another client beside', async () => {
      expect(await send(await assertion('keyed'), { client_id: 'second' })).toMatchObject(FAILED);
    });

    test('is of an unknown type', async () => {
      expect(await send(await assertion('keyed'), { client_assertion_type: 'urn:x' })).toMatchObject(FAILED);
    });

    test('is used again, at the same moment or later', async () => {
      const once = await assertion('keyed');
      const statuses = (await Promise.all([send(once), send(once), send(once)])).map(({ status }) => status);
      expect(statuses.sort()).toEqual([200, 401, 401]);
      expect(await send(once)).toMatchObject(FAILED);
    });

    test('does not use up the jti of whoever holds the key', async () => {
      const claims = { jti: 'wanted' };
      expect(await send(await assertion('keyed', { claims, key: other.privateKey }))).toMatchObject(FAILED);
      expect(await send(await assertion('keyed', { claims }))).toMatchObject({ status: 200 });
      expect(await send(await assertion('second', { claims, key: other.privateKey }))).toMatchObject({ status: 200 });
    });
  });

  describe('one way at a time', () => {
    const basic = (id: string, secret: string) => ({
      authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
    });
    test.each<[string, Record<string, string>, Record<string, string>]>([
      [
        'assertion and secret',
        { client_assertion: 'x', client_assertion_type: ASSERTION_TYPE, client_secret: 'x' },
        {},
      ],
      ['assertion and header', { client_assertion: 'x', client_assertion_type: ASSERTION_TYPE }, basic('keyed', 'x')],
      ['secret and header', { client_secret: 'x' }, basic('keyed', 'x')],
    ])('%s', async (_name, body, headers) => {
      expect(await door.token({ ...CREDENTIALS, client_id: 'keyed', ...body }, headers)).toMatchObject({
        status: 400,
        body: { error: 'invalid_request', error_description: 'The client authenticates in two ways at once' },
      });
    });

    test.each<[string, Record<string, string>, Record<string, string>]>([
      ['its former secret', { client_id: 'was-secret', client_secret: 'old' }, {}],
      ['its former secret in the header', {}, basic('was-secret', 'old')],
      ['nothing', { client_id: 'was-secret' }, {}],
      ['an empty secret', { client_id: 'keyed', client_secret: '' }, {}],
      ['a header with U+FFFD', {}, basic('keyed', '%ff')],
    ])('a client with a key brings %s', async (_name, body, headers) => {
      const { status } = await door.token({ ...CREDENTIALS, ...body }, headers);
      expect([400, 401]).toContain(status);
    });

    test('a header with U+0000 is refused before any database sees it', async () => {
      expect(await door.token(CREDENTIALS, basic('a%00b', 'x'))).toMatchObject({ status: 400 });
    });
  });
});

/** The same key for another algorithm. */
async function reimport(key: CryptoKey, alg: string): Promise<CryptoKey> {
  return (await importJWK(await exportJWK(key), alg)) as CryptoKey;
}
