// Test: password hashes of other systems, by published vectors where there are some: what is taken is verified, and
// replaced by one of ours; what could never be verified is refused when it comes in.
import { createHash, createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type CustomHash, readCustomHash } from '#runtime/factors/imported-hash.ts';
import { createPasswords } from '#runtime/factors/password-hash.ts';

const passwords = createPasswords({ memory: 64, passes: 1, parallelism: 1 });
const md5 = (text: string) => createHash('md5').update(text).digest();
const hex = (value: string) => ({ value, encoding: 'hex' as const });
const salt = (value: string, position?: 'prefix' | 'suffix') => ({ value, ...(position ? { position } : {}) });

const SHA1 = '5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8';
const SHA256 = '5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8';
// RFC 7914 §12, the first 32 bytes.
const SCRYPT = 'fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162';
// RFC 6070, 4096 iterations.
const PBKDF2 = `$pbkdf2-sha1$i=4096,l=20$${Buffer.from('salt').toString('base64')}$${Buffer.from('4b007901b765489abead49d926f721d065a429c1', 'hex').toString('base64')}`;
// Of the reference implementation.
const ARGON2 = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
const BCRYPT = '$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy';

/** Each is of "password". */
const TAKEN: [name: string, custom: CustomHash][] = [
  ['md4', { algorithm: 'md4', hash: hex('8a9d093f14f8701df17732b2bb182c74') }],
  [
    'hmac with md4',
    {
      algorithm: 'hmac',
      hash: { ...hex('fcd3a8ff04b8200784f1c4a73cce345d'), digest: 'md4', key: { value: 'key' } },
    },
  ],
  ['md5', { algorithm: 'md5', hash: hex('5f4dcc3b5aa765d61d8327deb882cf99') }],
  ['sha1', { algorithm: 'sha1', hash: hex(SHA1.toUpperCase()) }],
  [
    'sha256 in base64',
    { algorithm: 'sha256', hash: { value: Buffer.from(SHA256, 'hex').toString('base64'), encoding: 'base64' } },
  ],
  ['sha512', { algorithm: 'sha512', hash: hex(createHash('sha512').update('password').digest('hex')) }],
  ['a salt in front', { algorithm: 'md5', hash: hex(md5('saltpassword').toString('hex')), salt: salt('salt') }],
  ['a salt behind', { algorithm: 'md5', hash: hex(md5('passwordsalt').toString('hex')), salt: salt('salt', 'suffix') }],
  ['a salt in hex', { algorithm: 'md5', hash: hex(md5('saltpassword').toString('hex')), salt: hex('73616c74') }],
  [
    'a password in UTF-16',
    {
      algorithm: 'sha256',
      hash: hex(createHash('sha256').update(Buffer.from('password', 'utf16le')).digest('hex')),
      password: { encoding: 'utf16le' },
    },
  ],
  ...(['md5', 'ripemd160', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'] as const).map(
    (digest): [string, CustomHash] => [
      `hmac with ${digest}`,
      {
        algorithm: 'hmac',
        hash: { ...hex(createHmac(digest, 'key').update('password').digest('hex')), digest, key: { value: 'key' } },
      },
    ],
  ),
  ['{SHA}', { algorithm: 'ldap', hash: { value: `{SHA}${Buffer.from(SHA1, 'hex').toString('base64')}` } }],
  [
    '{SSHA}',
    {
      algorithm: 'ldap',
      hash: {
        value: `{SSHA}${Buffer.concat([createHash('sha1').update('passwordsalt').digest(), Buffer.from('salt')]).toString('base64')}`,
      },
    },
  ],
  ['pbkdf2', { algorithm: 'pbkdf2', hash: { value: PBKDF2 } }],
  [
    'scrypt',
    {
      algorithm: 'scrypt',
      hash: hex(SCRYPT),
      salt: { value: 'NaCl' },
      keylen: 32,
      cost: 1024,
      blockSize: 8,
      parallelization: 16,
    },
  ],
  ['argon2id', { algorithm: 'argon2', hash: { value: ARGON2 } }],
];

describe('a hash is verified, and replaced', () => {
  test.each(TAKEN)('%s', async (_name, custom) => {
    const read = readCustomHash(custom);
    if (!read.ok) throw new Error(read.reason);
    const { ok, rehash = '' } = await passwords.verify('password', read.hash);
    expect(ok).toBe(true);
    expect(rehash).toMatch(/^\$argon2id\$/);
    expect(await passwords.verify('password', rehash)).toEqual({ ok: true });
    expect(await passwords.verify('Password', read.hash)).toEqual({ ok: false });
    expect(await passwords.verify('', read.hash)).toEqual({ ok: false });
  });
});

const REFUSED: [name: string, custom: CustomHash, reason: RegExp][] = [
  ['md4 that is sha1', { algorithm: 'md4', hash: hex(SHA1) }, /is no md4/],
  [
    'hmac with whirlpool',
    { algorithm: 'hmac', hash: { ...hex('00'), digest: 'whirlpool', key: { value: 'k' } } },
    /whirlpool is not/,
  ],
  ['hmac without a digest', { algorithm: 'hmac', hash: { ...hex(SHA1), key: { value: 'k' } } }, /hash\.digest/],
  ['hmac without a key', { algorithm: 'hmac', hash: { ...hex(SHA1), digest: 'sha1' } }, /hash\.key/],
  ['sha1 that is md5', { algorithm: 'sha1', hash: hex('5f4dcc3b5aa765d61d8327deb882cf99') }, /is no sha1/],
  ['no hex', { algorithm: 'md5', hash: hex('zz') }, /is no md5/],
  ['text', { algorithm: 'md5', hash: { value: 'x', encoding: 'utf8' } }, /is no md5/],
  ['a salt that is no hex', { algorithm: 'sha1', hash: hex(SHA1), salt: hex('zz') }, /The salt/],
  ['{CRYPT}', { algorithm: 'ldap', hash: { value: '{CRYPT}aa' } }, /looks like \{SSHA\}/],
  [
    '{SSHA} without a salt',
    { algorithm: 'ldap', hash: { value: `{SSHA}${Buffer.from(SHA1, 'hex').toString('base64')}` } },
    /no sha1/,
  ],
  ['argon2 of another version', { algorithm: 'argon2', hash: { value: ARGON2.replace('v=19', 'v=16') } }, /looks like/],
  ['argon2 of 4 GiB', { algorithm: 'argon2', hash: { value: ARGON2.replace('65536', '4194304') } }, /At most 128 MiB/],
  ['argon2 with a salt', { algorithm: 'argon2', hash: { value: ARGON2 }, salt: salt('x') }, /in the value/],
  ['pbkdf2 for ever', { algorithm: 'pbkdf2', hash: { value: PBKDF2.replace('4096', '900000000') } }, /At most/],
  [
    'pbkdf2 of many pieces',
    {
      algorithm: 'pbkdf2',
      hash: { value: `$pbkdf2-sha1$i=200000,l=400$c2FsdA$${Buffer.alloc(400).toString('base64')}` },
    },
    /over all pieces/,
  ],
  ['pbkdf2 of another length', { algorithm: 'pbkdf2', hash: { value: PBKDF2.replace('l=20', 'l=32') } }, /looks like/],
  ['scrypt without a salt', { algorithm: 'scrypt', hash: hex(SCRYPT), keylen: 32 }, /a salt/],
  ['scrypt of another length', { algorithm: 'scrypt', hash: hex(SCRYPT), keylen: 64, salt: salt('x') }, /keylen/],
  [
    'scrypt of 2 GiB',
    { algorithm: 'scrypt', hash: hex(SCRYPT), keylen: 32, salt: salt('x'), cost: 2 ** 21 },
    /128 MiB/,
  ],
  [
    'scrypt of many lanes',
    {
      algorithm: 'scrypt',
      hash: hex(SCRYPT),
      keylen: 32,
      salt: salt('x'),
      cost: 2 ** 17,
      blockSize: 8,
      parallelization: 5,
    },
    /over all lanes/,
  ],
  [
    'scrypt of an odd cost',
    { algorithm: 'scrypt', hash: hex(SCRYPT), keylen: 32, salt: salt('x'), cost: 1000 },
    /power of two/,
  ],
  [
    'bcrypt that takes seconds',
    { algorithm: 'bcrypt', hash: { value: BCRYPT.replace('$10$', '$15$') } },
    /cost of 4 to 14/,
  ],
];

test.each(REFUSED)('%s is refused', (_name, custom, reason) => {
  expect(readCustomHash(custom)).toEqual({ ok: false, reason: expect.stringMatching(reason) });
});

test('a bcrypt hash stays as it is', () => {
  expect(readCustomHash({ algorithm: 'bcrypt', hash: { value: BCRYPT } })).toEqual({ ok: true, hash: BCRYPT });
});
