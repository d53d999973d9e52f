// Management: a password hash from another system, on the wire. What is taken can be verified; the refusal says why not.
import { z } from 'zod';
import {
  BYTE_ENCODINGS,
  type CustomHash,
  HASH_ALGORITHMS,
  HMAC_DIGESTS,
  readCustomHash,
  TEXT_ENCODINGS,
} from '#runtime/factors/imported-hash.ts';
import { text, wholeNumber } from './fields.ts';

const encoding = z.enum(BYTE_ENCODINGS).optional();

const shape = z.strictObject({
  algorithm: z.enum(HASH_ALGORITHMS),
  hash: z.strictObject({
    value: text(2048),
    encoding,
    digest: z.enum(HMAC_DIGESTS).optional(),
    key: z.strictObject({ value: text(2048), encoding }).optional(),
  }),
  salt: z.strictObject({ value: text(2048), encoding, position: z.enum(['prefix', 'suffix']).optional() }).optional(),
  password: z.strictObject({ encoding: z.enum(TEXT_ENCODINGS).optional() }).optional(),
  keylen: wholeNumber(1, 512).optional(),
  cost: wholeNumber(1, 2 ** 24).optional(),
  blockSize: wholeNumber(1, 1024).optional(),
  parallelization: wholeNumber(1, 1024).optional(),
});

function read(custom: CustomHash, context: z.RefinementCtx): string {
  const hash = readCustomHash(custom);
  if (hash.ok) return hash.hash;
  context.addIssue({ code: 'custom', message: hash.reason });
  return z.NEVER;
}

/** As it is kept in place of a hash of our own. */
export const customPasswordHash: z.ZodType<string> = shape.transform(read);

/** `password_hash`: bcrypt alone. */
export const bcryptHash: z.ZodType<string> = z
  .string()
  .transform((value, context) => read({ algorithm: 'bcrypt', hash: { value } }, context));
