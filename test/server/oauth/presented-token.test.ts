// Access tokens as they are presented to our own API: one that is bound to a key opens nothing without its proof.
import type { GenerateKeyPairResult } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { grantManagement } from '#runtime/lifecycle/client.ts';
import { MANAGEMENT_SCOPES } from '#runtime/lifecycle/scopes.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { type FrontDoor, openFrontDoor } from './front-door.ts';
import { createProving, type Difference, hashOf, keyPair, type Prove } from './proving.ts';

describe.each(databasesInFull())('%s', (_name, open) => {
  let door: FrontDoor;
  let other: GenerateKeyPairResult;
  let proof: Prove;
  beforeAll(async () => {
    door = await openFrontDoor({ databaseUrl: await open() });
    proof = createProving(door, await keyPair());
    other = await keyPair();
    await grantManagement(door.house.ports, door.house.tenant, 'web', [...MANAGEMENT_SCOPES]);
  });
  afterAll(() => door.close());

  const credentials = { grant_type: 'client_credentials', client_id: 'web', client_secret: 'web secret + more' };
  const send = (dpop: string, more: Record<string, string>) => door.token({ ...credentials, ...more }, { dpop });

  describe('our own API', () => {
    const path = '/api/v2/clients/a%2Fb';
    const call = (headers: Record<string, string>, query = '') =>
      door.app.request(`${door.site}${path}${query}`, { headers });
    const tokens = async () => {
      const audience = `${door.site}/api/v2/`;
      const bound = String((await send(await proof(), { audience })).body.access_token);
      const bearer = String((await door.token({ ...credentials, audience })).body.access_token);
      return { bound, bearer };
    };
    const proofFor = (token: string | undefined, change: Difference = {}) => {
      const ath = token === undefined ? undefined : hashOf(token);
      const claims = { htm: 'GET', htu: `${door.site}${path}`, ath, ...change.claims };
      return proof({ ...change, claims });
    };

    test('opens with the proof, once', async () => {
      const { bound } = await tokens();
      const headers = { authorization: `DPoP ${bound}`, dpop: await proofFor(bound) };
      // 404: there is no such client, which only those learn who are let in.
      expect((await call(headers)).status).toBe(404);
      expect((await call(headers)).status).toBe(401);
      const again = { authorization: `dpop ${bound}`, dpop: await proofFor(bound) };
      expect((await call(again, '?fields=name')).status).toBe(404);
    });

    test.each<[string, (bound: string, bearer: string) => Promise<Record<string, string>>]>([
      ['as bearer', async (bound) => ({ authorization: `Bearer ${bound}` })],
      ['as bearer with a proof', async (bound) => ({ authorization: `Bearer ${bound}`, dpop: await proofFor(bound) })],
      ['without a proof', async (bound) => ({ authorization: `DPoP ${bound}` })],
      [
        'with a proof of another key',
        async (bound) => ({ authorization: `DPoP ${bound}`, dpop: await proofFor(bound, { by: other }) }),
      ],
      [
        'with a proof for another token',
        async (bound, bearer) => ({ authorization: `DPoP ${bound}`, dpop: await proofFor(bearer) }),
      ],
      [
        'with a proof for no token',
        async (bound) => ({ authorization: `DPoP ${bound}`, dpop: await proofFor(undefined) }),
      ],
      [
        'with a proof for another address',
        async (bound) => ({
          authorization: `DPoP ${bound}`,
          dpop: await proofFor(bound, { claims: { htu: `${door.site}/api/v2/clients/a/b` } }),
        }),
      ],
      [
        'with a proof for another method',
        async (bound) => ({ authorization: `DPoP ${bound}`, dpop: await proofFor(bound, { claims: { htm: 'POST' } }) }),
      ],
      [
        'an unbound token as a bound one',
        async (_bound, bearer) => ({ authorization: `DPoP ${bearer}`, dpop: await proofFor(bearer) }),
      ],
    ])('does not open: %s', async (_name, headers) => {
      const { bound, bearer } = await tokens();
      const response = await call(await headers(bound, bearer));
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer, DPoP');
      expect(await response.json()).toMatchObject({ statusCode: 401, message: 'Invalid token' });
    });

    test('a token in two ways at once, or in the address, is refused', async () => {
      const { bearer } = await tokens();
      const query = `?access_token=${bearer}`;
      expect((await call({ authorization: `Bearer ${bearer}` }, query)).status).toBe(400);
      expect((await call({}, query)).status).toBe(400);
      expect((await call({ authorization: `Bearer ${bearer}` })).status).toBe(404);
    });
  });
});
