// For the tests of Node's modules in scripts: keys that both sides use.

import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const pem = {
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
} as const;

/** Pairs in PEM, and a certificate. */
export const KEYS = {
  rsa: generateKeyPairSync('rsa', { modulusLength: 2048, ...pem }),
  ec: generateKeyPairSync('ec', { namedCurve: 'P-256', ...pem }),
  ed: generateKeyPairSync('ed25519', pem),
  x: generateKeyPairSync('x25519', pem),
  y: generateKeyPairSync('x25519', pem),
  sealed: generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' },
  }),
  certificate: readFileSync(join(import.meta.dirname, '../../egress/fixtures/server.pem'), 'utf8'),
  old: generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'secret' },
  }),
};
