// HMAC with SHA-256 (RFC 2104, FIPS 180-4) over small inputs: a context has no cryptography of its own, and a token is
// signed so rarely that a slow one will do. Tables are made when they are first needed.

const BLOCK = 64;

let constants: number[] | undefined;
let initial: number[] | undefined;

/** The first 32 bits of the fraction of a root: of a square root for the initial state, of a cube root for the rounds. */
const fraction = (root: number): number => ((root % 1) * 2 ** 32) | 0;

/** FIPS 180-4 §4.2.2 and §5.3.3: from the first 64 primes. */
function makeTables(): void {
  const primes: number[] = [];
  for (let candidate = 2; primes.length < 64; candidate++)
    if (!primes.some((prime) => candidate % prime === 0)) primes.push(candidate);
  constants = primes.map((prime) => fraction(Math.cbrt(prime)));
  initial = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
}

const turn = (word: number, by: number): number => (word >>> by) | (word << (32 - by));

/** The input with its padding, as words. */
function toWords(bytes: number[]): Int32Array {
  const words = new Int32Array((((bytes.length + 8) >> 6) + 1) * 16);
  for (let i = 0; i <= bytes.length; i++) {
    const byte = i === bytes.length ? 0x80 : (bytes[i] ?? 0);
    words[i >> 2] = (words[i >> 2] ?? 0) | (byte << (24 - (i & 3) * 8));
  }
  words[words.length - 2] = (bytes.length / 2 ** 29) | 0;
  words[words.length - 1] = bytes.length << 3;
  return words;
}

function sha256(bytes: number[]): number[] {
  if (constants === undefined || initial === undefined) makeTables();
  const rounds = constants ?? [];
  const state = Int32Array.from(initial ?? []);
  const words = toWords(bytes);
  const schedule = new Int32Array(BLOCK);
  for (let at = 0; at < words.length; at += 16) {
    let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
    for (let i = 0; i < BLOCK; i++) {
      if (i < 16) schedule[i] = words[at + i] ?? 0;
      else {
        const before = schedule[i - 15] ?? 0;
        const last = schedule[i - 2] ?? 0;
        const low = turn(before, 7) ^ turn(before, 18) ^ (before >>> 3);
        const high = turn(last, 17) ^ turn(last, 19) ^ (last >>> 10);
        schedule[i] = (schedule[i - 16] ?? 0) + low + (schedule[i - 7] ?? 0) + high;
      }
      const choice = (e & f) ^ (~e & g);
      const first = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + choice + (rounds[i] ?? 0) + (schedule[i] ?? 0)) | 0;
      const majority = (a & b) ^ (a & c) ^ (b & c);
      const second = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + majority) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + first) | 0;
      d = c;
      c = b;
      b = a;
      a = (first + second) | 0;
    }
    const next = [a, b, c, d, e, f, g, h];
    for (let i = 0; i < 8; i++) state[i] = (state[i] ?? 0) + (next[i] ?? 0);
  }
  const digest: number[] = [];
  for (const word of state) digest.push(word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255);
  return digest;
}

/** 32 bytes. */
export function hmac(key: number[], message: number[]): number[] {
  const short = key.length > BLOCK ? sha256(key) : key;
  const padded = (mask: number): number[] => Array.from({ length: BLOCK }, (_, i) => (short[i] ?? 0) ^ mask);
  return sha256([...padded(0x5c), ...sha256([...padded(0x36), ...message])]);
}
