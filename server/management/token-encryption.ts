// Management: with which key an API wants its access tokens encrypted. Kept without effect: the key is shown by its thumbprint
// (RFC 7638), as the wire has it.
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { Json, JsonObject } from '#storage/records.ts';
import { optional, text } from './fields.ts';

const ALGORITHMS = ['RSA-OAEP-256', 'RSA-OAEP-384', 'RSA-OAEP-512'] as const;

const pem = text(4096).superRefine((value, context) => {
  if (readKey(value)?.asymmetricKeyType === 'rsa') return;
  context.addIssue({ code: 'custom', message: 'An RSA public key or a certificate in PEM is expected' });
});

export const tokenEncryption = z
  .strictObject({
    format: z.enum(['compact-nested-jwe']),
    encryption_key: z.strictObject({
      name: text(128).optional(),
      alg: z.enum(ALGORITHMS),
      kid: text(128).optional(),
      pem,
    }),
  })
  .transform((given) => given as JsonObject);

export const tokenEncryptionShape = z.strictObject({
  format: z.string(),
  encryption_key: z.strictObject({
    name: z.string().optional(),
    alg: z.string(),
    kid: z.string().optional(),
    thumbprint_sha256: z.string(),
  }),
});

const kept = z.object({
  format: z.string(),
  encryption_key: z.object({
    name: z.string().optional(),
    alg: z.string(),
    kid: z.string().optional(),
    pem: z.string(),
  }),
});

/** Undefined for what is no such thing: written before it was looked at. */
export function showTokenEncryption(stored: Json | undefined): JsonObject | undefined {
  const { data } = kept.safeParse(stored);
  const key = data && readKey(data.encryption_key.pem);
  if (!data || !key) return undefined;
  const { name, alg, kid } = data.encryption_key;
  const { e, kty, n } = key.export({ format: 'jwk' });
  const thumbprint = createHash('sha256').update(JSON.stringify({ e, kty, n })).digest('base64url');
  return {
    format: data.format,
    encryption_key: { ...optional('name', name), alg, ...optional('kid', kid), thumbprint_sha256: thumbprint },
  } as JsonObject;
}

function readKey(text: string): KeyObject | undefined {
  try {
    return createPublicKey(text);
  } catch {
    // Whatever the library says of it: it is not a key.
    return undefined;
  }
}
