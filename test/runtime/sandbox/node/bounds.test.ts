// Native work cannot be interrupted: what would take too long or give too much is refused before it begins, in words that name
// the bound.

import { generateKeyPairSync } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Sandbox } from '#runtime/sandbox/sandbox.ts';
import { lines, openSandbox, outcome, request } from '../kit.ts';
import { bundleText } from './bundle-text.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await openSandbox();
});
afterAll(() => sandbox.drain(0));

const LONG = generateKeyPairSync('rsa', {
  modulusLength: 4608,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

/** Eight megabytes of zeros. */
const BOMB = gzipSync(Buffer.alloc(8 * 1024 * 1024)).toString('base64');

/** `value` as a DER element. */
const der = (tag: number, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const length = body.length < 128 ? [body.length] : [0x82, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
};
const hex = (text: string): Buffer => Buffer.from(text, 'hex');

/** An encrypted key of RFC 8018 that says its passphrase is to be hashed `iterations` times. */
function sealedKey(iterations: string, kdf = '06092a864886f70d01050c'): string {
  const derivation = der(0x30, hex(kdf), der(0x30, der(0x04, Buffer.alloc(8)), der(0x02, hex(iterations))));
  const scheme = der(0x30, hex('060960864801650304012a'), der(0x04, Buffer.alloc(16)));
  const algorithm = der(0x30, hex('06092a864886f70d01050d'), der(0x30, derivation, scheme));
  const key = der(0x30, algorithm, der(0x04, Buffer.alloc(64)));
  return `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${key.toString('base64')}\n-----END ENCRYPTED PRIVATE KEY-----\n`;
}
const opening = (key: string): string => `crypto.createPrivateKey({ key: ${JSON.stringify(key)}, passphrase: 'x' })`;

const ROWS: [what: string, expression: string, says: RegExp][] = [
  ['more rounds than a password needs', `crypto.pbkdf2Sync('a', 'b', 1e9, 32, 'sha256')`, /at most 220000 rounds/],
  ['rounds for many blocks', `crypto.pbkdf2Sync('a', 'b', 100000, 4096, 'sha1')`, /at most 220000 rounds/],
  ['scrypt with much memory', `crypto.scryptSync('a', 'b', 32, { N: 2 ** 20, r: 8 })`, /at most 33554432 bytes/],
  ['scrypt in parallel', `crypto.scryptSync('a', 'b', 32, { N: 2 ** 14, r: 8, p: 100 })`, /N·r·p of/],
  ['a long key from scrypt', `crypto.scryptSync('a', 'b', 1e9)`, /keyLength/],
  ['a long RSA key to find', `crypto.generateKeyPairSync('rsa', { modulusLength: 4096 })`, /at most 2048 bits/],
  ['a key of another kind', `crypto.generateKeyPairSync('dsa', { modulusLength: 2048 })`, /kind/],
  ['a long RSA key to sign with', `crypto.sign('sha256', Buffer.from('a'), LONG.privateKey)`, /at most 4096 bits/],
  ['a long RSA key to check with', `crypto.createPublicKey(LONG.publicKey)`, /at most 4096 bits/],
  ['a key under a slow passphrase', opening(sealedKey('7fffffff')), /hashed more than 131072 times/],
  ['a key with a huge number in it', opening(sealedKey(`01${'00'.repeat(20)}`)), /hashed too often/],
  ['a key under scrypt', opening(sealedKey('01', '06092b06010401da47040b')), /use PBKDF2/],
  ['a key in sloppy encoding', opening(sealedKey('0001').replace('MI', 'MIA')), /cannot be used|DER|cut off/],
  [
    'a text that is no key',
    `crypto.createPrivateKey({ key: 'x'.repeat(50000), passphrase: 'x' })`,
    /at most 32768 bytes/,
  ],
  ['much to hash', `crypto.createHash('md5').update('x'.repeat(5e6)).digest()`, /at most 4194304 bytes/],
  ['a long digest', `crypto.createHash('shake256', { outputLength: 1e9 }).update('x').digest()`, /outputLength/],
  ['much randomness', `crypto.randomBytes(1e9)`, /out of range/],
  ['what unpacks to more', `zlib.gunzipSync(Buffer.from('${BOMB}', 'base64'))`, /larger than 4194304 bytes/],
  ['much to pack', `zlib.gzipSync('x'.repeat(3e6))`, /at most 2097152 bytes/],
  ['much to pack slowly', `zlib.brotliCompressSync('x'.repeat(2e5))`, /BROTLI_PARAM_QUALITY/],
  ['a large certificate', `new crypto.X509Certificate('x'.repeat(1e5))`, /at most 65536 bytes/],
  ['primes', `crypto.createDiffieHellman(2048)`, /use ECDH/],
];

let script: string;
beforeAll(async () => {
  script = await bundleText(`
const crypto = require('crypto'), zlib = require('zlib');
const LONG = ${JSON.stringify(LONG)};
const rows = [${ROWS.map(([, expression]) => `() => ${expression}`).join(',\n')}];
exports.onExecutePostLogin = async (event) => {
  try {
    rows[event.secrets.row]();
    console.log('no refusal');
  } catch (error) {
    console.log(error.message);
  }
};`);
});

test.each(ROWS.map(([what, , says], row) => ({ what, says, row })))('refuses $what', async ({ says, row }) => {
  const startedAt = performance.now();
  const result = await sandbox.run(request(script, { secretsJson: JSON.stringify({ row }) }));
  expect(outcome(result)).toBe('ok');
  expect(lines(result)).toEqual([expect.stringMatching(says)]);
  expect(performance.now() - startedAt).toBeLessThan(1000);
});
