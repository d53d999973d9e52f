// Risk: reads an IP address into a number, so that networks are ranges and two ways to write one address are one.
// An IPv4-mapped IPv6 address (`::ffff:0:0/96`, RFC 4291 §2.5.5.2) is the IPv4 address in it.
import { isIPv4, isIPv6 } from 'node:net';

export type Address = {
  family: 4 | 6;
  value: bigint;
  /** It was written as IPv4-mapped IPv6. */
  isMapped: boolean;
};

/** Bits of an address of each family. */
export const WIDTHS = { 4: 32, 6: 128 } as const;

const MAPPED_PREFIX = 0xffffn;

/** @returns `undefined` for what is no address, and for an address with a zone (`fe80::1%eth0`). */
export function readAddress(text: string): Address | undefined {
  if (isIPv4(text)) return { family: 4, value: BigInt(readIPv4(text)), isMapped: false };
  if (!isIPv6(text) || text.includes('%')) return undefined;
  const digits = readGroups(text).map((group) => group.padStart(4, '0'));
  const value = BigInt(`0x${digits.join('')}`);
  const isMapped = value >> 32n === MAPPED_PREFIX;
  return isMapped ? { family: 4, value: value & 0xffff_ffffn, isMapped } : { family: 6, value, isMapped };
}

/** Four decimals, or the form of RFC 5952. */
export function writeAddress({ family, value }: Pick<Address, 'family' | 'value'>): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join('.');
  const groups = value
    .toString(16)
    .padStart(32, '0')
    .replaceAll(/.{4}(?!$)/g, '$&:');
  return new URL(`http://[${groups}]`).hostname.slice(1, -1);
}

/**
 * The network that one household or company is known by: an IPv4 address, or the first 64 bits of an IPv6 address
 * (RFC 4291 §2.5.4), of which everybody has more than can be counted. What is no address stands for itself.
 */
export function networkOf(text: string): string {
  const address = readAddress(text);
  if (!address) return text;
  return writeAddress(address.family === 4 ? address : { family: 6, value: (address.value >> 64n) << 64n });
}

function readIPv4(text: string): number {
  return text.split('.').reduce((value, part) => value * 256 + Number(part), 0);
}

/** The eight groups of a valid address, with `::` and a dotted tail (RFC 4291 §2.2) written out. */
function readGroups(text: string): string[] {
  const hexadecimal = text.replace(/[\d.]+\.\d+$/, (dotted) => {
    const tail = readIPv4(dotted);
    return `${Math.floor(tail / 65_536).toString(16)}:${(tail % 65_536).toString(16)}`;
  });
  const [head, tail] = hexadecimal.split('::').map((part) => (part === '' ? [] : part.split(':')));
  const [left, right] = [head ?? [], tail ?? []];
  return [...left, ...new Array<string>(8 - left.length - right.length).fill('0'), ...right];
}
