// Tests: every way to write an address is one number, and what is no address is none.
import { describe, expect, test } from 'vitest';
import { networkOf, readAddress, writeAddress } from '#runtime/risk/address.ts';

describe('an address', () => {
  test.each([
    ['198.51.100.7', '198.51.100.7'],
    ['255.255.255.255', '255.255.255.255'],
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['2001:DB8::8:800:200C:417A', '2001:db8::8:800:200c:417a'],
    ['2001:0db8:0000:0000:0008:0800:200c:417a', '2001:db8::8:800:200c:417a'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2:3:4:5:6'],
    ['::ffff:198.51.100.7', '198.51.100.7'],
    ['::ffff:c633:6407', '198.51.100.7'],
    ['0:0:0:0:0:ffff:198.51.100.7', '198.51.100.7'],
    ['64:ff9b::198.51.100.7', '64:ff9b::c633:6407'],
    ['1:2:3:4:5:6:198.51.100.7', '1:2:3:4:5:6:c633:6407'],
    ['::198.51.100.7', '::c633:6407'],
  ])('%s is %s', (text, written) => {
    const address = readAddress(text);
    expect(address && writeAddress(address)).toBe(written);
  });

  test.each([
    '',
    'unknown',
    '198.51.100',
    '198.51.100.256',
    '198.51.100.07',
    'fe80::1%eth0',
    '::1::',
    '[::1]',
    ' ::1',
    '1:2',
  ])('%j is none', (text) => {
    expect(readAddress(text)).toBeUndefined();
  });
});

test.each([
  ['198.51.100.7', '198.51.100.7'],
  // One household in IPv4, however a socket writes it.
  ['::ffff:198.51.100.7', '198.51.100.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::'],
  ['2001:db8:1:2::9', '2001:db8:1:2::'],
  ['2001:db8:1:3::9', '2001:db8:1:3::'],
  ['unknown', 'unknown'],
])('the network of %s is %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
