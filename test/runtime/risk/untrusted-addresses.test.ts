// Tests: the operator's list: what is read, what stops the reading, and what is found in it.
import { describe, expect, test } from 'vitest';
import {
  noUntrustedAddresses,
  parseUntrustedAddresses,
  type UntrustedAddresses,
} from '#runtime/risk/untrusted-addresses.ts';
import { assessUntrustedIp } from '#runtime/risk/untrusted-ip.ts';

function parse(text: string): UntrustedAddresses {
  const parsed = parseUntrustedAddresses(text);
  if (!parsed.ok) throw new Error(`line ${parsed.line}: ${parsed.reason}`);
  return parsed.list;
}

describe('a list', () => {
  const list = parse(
    [
      '\uFEFF# addresses of the month',
      '',
      '198.51.100.7 FORUM-1 abuse   # reported twice',
      '203.0.113.0/24\tNETS',
      '203.0.113.128/25 NETS tor\r',
      '203.0.113.200',
      '203.0.113.200/32 LATER',
      '203.0.112.77/23 WIDE',
      '2001:db8:bad::/48 SIX spam',
      '2001:db8:bad::1 SIX host',
      '::ffff:192.0.2.0/120 MAPPED',
      '10.0.0.0/8 BOGON',
      '10.20.0.0/16 GUESTS',
      '127.0.0.1',
      '::/8 BOGON',
      '255.255.255.255',
    ].join('\n'),
  );

  test.each<[string, string, string | undefined, string?, string?]>([
    ['a host', '198.51.100.7', '198.51.100.7/32', 'FORUM-1', 'abuse'],
    ['a host, as IPv6', '::ffff:198.51.100.7', '198.51.100.7/32', 'FORUM-1', 'abuse'],
    ['the one before', '198.51.100.6', undefined],
    ['the one after', '198.51.100.8', undefined],
    ['the first of a network', '203.0.113.0', '203.0.113.0/24', 'NETS'],
    ['the narrower of two', '203.0.113.129', '203.0.113.128/25', 'NETS', 'tor'],
    ['the narrowest of four, the first of the same', '203.0.113.200', '203.0.113.200/32'],
    ['behind the narrowest', '203.0.113.201', '203.0.113.128/25', 'NETS', 'tor'],
    ['a network written by one of its hosts', '203.0.112.1', '203.0.112.0/23', 'WIDE'],
    ['outside of it', '203.0.114.0', undefined],
    ['IPv6', '2001:db8:bad:ffff::1', '2001:db8:bad::/48', 'SIX', 'spam'],
    ['IPv6, the host', '2001:DB8:BAD:0:0:0:0:1', '2001:db8:bad::1/128', 'SIX', 'host'],
    ['IPv6, beside', '2001:db8:bae::1', undefined],
    ['a mapped network', '192.0.2.255', '192.0.2.0/24', 'MAPPED'],
    ['a private address in a list of bogons', '10.1.2.3', undefined],
    ['a private network of its own line', '10.20.30.40', '10.20.0.0/16', 'GUESTS'],
    ['loopback of its own line', '127.0.0.1', '127.0.0.1/32'],
    ['loopback that is not listed', '127.0.0.2', undefined],
    ['loopback of IPv6 in a list of bogons', '::1', undefined],
    ['before the first', '0.0.0.1', undefined],
    ['the last', '255.255.255.255', '255.255.255.255/32'],
  ])('%s', (_name, ip, network, source, category) => {
    const found = network && { network, ...(source && { source }), ...(category && { category }) };
    expect(list.find(ip)).toEqual(found);
  });

  test('counts its networks once', () => expect(list.size).toBe(13));

  test.each(['', 'unknown', '198.51.100.7:443', 'fe80::1%eth0'])('cannot find %j', (ip) => {
    expect(list.find(ip)).toBe('invalid-address');
  });

  test.each([
    ['a name', 'proxy.example'],
    ['bits without an address', '/24'],
    ['too many bits', '198.51.100.0/33'],
    ['too many bits of IPv6', '2001:db8::/129'],
    ['bits that are no number', '198.51.100.0/-1'],
    ['bits that are missing', '198.51.100.0/'],
    ['a mask', '198.51.100.0/255.255.255.0'],
    ['two slashes', '198.51.100.0/24/24'],
    ['a mapped network beyond IPv4', '::ffff:0.0.0.0/80'],
    ['a range', '198.51.100.0-198.51.100.9'],
    ['an address cut short', '198.51.100'],
    ['four fields', '198.51.100.7 a b c'],
    ['a label that is too long', `198.51.100.7 ${'x'.repeat(101)}`],
    ['a label that is not visible', '198.51.100.7 a\u0007'],
  ])('stops at %s', (_name, line) => {
    const parsed = parseUntrustedAddresses(`# one\n203.0.113.1\n${line}\n203.0.113.2\n`);
    expect(parsed).toEqual({ ok: false, line: 3, reason: expect.stringMatching(/^expected /) });
  });

  test('of 100,000 lines is read in a moment and searched in none', () => {
    const dotted = (n: number) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255].join('.');
    const lines = Array.from({ length: 50_000 }, (_, n) => [
      `${dotted(0x0b000000 + n * 256)}/25`,
      `2001:db8:${n.toString(16)}::1`,
    ]);
    const readAt = performance.now();
    const long = parse(lines.flat().join('\n'));
    const searchAt = performance.now();
    const wrong = Array.from({ length: 20_000 }, (_, n) => 0x0b000000 + n * 256).filter(
      (first) => long.find(dotted(first + 127)) === undefined || long.find(dotted(first + 128)) !== undefined,
    );
    const endAt = performance.now();
    expect(wrong).toEqual([]);
    expect(long.size).toBe(100_000);
    expect(searchAt - readAt).toBeLessThan(5000);
    expect(endAt - searchAt).toBeLessThan(5000);
  });

  test('finds what going through all networks finds', () => {
    // A linear congruential generator: the same networks, nested and apart, in every run.
    let seed = 7;
    const next = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return Math.floor((seed / 2 ** 31) * below);
    };
    const value = () => 0x0b000000 + next(4096);
    const networks = Array.from({ length: 200 }, () => ({ start: value(), bits: 20 + next(13) }));
    const dotted = (n: number) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255].join('.');
    const few = parse(networks.map(({ start, bits }) => `${dotted(start)}/${bits}`).join('\n'));
    for (let n = 0x0b000000; n < 0x0b001000; n++) {
      const holds = networks.filter(({ start, bits }) => start >>> (32 - bits) === n >>> (32 - bits));
      const widest = Math.max(...holds.map(({ bits }) => bits));
      const found = few.find(dotted(n));
      expect(typeof found === 'object' ? Number(found.network.split('/')[1]) : -Infinity).toBe(widest);
    }
  });
});

describe('the assessment', () => {
  const untrusted = parse('198.51.100.0/24 FORUM-1 abuse\n203.0.113.9');
  test.each([
    [
      'on the list',
      '198.51.100.7',
      untrusted,
      {
        confidence: 'low',
        code: 'found_on_deny_list',
        details: { ip: '198.51.100.7', matches: '198.51.100.0/24', source: 'FORUM-1', category: 'abuse' },
      },
    ],
    [
      'on the list, without a source',
      '203.0.113.9',
      untrusted,
      { confidence: 'low', code: 'found_on_deny_list', details: { ip: '203.0.113.9', matches: '203.0.113.9/32' } },
    ],
    ['not on the list', '203.0.113.10', untrusted, { confidence: 'high', code: 'not_found_on_deny_list' }],
    ['at home', '192.168.1.1', untrusted, { confidence: 'high', code: 'not_found_on_deny_list' }],
    ['an empty list', '203.0.113.10', parse('# nothing\n'), { confidence: 'high', code: 'not_found_on_deny_list' }],
    ['no address', 'unknown', untrusted, { confidence: 'neutral', code: 'invalid_ip_address' }],
    ['no list', '198.51.100.7', noUntrustedAddresses, { confidence: 'neutral', code: 'assessment_not_available' }],
  ])('%s', (_name, ip, list, expected) => {
    expect(assessUntrustedIp({ ip, untrusted: list })).toEqual(expected);
  });
});
