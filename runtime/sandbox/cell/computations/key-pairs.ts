// In the cell: new key pairs. Finding the primes of a long RSA key takes seconds and cannot be interrupted.

import { generateKeyPairSync } from 'node:crypto';
import { z } from 'zod';
import { describeKey } from './keys.ts';
import { type Computation, computation, name, refusal } from './wire.ts';

const MAX_GENERATED_BITS = 2048;

const shape = z.strictObject({
  kind: z.enum(['rsa', 'rsa-pss', 'ec', 'ed25519', 'ed448', 'x25519', 'x448']),
  modulusLength: z.int().min(512).optional(),
  publicExponent: z.union([z.literal(3), z.literal(17), z.literal(65_537)]).optional(),
  namedCurve: name.optional(),
  hashAlgorithm: name.optional(),
  mgf1HashAlgorithm: name.optional(),
  saltLength: z.int().min(0).max(128).optional(),
});

const generateKeyPair = computation(shape, ({ kind, ...options }) => {
  if ((options.modulusLength ?? 0) > MAX_GENERATED_BITS)
    throw refusal(
      'ERR_OUT_OF_RANGE',
      `Scripts can generate RSA keys of at most ${MAX_GENERATED_BITS} bits; keep longer ones in the secrets of the Action.`,
    );
  const { privateKey, publicKey } = generateKeyPairSync(kind as 'rsa', options as { modulusLength: number });
  return { privateKey: describeKey(privateKey), publicKey: describeKey(publicKey) };
});

export const KEY_PAIRS: Readonly<Record<string, Computation>> = { generateKeyPair };
