// In the cell: how a computation reads what a script sent and what it answers with. The payload is untrusted text; nothing in
// here can be interrupted once it runs, so everything is bounded before Node's own code sees it.

import { z } from 'zod';

export type Computation = (payload: string) => string;

/** What one computation takes in or gives back. */
export const MAX_BYTES = 4 * 1024 * 1024;
const MAX_PAYLOAD = 12 * 1024 * 1024;

/** An error as the author of the script sees it. */
export function refusal(code: string, message: string): Error {
  return Object.assign(new RangeError(message), { code });
}

/** `WireBytes` of `actions/outgoing-call.ts`, as bytes. */
export const bytes = z
  .union([z.strictObject({ text: z.string() }), z.strictObject({ base64: z.string() })])
  .transform((wire) => ('text' in wire ? Buffer.from(wire.text, 'utf8') : Buffer.from(wire.base64, 'base64')));

/** Pieces that belong together, as `update` was called. */
export const pieces = z.array(bytes).transform((parts) => {
  let length = 0;
  for (const part of parts) length += part.length;
  if (length > MAX_BYTES)
    throw refusal('ERR_OUT_OF_RANGE', `Scripts compute over at most ${MAX_BYTES} bytes at once; these are ${length}.`);
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts, length);
});

export const name = z.string().max(64);

/** A computation whose payload is JSON of this shape. */
export function computation<Shape extends z.ZodType>(
  shape: Shape,
  compute: (input: z.output<Shape>) => Buffer | string | object,
): Computation {
  return (payload) => {
    if (payload.length > MAX_PAYLOAD) throw refusal('ERR_OUT_OF_RANGE', 'The input of this computation is too large.');
    const parsed = shape.safeParse(JSON.parse(payload));
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      const message = `The argument ${issue?.path.join('.') ?? ''} is not valid: ${issue?.message ?? 'unknown'}`;
      if (issue?.code === 'too_small' || issue?.code === 'too_big') throw refusal('ERR_OUT_OF_RANGE', message);
      throw Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG_VALUE' });
    }
    const result = compute(parsed.data);
    if (typeof result === 'string') return result;
    return Buffer.isBuffer(result) ? result.toString('base64') : JSON.stringify(result);
  };
}
