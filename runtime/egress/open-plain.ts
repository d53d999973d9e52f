// Egress: a plain connection, for protocols in which the server speaks first. Like every other it leads to an address that
// was judged, and the open socket is judged once more before anybody gets it.
import { connect, type Socket } from 'node:net';
import { type AllowRule, bareHost } from './allow.ts';
import { answerWith } from './connections.ts';
import { EgressFault, type EgressLimits, type Lookup } from './egress.ts';
import { judge } from './guard.ts';
import { resolveAllowed } from './resolve.ts';

/**
 * @param signal ends the attempt; the socket is destroyed then.
 * @throws EgressFault, or the socket's own error.
 */
export async function openPlain(
  { rules, lookup, limits }: { rules: readonly AllowRule[]; lookup: Lookup; limits: EgressLimits },
  hostname: string,
  port: number,
  signal: AbortSignal,
): Promise<Socket> {
  const { connectMs } = limits;
  const addresses = await resolveAllowed(rules, { lookup, connectMs }, hostname, port, 'server');
  signal.throwIfAborted();
  const socket = connect({ host: bareHost(hostname), port, autoSelectFamily: true, lookup: answerWith(addresses) });
  const abandon = () => socket.destroy();
  signal.addEventListener('abort', abandon, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
      socket.once('close', () => reject(new EgressFault('ABORT_ERR', 'the connection was given up')));
    });
  } finally {
    signal.removeEventListener('abort', abandon);
  }
  const reached = socket.remoteAddress;
  const refusal = reached === undefined ? undefined : judge(rules, hostname, port, reached, 'server');
  if (refusal === undefined) return socket;
  socket.destroy();
  throw new EgressFault('ERR_EGRESS_REFUSED', refusal);
}
