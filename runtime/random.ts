// Dice from the operating system's generator. A port, so that tests may load them.
import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import type { Random } from './ports.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export function createRandom(): Random {
  const random: Random = {
    key: () => randomBytes(32).toString('base64url'),
    uuid: () => randomUUID(),
    letters: (length) => Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join(''),
    hex: (length) =>
      randomBytes(Math.ceil(length / 2))
        .toString('hex')
        .slice(0, length),
    digits: (length) => (length > 0 ? digits(Math.min(length, AT_ONCE)) + random.digits(length - AT_ONCE) : ''),
  };
  return random;
}

/** The generator's numbers end before 2 ** 48. */
const AT_ONCE = 14;

function digits(length: number): string {
  return String(randomInt(10 ** length)).padStart(length, '0');
}
