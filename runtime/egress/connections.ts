// Egress: sockets. A connection is made to an address that was judged, and to no other: the HTTP client below gets the
// judged list in place of a resolver, and the address of the open socket is judged once more before anything is sent.
import { isIP, type LookupFunction, type Socket } from 'node:net';
import { Agent, buildConnector } from 'undici';
import type { AllowRule } from './allow.ts';
import type { ClientIdentity } from './client-identity.ts';
import { EgressFault, type EgressLimits, type Lookup } from './egress.ts';
import { judge } from './guard.ts';
import { type Resolved, resolveAllowed } from './resolve.ts';

type ConnectionDeps = { rules: readonly AllowRule[]; lookup: Lookup; limits: EgressLimits };

/**
 * A pool of connections.
 *
 * Reusing a connection asks no resolver again, and that is safe: it leads to an address that was judged for the same
 * scheme, host and port by rules which do not change while the process lives. It is also safe between tenants: HTTP/1.1
 * carries its credentials in each request. The two exceptions are a client certificate, which belongs to the connection
 * and therefore gets a pool of its own, and NTLM and Negotiate, after which the sender closes the connection.
 *
 * Neither proxy variables nor options of the process reach it; without an identity Node's own trust store holds, which
 * includes `NODE_EXTRA_CA_CERTS`.
 */
export function createPool(deps: ConnectionDeps, identity?: ClientIdentity): Agent {
  return new Agent({
    connect: createConnector(deps, identity),
    allowH2: false,
    pipelining: 1,
    maxHeaderSize: deps.limits.headerBytes,
    keepAliveTimeout: 4_000,
    // However long a server would keep it: names are asked again after this at the latest.
    keepAliveMaxTimeout: 30_000,
    // The deadline of the whole call stands in their place.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}

function createConnector(deps: ConnectionDeps, identity?: ClientIdentity): buildConnector.connector {
  return (options, callback) => {
    open(deps, identity, options).then(
      (socket) => callback(null, socket),
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), null),
    );
  };
}

async function open(
  { rules, lookup, limits }: ConnectionDeps,
  identity: ClientIdentity | undefined,
  options: buildConnector.Options,
): Promise<Socket> {
  const { hostname, protocol } = options;
  const port = Number(options.port || (protocol === 'https:' ? 443 : 80));
  const { connectMs } = limits;
  const addresses = await resolveAllowed(rules, { lookup, connectMs }, hostname, port);
  const connect = buildConnector({
    ...identity,
    allowH2: false,
    maxCachedSessions: 0,
    timeout: connectMs,
    autoSelectFamily: true,
    lookup: answerWith(addresses),
  });
  const socket = await new Promise<Socket>((resolve, reject) => {
    connect(options, (error, opened) => (error ? reject(error) : resolve(opened)));
  });
  const reached = socket.remoteAddress;
  // A literal host never meets the resolver above, and a future Node might not ask it: the socket itself has the last word.
  const refusal = reached === undefined ? undefined : judge(rules, hostname, port, reached);
  if (refusal === undefined) return socket;
  socket.destroy();
  throw new EgressFault('ERR_EGRESS_REFUSED', refusal);
}

/** A resolver that knows one answer. */
export function answerWith(addresses: readonly Resolved[]): LookupFunction {
  return (_hostname, { all }, callback) => {
    if (all) return callback(null, [...addresses]);
    const [first] = addresses;
    callback(null, first?.address ?? '', first?.family ?? isIP(first?.address ?? ''));
  };
}
