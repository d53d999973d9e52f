// Proofs of possession at the token endpoint: what binds a token, and everything that does not.
import { calculateJwkThumbprint, decodeJwt, exportJWK, type GenerateKeyPairResult, type JWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '#storage/records.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { CALLBACK, type FrontDoor, openFrontDoor, VERIFIER } from './front-door.ts';
import { createProving, type Difference, keyPair, type Prove } from './proving.ts';

describe.each(databasesInFull())('%s', (_name, open) => {
  let door: FrontDoor;
  let pair: GenerateKeyPairResult;
  let other: GenerateKeyPairResult;
  let rsa: GenerateKeyPairResult;
  let proof: Prove;
  beforeAll(async () => {
    [pair, other, rsa] = await Promise.all([keyPair(), keyPair(), keyPair('RS256')]);
    door = await openFrontDoor({ databaseUrl: await open() });
    const { house, deps } = door;
    const grant = { tenantId: house.tenant.id, clientId: 'web', settings: {}, createdAt: 1, updatedAt: 1 };
    await deps.store.clientGrants.insert({ ...grant, id: 'cgr_1', audience: 'https://api.example/', scope: [] });
    proof = createProving(door, pair);
  });
  afterAll(() => door.close());

  const credentials = {
    grant_type: 'client_credentials',
    client_id: 'web',
    client_secret: 'web secret + more',
    audience: 'https://api.example/',
  };
  const now = () => Math.floor(door.house.clock.at / 1000);

  const send = (dpop: string, more: Record<string, string> = {}) => door.token({ ...credentials, ...more }, { dpop });

  describe('the token endpoint', () => {
    test('binds the token to the key', async () => {
      const { status, body } = await send(await proof());
      expect([status, body.token_type]).toEqual([200, 'DPoP']);
      const jkt = await calculateJwkThumbprint(await exportJWK(pair.publicKey));
      expect(decodeJwt(String(body.access_token)).cnf).toEqual({ jkt });
    });

    test('gives a bearer token without a proof', async () => {
      const { body } = await door.token(credentials);
      expect(body.token_type).toBe('Bearer');
      expect(decodeJwt(String(body.access_token))).not.toHaveProperty('cnf');
    });

    test.each<[string, () => Difference]>([
      ['an RSA key', () => ({ by: rsa, header: { alg: 'RS256' } })],
      ['an address in another spelling', () => ({ claims: { htu: `${door.site.toUpperCase()}/oauth/%74oken` } })],
      ['an address with a query', () => ({ claims: { htu: `${door.site}/oauth/token?x#y` } })],
      ['almost a minute old', () => ({ claims: { iat: now() - 60 } })],
      ['a clock that is a little ahead', () => ({ claims: { iat: now() + 10 } })],
    ])('takes a proof with %s', async (_name, change) => {
      expect(await send(await proof(change()))).toMatchObject({ status: 200 });
    });

    test.each<[string, () => Difference]>([
      ['another method', () => ({ claims: { htm: 'GET' } })],
      ['a method in lower case', () => ({ claims: { htm: 'post' } })],
      ['no method', () => ({ claims: { htm: undefined } })],
      ['another address', () => ({ claims: { htu: `${door.site}/userinfo` } })],
      ['another server', () => ({ claims: { htu: 'https://other.example/oauth/token' } })],
      ['another scheme', () => ({ claims: { htu: `${door.site}/oauth/token`.replace('http:', 'https:') } })],
      ['a name in the address', () => ({ claims: { htu: `${door.site}/oauth/token`.replace('//', '//x@') } })],
      ['a slash too many', () => ({ claims: { htu: `${door.site}/oauth/token/` } })],
      ['an address that is none', () => ({ claims: { htu: '/oauth/token' } })],
      ['a lone percent sign', () => ({ claims: { htu: `${door.site}/oauth/token%` } })],
      ['no address', () => ({ claims: { htu: undefined } })],
      ['a list of addresses', () => ({ claims: { htu: [`${door.site}/oauth/token`] } })],
      ['an old time', () => ({ claims: { iat: now() - 61 } })],
      ['a time to come', () => ({ claims: { iat: now() + 11 } })],
      ['a time as text', () => ({ claims: { iat: `${now()}` } })],
      ['no time', () => ({ claims: { iat: undefined } })],
      ['an end that is over', () => ({ claims: { exp: now() - 1 } })],
      ['no jti', () => ({ claims: { jti: undefined } })],
      ['an empty jti', () => ({ claims: { jti: '' } })],
      ['a jti that is too long', () => ({ claims: { jti: 'x'.repeat(256) } })],
      ['another type', () => ({ header: { typ: 'JWT' } })],
      ['no type', () => ({ header: { typ: undefined } })],
      ['no key', () => ({ header: { jwk: undefined } })],
      ['a text as key', () => ({ header: { jwk: 'x' } })],
      ['an empty key', () => ({ header: { jwk: {} } })],
      [
        'a key that is no point of its curve',
        () => ({ header: { jwk: { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' } } }),
      ],
      ['a key of another kind', () => ({ header: { jwk: { kty: 'oct', k: 'AAAA' } } })],
    ])('refuses a proof with %s', async (_name, change) => {
      const answer = await send(await proof(change()));
      expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_dpop_proof' } });
      expect(answer.body.error_description).toEqual(expect.any(String));
    });

    test.each<[string, () => Promise<string>]>([
      ['is empty', async () => 'x'],
      ['is two', async () => `${await proof()}, ${await proof()}`],
      ['is very long', async () => proof({ claims: { padding: 'x'.repeat(9000) } })],
      ['holds the private key', async () => proof({ header: { jwk: await exportJWK(pair.privateKey) } })],
      [
        'is signed by another key than it names',
        async () => proof({ header: { jwk: await exportJWK(other.publicKey) } }),
      ],
      [
        'is signed by nobody',
        async () => {
          const header = { typ: 'dpop+jwt', alg: 'none', jwk: await exportJWK(pair.publicKey) };
          const [, payload] = (await proof()).split('.');
          return `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${payload}.AA`;
        },
      ],
      [
        'is signed by a shared secret',
        async () => {
          const jwk: JWK = { kty: 'oct', k: Buffer.alloc(32, 1).toString('base64url') };
          const claims = { htm: 'POST', htu: `${door.site}/oauth/token`, iat: now(), jti: 'secret' };
          return new SignJWT(claims)
            .setProtectedHeader({ typ: 'dpop+jwt', alg: 'HS256', jwk })
            .sign(Buffer.alloc(32, 1));
        },
      ],
    ])('refuses a proof that %s', async (_name, forge) => {
      expect(await send(await forge())).toMatchObject({ status: 400, body: { error: 'invalid_dpop_proof' } });
    });

    test('takes a proof once, also of many that come at the same moment', async () => {
      const once = await proof();
      const statuses = (await Promise.all([send(once), send(once), send(once)])).map(({ status }) => status);
      expect(statuses.sort()).toEqual([200, 400, 400]);
      door.house.clock.advance(59_000);
      expect(await send(once)).toMatchObject({ status: 400 });
      door.house.clock.advance(2_000);
      expect(await send(once)).toMatchObject({ status: 400 });
    });

    test('what Host says is not the address', async () => {
      const response = await door.app.request('http://127.0.0.1:9999/oauth/token', {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          host: new URL(door.site).host,
          dpop: await proof({ claims: { htu: 'http://127.0.0.1:9999/oauth/token' } }),
        },
        body: String(new URLSearchParams(credentials)),
      });
      expect([400, 404]).toContain(response.status);
    });

    test.each<[string, JsonObject, number]>([
      ['asked of everybody', { mechanism: 'dpop', required: true }, 400],
      ['asked of all clients', { mechanism: 'dpop', required: true, required_for: 'all_clients' }, 400],
      ['asked of public clients', { mechanism: 'dpop', required: true, required_for: 'public_clients' }, 200],
      ['asked by a mechanism that there is not', { mechanism: 'mtls', required: true }, 400],
      ['not asked', { mechanism: 'dpop', required: false }, 200],
    ])('an API may want bound tokens only: %s', async (_name, proof_of_possession, status) => {
      const { store } = door.deps;
      const set = (settings: JsonObject) =>
        store.resourceServers.update(door.house.tenant.id, 'api', (api) => ({ ...api, settings }));
      await set({ proof_of_possession });
      const bearer = await door.token(credentials);
      const bound = await send(await proof());
      await set({});
      expect([bearer.status, bound.status]).toEqual([status, 200]);
      if (status === 400) expect(bearer.body.error).toBe('invalid_dpop_proof');
    });

    test('a client may want bound tokens only', async () => {
      const { store } = door.deps;
      const set = (settings: JsonObject) =>
        store.clients.update(door.house.tenant.id, 'web', (client) => ({ ...client, settings }));
      await set({ require_proof_of_possession: true });
      const [bearer, bound] = [await door.token(credentials), await send(await proof())];
      await set({});
      expect([bearer.status, bound.status]).toEqual([400, 200]);
    });
  });

  describe('a login', () => {
    const codeOf = async (more: Record<string, string> = {}) =>
      (await door.signIn(door.browser(), 'ana', more)).get('code') ?? '';
    const exchange = async (code: string, dpop: string | undefined) =>
      door.token(
        {
          grant_type: 'authorization_code',
          client_id: 'spa',
          code,
          redirect_uri: CALLBACK,
          code_verifier: VERIFIER,
        },
        dpop === undefined ? {} : { dpop },
      );
    beforeAll(() => door.house.user('ana'));

    test('gives tokens that are bound to the key', async () => {
      const audience = 'https://api.example/';
      const { status, body } = await exchange(await codeOf({ audience }), await proof());
      expect([status, body.token_type]).toEqual([200, 'DPoP']);
      const jkt = await calculateJwkThumbprint(await exportJWK(pair.publicKey));
      expect(decodeJwt(String(body.access_token)).cnf).toEqual({ jkt });
      expect(decodeJwt(String(body.id_token))).not.toHaveProperty('cnf');
    });

    test('may name the key beforehand, and no other will do', async () => {
      const dpop_jkt = await calculateJwkThumbprint(await exportJWK(pair.publicKey));
      const refused = { status: 400, body: { error: 'invalid_dpop_proof' } };
      expect(await exchange(await codeOf({ dpop_jkt }), undefined)).toMatchObject(refused);
      expect(await exchange(await codeOf({ dpop_jkt }), await proof({ by: other }))).toMatchObject(refused);
      expect(await exchange(await codeOf({ dpop_jkt }), await proof())).toMatchObject({ status: 200 });
      const answer = await door.signIn(door.browser(), 'ana', { dpop_jkt: 'x' });
      expect(answer.get('error')).toBe('invalid_request');
    });
  });
});
