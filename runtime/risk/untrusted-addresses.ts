// Risk: the operator's list of addresses that are not to be trusted, and the search in it. Pure. One network a line,
// `address-or-CIDR [source [category]]`; `#` begins a comment. Found by halving, whatever the length of the list.
import { type Address, readAddress, WIDTHS, writeAddress } from './address.ts';

export type UntrustedNetwork = {
  /** In CIDR notation, without bits that belong to hosts: `198.51.100.7/32`. */
  network: string;
  /** Who says so. */
  source?: string;
  /** Why: `abuse`, `tor`. */
  category?: string;
};

export type UntrustedAddresses = {
  /** Whether the operator gave a list; an empty one is a list. */
  isConfigured: boolean;
  /** Networks in it, each once. */
  size: number;
  /**
   * The narrowest network that holds the address. A private or loopback address is found only by a network narrower than
   * its whole block: public lists carry those blocks as "bogons", and would accuse everybody behind the operator's own gateway.
   */
  find(ip: string): UntrustedNetwork | 'invalid-address' | undefined;
};

export type ParsedAddresses = { ok: true; list: UntrustedAddresses } | { ok: false; line: number; reason: string };

/** No list was given. */
export const noUntrustedAddresses: UntrustedAddresses = { isConfigured: false, size: 0, find: () => undefined };

/** Reads a list. The first line that cannot be read is named by its number, counted from 1; nothing of it is repeated. */
export function parseUntrustedAddresses(text: string): ParsedAddresses {
  const ranges: Ranges = { 4: [], 6: [] };
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    const fields = line.replace(/#.*/, '').trim().split(/\s+/);
    if (fields[0] === '') continue;
    const reason = addLine(ranges, fields);
    if (reason !== undefined) return { ok: false, line: index + 1, reason };
  }
  const tables = { 4: nest(ranges[4]), 6: nest(ranges[6]) };
  return { ok: true, list: { isConfigured: true, size: tables[4].length + tables[6].length, find: finder(tables) } };
}

type Range = { first: bigint; last: bigint; bits: number; labels: Omit<UntrustedNetwork, 'network'> };
type Ranges = { 4: Range[]; 6: Range[] };
/** Sorted by their first address; `within` is the narrowest that holds this one. */
type Nested = Range & { within: Nested | undefined };

const LABEL = /^[\x21-\x7e]{1,100}$/;

/** @returns what is wrong with the line. */
function addLine(ranges: Ranges, fields: readonly string[]): string | undefined {
  const [written = '', source, category, ...rest] = fields;
  const [host = '', bitsText, ...parts] = written.split('/');
  const address = readAddress(host);
  if (!address || parts.length > 0) return 'expected an address or a network such as 198.51.100.0/24';
  const width = WIDTHS[address.family];
  const bits = readBits(address, bitsText);
  if (bits === undefined) return `expected at most ${width} bits of network after the slash`;
  if (rest.length > 0) return 'expected no more than an address, a source and a category';
  if (![source, category].every((label) => label === undefined || LABEL.test(label))) {
    return 'expected a source and a category of at most 100 visible ASCII characters each';
  }
  const free = BigInt(width - bits);
  const first = (address.value >> free) << free;
  const labels = {
    ...(source === undefined ? {} : { source }),
    ...(category === undefined ? {} : { category }),
  };
  ranges[address.family].push({ first, last: first | ((1n << free) - 1n), bits, labels });
  return undefined;
}

/** Bits of `::ffff:198.51.100.0/120` count from the start of the IPv6 form. */
function readBits({ family, isMapped }: Address, text: string | undefined): number | undefined {
  if (text === undefined) return WIDTHS[family];
  if (!/^\d{1,3}$/.test(text)) return undefined;
  const bits = Number(text) - (isMapped ? 96 : 0);
  return bits >= 0 && bits <= WIDTHS[family] ? bits : undefined;
}

/** Two networks are apart or one holds the other, so a stack of those still open finds each one's holder. */
function nest(ranges: readonly Range[]): Nested[] {
  const sorted = ranges.toSorted((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : a.bits - b.bits));
  const nested: Nested[] = [];
  let open: Nested | undefined;
  for (const range of sorted) {
    while (open !== undefined && open.last < range.first) open = open.within;
    // Of a network that stands in the list twice the first line counts.
    if (open !== undefined && open.first === range.first && open.bits === range.bits) continue;
    open = { ...range, within: open };
    nested.push(open);
  }
  return nested;
}

function finder(tables: { 4: readonly Nested[]; 6: readonly Nested[] }): UntrustedAddresses['find'] {
  return (ip) => {
    const address = readAddress(ip);
    if (!address) return 'invalid-address';
    const range = narrowest(tables[address.family], address.value);
    if (range === undefined || range.bits <= bitsOfOwnBlock(address)) return undefined;
    const network = writeAddress({ family: address.family, value: range.first });
    return { network: `${network}/${range.bits}`, ...range.labels };
  };
}

function narrowest(table: readonly Nested[], value: bigint): Range | undefined {
  let [low, high] = [0, table.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((table[middle]?.first ?? 0n) <= value) low = middle + 1;
    else high = middle;
  }
  let range = table[low - 1];
  while (range !== undefined && range.last < value) range = range.within;
  return range;
}

/** Private, shared, loopback and link-local blocks (RFC 1918, 6598, 5735, 3927; RFC 4193, 4291). */
const OWN_BLOCKS = [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  // Loopback and what else is in the block that is reserved around it.
  ['::', 8],
  ['fc00::', 7],
  ['fe80::', 10],
] as const;

const BLOCKS = OWN_BLOCKS.flatMap(([text, bits]) => {
  const address = readAddress(text);
  return address ? [{ ...address, bits }] : [];
});

/** How narrow the private or loopback block around an address is; -1 for an address of the Internet. */
function bitsOfOwnBlock({ family, value }: Address): number {
  const block = BLOCKS.find((candidate) => {
    const free = BigInt(WIDTHS[family] - candidate.bits);
    return candidate.family === family && candidate.value >> free === value >> free;
  });
  return block?.bits ?? -1;
}
