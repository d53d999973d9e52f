// Server, harness: dice that fall the same way each time. What is drawn follows from the seed alone, so that two runs of a
// simulation have the same ids, codes and keys. Nothing outside of a test may use them.
import { createHash } from 'node:crypto';
import type { Random } from '#runtime/ports.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export function createSeededRandom(seed: string): Random {
  let block = Buffer.alloc(0);
  let used = 0;
  let blocks = 0;
  const byte = (): number => {
    if (used === block.length) {
      block = createHash('sha512').update(`${blocks++} ${seed}`).digest();
      used = 0;
    }
    return block[used++] ?? 0;
  };
  const bytes = (length: number): Buffer => Buffer.from(Array.from({ length }, byte));
  /** Each as likely as the others: what is over the last whole multiple is drawn again. */
  const below = (bound: number): number => {
    const most = 256 - (256 % bound);
    for (;;) {
      const drawn = byte();
      if (drawn < most) return drawn % bound;
    }
  };
  return {
    key: () => bytes(32).toString('base64url'),
    uuid: () => {
      const drawn = bytes(16);
      // RFC 9562 §5.4: the version and the variant.
      drawn[6] = ((drawn[6] ?? 0) & 0x0f) | 0x40;
      drawn[8] = ((drawn[8] ?? 0) & 0x3f) | 0x80;
      return drawn.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    },
    letters: (length) => Array.from({ length }, () => ALPHABET[below(ALPHABET.length)]).join(''),
    hex: (length) =>
      bytes(Math.ceil(length / 2))
        .toString('hex')
        .slice(0, length),
    digits: (length) => Array.from({ length }, () => below(10)).join(''),
  };
}
