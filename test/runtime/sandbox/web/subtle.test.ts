// Web Cryptography: a script says what Node says, and what is too much is refused with the bound.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Sandbox } from '#runtime/sandbox/sandbox.ts';
import { openSandbox } from '../kit.ts';
import { expressionOf, inNode, inScript, type Row } from './rows.ts';

const { subtle } = crypto;
/** Keys that both sides are given, as JWK. */
let given: Record<string, unknown>;

const S = 'crypto.subtle';
const text = (value: string): string => `new TextEncoder().encode(${JSON.stringify(value)})`;
const hmac = `{ name: "HMAC", hash: "SHA-256" }`;
const secret = `await ${S}.importKey("raw", ${text('secret')}, ${hmac}, true, ["sign", "verify"])`;
const rsa = (usage: string, name: string, which: string): string =>
  `await ${S}.importKey("jwk", given.${which}, { name: "${name}", hash: "SHA-256" }, true, ["${usage}"])`;
const ec = (name: string, which: string, usages: string): string =>
  `await ${S}.importKey("jwk", given.${which}, { name: "${name}", namedCurve: "P-256" }, true, ${usages})`;
const aes = (name: string, usages: string): string =>
  `await ${S}.importKey("raw", new Uint8Array(16).fill(7), "${name}", true, ${usages})`;
const password = (name: string): string =>
  `await ${S}.importKey("raw", ${text('password')}, "${name}", false, ["deriveBits", "deriveKey"])`;
const salted = `salt: new Uint8Array(8), hash: "SHA-256"`;

const ROWS: Row[] = [
  ...['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512', 'sha-256'].map(
    (name) => `await ${S}.digest("${name}", ${text('abc')})`,
  ),
  `await ${S}.digest({ name: "SHA-256" }, new Uint8Array([1, 2, 3]).subarray(1).buffer)`,
  `await ${S}.digest("SHA-256", new DataView(new ArrayBuffer(4), 1))`,
  `await ${S}.digest("SHA-256", new Uint8Array(0))`,
  `await ${S}.sign("HMAC", ${secret}, ${text('data')})`,
  `await ${S}.verify("HMAC", ${secret}, await ${S}.sign("HMAC", ${secret}, ${text('data')}), ${text('data')})`,
  `await ${S}.verify("HMAC", ${secret}, new Uint8Array(32), ${text('data')})`,
  `await ${S}.exportKey("jwk", ${secret})`,
  `await ${S}.exportKey("raw", ${secret})`,
  `(({ type, extractable, algorithm, usages }) => [type, extractable, algorithm, usages])(${secret})`,
  `Object.prototype.toString.call(${secret}) + (${secret} instanceof CryptoKey)`,
  `(await ${S}.exportKey("raw", await ${S}.generateKey({ name: "HMAC", hash: "SHA-512" }, true, ["sign"]))).byteLength`,
  `await ${S}.sign("RSASSA-PKCS1-v1_5", ${rsa('sign', 'RSASSA-PKCS1-v1_5', 'rsaPrivate')}, ${text('data')})`,
  `await ${S}.verify("RSASSA-PKCS1-v1_5", ${rsa('verify', 'RSASSA-PKCS1-v1_5', 'rsaPublic')}, await ${S}.sign("RSASSA-PKCS1-v1_5", ${rsa('sign', 'RSASSA-PKCS1-v1_5', 'rsaPrivate')}, ${text('data')}), ${text('data')})`,
  `await ${S}.verify({ name: "RSA-PSS", saltLength: 32 }, ${rsa('verify', 'RSA-PSS', 'rsaPublic')}, await ${S}.sign({ name: "RSA-PSS", saltLength: 32 }, ${rsa('sign', 'RSA-PSS', 'rsaPrivate')}, ${text('data')}), ${text('data')})`,
  `new TextDecoder().decode(await ${S}.decrypt("RSA-OAEP", ${rsa('decrypt', 'RSA-OAEP', 'rsaPrivate')}, await ${S}.encrypt("RSA-OAEP", ${rsa('encrypt', 'RSA-OAEP', 'rsaPublic')}, ${text('hidden')})))`,
  `(${rsa('verify', 'RSA-PSS', 'rsaPublic')}).algorithm`,
  `(await ${S}.exportKey("spki", ${rsa('verify', 'RSA-PSS', 'rsaPublic')})).byteLength`,
  `(await ${S}.exportKey("pkcs8", ${rsa('sign', 'RSA-PSS', 'rsaPrivate')})).byteLength`,
  `await ${S}.verify({ name: "ECDSA", hash: "SHA-256" }, ${ec('ECDSA', 'ecPublic', '["verify"]')}, await ${S}.sign({ name: "ECDSA", hash: { name: "SHA-256" } }, ${ec('ECDSA', 'ecPrivate', '["sign"]')}, ${text('data')}), ${text('data')})`,
  `await ${S}.deriveBits({ name: "ECDH", public: ${ec('ECDH', 'ecPublic', '[]')} }, ${ec('ECDH', 'ecPrivate', '["deriveBits"]')}, 256)`,
  `await (async () => { const k = await ${S}.generateKey("Ed25519", true, ["sign", "verify"]); return [k.privateKey.type, k.publicKey.usages, await ${S}.verify("Ed25519", k.publicKey, await ${S}.sign("Ed25519", k.privateKey, ${text('d')}), ${text('d')})] })()`,
  `await (async () => { const a = await ${S}.generateKey("X25519", true, ["deriveBits"]), b = await ${S}.generateKey("X25519", true, ["deriveBits"]); const s = (m, t) => ${S}.deriveBits({ name: "X25519", public: t.publicKey }, m.privateKey, 256); return new Uint8Array(await s(a, b)).join() === new Uint8Array(await s(b, a)).join() })()`,
  `(await ${S}.generateKey({ name: "RSA-PSS", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" }, false, ["sign", "verify"])).privateKey.algorithm`,
  `await ${S}.encrypt({ name: "AES-GCM", iv: new Uint8Array(12), additionalData: ${text('aad')} }, ${aes('AES-GCM', '["encrypt"]')}, ${text('x')})`,
  `await ${S}.decrypt({ name: "AES-GCM", iv: new Uint8Array(12) }, ${aes('AES-GCM', '["decrypt"]')}, new Uint8Array(20))`,
  `await ${S}.encrypt({ name: "AES-CBC", iv: new Uint8Array(16) }, ${aes('AES-CBC', '["encrypt"]')}, ${text('x')})`,
  `await ${S}.encrypt({ name: "AES-CTR", counter: new Uint8Array(16), length: 64 }, ${aes('AES-CTR', '["encrypt"]')}, ${text('x')})`,
  `await ${S}.wrapKey("raw", ${secret}, ${aes('AES-KW', '["wrapKey"]')}, "AES-KW")`,
  `await (async () => { const key = await ${S}.importKey("raw", new Uint8Array(32).fill(1), ${hmac}, true, ["sign"]); const kw = ${aes('AES-KW', '["wrapKey", "unwrapKey"]')}; const back = await ${S}.unwrapKey("raw", await ${S}.wrapKey("raw", key, kw, "AES-KW"), kw, "AES-KW", ${hmac}, true, ["sign"]); return ${S}.exportKey("raw", back) })()`,
  `await ${S}.deriveBits({ name: "HKDF", info: new Uint8Array(3), ${salted} }, ${password('HKDF')}, 256)`,
  `await ${S}.deriveBits({ name: "PBKDF2", iterations: 1000, ${salted} }, ${password('PBKDF2')}, 256)`,
  `await ${S}.exportKey("raw", await ${S}.deriveKey({ name: "PBKDF2", iterations: 1000, ${salted} }, ${password('PBKDF2')}, { name: "AES-GCM", length: 256 }, true, ["encrypt"]))`,
  // Errors
  `await ${S}.digest("MD5", new Uint8Array(1))`,
  `await ${S}.exportKey("raw", await ${S}.importKey("raw", ${text('x')}, ${hmac}, false, ["sign"]))`,
  `await ${S}.sign("HMAC", await ${S}.importKey("raw", ${text('x')}, ${hmac}, false, ["verify"]), ${text('x')})`,
  `(await ${S}.importKey("jwk", { kty: "oct" }, ${hmac}, false, ["sign"]).catch((e) => e)).name`,
  `(await ${S}.importKey("raw", new Uint8Array(5), "AES-GCM", false, ["encrypt"]).catch((e) => e)).name`,
  `(await ${S}.generateKey("AES-GCM", false, ["sign"]).catch((e) => e)).name`,
  `(await ${S}.generateKey({ name: "AES-GCM", length: 256 }, false, ["sign"]).catch((e) => e)).name`,
  `(await ${S}.importKey("nonsense", new Uint8Array(5), ${hmac}, false, ["sign"]).catch((e) => e)).name`,
  // Bounds
  [
    `await ${S}.digest("SHA-256", new Uint8Array(1024 * 1024 + 1))`,
    'OperationError: Web Cryptography takes at most 1 MB a call [0]',
  ],
  [
    `await ${S}.deriveBits({ name: "PBKDF2", iterations: 1000001, ${salted} }, ${password('PBKDF2')}, 256)`,
    'TypeError: algorithm.iterations: PBKDF2 makes at most 1000000 iterations for scripts',
  ],
  [
    `await ${S}.deriveBits({ name: "PBKDF2", iterations: 1000000, ${salted} }, ${password('PBKDF2')}, 65536)`,
    'OperationError: PBKDF2 makes at most 4000000 iterations in a run, for every block of its output [0]',
  ],
  [
    `await ${S}.generateKey({ name: "RSA-PSS", modulusLength: 8192, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" }, true, ["sign"])`,
    'TypeError: algorithm.modulusLength: RSA keys of scripts have at most 4096 bits',
  ],
  [
    `await ${S}.generateKey({ name: "RSA-PSS", modulusLength: 1024, publicExponent: new Uint8Array([255, 255, 255, 253]), hash: "SHA-256" }, true, ["sign"])`,
    'TypeError: algorithm.publicExponent: the publicExponent must be 3 or 65537',
  ],
  [`await ${S}.sign("HMAC", { type: "secret" }, new Uint8Array(1))`, 'TypeError: key is not of type CryptoKey'],
  [`await ${S}.digest("SHA-256", "text")`, 'TypeError: data is not an ArrayBuffer or a view of one'],
];

let sandbox: Sandbox;
let said: string[] = [];
beforeAll(async () => {
  const both = async (algorithm: RsaHashedKeyGenParams | EcKeyGenParams, name: string) => {
    const pair = (await subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
    const bare = async (key: CryptoKey) => ({
      ...(await subtle.exportKey('jwk', key)),
      alg: undefined,
      key_ops: undefined,
    });
    return { [`${name}Public`]: await bare(pair.publicKey), [`${name}Private`]: await bare(pair.privateKey) };
  };
  const exponent = new Uint8Array([1, 0, 1]);
  const rsaKeys = { name: 'RSA-PSS', modulusLength: 2048, publicExponent: exponent, hash: 'SHA-256' };
  given = JSON.parse(
    JSON.stringify({ ...(await both(rsaKeys, 'rsa')), ...(await both({ name: 'ECDSA', namedCurve: 'P-256' }, 'ec')) }),
  );
  sandbox = await openSandbox();
  said = await inScript(sandbox, ROWS, given);
});
afterAll(() => sandbox.drain(1000));

describe('crypto.subtle', () => {
  test.each(ROWS.map((row, at) => [expressionOf(row), at] as const))('%s', async (_expression, at) => {
    const row = ROWS[at] as Row;
    expect(said[at]).toBe(typeof row === 'string' ? await inNode(row, given) : row[1]);
  });

  test('keys go with their run, and a run has no more than a hundred', async () => {
    const make = `await (async () => { for (let i = 0; i < 101; i++) ${secret} })()`;
    const refused = 'OperationError: a script must not make more than 100 keys [0]';
    expect(await inScript(sandbox, [make])).toEqual([refused]);
    expect(await inScript(sandbox, [make])).toEqual([refused]);
  });

  // A script can speak with the cell past the shim: what it says there is parsed too.
  test.each<[payload: string, says: RegExp]>([
    ['nonsense', /^SyntaxError: /],
    ['{}', /^TypeError: operation: /],
    ['{"operation":"constructor"}', /^TypeError: operation: /],
    ['{"operation":"digest","algorithm":"SHA-256","data":{"base64":5}}', /^TypeError: data.base64: /],
    ['{"operation":"digest","algorithm":"SHA-256","data":{"base64":""},"more":1}', /^TypeError: .*more/],
    ['{"operation":"exportKey","format":"raw","key":0}', /^TypeError: no such key/],
    ['{"operation":"exportKey","format":"raw","key":-1}', /^TypeError: key: /],
    ['{"operation":"exportKey","format":"raw","key":"__proto__"}', /^TypeError: key: /],
    ['{"operation":"digest","algorithm":{"name":"SHA-256","__proto__":{"hash":1}},"data":{"base64":"YQ=="}}', /^"\{/],
    [
      '{"operation":"importKey","format":"raw","data":{"base64":"YQ=="},"algorithm":{"name":"HMAC","hash":{"name":[]}},"extractable":true,"usages":["sign"]}',
      /^TypeError: algorithm/,
    ],
    [
      '{"operation":"generateKey","algorithm":{"name":"HMAC","hash":"SHA-256","length":1e9},"extractable":true,"usages":["sign"]}',
      /^TypeError: algorithm.length: keys of scripts have at most 65536 bits/,
    ],
  ])('refuses %s', async (payload, says) => {
    const row = `await sallyportHost.call("subtle", ${JSON.stringify(payload)}).answer`;
    expect((await inScript(sandbox, [row, 'crypto.subtle']))[0]).toMatch(says);
  });
});
