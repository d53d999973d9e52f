// Protection: addresses that a tenant exempts, each written as one address or as a network in CIDR notation.
import { type Address, readAddress, WIDTHS } from '../risk/address.ts';

type Network = Pick<Address, 'family'> & { prefix: bigint; free: bigint };

export function isExempt(ip: string, allowlist: readonly string[]): boolean {
  const address = allowlist.length === 0 ? undefined : readAddress(ip);
  if (!address) return false;
  return allowlist.some((entry) => {
    const network = readNetwork(entry);
    return network?.family === address.family && address.value >> network.free === network.prefix;
  });
}

/** Whether an entry can be read. */
export function isNetwork(entry: string): boolean {
  return readNetwork(entry) !== undefined;
}

function readNetwork(entry: string): Network | undefined {
  const [host = '', bitsText, ...rest] = entry.split('/');
  const address = readAddress(host);
  if (!address || rest.length > 0) return undefined;
  const { family, value, isMapped } = address;
  const width = WIDTHS[family];
  if (bitsText !== undefined && !/^\d{1,3}$/.test(bitsText)) return undefined;
  // Bits of an IPv4-mapped network count from the start of its IPv6 form.
  const bits = bitsText === undefined ? width : Number(bitsText) - (isMapped ? 96 : 0);
  if (bits < 0 || bits > width) return undefined;
  const free = BigInt(width - bits);
  return { family, prefix: value >> free, free };
}
