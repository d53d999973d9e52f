// In the cell: signatures and encryption with asymmetric keys, and secrets that two keys agree on.

import {
  constants,
  createECDH,
  diffieHellman,
  privateDecrypt,
  privateEncrypt,
  publicDecrypt,
  publicEncrypt,
  sign as signBytes,
  verify as verifyBytes,
} from 'node:crypto';
import { z } from 'zod';
import { keyMaterial, openPrivate, openPublic } from './keys.ts';
import { bytes, type Computation, computation, name, pieces } from './wire.ts';

const PADDINGS: readonly number[] = [
  constants.RSA_NO_PADDING,
  constants.RSA_PKCS1_PADDING,
  constants.RSA_PKCS1_OAEP_PADDING,
  constants.RSA_PKCS1_PSS_PADDING,
];
const padding = z
  .int()
  .refine((value) => PADDINGS.includes(value), 'no padding of RSA')
  .optional();

const signing = {
  algorithm: name.nullable(),
  key: keyMaterial,
  parts: pieces,
  padding,
  saltLength: z.int().min(-3).max(512).optional(),
  dsaEncoding: z.enum(['der', 'ieee-p1363']).optional(),
};

const sign = computation(z.strictObject(signing), ({ algorithm, key, parts, ...options }) =>
  signBytes(algorithm, parts, { key: openPrivate(key), ...options } as never),
);

const verify = computation(
  z.strictObject({ ...signing, signature: bytes }),
  ({ algorithm, key, parts, signature, ...options }) => ({
    valid: verifyBytes(algorithm, parts, { key: openPublic(key), ...options } as never, signature),
  }),
);

const rsa = computation(
  z.strictObject({
    operation: z.enum(['publicEncrypt', 'publicDecrypt', 'privateEncrypt', 'privateDecrypt']),
    key: keyMaterial,
    data: bytes,
    padding,
    oaepHash: name.optional(),
    oaepLabel: bytes.optional(),
  }),
  ({ operation, key, data, ...options }) => {
    if (operation === 'publicEncrypt') return publicEncrypt({ key: openPublic(key), ...options } as never, data);
    if (operation === 'publicDecrypt') return publicDecrypt({ key: openPublic(key), ...options } as never, data);
    if (operation === 'privateEncrypt') return privateEncrypt({ key: openPrivate(key), ...options } as never, data);
    return privateDecrypt({ key: openPrivate(key), ...options } as never, data);
  },
);

/** Without `privateKey` a new one is made; without `other` no secret is computed. */
const ecdh = computation(
  z.strictObject({ curve: name, privateKey: bytes.optional(), other: bytes.optional() }),
  ({ curve, privateKey, other }) => {
    const party = createECDH(curve);
    if (privateKey === undefined) party.generateKeys();
    else party.setPrivateKey(privateKey);
    if (other !== undefined) return { secret: party.computeSecret(other).toString('base64') };
    return { privateKey: party.getPrivateKey('base64'), publicKey: party.getPublicKey('base64') };
  },
);

const agree = computation(z.strictObject({ privateKey: keyMaterial, publicKey: keyMaterial }), (input) =>
  diffieHellman({ privateKey: openPrivate(input.privateKey), publicKey: openPublic(input.publicKey) }),
);

export const SIGNATURES: Readonly<Record<string, Computation>> = { sign, verify, rsa, ecdh, agree };
