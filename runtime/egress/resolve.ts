// Egress: from a host to the addresses that may be connected to. One question to the resolver for each connection: its
// answer is judged and then used, so a name that answers differently a moment later (DNS rebinding) gains nothing.
import { lookup as systemLookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { type AllowRule, bareHost } from './allow.ts';
import { EgressFault, type Lookup } from './egress.ts';
import { judge } from './guard.ts';

/** The name by which containers know the machine they run on; here that is the machine itself. */
const OWN_MACHINE = 'host.docker.internal';
const LOOPBACK = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
] as const;

export type Resolved = { address: string; family: number };

/** The system's resolver: hosts file, search rules and all, as every other program of the machine sees it. */
export const lookupHost: Lookup = (hostname) => systemLookup(hostname, { all: true, order: 'verbatim' });

/**
 * The addresses of a host that may be reached at this port, at least one. Where only some may, the others are left out:
 * `localhost` often means `127.0.0.1` and `::1`, and the operator allowed one.
 * @throws EgressFault `ERR_EGRESS_REFUSED`, `ENOTFOUND`, `EAI_AGAIN`, `ETIMEDOUT`.
 */
export async function resolveAllowed(
  rules: readonly AllowRule[],
  { lookup, connectMs }: { lookup: Lookup; connectMs: number },
  hostname: string,
  port: number,
  first: 'client' | 'server' = 'client',
): Promise<Resolved[]> {
  const found = await resolve(bareHost(hostname), lookup, connectMs);
  const judged = found.map((entry) => ({ entry, refusal: judge(rules, hostname, port, entry.address, first) }));
  const open = judged.filter(({ refusal }) => refusal === undefined).map(({ entry }) => entry);
  if (open.length > 0) return open;
  throw new EgressFault(
    'ERR_EGRESS_REFUSED',
    judged[0]?.refusal ?? `${bareHost(hostname)} resolves to no address at all`,
  );
}

async function resolve(host: string, lookup: Lookup, connectMs: number): Promise<readonly Resolved[]> {
  const family = isIP(host);
  if (family !== 0) return [{ address: host, family }];
  if (host === OWN_MACHINE) return LOOPBACK;
  // The system's resolver cannot be cancelled; whoever waits for it can stop waiting.
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new EgressFault('ETIMEDOUT', `getaddrinfo ETIMEDOUT ${host}: no answer within ${connectMs} ms`)),
    connectMs,
  );
  try {
    return await Promise.race([lookup(host), late]);
  } finally {
    clearTimeout(timer);
  }
}
