// Tests of clients that prove themselves by a key: such clients, and the assertions they send, good unless told otherwise.
import { exportJWK, type GenerateKeyPairResult, type JWTPayload, SignJWT } from 'jose';
import { type ClientInput, newClient } from '#runtime/lifecycle/client.ts';
import type { JsonObject } from '#storage/records.ts';
import type { FrontDoor } from './front-door.ts';

export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
export const CREDENTIALS = { grant_type: 'client_credentials', audience: 'https://api.example/' };

/** The answer to everything that is wrong with an assertion. */
export const FAILED = {
  status: 401,
  body: { error: 'invalid_client', error_description: 'Client authentication failed' },
};

/** What differs from a good assertion; a claim that is undefined is left out. */
export type Difference = {
  claims?: Record<string, unknown>;
  alg?: string;
  header?: Record<string, unknown>;
  key?: CryptoKey | Uint8Array;
};

export async function jwkOf({ publicKey }: GenerateKeyPairResult, more: JsonObject = {}): Promise<JsonObject> {
  return { ...((await exportJWK(publicKey)) as JsonObject), ...more };
}

let count = 0;

export function createAsserting(door: FrontDoor, usual: GenerateKeyPairResult) {
  return {
    /** A client that may get tokens for itself. */
    async make(id: string, settings: JsonObject, more: Partial<ClientInput> = {}): Promise<void> {
      const { house, deps } = door;
      const { ports, tenant } = house;
      const grantTypes = ['client_credentials', 'authorization_code'];
      const input = { id, name: id, grantTypes, authMethod: 'private_key_jwt' as const, settings, ...more };
      if ((await newClient(ports, tenant.id, input)) === 'conflict') throw new Error('no client');
      const grant = { tenantId: tenant.id, id: `cgr_${id}`, clientId: id, audience: CREDENTIALS.audience };
      await deps.store.clientGrants.insert({ ...grant, scope: [], settings: {}, createdAt: 1, updatedAt: 1 });
    },

    async assertion(id: string, { claims = {}, alg = 'RS256', header = {}, key }: Difference = {}): Promise<string> {
      const now = Math.floor(door.house.clock.at / 1000);
      const good = { iss: id, sub: id, aud: door.issuer, iat: now, exp: now + 60, jti: `jti-${count++}` };
      const payload = Object.entries({ ...good, ...claims }).filter(([, value]) => value !== undefined);
      return new SignJWT(Object.fromEntries(payload) as JWTPayload)
        .setProtectedHeader({ alg, ...header })
        .sign(key ?? usual.privateKey, { crit: { x: true } });
    },

    send: (assertion: string, more: Record<string, string> = {}, headers: Record<string, string> = {}) => {
      const proof = { client_assertion_type: ASSERTION_TYPE, client_assertion: assertion };
      return door.token({ ...CREDENTIALS, ...proof, ...more }, headers);
    },
  };
}
