// In the cell: what an X.509 certificate says, read by OpenSSL. Nothing is verified against anybody's roots.

import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { describeKey } from './keys.ts';
import { bytes, type Computation, computation, refusal } from './wire.ts';

const MAX_CERTIFICATE = 64 * 1024;

const certificate = computation(z.strictObject({ data: bytes }), ({ data }) => {
  if (data.length > MAX_CERTIFICATE)
    throw refusal('ERR_OUT_OF_RANGE', `A certificate has at most ${MAX_CERTIFICATE} bytes.`);
  const read = new X509Certificate(data);
  const { subject, subjectAltName, issuer, infoAccess, validFrom, validTo, fingerprint } = read;
  const { fingerprint256, fingerprint512, serialNumber, ca, keyUsage } = read;
  return {
    fields: { subject, subjectAltName, issuer, infoAccess, validFrom, validTo, fingerprint, fingerprint256 },
    more: { fingerprint512, serialNumber, ca, keyUsage },
    text: read.toString(),
    raw: read.raw.toString('base64'),
    publicKey: describeKey(read.publicKey),
  };
});

export const CERTIFICATES: Readonly<Record<string, Computation>> = { certificate };
