// Management: where the next page of a list begins, as callers carry it back: opaque, and of no other list than the one that
// gave it, because each has a mark of its own.
import type { Answer } from './answer.ts';
import { invalid } from './validation.ts';

export type Checkpoints = {
  encode(place: number): string;
  /** Undefined: none of this list's. */
  decode(checkpoint: string): number | undefined;
};

/** @param mark of the list: one letter, or none. */
export const checkpointsOf = (mark: string): Checkpoints => {
  const form = new RegExp(`^${mark}(\\d{1,15})$`);
  return {
    encode: (place) => Buffer.from(`${mark}${place}`).toString('base64url'),
    decode(checkpoint) {
      const digits = form.exec(Buffer.from(checkpoint, 'base64url').toString('latin1'))?.[1];
      return digits === undefined ? undefined : Number(digits);
    },
  };
};

export const invalidCheckpoint = (from: string): Answer =>
  invalid('query', `Object didn't pass validation for format checkpoint: ${from}`, 'from');
