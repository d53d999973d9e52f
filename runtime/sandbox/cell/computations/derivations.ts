// In the cell: keys from passwords. They are slow on purpose and cannot be interrupted, so what one call may cost is bounded
// to about a tenth of a second.

import { getHashes, hkdfSync, pbkdf2Sync, scryptSync } from 'node:crypto';
import { z } from 'zod';
import { bytes, type Computation, computation, name, refusal } from './wire.ts';

/** Rounds of the underlying keyed hash. */
const MAX_ROUNDS = 220_000;
/** As Node's own default for `maxmem`. */
const MAX_SCRYPT_MEMORY = 32 * 1024 * 1024;
/** N × r × p: two of Node's default derivations. */
const MAX_SCRYPT_WORK = 2 * 16_384 * 8;
const MAX_KEY_LENGTH = 4096;
/** The shortest digest decides how often the rounds are repeated for a longer key. */
const SHORTEST_DIGEST = 16;
const DIGEST_BYTES: Readonly<Record<string, number>> = { sha1: 20, sha224: 28, sha256: 32, sha384: 48, sha512: 64 };

const keyLength = z.int().min(0).max(MAX_KEY_LENGTH);

const pbkdf2 = computation(
  z.strictObject({ password: bytes, salt: bytes, iterations: z.int().min(1), keyLength, digest: name }),
  ({ password, salt, iterations, keyLength: length, digest }) => {
    if (!getHashes().includes(digest) && !getHashes().includes(digest.toLowerCase()))
      throw Object.assign(new TypeError(`Invalid digest: ${digest}`), { code: 'ERR_CRYPTO_INVALID_DIGEST' });
    const blocks = Math.ceil(length / (DIGEST_BYTES[digest.toLowerCase().replace('-', '')] ?? SHORTEST_DIGEST));
    if (iterations * Math.max(1, blocks) > MAX_ROUNDS)
      throw refusal(
        'ERR_OUT_OF_RANGE',
        `Scripts may ask pbkdf2 for at most ${MAX_ROUNDS} rounds, for all blocks of the key.`,
      );
    return pbkdf2Sync(password, salt, iterations, length, digest);
  },
);

const cost = z.int().min(1);

const scrypt = computation(
  z.strictObject({ password: bytes, salt: bytes, keyLength, N: cost, r: cost, p: cost }),
  ({ password, salt, keyLength: length, N, r, p }) => {
    if (128 * N * r > MAX_SCRYPT_MEMORY || N * r * p > MAX_SCRYPT_WORK)
      throw refusal(
        'ERR_CRYPTO_INVALID_SCRYPT_PARAMS',
        `Scripts may ask scrypt for at most ${MAX_SCRYPT_MEMORY} bytes of memory and N·r·p of ${MAX_SCRYPT_WORK}.`,
      );
    return scryptSync(password, salt, length, { N, r, p, maxmem: 2 * MAX_SCRYPT_MEMORY });
  },
);

const hkdf = computation(
  z.strictObject({ digest: name, key: bytes, salt: bytes, info: bytes, keyLength: z.int().min(0).max(16_320) }),
  ({ digest, key, salt, info, keyLength: length }) => Buffer.from(hkdfSync(digest, key, salt, info, length)),
);

export const DERIVATIONS: Readonly<Record<string, Computation>> = { pbkdf2, scrypt, hkdf };
