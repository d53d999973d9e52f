// Password hashes that came from another system: read once, when they are imported, so that a mistake shows there and not
// at somebody's login; and verified, until a login replaces them. All but MD4 is done by Node's own crypto.
// The algorithms and their parameters are those of Auth0's bulk import (`custom_password_hash`).
import { createHash, createHmac, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { hmacMd4, MD4_BYTES, md4 } from './md4.ts';
import { readPhc, verifyPhc } from './phc-hash.ts';

export const HASH_ALGORITHMS = [
  'argon2',
  'bcrypt',
  'hmac',
  'ldap',
  'md4',
  'md5',
  'sha1',
  'sha256',
  'sha512',
  'pbkdf2',
  'scrypt',
] as const;
type HashAlgorithm = (typeof HASH_ALGORITHMS)[number];

export const HMAC_DIGESTS = [
  'md4',
  'md5',
  'ripemd160',
  'sha1',
  'sha224',
  'sha256',
  'sha384',
  'sha512',
  'whirlpool',
] as const;
export const BYTE_ENCODINGS = ['base64', 'hex', 'utf8'] as const;
export const TEXT_ENCODINGS = ['ascii', 'utf8', 'utf16le', 'ucs2', 'latin1', 'binary'] as const;

type Bytes = { value: string; encoding?: (typeof BYTE_ENCODINGS)[number] | undefined };

/** As another system kept it. */
export type CustomHash = {
  algorithm: HashAlgorithm;
  hash: Bytes & { digest?: (typeof HMAC_DIGESTS)[number] | undefined; key?: Bytes | undefined };
  salt?: (Bytes & { position?: 'prefix' | 'suffix' | undefined }) | undefined;
  /** How the characters of the password became bytes; UTF-8 unless said. */
  password?: { encoding?: (typeof TEXT_ENCODINGS)[number] | undefined } | undefined;
  /** Of scrypt. */
  keylen?: number | undefined;
  cost?: number | undefined;
  blockSize?: number | undefined;
  parallelization?: number | undefined;
};

/** Each of the parameters in base64, ready to be computed with. */
type Imported =
  | { by: 'phc'; value: string; text: string }
  | { by: 'digest'; digest: string; hash: string; before: string; after: string; text: string }
  | { by: 'hmac'; digest: string; key: string; hash: string; before: string; after: string; text: string }
  | { by: 'scrypt'; hash: string; salt: string; cost: number; blockSize: number; lanes: number; text: string };

const PREFIX = '$imported$';
const BCRYPT = /^\$2[abxy]\$(0[4-9]|1[0-4])\$[./A-Za-z0-9]{53}$/;

/** OpenSSL 3 has given it up, and nothing else of ours knows it. */
const GIVEN_UP: ReadonlySet<string> = new Set(['whirlpool']);

/** What one login may cost: a hash that asks for more could be used to exhaust the server. Lanes run one after the other. */
const SCRYPT_BYTES = 128 * 1024 * 1024;
const SCRYPT_BYTES_OF_ALL_LANES = 4 * SCRYPT_BYTES;

export type ReadHash = { ok: true; hash: string } | { ok: false; reason: string };

export const isImported = (hash: string): boolean => hash.startsWith(PREFIX);

/** The text to keep in place of a password hash of our own; a reason where it could never be verified. */
export function readCustomHash(custom: CustomHash): ReadHash {
  const { algorithm, hash, salt } = custom;
  if (algorithm === 'bcrypt') {
    return BCRYPT.test(hash.value)
      ? { ok: true, hash: hash.value }
      : refuse('The value of a bcrypt hash looks like $2b$10$…, with a cost of 4 to 14');
  }
  if (salt && (algorithm === 'argon2' || algorithm === 'pbkdf2' || algorithm === 'ldap')) {
    return refuse(`The salt of ${algorithm} is in the value of the hash`);
  }
  const text = custom.password?.encoding ?? 'utf8';
  if (algorithm === 'argon2' || algorithm === 'pbkdf2') {
    const reason = readPhc(algorithm, hash.value);
    return reason === undefined ? keep({ by: 'phc', value: hash.value, text }) : refuse(reason);
  }
  if (algorithm === 'ldap') return readLdap(hash.value, text);
  if (algorithm === 'scrypt') return readScrypt(custom, text);

  const digest = algorithm === 'hmac' ? hash.digest : algorithm;
  if (digest === undefined) return refuse('An hmac needs hash.digest');
  if (GIVEN_UP.has(digest)) return refuse(`The digest ${digest} is not supported; those users need a new password`);
  const bytes = bytesOf(hash);
  if (!bytes || bytes.length !== lengthOf(digest)) {
    return refuse(`The value of the hash, in its encoding (hex or base64), is no ${digest}`);
  }
  const salted = salt ? decode(salt) : Buffer.alloc(0);
  if (!salted) return refuse('The salt is not in its encoding');
  const [before, after] = salt?.position === 'suffix' ? ['', base64(salted)] : [base64(salted), ''];
  const plain = { digest, hash: base64(bytes), before, after, text };
  if (algorithm !== 'hmac') return keep({ by: 'digest', ...plain });
  const key = hash.key && decode(hash.key);
  return key ? keep({ by: 'hmac', key: base64(key), ...plain }) : refuse('An hmac needs hash.key, in its encoding');
}

export async function verifyImported(password: string, kept: string): Promise<boolean> {
  const imported = JSON.parse(Buffer.from(kept.slice(PREFIX.length), 'base64url').toString()) as Imported;
  const typed = Buffer.from(password, imported.text as BufferEncoding);
  if (imported.by === 'phc') return verifyPhc(typed, imported.value);
  const expected = Buffer.from(imported.hash, 'base64');
  const got = await compute(imported, typed, expected.length);
  return got.length === expected.length && timingSafeEqual(got, expected);
}

async function compute(imported: Exclude<Imported, { by: 'phc' }>, typed: Buffer, length: number): Promise<Buffer> {
  if (imported.by === 'scrypt') {
    const { salt, cost, blockSize, lanes } = imported;
    const options = { N: cost, r: blockSize, p: lanes, maxmem: 2 * SCRYPT_BYTES };
    return derive(typed, Buffer.from(salt, 'base64'), length, options);
  }
  const { digest, before, after } = imported;
  const whole = Buffer.concat([Buffer.from(before, 'base64'), typed, Buffer.from(after, 'base64')]);
  if (imported.by === 'digest') return digest === 'md4' ? md4(whole) : createHash(digest).update(whole).digest();
  const key = Buffer.from(imported.key, 'base64');
  return digest === 'md4' ? hmacMd4(key, whole) : createHmac(digest, key).update(whole).digest();
}

const lengthOf = (digest: string): number => (digest === 'md4' ? MD4_BYTES : createHash(digest).digest().length);

const derive = promisify<Buffer, Buffer, number, object, Buffer>(scrypt);

function readScrypt(custom: CustomHash, text: string): ReadHash {
  const { hash, salt, keylen, cost = 16_384, blockSize = 8, parallelization: lanes = 1 } = custom;
  const bytes = bytesOf(hash);
  const salted = salt && decode(salt);
  if (!salted) return refuse('A scrypt hash needs a salt, in its encoding');
  if (!bytes || bytes.length === 0 || bytes.length !== keylen) {
    return refuse('The value of a scrypt hash, in its encoding (hex or base64), is of keylen bytes');
  }
  const bytesOfLane = 128 * cost * blockSize;
  const isBearable = bytesOfLane <= SCRYPT_BYTES && bytesOfLane * lanes <= SCRYPT_BYTES_OF_ALL_LANES;
  if (cost < 2 || !Number.isInteger(Math.log2(cost)) || !isBearable) {
    return refuse('The cost of a scrypt hash is a power of two, and takes at most 128 MiB, and 512 MiB over all lanes');
  }
  return keep({ by: 'scrypt', hash: base64(bytes), salt: base64(salted), cost, blockSize, lanes, text });
}

/** RFC 2307 §5.3, and the salted schemes that directories made of it: the salt follows the digest. */
function readLdap(value: string, text: string): ReadHash {
  const [, salted, name = '', rest = ''] =
    /^\{(S?)(MD5|SHA|SHA1|SHA224|SHA256|SHA384|SHA512)\}([\w+/]+=*)$/i.exec(value) ?? [];
  const digest = name.toLowerCase() === 'sha' ? 'sha1' : name.toLowerCase();
  if (digest === '') return refuse('The value of an ldap hash looks like {SSHA}…, of md5 or sha, salted or not');
  const bytes = Buffer.from(rest, 'base64');
  const { length } = createHash(digest).digest();
  const isWhole = salted === '' ? bytes.length === length : bytes.length > length;
  if (!isWhole) return refuse(`The value of the ldap hash is no ${digest}`);
  const hash = base64(bytes.subarray(0, length));
  return keep({ by: 'digest', digest, hash, before: '', after: base64(bytes.subarray(length)), text });
}

function keep(imported: Imported): ReadHash {
  return { ok: true, hash: PREFIX + Buffer.from(JSON.stringify(imported)).toString('base64url') };
}

const refuse = (reason: string): ReadHash => ({ ok: false, reason });
const base64 = (bytes: Buffer): string => bytes.toString('base64');

/** Of a hash, which is bytes and no text. */
const bytesOf = (hash: Bytes): Buffer | undefined =>
  hash.encoding === 'utf8' ? undefined : decode({ ...hash }, 'hex');

function decode({ value, encoding }: Bytes, otherwise: Bytes['encoding'] = 'utf8'): Buffer | undefined {
  switch (encoding ?? otherwise) {
    case 'hex':
      return /^([0-9a-f]{2})+$/i.test(value) ? Buffer.from(value, 'hex') : undefined;
    case 'base64':
      return /^[\w+/-]+=*$/.test(value) ? Buffer.from(value, 'base64') : undefined;
    default:
      return Buffer.from(value, 'utf8');
  }
}
