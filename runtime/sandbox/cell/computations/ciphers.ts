// In the cell: symmetric ciphers. A script sends all it fed to the cipher so far and is given all that comes out, so no state
// of its stays here.

import { createCipheriv, createDecipheriv, getCipherInfo } from 'node:crypto';
import { z } from 'zod';
import { bytes, type Computation, computation, name, pieces } from './wire.ts';

type Authenticated = ReturnType<typeof createCipheriv> & {
  getAuthTag(): Buffer;
  setAuthTag(tag: Buffer): void;
  setAAD(data: Buffer, options?: { plaintextLength: number }): void;
};

const shape = z.strictObject({
  operation: z.enum(['encrypt', 'decrypt']),
  algorithm: name,
  key: bytes,
  iv: bytes.nullable(),
  parts: pieces,
  /** Also what the end adds: padding, and the check of the tag. */
  isFinal: z.boolean(),
  autoPadding: z.boolean().optional(),
  authTagLength: z.int().min(0).max(16).optional(),
  authTag: bytes.optional(),
  aad: bytes.optional(),
  plaintextLength: z.int().min(0).optional(),
});

const cipher = computation(shape, (input) => {
  const { operation, algorithm, key, iv, parts, isFinal, authTagLength, plaintextLength } = input;
  const make = operation === 'encrypt' ? createCipheriv : createDecipheriv;
  const options = authTagLength === undefined ? {} : { authTagLength };
  const worker = make(algorithm, key, iv, options as never) as Authenticated;
  if (input.autoPadding === false) worker.setAutoPadding(false);
  if (input.authTag !== undefined) worker.setAuthTag(input.authTag);
  if (input.aad !== undefined)
    worker.setAAD(input.aad, plaintextLength === undefined ? undefined : { plaintextLength });
  const out = [worker.update(parts)];
  if (isFinal) out.push(worker.final());
  const isTagged = isFinal && operation === 'encrypt' && /gcm|ccm|ocb|poly1305/i.test(algorithm);
  return {
    data: Buffer.concat(out).toString('base64'),
    ...(isTagged && { authTag: worker.getAuthTag().toString('base64') }),
  };
});

const cipherInfo = computation(
  z.strictObject({ algorithm: z.union([name, z.int()]), keyLength: z.int().optional(), ivLength: z.int().optional() }),
  ({ algorithm, ...options }) => getCipherInfo(algorithm as string, options as { keyLength: number }) ?? {},
);

export const CIPHERS: Readonly<Record<string, Computation>> = { cipher, cipherInfo };
