// In the cell: what shims ask to be computed in the same breath, by Node's own cryptography and compression. Text in, text
// out: no object of this process ever gets inside.

import { CERTIFICATES } from './computations/certificates.ts';
import { CIPHERS } from './computations/ciphers.ts';
import { COMPRESSION } from './computations/compression.ts';
import { DERIVATIONS } from './computations/derivations.ts';
import { DIGESTS } from './computations/digests.ts';
import { KEY_PAIRS } from './computations/key-pairs.ts';
import { KEYS } from './computations/keys.ts';
import { SIGNATURES } from './computations/signatures.ts';
import type { Computation } from './computations/wire.ts';
import { readUrl } from './url.ts';

/** Operation → its computation. */
const COMPUTATIONS: Readonly<Record<string, Computation>> = {
  ...DIGESTS,
  ...DERIVATIONS,
  ...KEYS,
  ...KEY_PAIRS,
  ...SIGNATURES,
  ...CIPHERS,
  ...CERTIFICATES,
  ...COMPRESSION,
  url: readUrl,
};

/** `{"v": text}`, or `{"e": {name, code, message}}`: what is thrown in here must not cross the wall as an object. */
export function computeAsJson(operation: unknown, payload: unknown): string {
  try {
    const computation = Object.hasOwn(COMPUTATIONS, String(operation)) ? COMPUTATIONS[String(operation)] : undefined;
    if (computation === undefined) throw new Error(`unknown computation ${String(operation).slice(0, 50)}`);
    return JSON.stringify({ v: computation(String(payload)) });
  } catch (error) {
    const { name, code, message } = error as { name?: string; code?: unknown; message?: string };
    return JSON.stringify({ e: { name, code: typeof code === 'string' ? code : undefined, message } });
  }
}
