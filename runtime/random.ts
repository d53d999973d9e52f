// Dice from the operating system's generator. A port, so that tests may load them.
import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import type { Random } from './ports.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export function createRandom(): Random {
  return {
    key: () => randomBytes(32).toString('base64url'),
    uuid: () => randomUUID(),
    letters: (length) => Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join(''),
    hex: (length) =>
      randomBytes(Math.ceil(length / 2))
        .toString('hex')
        .slice(0, length),
    digits: (length) => String(randomInt(10 ** length)).padStart(length, '0'),
  };
}
