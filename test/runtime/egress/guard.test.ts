// The guard, row by row: every range in every notation, and the edges where a range ends.
import { describe, expect, test } from 'vitest';
import { EgressFault } from '#runtime/egress/egress.ts';
import { judge, readTarget } from '#runtime/egress/guard.ts';

const nothing: never[] = [];
const CURE = 'the operator can allow it with SALLYPORT_EGRESS_ALLOW';

describe('an address that a name resolves to', () => {
  test.each([
    ['0.0.0.0', 'unspecified'],
    ['0.255.255.255', 'unspecified'],
    ['10.0.0.0', 'private'],
    ['10.255.255.255', 'private'],
    ['100.64.0.0', 'carrier NAT'],
    ['100.127.255.255', 'carrier NAT'],
    ['100.100.100.200', 'metadata'],
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['168.63.129.16', 'metadata'],
    ['169.254.0.1', 'link-local'],
    ['169.254.169.254', 'metadata'],
    ['169.254.170.2', 'metadata'],
    ['169.254.255.255', 'link-local'],
    ['172.16.0.0', 'private'],
    ['172.31.255.255', 'private'],
    ['192.0.0.0', 'protocols'],
    ['192.0.0.9', 'protocols'],
    ['192.0.0.192', 'metadata'],
    ['192.0.2.1', 'documentation'],
    ['192.88.99.1', '6to4'],
    ['192.168.0.0', 'private'],
    ['192.168.255.255', 'private'],
    ['198.18.0.0', 'benchmarking'],
    ['198.19.255.255', 'benchmarking'],
    ['198.51.100.7', 'documentation'],
    ['203.0.113.255', 'documentation'],
    ['224.0.0.1', 'multicast'],
    ['239.255.255.255', 'multicast'],
    ['240.0.0.0', 'reserved'],
    ['255.255.255.254', 'reserved'],
    ['255.255.255.255', 'broadcast'],
    ['::', 'unspecified'],
    ['::1', 'loopback'],
    ['0:0:0:0:0:0:0:1', 'loopback'],
    ['::7f00:1', 'IPv4-compatible'],
    ['::127.0.0.1', 'IPv4-compatible'],
    ['::8.8.8.8', 'IPv4-compatible'],
    ['::ffff:127.0.0.1', 'IPv4-mapped address (a loopback'],
    ['::ffff:7f00:1', 'IPv4-mapped address (a loopback'],
    ['0:0:0:0:0:FFFF:10.1.2.3', 'IPv4-mapped address (a private'],
    ['::ffff:169.254.169.254', 'IPv4-mapped address (a cloud metadata'],
    ['::ffff:8.8.8.8', 'IPv4-mapped address (write'],
    ['::ffff:0:127.0.0.1', 'IPv4-translated'],
    ['64:ff9b::127.0.0.1', 'a NAT64 form of a loopback'],
    ['64:ff9b::10.0.0.1', 'a NAT64 form of a private'],
    ['64:ff9b::a9fe:a9fe', 'a NAT64 form of a cloud metadata'],
    ['64:ff9b:1::808:808', 'NAT64 address for local use'],
    ['64:ff9b:0:1::1', 'not globally reachable'],
    ['100::1', 'discard'],
    ['100:0:0:1::1', 'dummy'],
    ['2001::1', 'Teredo'],
    ['2001:0:4136:e378:8000:63bf:3fff:fdd2', 'Teredo'],
    ['2001:1::1', 'protocols'],
    ['2001:2::1', 'benchmarking'],
    ['2001:10::1', 'ORCHID'],
    ['2001:2f:ffff::1', 'ORCHID'],
    ['2001:30::1', 'protocols'],
    ['2001:1ff:ffff::1', 'protocols'],
    ['2001:db8::1', 'documentation'],
    ['2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', 'documentation'],
    ['2002::1', '6to4'],
    ['2002:7f00:1::', '6to4'],
    ['2002:0808:0808::1', '6to4'],
    ['3fff::1', 'documentation'],
    ['3fff:fff::1', 'documentation'],
    ['4000::1', 'not globally reachable'],
    ['5f00::1', 'segment routing'],
    ['fc00::1', 'unique local'],
    ['fd00:ec2::254', 'metadata'],
    ['fd20:ce::254', 'metadata'],
    ['fdff:ffff::1', 'unique local'],
    ['fe80::1', 'link-local'],
    ['febf::1', 'link-local'],
    ['fec0::1', 'site-local'],
    ['feff::1', 'site-local'],
    ['ff02::1', 'multicast'],
    ['ff0e::1', 'multicast'],
    ['1000::1', 'not globally reachable'],
    ['2600::5efe:127.0.0.1', 'ISATAP'],
    ['2600::200:5efe:10.0.0.1', 'ISATAP'],
    ['fe80::1%eth0', 'no address'],
    ['example.com', 'no address'],
    ['127.1', 'no address'],
    ['', 'no address'],
  ])('%s is refused: %s', (address, why) => {
    const refusal = judge(nothing, 'name.example', 443, address);
    expect(refusal).toContain(why);
    expect(refusal).toMatch(/^name\.example resolves to /);
  });

  test.each([
    ['1.1.1.1'],
    ['8.8.8.8'],
    ['9.255.255.255'],
    ['11.0.0.0'],
    ['93.184.216.34'],
    ['100.63.255.255'],
    ['100.128.0.0'],
    ['126.255.255.255'],
    ['128.0.0.0'],
    ['169.253.255.255'],
    ['169.255.0.0'],
    ['172.15.255.255'],
    ['172.32.0.0'],
    ['192.0.1.0'],
    ['192.0.3.0'],
    ['192.167.255.255'],
    ['192.169.0.0'],
    ['198.17.255.255'],
    ['198.20.0.0'],
    ['198.51.101.0'],
    ['203.0.114.0'],
    ['223.255.255.255'],
    ['2000::1'],
    ['2001:200::1'],
    ['2001:4860:4860::8888'],
    ['2001:db7:ffff::1'],
    ['2001:db9::1'],
    ['2003::1'],
    ['2606:2800:220:1:248:1893:25c8:1946'],
    ['2a00:1450:4001:81b::200e'],
    ['3ffe:ffff::1'],
    ['64:ff9b::8.8.8.8'],
  ])('%s may be reached', (address) => {
    expect(judge(nothing, 'name.example', 443, address)).toBeUndefined();
  });

  test('the refusal says what was found and what helps', () => {
    expect(judge(nothing, 'crm.example.', 443, '10.0.0.5')).toBe(
      `crm.example resolves to 10.0.0.5, a private address; ${CURE}`,
    );
    expect(judge(nothing, '[::1]', 80, '::1')).toBe(`::1 is a loopback address; ${CURE}`);
  });
});

describe('a host as somebody wrote it', () => {
  test.each([
    ['http://127.0.0.1/', 'loopback'],
    ['http://127.1/', 'loopback'],
    ['http://127.0.1/', 'loopback'],
    ['http://0x7f.1/', 'loopback'],
    ['http://0x7f.0x0.0x0.0x1/', 'loopback'],
    ['http://0x7f000001/', 'loopback'],
    ['http://0177.0.0.1/', 'loopback'],
    ['http://017700000001/', 'loopback'],
    ['http://2130706433/', 'loopback'],
    ['http://127.0.0.1./', 'loopback'],
    ['http://%31%32%37.0.0.1/', 'loopback'],
    ['http://127%2e0%2e0%2e1/', 'loopback'],
    ['http://１２７.０.０.１/', 'loopback'],
    ['http://①②⑦.⓪.⓪.①/', 'loopback'],
    ['http://127。0。0。1/', 'loopback'],
    ['http:127.0.0.1', 'loopback'],
    ['http:\\\\127.0.0.1\\', 'loopback'],
    ['HTTP://127.0.0.1/', 'loopback'],
    ['  http://127.0.0.1/\n', 'loopback'],
    ['ht\ntp://127.0.0.1/', 'loopback'],
    ['http://0/', 'unspecified'],
    ['http://0.0.0.0/', 'unspecified'],
    ['http://0x0/', 'unspecified'],
    ['http://2852039166/latest/meta-data/', 'metadata'],
    ['http://0xa9fea9fe/', 'metadata'],
    ['http://0251.0376.0251.0376/', 'metadata'],
    ['http://169.254.43518/', 'metadata'],
    ['https://[::1]/', 'loopback'],
    ['https://[0000:0000:0000:0000:0000:0000:0000:0001]/', 'loopback'],
    ['https://[::]/', 'unspecified'],
    ['https://[::ffff:127.0.0.1]/', 'IPv4-mapped'],
    ['https://[::ffff:a9fe:a9fe]/', 'IPv4-mapped'],
    ['https://[::127.0.0.1]/', 'IPv4-compatible'],
    ['https://[64:ff9b::7f00:1]/', 'NAT64'],
    ['https://[2002:7f00:1::1]/', '6to4'],
    ['https://[fd00:ec2::254]/', 'metadata'],
    ['https://[FE80::1]/', 'link-local'],
  ])('%s leads to a refused address: %s', (written, why) => {
    const { hostname } = readTarget(written);
    const address = hostname.replace(/^\[|\]$/g, '');
    expect(judge(nothing, hostname, 80, address)).toContain(why);
  });

  test.each([
    ['', 'ERR_EGRESS_INVALID'],
    ['/path', 'ERR_EGRESS_INVALID'],
    ['example.com', 'ERR_EGRESS_INVALID'],
    ['http://', 'ERR_EGRESS_INVALID'],
    ['http://./', 'ERR_EGRESS_INVALID'],
    ['http://exa mple.com/', 'ERR_EGRESS_INVALID'],
    ['http://example.com:65536/', 'ERR_EGRESS_INVALID'],
    ['http://example.com:-1/', 'ERR_EGRESS_INVALID'],
    ['http://256.256.256.256/', 'ERR_EGRESS_INVALID'],
    ['http://1.2.3.4.5/', 'ERR_EGRESS_INVALID'],
    ['http://[::1/', 'ERR_EGRESS_INVALID'],
    ['http://[fe80::1%25eth0]/', 'ERR_EGRESS_INVALID'],
    ['http://[fe80::1%eth0]/', 'ERR_EGRESS_INVALID'],
    ['http://%00/', 'ERR_EGRESS_INVALID'],
    ['http://a%0d%0ab/', 'ERR_EGRESS_INVALID'],
    ['file:///etc/passwd', 'ERR_EGRESS_REFUSED'],
    ['ftp://example.com/', 'ERR_EGRESS_REFUSED'],
    ['gopher://example.com/', 'ERR_EGRESS_REFUSED'],
    ['ws://example.com/', 'ERR_EGRESS_REFUSED'],
    ['data:text/plain,hello', 'ERR_EGRESS_REFUSED'],
    ['blob:http://example.com/1', 'ERR_EGRESS_REFUSED'],
    ['javascript:alert(1)', 'ERR_EGRESS_REFUSED'],
    ['about:blank', 'ERR_EGRESS_REFUSED'],
    ['unix:/var/run/docker.sock', 'ERR_EGRESS_REFUSED'],
    ['http://user:hunter2@example.com/', 'ERR_EGRESS_REFUSED'],
    ['http://user@example.com/', 'ERR_EGRESS_REFUSED'],
    ['http://:hunter2@example.com/', 'ERR_EGRESS_REFUSED'],
    ['http://example.com:80@127.0.0.1/', 'ERR_EGRESS_REFUSED'],
  ])('%j is not followed: %s', (written, code) => {
    let fault: unknown;
    try {
      readTarget(written);
    } catch (error) {
      fault = error;
    }
    expect(fault).toBeInstanceOf(EgressFault);
    expect(fault).toMatchObject({ code, message: expect.not.stringMatching(/hunter2|passwd|\n/) });
  });

  test.each([
    ['HTTPS://Example.COM./A?b=c#d', 'example.com.', ''],
    ['https://münchen.example/', 'xn--mnchen-3ya.example', ''],
    ['http://example.com:8443/', 'example.com', '8443'],
    ['http://example.com:80/', 'example.com', ''],
    ['http://8.8.8.8/', '8.8.8.8', ''],
    ['https://[2606:2800:220:1::]/', '[2606:2800:220:1::]', ''],
  ])('%s goes on to the resolver', (written, hostname, port) => {
    expect(readTarget(written)).toMatchObject({ hostname, port });
  });
});

describe('a port', () => {
  test.each([0, 1, 7, 21, 22, 23, 25, 53, 110, 143, 389, 465, 587, 993, 2049, 5060, 6000, 6667, 10_080])(
    '%i belongs to another protocol',
    (port) => {
      expect(judge(nothing, 'name.example', port, '8.8.8.8')).toBe(
        `port ${port} of name.example belongs to another protocol; ${CURE}`,
      );
    },
  );
  test.each([80, 443, 3000, 5432, 6379, 8080, 8443, 65_535])('%i is taken', (port) => {
    expect(judge(nothing, 'name.example', port, '8.8.8.8')).toBeUndefined();
  });
});
