// Guest code: Node's `crypto`. Every computation is done by Node's own cryptography in the cell; what it works on stays in
// the script's context.

import { crypto as webcrypto } from '../web/crypto.ts';
import * as asymmetric from './crypto/asymmetric.ts';
import { X509Certificate } from './crypto/certificate.ts';
import * as cipher from './crypto/cipher.ts';
import * as derivation from './crypto/derivation.ts';
import { createHash, createHmac, Hash, Hmac, hash } from './crypto/digest.ts';
import { createPrivateKey, createPublicKey, createSecretKey, KeyObject } from './crypto/key-object.ts';
import * as names from './crypto/names.ts';
import * as random from './crypto/random.ts';
import * as signature from './crypto/signature.ts';
import { notAvailable } from './errors.ts';

const absent = (what: string, why: string) => (): never => {
  throw notAvailable(`crypto.${what}`, why);
};

const SLOW_PRIMES = 'finding primes takes seconds; use ECDH';

const nodeCrypto = {
  ...random,
  ...derivation,
  ...signature,
  ...cipher,
  ...asymmetric,
  ...names,
  createHash,
  createHmac,
  Hash,
  Hmac,
  hash,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  KeyObject,
  X509Certificate,
  createDiffieHellman: absent('createDiffieHellman', SLOW_PRIMES),
  createDiffieHellmanGroup: absent('createDiffieHellmanGroup', SLOW_PRIMES),
  getDiffieHellman: absent('getDiffieHellman', SLOW_PRIMES),
  generatePrime: absent('generatePrime', SLOW_PRIMES),
  generatePrimeSync: absent('generatePrimeSync', SLOW_PRIMES),
  checkPrime: absent('checkPrime', SLOW_PRIMES),
  checkPrimeSync: absent('checkPrimeSync', SLOW_PRIMES),
  setEngine: absent('setEngine', 'the cryptography is shared by all scripts'),
  setFips: absent('setFips', 'the cryptography is shared by all scripts'),
  webcrypto,
  subtle: webcrypto.subtle,
  getFips: () => 0,
  secureHeapUsed: () => undefined,
  getRandomValues: <T extends ArrayBufferView>(target: T): T => webcrypto.getRandomValues(target),
};

export default nodeCrypto;
