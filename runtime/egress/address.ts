// Egress: reads an IP address and says whether it is a globally reachable unicast address. Pure; the tables are IANA's
// special-purpose registries for IPv4 and IPv6 (RFC 6890, RFC 8190), as of 2025, and what clouds put beside them.
import { BlockList, isIPv4, isIPv6 } from 'node:net';

export type Address = {
  family: 4 | 6;
  /** Canonical text. Of an IPv4-mapped address it is the IPv4 address, because that is where a connection goes. */
  text: string;
  /** It was written as IPv4-mapped IPv6 (`::ffff:0:0/96`). */
  mapped: boolean;
};

/** @returns `undefined` for what is no address, and for addresses with a zone (`fe80::1%eth0`). */
export function readAddress(text: string): Address | undefined {
  if (isIPv4(text)) return { family: 4, text, mapped: false };
  const groups = readGroups(text);
  if (!groups) return undefined;
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (mapped) return { family: 4, text: embedded(groups, 6), mapped };
  return { family: 6, text: groups.map((group) => group.toString(16)).join(':'), mapped };
}

/**
 * Why no stranger's call may go to this address.
 * @returns the kind of address with its article, `a private address`; `undefined` when it is globally reachable unicast.
 */
export function refusedKind(address: Address): string | undefined {
  if (address.mapped) return `an IPv4-mapped address (${refusedIPv4(address.text) ?? 'write the IPv4 address itself'})`;
  return address.family === 4 ? refusedIPv4(address.text) : refusedIPv6(address.text);
}

type Range = readonly [network: string, bits: number, kind: string];

/** The first match names the kind, so exact addresses stand before the ranges that hold them. */
const IPV4: readonly Range[] = [
  ['169.254.169.254', 32, 'a cloud metadata address'],
  ['169.254.170.2', 32, 'a cloud metadata address'],
  ['100.100.100.200', 32, 'a cloud metadata address'],
  ['192.0.0.192', 32, 'a cloud metadata address'],
  // Answers inside Azure only, although the address is a public one.
  ['168.63.129.16', 32, 'a cloud metadata address'],
  ['255.255.255.255', 32, 'the broadcast address'],
  ['0.0.0.0', 8, 'an unspecified address'],
  ['127.0.0.0', 8, 'a loopback address'],
  ['10.0.0.0', 8, 'a private address'],
  ['172.16.0.0', 12, 'a private address'],
  ['192.168.0.0', 16, 'a private address'],
  ['100.64.0.0', 10, 'an address shared behind carrier NAT'],
  ['169.254.0.0', 16, 'a link-local address'],
  // Two anycast addresses in it are reachable, and lead to the nearest gateway: exactly what is refused here.
  ['192.0.0.0', 24, 'an address reserved for protocols'],
  ['192.0.2.0', 24, 'a documentation address'],
  ['198.51.100.0', 24, 'a documentation address'],
  ['203.0.113.0', 24, 'a documentation address'],
  ['192.88.99.0', 24, 'a 6to4 relay address'],
  ['198.18.0.0', 15, 'a benchmarking address'],
  ['224.0.0.0', 4, 'a multicast address'],
  ['240.0.0.0', 4, 'a reserved address'],
];

/** Everything outside `2000::/3` is no global unicast; these name what it is, and refuse what is special inside. */
const IPV6: readonly Range[] = [
  ['fd00:ec2::254', 128, 'a cloud metadata address'],
  ['fd20:ce::254', 128, 'a cloud metadata address'],
  ['::', 128, 'the unspecified address'],
  ['::1', 128, 'a loopback address'],
  ['::', 96, 'an IPv4-compatible address'],
  ['::ffff:0:0:0', 96, 'an IPv4-translated address'],
  ['64:ff9b:1::', 48, 'a NAT64 address for local use'],
  ['100::', 64, 'a discard-only address'],
  ['100:0:0:1::', 64, 'a dummy address'],
  ['2001::', 32, 'a Teredo address'],
  ['2001:2::', 48, 'a benchmarking address'],
  ['2001:10::', 28, 'an ORCHID address'],
  ['2001:20::', 28, 'an ORCHID address'],
  ['2001::', 23, 'an address reserved for protocols'],
  ['2001:db8::', 32, 'a documentation address'],
  ['3fff::', 20, 'a documentation address'],
  ['2002::', 16, 'a 6to4 address'],
  ['5f00::', 16, 'a segment routing address'],
  ['fc00::', 7, 'a unique local address'],
  ['fe80::', 10, 'a link-local address'],
  ['fec0::', 10, 'a site-local address'],
  ['ff00::', 8, 'a multicast address'],
];

const GLOBAL_UNICAST = subnet(['2000::', 3, ''], 'ipv6');
const NAT64 = subnet(['64:ff9b::', 96, ''], 'ipv6');
const REFUSED_IPV4 = IPV4.map((range) => [subnet(range, 'ipv4'), range[2]] as const);
const REFUSED_IPV6 = IPV6.map((range) => [subnet(range, 'ipv6'), range[2]] as const);

function refusedIPv4(text: string): string | undefined {
  return REFUSED_IPV4.find(([list]) => list.check(text, 'ipv4'))?.[1];
}

function refusedIPv6(text: string): string | undefined {
  const named = REFUSED_IPV6.find(([list]) => list.check(text, 'ipv6'))?.[1];
  if (named !== undefined) return named;
  const groups = readGroups(text) ?? [];
  if (NAT64.check(text, 'ipv6')) {
    // RFC 6052 §3.1: a translator sends it on to the IPv4 address in the last 32 bits.
    const kind = refusedIPv4(embedded(groups, 6));
    return kind === undefined ? undefined : `a NAT64 form of ${kind}`;
  }
  if (!GLOBAL_UNICAST.check(text, 'ipv6')) return 'an address that is not globally reachable';
  // RFC 5214 §6.1: an ISATAP interface hands the packet to the IPv4 address in the last 32 bits, under any prefix.
  if ((groups[4] === 0 || groups[4] === 0x200) && groups[5] === 0x5efe) return 'an ISATAP address';
  return undefined;
}

function subnet([network, bits]: Range, family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  list.addSubnet(network, bits, family);
  return list;
}

/** The eight 16-bit groups. The URL parser reads every notation of RFC 4291 §2.2 and writes one (RFC 5952). */
function readGroups(text: string): number[] | undefined {
  if (!isIPv6(text) || !URL.canParse(`http://[${text}]`)) return undefined;
  const [head = '', tail] = new URL(`http://[${text}]`).hostname.slice(1, -1).split('::');
  const read = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)));
  if (tail === undefined) return read(head);
  const [left, right] = [read(head), read(tail)];
  return [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right];
}

function embedded(groups: readonly number[], at: number): string {
  const [high = 0, low = 0] = groups.slice(at);
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}
