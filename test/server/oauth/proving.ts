// Tests of proofs of possession: the keys, and the proofs they make, good for the token endpoint unless told otherwise.
import { createHash } from 'node:crypto';
import { exportJWK, type GenerateKeyPairResult, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import type { FrontDoor } from './front-door.ts';

/** What differs from a good proof; a claim that is undefined is left out. */
export type Difference = {
  claims?: Record<string, unknown>;
  header?: Record<string, unknown>;
  by?: GenerateKeyPairResult;
};

export type Prove = (difference?: Difference) => Promise<string>;

export const keyPair = (alg = 'ES256') => generateKeyPair(alg, { extractable: true });

/** What `ath` says of an access token. */
export const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url');

let count = 0;

export function createProving(door: FrontDoor, usual: GenerateKeyPairResult): Prove {
  return async ({ claims = {}, header = {}, by = usual } = {}) => {
    const jwk = await exportJWK(by.publicKey);
    const iat = Math.floor(door.house.clock.at / 1000);
    const good = { htm: 'POST', htu: `${door.site}/oauth/token`, iat, jti: `proof-${count++}` };
    const payload = Object.entries({ ...good, ...claims }).filter(([, value]) => value !== undefined);
    return new SignJWT(Object.fromEntries(payload) as JWTPayload)
      .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk, ...header })
      .sign(by.privateKey);
  };
}
