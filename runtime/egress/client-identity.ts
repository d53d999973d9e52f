// Egress: the credentials of a mutual TLS connection, read from what a tenant wrote. OpenSSL reads a key on the thread
// that serves everybody, so a key that is slow on purpose is refused before it is tried.
import { createSecureContext, type SecureContext } from 'node:tls';
import { EgressFault } from './egress.ts';

export type ClientIdentity = { secureContext: SecureContext; servername?: string };
type WrittenIdentity = { cert?: string; key?: string; ca?: string; passphrase?: string; servername?: string };

/** 100,000 rounds cost about 40 ms; OpenSSL itself writes 2,048. */
const MOST_ROUNDS = 100_000;
/** DER of the object identifier of PBKDF2, 1.2.840.113549.1.5.12 (RFC 8018 appendix A.2). */
const PBKDF2 = Buffer.from('06092a864886f70d01050c', 'hex');

/** @throws EgressFault `ERR_EGRESS_INVALID`, without a word of what was given. */
export function readIdentity({ servername, ...pem }: WrittenIdentity): ClientIdentity {
  if (pem.key !== undefined && !isReadFast(pem.key)) {
    throw unusable(`its key is encrypted in a way other than PBKDF2 with at most ${MOST_ROUNDS} rounds`);
  }
  try {
    return { secureContext: createSecureContext(pem), ...(servername === undefined ? {} : { servername }) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
    throw unusable(code);
  }
}

function unusable(why: string): EgressFault {
  return new EgressFault('ERR_EGRESS_INVALID', `the TLS certificate, key or CA of the call cannot be used (${why})`);
}

/** Looks at each encrypted PKCS #8 block; other blocks cost nothing worth counting. */
function isReadFast(pem: string): boolean {
  const blocks = pem.matchAll(/-----BEGIN ENCRYPTED PRIVATE KEY-----([^-]*)/g);
  return [...blocks].every(([, base64 = '']) => roundsOf(Buffer.from(base64, 'base64')) <= MOST_ROUNDS);
}

/** RFC 8018 appendix A.2: after the identifier come SEQUENCE { salt OCTET STRING, iterationCount INTEGER, … }. */
function roundsOf(der: Buffer): number {
  const at = der.indexOf(PBKDF2);
  if (at === -1) return Number.POSITIVE_INFINITY;
  const sequence = at + PBKDF2.length;
  const salt = sequence + 2;
  const count = salt + 2 + (der[salt + 1] ?? 0);
  const length = der[count + 1] ?? 0;
  const short = (der[sequence + 1] ?? 0x80) < 0x80 && (der[salt + 1] ?? 0x80) < 0x80;
  const shaped = der[sequence] === 0x30 && der[salt] === 0x04 && der[count] === 0x02 && length >= 1 && length <= 4;
  if (!short || !shaped || count + 2 + length > der.length) return Number.POSITIVE_INFINITY;
  return der.readUIntBE(count + 2, length);
}
