// Tests of the protection: which addresses an allowlist exempts.
import { expect, test } from 'vitest';
import { isExempt, isNetwork } from '#runtime/protection/allowlist.ts';

test.each<[ip: string, allowlist: string[], exempt: boolean]>([
  ['203.0.113.7', [], false],
  ['203.0.113.7', ['203.0.113.7'], true],
  ['203.0.113.7', ['203.0.113.8'], false],
  ['203.0.113.7', ['198.51.100.0/24', '203.0.113.0/24'], true],
  ['203.0.114.7', ['203.0.113.0/24'], false],
  ['203.0.113.7', ['203.0.113.77/24'], true],
  ['203.0.113.7', ['0.0.0.0/0'], true],
  ['2001:db8::1', ['0.0.0.0/0'], false],
  ['2001:db8::1', ['::/0'], true],
  ['203.0.113.7', ['::/0'], false],
  ['2001:db8:0:1::9', ['2001:db8:0:1::/64'], true],
  ['2001:db8:0:2::9', ['2001:db8:0:1::/64'], false],
  ['2001:DB8::1', ['2001:db8:0:0:0:0:0:1'], true],
  ['203.0.113.7', ['::ffff:203.0.113.7'], true],
  ['203.0.113.7', ['::ffff:203.0.113.0/120'], true],
  ['203.0.114.7', ['::ffff:203.0.113.0/120'], false],
  ['::ffff:203.0.113.7', ['203.0.113.0/24'], true],
  ['not an address', ['0.0.0.0/0', '::/0'], false],
  ['203.0.113.7', ['what is this', '203.0.113.7/'], false],
])('%s by %j: %s', (ip, allowlist, exempt) => {
  expect(isExempt(ip, allowlist)).toBe(exempt);
});

test.each<[entry: string, good: boolean]>([
  ['203.0.113.7', true],
  ['203.0.113.0/0', true],
  ['203.0.113.0/32', true],
  ['203.0.113.0/33', false],
  ['203.0.113.0/-1', false],
  ['203.0.113.0/1e1', false],
  ['203.0.113.0/', false],
  ['203.0.113.0/24/24', false],
  ['2001:db8::/128', true],
  ['2001:db8::/129', false],
  ['::ffff:203.0.113.0/95', false],
  ['::ffff:203.0.113.0/96', true],
  ['fe80::1%eth0', false],
  ['example.com', false],
  ['', false],
])('%s is a network: %s', (entry, good) => {
  expect(isNetwork(entry)).toBe(good);
});
