// Server, harness: an authenticator in software: ES256 keys that sign what a browser would hand over, with any flags, counter,
// origin and domain, wrong ones too. Web Authentication Level 3, §6.
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import type { CredentialRecord, JsonObject } from '#storage/records.ts';

/** What the page of a login asks a browser for. */
export type Asked = { challenge: string; relyingPartyId: string; origin: string };

/** What the answer says, where it is not what was asked for. */
export type Twist = {
  challenge?: string;
  relyingPartyId?: string;
  origin?: string;
  type?: string;
  /** More members of the browser's own part. */
  clientData?: JsonObject;
  /** §6.1: 1 present, 4 verified, 8 may be backed up, 16 is backed up. */
  flags?: number;
  counter?: number;
  userHandle?: string;
  /** Signed by somebody else. */
  forged?: true;
  /** The id of another credential. */
  id?: string;
};

export type SoftKey = {
  id: string;
  /** A new credential, attested by nobody. */
  create(asked: Asked, twist?: Twist & { format?: string; transports?: string[]; aaguid?: string }): JsonObject;
  /** What it signs at a login. */
  get(asked: Asked, twist?: Twist): JsonObject;
  /** The row's part of it, as if it had been enrolled. */
  credential(relyingPartyId: string, more?: Partial<CredentialRecord>): CredentialRecord;
};

const UP = 1;
const UV = 4;
const ATTESTED = 64;
const PRESENT_AND_VERIFIED = UP | UV;

const sha256 = (text: string | Buffer) => createHash('sha256').update(text).digest();

/** @param credentialId of the credential; a random one where it is not given. */
export function createSoftKey(credentialId: Buffer = randomBytes(16)): SoftKey {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const id = credentialId.toString('base64url');
  const cose = coseKey(pair.publicKey);
  let counter = 0;

  function clientData(type: string, asked: Asked, twist: Twist): Buffer {
    const { challenge = asked.challenge, origin = asked.origin } = twist;
    return Buffer.from(
      JSON.stringify({ type: twist.type ?? type, challenge, origin, crossOrigin: false, ...twist.clientData }),
    );
  }

  function authenticatorData(asked: Asked, twist: Twist, attested?: Buffer): Buffer {
    const { relyingPartyId = asked.relyingPartyId, flags = PRESENT_AND_VERIFIED } = twist;
    counter = twist.counter ?? counter + 1;
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    const flag = Buffer.from([flags | (attested ? ATTESTED : 0)]);
    return Buffer.concat([sha256(relyingPartyId), flag, count, attested ?? Buffer.alloc(0)]);
  }

  return {
    id,
    create: (asked, twist = {}) => {
      const model = Buffer.from((twist.aaguid ?? '0'.repeat(32)).replaceAll('-', ''), 'hex');
      const length = Buffer.alloc(2);
      length.writeUInt16BE(credentialId.length);
      const data = authenticatorData(asked, twist, Buffer.concat([model, length, credentialId, cose]));
      const attestation = cbor(
        new Map<string, Item>([
          ['fmt', twist.format ?? 'none'],
          ['attStmt', new Map()],
          ['authData', data],
        ]),
      );
      return {
        id: twist.id ?? id,
        rawId: twist.id ?? id,
        type: 'public-key',
        clientExtensionResults: {},
        response: {
          clientDataJSON: clientData('webauthn.create', asked, twist).toString('base64url'),
          attestationObject: attestation.toString('base64url'),
          transports: twist.transports ?? ['usb'],
        },
      };
    },
    get: (asked, twist = {}) => {
      const data = authenticatorData(asked, twist);
      const client = clientData('webauthn.get', asked, twist);
      const signer = twist.forged ? other.privateKey : pair.privateKey;
      return {
        id: twist.id ?? id,
        rawId: twist.id ?? id,
        type: 'public-key',
        clientExtensionResults: {},
        response: {
          clientDataJSON: client.toString('base64url'),
          authenticatorData: data.toString('base64url'),
          signature: sign('sha256', Buffer.concat([data, sha256(client)]), signer).toString('base64url'),
          ...(twist.userHandle === undefined ? {} : { userHandle: twist.userHandle }),
        },
      };
    },
    credential: (relyingPartyId, more = {}) => ({
      id,
      publicKey: cose.toString('base64url'),
      counter: 0,
      transports: ['usb'],
      aaguid: '00000000-0000-0000-0000-000000000000',
      deviceType: 'singleDevice',
      backedUp: false,
      relyingPartyId,
      ...more,
    }),
  };
}

/** RFC 9053 §7.1.1: an elliptic curve key (kty 2) for ES256 (alg -7) on P-256 (crv 1). */
function coseKey(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  return cbor(
    new Map<number, Item>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, Buffer.from(x, 'base64url')],
      [-3, Buffer.from(y, 'base64url')],
    ]),
  );
}

type Item = number | string | Buffer | Map<number, Item> | Map<string, Item>;

/** As much of CBOR (RFC 8949 §3) as an authenticator writes. */
function cbor(item: Item): Buffer {
  if (typeof item === 'number') return item < 0 ? head(1, -1 - item) : head(0, item);
  if (typeof item === 'string') return Buffer.concat([head(3, Buffer.byteLength(item)), Buffer.from(item)]);
  if (Buffer.isBuffer(item)) return Buffer.concat([head(2, item.length), item]);
  const entries = [...item].flatMap(([key, value]) => [cbor(key), cbor(value)]);
  return Buffer.concat([head(5, item.size), ...entries]);
}

function head(major: number, value: number): Buffer {
  if (value < 24) return Buffer.from([(major << 5) | value]);
  if (value < 256) return Buffer.from([(major << 5) | 24, value]);
  return Buffer.from([(major << 5) | 25, value >> 8, value & 255]);
}
