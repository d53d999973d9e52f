// Password hashes in the form of the Password Hashing Competition, which name their own parameters: argon2 and pbkdf2, as
// other systems wrote them.
import { argon2, createHash, pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const deriveArgon2 = promisify(argon2);
const derivePbkdf2 = promisify(pbkdf2);

/** What one login may cost: a hash that asks for more could be used to exhaust the server. */
const MOST = { memory: 128 * 1024, passes: 16, lanes: 16, iterations: 2_000_000, bytes: 512 };

const DIGESTS = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'];

type Phc = { salt: Buffer; hash: Buffer } & (
  | { by: 'argon2'; variant: 'argon2d' | 'argon2i' | 'argon2id'; memory: number; passes: number; lanes: number }
  | { by: 'pbkdf2'; digest: string; iterations: number }
);

/** Why `value` is no hash of `algorithm` that can be verified; undefined where it is one. */
export function readPhc(algorithm: 'argon2' | 'pbkdf2', value: string): string | undefined {
  const phc = parse(value);
  if (phc?.by !== algorithm) {
    return algorithm === 'argon2'
      ? 'The value of an argon2 hash looks like $argon2id$v=19$m=19456,t=2,p=1$…$…'
      : 'The value of a pbkdf2 hash looks like $pbkdf2-sha256$i=600000,l=32$…$…';
  }
  const { salt, hash } = phc;
  if (salt.length < 1 || hash.length < 4 || hash.length > MOST.bytes)
    return `A ${algorithm} hash needs a salt and a hash`;
  if (phc.by === 'pbkdf2') {
    // RFC 8018 §5.2: each piece of the hash that is as long as the digest is computed on its own.
    const pieces = Math.ceil(hash.length / createHash(phc.digest).digest().length);
    return phc.iterations * pieces <= MOST.iterations
      ? undefined
      : `At most ${MOST.iterations} iterations are computed, over all pieces of the hash`;
  }
  // RFC 9106 §3.1.
  if (salt.length < 8 || phc.lanes < 1 || phc.passes < 1 || phc.memory < 8 * phc.lanes) {
    return 'An argon2 hash has a salt of 8 bytes or more, and 8 KiB or more a lane';
  }
  const isBearable = phc.memory <= MOST.memory && phc.passes <= MOST.passes && phc.lanes <= MOST.lanes;
  return isBearable ? undefined : 'At most 128 MiB, 16 passes and 16 lanes are computed';
}

export async function verifyPhc(typed: Buffer, value: string): Promise<boolean> {
  const phc = parse(value);
  if (!phc) return false;
  const { salt, hash } = phc;
  const got =
    phc.by === 'pbkdf2'
      ? await derivePbkdf2(typed, salt, phc.iterations, hash.length, phc.digest)
      : await deriveArgon2(phc.variant, {
          message: typed,
          nonce: salt,
          tagLength: hash.length,
          memory: phc.memory,
          passes: phc.passes,
          parallelism: phc.lanes,
        });
  return timingSafeEqual(got, hash);
}

function parse(value: string): Phc | undefined {
  const [nothing, id = '', ...parts] = value.split('$');
  if (nothing !== '') return undefined;
  const [hash, salt, given, version, ...more] = parts.toReversed();
  if (more.length > 0 || hash === undefined || salt === undefined || given === undefined) return undefined;
  const bytes = { salt: bytesOf(salt), hash: bytesOf(hash) };
  const parameters = new Map(given.split(',').map((one) => one.split('=', 2) as [string, string | undefined]));
  const number = (name: string) =>
    /^[0-9]{1,10}$/.test(parameters.get(name) ?? '') ? Number(parameters.get(name)) : 0;
  if (id === 'argon2d' || id === 'argon2i' || id === 'argon2id') {
    // Other versions compute something else.
    if (version !== 'v=19' || parameters.size !== 3) return undefined;
    return { by: 'argon2', variant: id, memory: number('m'), passes: number('t'), lanes: number('p'), ...bytes };
  }
  const digest = /^pbkdf2-([a-z0-9]+)$/.exec(id)?.[1] ?? '';
  const length = parameters.has('l') ? number('l') : bytes.hash.length;
  const iterations = number('i');
  if (version !== undefined || !DIGESTS.includes(digest) || iterations < 1 || length !== bytes.hash.length)
    return undefined;
  return { by: 'pbkdf2', digest, iterations, ...bytes };
}

/** Base64 of the usual alphabet, without padding or with; nothing where it is none. */
function bytesOf(text: string): Buffer {
  return Buffer.from(/^[A-Za-z0-9+/]+=*$/.test(text) ? text : '', 'base64');
}
