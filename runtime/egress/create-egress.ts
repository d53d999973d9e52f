// Egress: one call from its first hop to its answer. The redirects are followed here and not by the HTTP client, because
// every hop has to pass the guard again.

import type { Agent, Dispatcher } from 'undici';
import type { OutgoingAnswer, OutgoingCall } from '#actions/outgoing-call.ts';
import { readAllowEntry } from './allow.ts';
import { collectBody, decodeBody, toWireBytes } from './answer-body.ts';
import { type Call, readCall } from './call.ts';
import { createPool } from './connections.ts';
import { type Deadline, startDeadline } from './deadline.ts';
import {
  type Egress,
  EgressFault,
  type EgressLimits,
  type Lookup,
  type Outcome,
  type RequestOptions,
} from './egress.ts';
import { explain } from './explain.ts';
import { follow, type Hop, isRedirect } from './redirect.ts';
import { lookupHost } from './resolve.ts';

export const EGRESS_LIMITS: EgressLimits = {
  requestBytes: 1_048_576,
  responseBytes: 4 * 1_048_576,
  headerBytes: 65_536,
  redirects: 5,
  connectMs: 5_000,
};

export type EgressDeps = {
  /** Entries of `SALLYPORT_EGRESS_ALLOW`. */
  allow: readonly string[];
  limits?: Partial<EgressLimits>;
  /** Asked once for each new connection to a name. The system's resolver unless given. */
  lookup?: Lookup;
};

/** The most that a timer of Node can wait for, and far more than any call is given. */
const LONGEST_MS = 0x7fff_ffff;
/** Of a redirect's body; a longer one costs its connection. */
const DISCARDED_BYTES = 16_384;
/** Schemes that authenticate the connection instead of the request (RFC 4559 §6). */
const BINDS_CONNECTION = /^\s*(negotiate|ntlm)\b/i;

/** Throws on an entry of `allow` that is none; the configuration has refused it before. */
export function createEgress({ allow, limits: given, lookup = lookupHost }: EgressDeps): Egress {
  const limits = { ...EGRESS_LIMITS, ...given };
  const rules = allow.map((entry) => {
    const rule = readAllowEntry(entry);
    if (!rule) throw new TypeError(`${entry} is no entry of an allow list`);
    return rule;
  });
  const deps = { rules, lookup, limits };
  const shared = createPool(deps);
  const pools = new Set<Agent>([shared]);
  const ending = new AbortController();

  /** The answer of the last hop. */
  async function send(call: Call, deadline: Deadline, at: (hop: Hop) => void): Promise<OutgoingAnswer> {
    let hop: Hop = call;
    for (let followed = 0; ; followed++) {
      at(hop);
      const own = hop.identity ? createPool(deps, hop.identity) : undefined;
      if (own) pools.add(own);
      try {
        const got = await deadline.race(dispatch(own ?? shared, hop, deadline.signal));
        const { location } = got.headers;
        if (call.redirect === 'manual' || !isRedirect(got.statusCode, location)) {
          return await deadline.race(readAnswer(got, hop, followed > 0, limits));
        }
        await deadline.race(got.body.dump({ limit: DISCARDED_BYTES, signal: deadline.signal }));
        if (call.redirect === 'error')
          throw new EgressFault('ERR_EGRESS_REDIRECT', `${hop.url.origin} redirects, which the call forbids`);
        if (followed === limits.redirects) {
          throw new EgressFault(
            'ERR_EGRESS_TOO_MANY_REDIRECTS',
            `${call.url.origin} redirects more than ${limits.redirects} times`,
          );
        }
        hop = follow(hop, got.statusCode, location);
      } finally {
        if (own) {
          pools.delete(own);
          await own.destroy();
        }
      }
    }
  }

  return {
    async request(written: OutgoingCall, { signal, timeoutMs }: RequestOptions): Promise<Outcome> {
      let url: URL | undefined;
      let deadline: Deadline | undefined;
      try {
        const call = readCall(written, limits);
        url = call.url;
        const ms = Math.min(timeoutMs, call.timeoutMs ?? Number.POSITIVE_INFINITY, LONGEST_MS);
        const stoppers = signal ? [signal, ending.signal] : [ending.signal];
        deadline = startDeadline(ms, stoppers, () => url?.origin ?? '');
        deadline.signal.throwIfAborted();
        const answer = await send(call, deadline, (hop) => {
          url = hop.url;
        });
        return { ok: true, answer };
      } catch (error) {
        const { code, message } = url ? explain(error, url) : asFault(error);
        return { ok: false, code, message };
      } finally {
        deadline?.clear();
      }
    },
    async close() {
      ending.abort();
      await Promise.all([...pools].map((pool) => pool.destroy()));
    },
  };
}

function dispatch(pool: Agent, hop: Hop, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
  return pool.request({
    origin: hop.url.origin,
    path: `${hop.url.pathname}${hop.url.search}`,
    method: hop.method,
    headers: hop.headers.flat(),
    body: hop.body ?? null,
    signal,
    // The next request on this connection may be somebody else's.
    reset: hop.headers.some(([name, value]) => name.toLowerCase() === 'authorization' && BINDS_CONNECTION.test(value)),
  });
}

async function readAnswer(
  got: Dispatcher.ResponseData,
  hop: Hop,
  redirected: boolean,
  { responseBytes }: EgressLimits,
): Promise<OutgoingAnswer> {
  const { origin } = hop.url;
  const received = await collectBody(got.body, responseBytes, origin);
  const codings = [got.headers['content-encoding'] ?? ''].flat().join(',');
  const bytes = hop.method === 'HEAD' ? received : await decodeBody(received, codings, responseBytes, origin);
  // Fetch standard §2.2.6: the URL of an answer has no fragment.
  const url = new URL(hop.url);
  url.hash = '';
  return {
    status: got.statusCode,
    statusText: got.statusText,
    url: url.href,
    redirected,
    headers: Object.entries(got.headers).flatMap(([name, value]) =>
      [value ?? []].flat().map((one): [string, string] => [name.toLowerCase(), one]),
    ),
    body: toWireBytes(bytes),
  };
}

/** Before there is an address nothing but a refusal can happen; anything else is ours. */
function asFault(error: unknown): EgressFault {
  if (error instanceof EgressFault) return error;
  throw error;
}
