// In the cell: hashes, keyed hashes and randomness. A script keeps what it fed to `update` and sends it once, so no state of
// its stays here.

import { createHash, createHmac, getCiphers, getCurves, getHashes, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { type Computation, computation, name, pieces } from './wire.ts';

/** As of `crypto.getRandomValues`: Web Cryptography §10.1.1. */
const MAX_RANDOM = 65_536;
const MAX_DIGEST = 64 * 1024;

const hash = computation(
  z.strictObject({ algorithm: name, outputLength: z.int().min(0).max(MAX_DIGEST).optional(), parts: pieces }),
  ({ algorithm, outputLength, parts }) =>
    createHash(algorithm, outputLength === undefined ? {} : { outputLength })
      .update(parts)
      .digest(),
);

const hmac = computation(z.strictObject({ algorithm: name, key: pieces, parts: pieces }), ({ algorithm, key, parts }) =>
  createHmac(algorithm, key).update(parts).digest(),
);

const random = computation(z.strictObject({ bytes: z.int().min(0).max(MAX_RANDOM) }), (input) =>
  randomBytes(input.bytes),
);

const names = computation(z.strictObject({}), () => ({
  hashes: getHashes(),
  ciphers: getCiphers(),
  curves: getCurves(),
}));

export const DIGESTS: Readonly<Record<string, Computation>> = { hash, hmac, random, names };
