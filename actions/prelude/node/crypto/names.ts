// Guest code: the names OpenSSL knows, asked for once, and the numbers Node has for its settings.

import { computeRecord } from './compute.ts';

type Names = { hashes: string[]; ciphers: string[]; curves: string[] };

let known: Names | undefined;

function names(): Names {
  known ??= computeRecord<Names>('names', {});
  return known;
}

export const getHashes = (): string[] => [...names().hashes];
export const getCiphers = (): string[] => [...names().ciphers];
export const getCurves = (): string[] => [...names().curves];

export const constants = {
  RSA_PKCS1_PADDING: 1,
  RSA_NO_PADDING: 3,
  RSA_PKCS1_OAEP_PADDING: 4,
  RSA_X931_PADDING: 5,
  RSA_PKCS1_PSS_PADDING: 6,
  RSA_PSS_SALTLEN_DIGEST: -1,
  RSA_PSS_SALTLEN_MAX_SIGN: -2,
  RSA_PSS_SALTLEN_AUTO: -2,
  POINT_CONVERSION_COMPRESSED: 2,
  POINT_CONVERSION_UNCOMPRESSED: 4,
  POINT_CONVERSION_HYBRID: 6,
  defaultCoreCipherList: '',
};
