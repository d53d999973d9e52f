// Storage: secrets at rest. One root key (or a list of them) gives a key for each purpose; what is sealed opens only
// at the place it was sealed for, and nothing here ever puts a key or a plain value into an error.
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

/** Where a sealed value lives. It is authenticated with the value, so a copy in another place does not open. */
type Place = { tenantId: string; table: string; row: string; column: string };

export type Keyring = {
  /** AES-256-GCM under the first key. The result is base64url text; two seals of one text differ. */
  seal(place: Place, text: string): string;
  /** The plain text; throws `SealError` when no key of the ring opens it at this place. */
  open(place: Place, sealed: string): string;
  /** HMAC-SHA256 under a key of its own for each purpose, base64url. Purposes are a closed list, never made of ids. */
  mac(purpose: string, text: string): string;
  /** Whether any key of the ring made `mac`; the time taken does not depend on where they differ. */
  macMatches(purpose: string, text: string, mac: string): boolean;
  /** Names the key that seals; says nothing about the key itself. */
  sealingKeyId: string;
};

/** A sealed value that does not open: another root key, another place, or a damaged value. */
export class SealError extends Error {
  override name = 'SealError';
}

/** A root key that cannot be used; the message tells which entry of the list, never its text. */
export class KeyringError extends Error {
  override name = 'KeyringError';
}

const VERSION = 1;
const KEY_ID_BYTES = 4;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + KEY_ID_BYTES + IV_BYTES + TAG_BYTES;

/** SHA-256 as base64url: enough for keys of 256 random bits, which nobody can guess from a hash. */
export function hashHandle(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}

/** Opens a ring from root keys, each at least 32 bytes in base64url. The first one seals, all of them open. */
export function openKeyring(secrets: string[]): Keyring {
  const keys = secrets.map((secret, position) => deriveFrom(decode(secret, position)));
  const first = keys[0];
  if (!first) throw new KeyringError('no root key was given');

  return {
    sealingKeyId: first.id.toString('base64url'),

    seal(place, text) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', first.key(`seal ${place.table}`), iv);
      cipher.setAAD(associatedData(place));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.of(VERSION), first.id, iv, cipher.getAuthTag(), body]).toString('base64url');
    },

    open(place, sealed) {
      const bytes = Buffer.from(sealed, 'base64url');
      if (bytes.length < HEAD_BYTES || bytes[0] !== VERSION) throw new SealError(`not a sealed value: ${name(place)}`);
      const id = bytes.subarray(1, 1 + KEY_ID_BYTES);
      const iv = bytes.subarray(1 + KEY_ID_BYTES, 1 + KEY_ID_BYTES + IV_BYTES);
      const tag = bytes.subarray(HEAD_BYTES - TAG_BYTES, HEAD_BYTES);
      for (const candidate of keys) {
        if (!candidate.id.equals(id)) continue;
        const text = decrypt(
          candidate.key(`seal ${place.table}`),
          iv,
          tag,
          associatedData(place),
          bytes.subarray(HEAD_BYTES),
        );
        if (text !== undefined) return text;
      }
      throw new SealError(`a sealed value does not open: ${name(place)}`);
    },

    mac: (purpose, text) => authenticate(first.key(`mac ${purpose}`), text).toString('base64url'),

    macMatches(purpose, text, mac) {
      const given = Buffer.from(mac, 'base64url');
      let matches = false;
      for (const candidate of keys) {
        const expected = authenticate(candidate.key(`mac ${purpose}`), text);
        // No early exit: which key of the ring made it stays unknown to whoever measures.
        if (given.length === expected.length && timingSafeEqual(given, expected)) matches = true;
      }
      return matches;
    },
  };
}

type RootKey = { id: Buffer; key(purpose: string): KeyObject };

function deriveFrom(root: Buffer): RootKey {
  const derived = new Map<string, KeyObject>();
  const derive = (purpose: string, bytes: number) =>
    Buffer.from(hkdfSync('sha256', root, '', `sallyport ${purpose}`, bytes));
  return {
    id: derive('key id', KEY_ID_BYTES),
    key(purpose) {
      // A key for each table keeps the number of random IVs under one key far below the 2^32 of NIST SP 800-38D §8.3.
      const known = derived.get(purpose);
      if (known) return known;
      const key = createSecretKey(derive(purpose, 32));
      derived.set(purpose, key);
      return key;
    },
  };
}

function decode(secret: string, position: number): Buffer {
  const bytes = /^[A-Za-z0-9_-]+={0,2}$/.test(secret) ? Buffer.from(secret, 'base64url') : undefined;
  if (!bytes || bytes.length < 32)
    throw new KeyringError(`root key ${position + 1} is not base64url of 32 bytes or more`);
  return bytes;
}

function decrypt(key: KeyObject, iv: Buffer, tag: Buffer, aad: Buffer, body: Buffer): string | undefined {
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(aad);
  decipher.setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
  } catch {
    return undefined; // The tag does not fit; the caller tries the next key and then says so.
  }
}

function authenticate(key: KeyObject, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** A JSON list, so that no two places have the same bytes. */
function associatedData(place: Place): Buffer {
  return Buffer.from(JSON.stringify([place.tenantId, place.table, place.row, place.column]));
}

function name(place: Place): string {
  return `${place.table}.${place.column}`;
}
