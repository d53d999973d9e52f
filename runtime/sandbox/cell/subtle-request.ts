// In the cell: what a script asks of Web Cryptography, parsed and bounded. A call runs on another thread and cannot be
// interrupted, and its time is not counted as the script's: so nothing large is ever begun.

import { z } from 'zod';

const MAX_BYTES = 1024 * 1024;
export const MAX_RSA_BITS = 4096;
/** Of PBKDF2, a call. */
const MAX_ITERATIONS = 1_000_000;
/** Bits of a key that is made, and of a HMAC's. */
const MAX_KEY_BITS = 65_536;

const bytes = z
  .strictObject({ base64: z.string().max(Math.ceil(MAX_BYTES / 3) * 4, 'Web Cryptography takes at most 1 MB a call') })
  .transform(({ base64 }) => Buffer.from(base64, 'base64'));
const key = z.int().nonnegative();
const name = z.string().max(64);
/** Generators with other exponents may run for minutes. */
const publicExponent = bytes.refine(
  (value) => ['03', '010001'].includes(value.toString('hex').replace(/^(?:00)+/, '')),
  'the publicExponent must be 3 or 65537',
);

/** The parameters of every algorithm there is. Others are dropped, as Web IDL has it; Node checks those it needs. */
const algorithm = z.union([
  name.transform((name) => ({ name })),
  z.object({
    name,
    hash: z.union([name, z.object({ name })]).optional(),
    modulusLength: z.number().max(MAX_RSA_BITS, `RSA keys of scripts have at most ${MAX_RSA_BITS} bits`).optional(),
    publicExponent: publicExponent.optional(),
    namedCurve: name.optional(),
    length: z.number().max(MAX_KEY_BITS, `keys of scripts have at most ${MAX_KEY_BITS} bits`).optional(),
    iv: bytes.optional(),
    counter: bytes.optional(),
    additionalData: bytes.optional(),
    label: bytes.optional(),
    salt: bytes.optional(),
    info: bytes.optional(),
    context: bytes.optional(),
    tagLength: z.number().optional(),
    saltLength: z.number().max(512).optional(),
    iterations: z
      .number()
      .max(MAX_ITERATIONS, `PBKDF2 makes at most ${MAX_ITERATIONS} iterations for scripts`)
      .optional(),
    public: z.strictObject({ key }).optional(),
  }),
]);

const text = z.string().max(8192);
const jwk = z.object({
  kty: name,
  use: name.optional(),
  key_ops: z.array(name).max(20).optional(),
  ext: z.boolean().optional(),
  alg: name.optional(),
  crv: name.optional(),
  ...Object.fromEntries(
    ['k', 'n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi', 'x', 'y', 'pub', 'priv'].map((member) => [
      member,
      text.optional(),
    ]),
  ),
});

const format = z.string().max(32);
const usages = z.array(name).max(20);
const made = { extractable: z.boolean(), usages };

const request = z.discriminatedUnion('operation', [
  z.strictObject({ operation: z.literal('digest'), algorithm, data: bytes }),
  z.strictObject({ operation: z.enum(['sign', 'encrypt', 'decrypt']), algorithm, key, data: bytes }),
  z.strictObject({ operation: z.literal('verify'), algorithm, key, signature: bytes, data: bytes }),
  z.strictObject({ operation: z.literal('generateKey'), algorithm, ...made }),
  z.strictObject({
    operation: z.literal('importKey'),
    format,
    data: z.union([bytes, z.strictObject({ jwk })]),
    algorithm,
    ...made,
  }),
  z.strictObject({ operation: z.literal('exportKey'), format, key }),
  z.strictObject({
    operation: z.literal('deriveBits'),
    algorithm,
    key,
    length: z.number().max(MAX_KEY_BITS, `scripts derive at most ${MAX_KEY_BITS} bits a call`).nullable(),
  }),
  z.strictObject({ operation: z.literal('deriveKey'), algorithm, key, derived: algorithm, ...made }),
  z.strictObject({ operation: z.literal('wrapKey'), format, key, wrapper: key, algorithm }),
  z.strictObject({
    operation: z.literal('unwrapKey'),
    format,
    data: bytes,
    wrapper: key,
    algorithm,
    derived: algorithm,
    ...made,
  }),
]);

export type SubtleRequest = z.output<typeof request>;
export type SubtleAlgorithm = z.output<typeof algorithm>;

/** @throws TypeError that names what is wrong. */
export function readSubtleRequest(payload: string): SubtleRequest {
  const parsed = request.safeParse(JSON.parse(payload));
  if (parsed.success) return parsed.data;
  throw new TypeError(explain(parsed.error.issues[0]));
}

/** The innermost complaint: that of a union says nothing by itself. */
function explain(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === 'invalid_union') {
    const inner = issue.errors.at(-1)?.[0];
    if (inner !== undefined) return explain({ ...inner, path: [...issue.path, ...inner.path] });
  }
  return `${issue?.path.join('.') || 'the request'}: ${issue?.message ?? 'not valid'}`;
}
