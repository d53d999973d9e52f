// Egress: one call from its first hop to its answer. The redirects are followed here and not by the HTTP client, because
// every hop has to pass the guard again.

import type { Socket } from 'node:net';
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
  type PlainEgress,
  type RequestOptions,
} from './egress.ts';
import { explain } from './explain.ts';
import { openPlain } from './open-plain.ts';
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
/** Longer than any call whose status alone is wanted: its own deadline ends it. */
const PATIENT_CONNECT_MS = 60_000;
/** Schemes that authenticate the connection instead of the request (RFC 4559 §6). */
const BINDS_CONNECTION = /^\s*(negotiate|ntlm)\b/i;

/** Throws on an entry of `allow` that is none; the configuration has refused it before. */
export function createEgress({ allow, limits: given, lookup = lookupHost }: EgressDeps): Egress & PlainEgress {
  const limits = { ...EGRESS_LIMITS, ...given };
  const rules = allow.map((entry) => {
    const rule = readAllowEntry(entry);
    if (!rule) throw new TypeError(`${entry} is no entry of an allow list`);
    return rule;
  });
  const deps = { rules, lookup, limits };
  const shared = createPool(deps);
  const patient = createPool({ ...deps, limits: { ...limits, connectMs: PATIENT_CONNECT_MS } });
  const pools = new Set<Agent>([shared, patient]);
  const plain = new Set<Socket>();
  const ending = new AbortController();

  /** The answer of the last hop. */
  async function send(
    call: Call,
    deadline: Deadline,
    { statusOnly, at }: { statusOnly: boolean; at: (hop: Hop) => void },
  ): Promise<OutgoingAnswer> {
    const common = statusOnly ? patient : shared;
    let hop: Hop = call;
    for (let followed = 0; ; followed++) {
      at(hop);
      const own = hop.identity ? createPool(deps, hop.identity) : undefined;
      if (own) pools.add(own);
      try {
        const got = await deadline.race(dispatch(own ?? common, hop, deadline.signal));
        const { location } = got.headers;
        if (call.redirect === 'manual' || !isRedirect(got.statusCode, location)) {
          if (statusOnly) return leaveUnread(got, hop, followed > 0);
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
    async request(written: OutgoingCall, { signal, timeoutMs, statusOnly = false }: RequestOptions): Promise<Outcome> {
      let url: URL | undefined;
      let deadline: Deadline | undefined;
      try {
        const call = readCall(written, limits);
        url = call.url;
        const ms = Math.min(timeoutMs, call.timeoutMs ?? Number.POSITIVE_INFINITY, LONGEST_MS);
        const stoppers = signal ? [signal, ending.signal] : [ending.signal];
        deadline = startDeadline(ms, stoppers, () => url?.origin ?? '');
        deadline.signal.throwIfAborted();
        const at = (hop: Hop) => {
          url = hop.url;
        };
        const answer = await send(call, deadline, { statusOnly, at });
        return { ok: true, answer };
      } catch (error) {
        const { code, message } = url ? explain(error, url) : asFault(error);
        return { ok: false, code, message };
      } finally {
        deadline?.clear();
      }
    },
    async connect({ host, port }, { timeoutMs }) {
      const named = `${host}:${port}`;
      // The parser of URLs knows every notation of a host; what it makes of this one is what is judged.
      const url = URL.canParse(`http://${named}`) ? new URL(`http://${named}`) : undefined;
      if (!url || url.host === '' || url.pathname !== '/' || url.username !== '' || url.search + url.hash !== '') {
        return { ok: false, code: 'ERR_EGRESS_INVALID', message: 'the host of the server is none' };
      }
      const deadline = startDeadline(timeoutMs, [ending.signal], () => named);
      try {
        const socket = await deadline.race(openPlain(deps, url.hostname, port, deadline.signal));
        plain.add(socket);
        socket.once('close', () => plain.delete(socket));
        return { ok: true, socket };
      } catch (error) {
        const { code, message } = explain(error, url);
        return { ok: false, code, message };
      } finally {
        deadline.clear();
      }
    },
    async close() {
      ending.abort();
      for (const socket of plain) socket.destroy();
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
  return answerOf(got, hop, redirected, bytes);
}

/** The body that nobody wants costs its connection. */
function leaveUnread(got: Dispatcher.ResponseData, hop: Hop, redirected: boolean): OutgoingAnswer {
  got.body.on('error', () => undefined).destroy();
  return answerOf(got, hop, redirected, Buffer.alloc(0));
}

function answerOf(got: Dispatcher.ResponseData, hop: Hop, redirected: boolean, bytes: Buffer): OutgoingAnswer {
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
