// Egress: what the operator opens. An entry of `SALLYPORT_EGRESS_ALLOW` is `host`, `host:port`, an address, an address
// with a port, or a network in CIDR notation. A host is compared with the name as the caller wrote it, the others with
// the address it resolved to. Whoever allows a name trusts those who answer for it in the DNS.
import { BlockList, isIP, isIPv6 } from 'node:net';
import { type Address, readAddress } from './address.ts';

export type AllowRule = { port?: number } & (
  | { kind: 'host'; host: string }
  | { kind: 'network'; family: 4 | 6; network: BlockList }
);

/** Where a connection would go. */
export type Destination = { host: string; port: number; address: Address };

/** @returns `undefined` for what is no entry. */
export function readAllowEntry(entry: string): AllowRule | undefined {
  const [address = '', bits, ...rest] = entry.split('/');
  if (bits !== undefined)
    return rest.length === 0 && /^\d{1,3}$/.test(bits) ? readNetwork(address, Number(bits)) : undefined;
  if (isIPv6(entry)) return readNetwork(entry);
  const [, name = '', digits] = /^(\[[0-9a-f:.]+\]|[^\s:/?#@%[\]\\*,]+)(?::(\d{1,5}))?$/i.exec(entry) ?? [];
  const port = digits === undefined ? undefined : Number(digits);
  if (name === '' || (port !== undefined && !(port >= 1 && port <= 65_535)) || !URL.canParse(`http://${name}`)) {
    return undefined;
  }
  // As the URL parser writes it, since that is what it is compared with: lower case, Punycode, IPv4 in four decimals.
  const host = bareHost(new URL(`http://${name}`).hostname);
  const rule: AllowRule | undefined = isIP(host) ? readNetwork(host) : { kind: 'host', host };
  return rule && port !== undefined ? { ...rule, port } : rule;
}

/** Whether any rule opens this destination. */
export function isAllowed(rules: readonly AllowRule[], { host, port, address }: Destination): boolean {
  return rules.some((rule) => {
    if (rule.port !== undefined && rule.port !== port) return false;
    if (rule.kind === 'host') return rule.host === host;
    return rule.family === address.family && rule.network.check(address.text, `ipv${address.family}`);
  });
}

/** A host of a URL without the brackets of IPv6 and without the dot that ends a full name (`localhost.`). */
export function bareHost(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
}

function readNetwork(text: string, bits?: number): AllowRule | undefined {
  const address = readAddress(text);
  if (!address) return undefined;
  const { family } = address;
  const width = family === 4 ? 32 : 128;
  // `::ffff:10.0.0.0/104` counts its bits from the start of the IPv6 form.
  const length = address.mapped && bits !== undefined ? bits - 96 : (bits ?? width);
  if (length < 0 || length > width) return undefined;
  const network = new BlockList();
  network.addSubnet(address.text, length, `ipv${family}`);
  return { kind: 'network', family, network };
}
