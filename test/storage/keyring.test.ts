// Tests of storage: the keyring alone. What is sealed opens in its place and nowhere else, and a code's HMAC is worth
// nothing under another purpose or key.
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { hashHandle, KeyringError, openKeyring, SealError } from '#storage/keyring.ts';

const rootKey = () => randomBytes(32).toString('base64url');
const place = { tenantId: 'ten_1', table: 'clients', row: 'client_1', column: 'sealed' };

describe('a root key', () => {
  const rows: [what: string, secrets: string[]][] = [
    ['none at all', []],
    ['an empty one', ['']],
    ['31 bytes', [randomBytes(31).toString('base64url')]],
    ['other letters', [`${'x'.repeat(50)}!`]],
    ['a short one behind a good one', [rootKey(), 'short-and-secret']],
  ];

  test.each(rows)('is refused: %s', (_, secrets) => {
    expect(() => openKeyring(secrets)).toThrow(KeyringError);
    expect(() => openKeyring(secrets)).not.toThrow(/short-and-secret/);
  });

  test('is named without being told', () => {
    const secret = rootKey();
    const { sealingKeyId } = openKeyring([secret]);
    expect(openKeyring([secret, rootKey()]).sealingKeyId).toBe(sealingKeyId);
    expect(openKeyring([rootKey(), secret]).sealingKeyId).not.toBe(sealingKeyId);
  });
});

describe('a sealed value', () => {
  const keyring = openKeyring([rootKey()]);

  test.each(['', 'x', 'schlüssel 鍵 🗝 \0', 'long '.repeat(60_000)])('opens where it was sealed (%#)', (text) => {
    expect(keyring.open(place, keyring.seal(place, text))).toBe(text);
  });

  test('is another one each time', () => {
    expect(keyring.seal(place, 'x')).not.toBe(keyring.seal(place, 'x'));
  });

  test.each([
    { tenantId: 'ten_2' },
    { table: 'actions' },
    { row: 'client_2' },
    { column: 'doc' },
    // The same letters, cut in other places.
    { tenantId: 'ten_', row: '1client_1' },
  ])('does not open at %o', (change) => {
    const sealed = keyring.seal(place, 'x');
    expect(() => keyring.open({ ...place, ...change }, sealed)).toThrow(SealError);
  });

  test('does not open with any byte changed, cut or added', () => {
    const bytes = Buffer.from(keyring.seal(place, 'x'), 'base64url');
    for (let i = 0; i < bytes.length; i += 1) {
      const changed = Buffer.from(bytes);
      changed[i]! ^= 1;
      expect(() => keyring.open(place, changed.toString('base64url'))).toThrow(SealError);
      expect(() => keyring.open(place, bytes.subarray(0, i).toString('base64url'))).toThrow(SealError);
    }
    expect(() => keyring.open(place, Buffer.concat([bytes, Buffer.of(0)]).toString('base64url'))).toThrow(SealError);
  });

  test('opens with an old key of the list, and is sealed with the first', () => {
    const [old, young] = [rootKey(), rootKey()];
    const before = openKeyring([old]);
    const both = openKeyring([young, old]);
    expect(both.open(place, before.seal(place, 'x'))).toBe('x');
    expect(() => before.open(place, both.seal(place, 'x'))).toThrow(SealError);
    expect(openKeyring([young]).open(place, both.seal(place, 'x'))).toBe('x');
  });
});

describe('a mac', () => {
  const [old, young] = [rootKey(), rootKey()];
  const keyring = openKeyring([young, old]);
  const mac = keyring.mac('one-time-code', '123456');

  test('is 256 bits and always the same', () => {
    expect(Buffer.from(mac, 'base64url')).toHaveLength(32);
    expect(keyring.mac('one-time-code', '123456')).toBe(mac);
  });

  const rows: [what: string, matches: boolean, check: () => boolean][] = [
    ['the text it was made of', true, () => keyring.macMatches('one-time-code', '123456', mac)],
    ['one of an old key', true, () => keyring.macMatches('p', 't', openKeyring([old]).mac('p', 't'))],
    ['another text', false, () => keyring.macMatches('one-time-code', '123457', mac)],
    ['another purpose', false, () => keyring.macMatches('other', '123456', mac)],
    ['one of a foreign key', false, () => keyring.macMatches('p', 't', openKeyring([rootKey()]).mac('p', 't'))],
    ['nothing', false, () => keyring.macMatches('one-time-code', '123456', '')],
    ['one cut short', false, () => keyring.macMatches('one-time-code', '123456', mac.slice(0, 20))],
  ];

  test.each(rows)('matches %s: %s', (_, matches, check) => {
    expect(check()).toBe(matches);
  });
});

test('a handle is hashed with SHA-256', () => {
  expect(hashHandle('')).toBe('47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU');
});
