// MD4 (RFC 1320), which OpenSSL has given up and old directories still hold passwords in: verified once, at the first login,
// and replaced by a hash of ours then. Nothing new is ever hashed by it.

const BLOCK_BYTES = 64;
export const MD4_BYTES = 16;

/** The order in which a round takes the words of a block, and by how much it turns them (§3.4). */
const ROUNDS = [
  {
    order: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    turns: [3, 7, 11, 19],
    constant: 0,
    mix: (x: number, y: number, z: number) => (x & y) | (~x & z),
  },
  {
    order: [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
    turns: [3, 5, 9, 13],
    constant: 0x5a827999,
    mix: (x: number, y: number, z: number) => (x & y) | (x & z) | (y & z),
  },
  {
    order: [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15],
    turns: [3, 9, 11, 15],
    constant: 0x6ed9eba1,
    mix: (x: number, y: number, z: number) => x ^ y ^ z,
  },
] as const;

const turn = (value: number, by: number): number => (value << by) | (value >>> (32 - by));

export function md4(bytes: Uint8Array): Buffer {
  const padded = pad(bytes);
  const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let block = 0; block < padded.length; block += BLOCK_BYTES) {
    let [a = 0, b = 0, c = 0, d = 0] = state;
    for (const { order, turns, constant, mix } of ROUNDS) {
      for (const [step, word] of order.entries()) {
        const sum = a + mix(b, c, d) + padded.readUInt32LE(block + 4 * word) + constant;
        [a, b, c, d] = [d, turn(sum | 0, turns[step % 4] ?? 0), b, c];
      }
    }
    for (const [at, value] of [a, b, c, d].entries()) state[at] = ((state[at] ?? 0) + value) | 0;
  }
  const digest = Buffer.alloc(MD4_BYTES);
  for (const [at, value] of state.entries()) digest.writeInt32LE(value | 0, 4 * at);
  return digest;
}

/** A one, zeros, and the length in bits as the last eight bytes (§3.1, §3.2). */
function pad(bytes: Uint8Array): Buffer {
  const padded = Buffer.alloc(Math.ceil((bytes.length + 9) / BLOCK_BYTES) * BLOCK_BYTES);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  padded.writeBigUInt64LE(BigInt(bytes.length) * 8n, padded.length - 8);
  return padded;
}

/** HMAC with MD4 (RFC 2104 §2). */
export function hmacMd4(key: Uint8Array, bytes: Uint8Array): Buffer {
  const short = key.length > BLOCK_BYTES ? md4(key) : key;
  const block = Buffer.alloc(BLOCK_BYTES);
  block.set(short);
  const inner = md4(Buffer.concat([block.map((byte) => byte ^ 0x36), bytes]));
  return md4(Buffer.concat([block.map((byte) => byte ^ 0x5c), inner]));
}
