// Egress: the judgement, pure. First of a URL as the parser understood it, then of each address its host resolved to,
// once for every hop. Notations (`0x7f.1`, `2130706433`, full-width digits) are gone by then: they are judged after parsing.
import { readAddress, refusedKind } from './address.ts';
import { type AllowRule, bareHost, isAllowed } from './allow.ts';
import { EgressFault } from './egress.ts';

/** Fetch standard §2.9, "bad port": where a request written by a stranger could be understood by another protocol. */
const BAD_PORTS = new Set([
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110,
  111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532,
  540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061,
  6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10_080,
]);
const CURE = 'the operator can allow it with SALLYPORT_EGRESS_ALLOW';

/**
 * Reads where a call, or a redirect, wants to go.
 * @param base the present address, which a redirect may be relative to.
 * @throws EgressFault `ERR_EGRESS_INVALID` or `ERR_EGRESS_REFUSED`.
 */
export function readTarget(text: string, base?: URL): URL {
  if (!URL.canParse(text, base)) throw new EgressFault('ERR_EGRESS_INVALID', 'the URL of the call cannot be parsed');
  const url = new URL(text, base);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new EgressFault(
      'ERR_EGRESS_REFUSED',
      `the scheme ${url.protocol.slice(0, 40)} is refused; expected http: or https:`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new EgressFault(
      'ERR_EGRESS_REFUSED',
      `the URL of a call to ${url.origin} holds a user name or password; send an Authorization header instead`,
    );
  }
  if (bareHost(url.hostname) === '') throw new EgressFault('ERR_EGRESS_INVALID', 'the URL of the call has no host');
  return url;
}

/**
 * Judges one address.
 * @param hostname as it stands in the parsed URL.
 * @param first who speaks first. A server that does is known before anything is sent, and then every port is open.
 * @returns why no connection may be made; `undefined` when it may.
 */
export function judge(
  rules: readonly AllowRule[],
  hostname: string,
  port: number,
  text: string,
  first: 'client' | 'server' = 'client',
): string | undefined {
  const host = bareHost(hostname);
  const address = readAddress(text);
  if (!address) return `${host} resolves to something that is no address`;
  if (isAllowed(rules, { host, port, address })) return undefined;
  const kind = refusedKind(address);
  if (kind !== undefined) {
    const subject = host === text ? `${host} is` : `${host} resolves to ${text},`;
    return `${subject} ${kind}; ${CURE}`;
  }
  if (first === 'client' && BAD_PORTS.has(port)) return `port ${port} of ${host} belongs to another protocol; ${CURE}`;
  return undefined;
}
