// Lifecycle: the self-signed certificate of a signing key, in DER. Nobody trusts it for who signed it: it carries the
// public key to libraries that read keys from certificates only (RFC 7517 §4.7).
import { createHash, createPrivateKey, type KeyObject, sign } from 'node:crypto';
import type { JsonObject } from '#storage/records.ts';

const YEARS = 14;

/** Tags of ASN.1 as they are used here; constructed types have their bit set. */
const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  nothing: 0x05,
  oid: 0x06,
  utf8: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  first: 0xa0,
  fourth: 0xa3,
} as const;

/** Object identifiers, their values encoded. */
const OID = {
  commonName: '550403',
  basicConstraints: '551d13',
  sha256WithRsa: '2a864886f70d01010b',
  sha256WithEcdsa: '2a8648ce3d040302',
  data: '2a864886f70d010701',
  signedData: '2a864886f70d010702',
} as const;

type CertificateInput = {
  publicKey: KeyObject;
  privateJwk: JsonObject;
  /** The common name of subject and issuer; at most 64 characters count. */
  name: string;
  /** A positive number, big-endian. */
  serial: Buffer;
  /** Milliseconds since 1970. */
  from: number;
};

/** A certificate of version 3 (RFC 5280 §4.1), DER. An end entity: it can vouch for no other. */
export function certify({ publicKey, privateJwk, name, serial, from }: CertificateInput): Buffer {
  const isEc = publicKey.asymmetricKeyType === 'ec';
  const algorithm = sequence(...(isEc ? [oid('sha256WithEcdsa')] : [oid('sha256WithRsa'), der(TAG.nothing)]));
  const common = sequence(oid('commonName'), der(TAG.utf8, Buffer.from(name.slice(0, 64))));
  const who = sequence(der(TAG.set, common));
  const until = new Date(from);
  until.setUTCFullYear(until.getUTCFullYear() + YEARS);
  const constraints = sequence(oid('basicConstraints'), der(TAG.boolean, Buffer.of(0xff)), der(TAG.octets, sequence()));
  const signed = sequence(
    der(TAG.first, der(TAG.integer, Buffer.of(2))),
    der(TAG.integer, serial),
    algorithm,
    who,
    sequence(time(new Date(from)), time(until)),
    who,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(TAG.fourth, sequence(constraints)),
  );
  const signature = sign('sha256', signed, createPrivateKey({ key: privateJwk, format: 'jwk' }));
  return sequence(signed, algorithm, der(TAG.bits, Buffer.of(0), signature));
}

/** SHA-1 of a certificate, as `x5t` and fingerprints have it; it identifies, it protects nothing. */
export function thumbprintOf(certificate: Buffer): Buffer {
  return createHash('sha1').update(certificate).digest();
}

/** A certificate wrapped as PKCS #7, signed by nobody (RFC 2315 §9.1: "degenerate case for disseminating certificates"). */
export function inPkcs7(certificate: Buffer): Buffer {
  const signedData = sequence(
    der(TAG.integer, Buffer.of(1)),
    der(TAG.set),
    sequence(oid('data')),
    der(TAG.first, certificate),
    der(TAG.set),
  );
  return sequence(oid('signedData'), der(TAG.first, signedData));
}

function der(tag: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const size = body.length.toString(16);
  const bytes = Buffer.from(size.padStart(size.length + (size.length % 2), '0'), 'hex');
  const length = body.length < 0x80 ? bytes : Buffer.concat([Buffer.of(0x80 + bytes.length), bytes]);
  return Buffer.concat([Buffer.of(tag), length, body]);
}

const sequence = (...parts: Buffer[]): Buffer => der(TAG.sequence, ...parts);
const oid = (name: keyof typeof OID): Buffer => der(TAG.oid, Buffer.from(OID[name], 'hex'));

/** RFC 5280 §4.1.2.5: two digits of the year until 2049, four from then on. */
function time(at: Date): Buffer {
  const digits = `${at
    .toISOString()
    .replaceAll(/[^0-9]/g, '')
    .slice(0, 14)}Z`;
  return at.getUTCFullYear() < 2050
    ? der(TAG.utcTime, Buffer.from(digits.slice(2)))
    : der(TAG.generalizedTime, Buffer.from(digits));
}
