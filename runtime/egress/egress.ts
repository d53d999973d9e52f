// Egress: every call that leaves the house on behalf of a tenant goes through this door. Its law: the address that was
// checked is the address that is connected to. It knows neither scripts nor gateways, only one request and one answer.
import type { Socket } from 'node:net';
import type { OutgoingAnswer, OutgoingCall } from '#actions/outgoing-call.ts';

/**
 * Why a call got no answer. Codes of Node and OpenSSL keep their names, because authors know and search for them.
 * `ERR_EGRESS_INVALID` the call itself is not well formed; `ERR_EGRESS_REFUSED` it may not go there;
 * `ERR_EGRESS_TOO_LARGE` a body or a header block is over its limit; `ERR_EGRESS_TOO_MANY_REDIRECTS`;
 * `ERR_EGRESS_REDIRECT` a redirect that cannot or must not be followed; `ERR_EGRESS_PROTOCOL` the answer is not HTTP or
 * its body is not what it says; `ERR_EGRESS_TLS` a handshake failed in a way that has no code here;
 * `ERR_EGRESS_NETWORK` any other fault of a socket; `ABORT_ERR` the caller or the end of the server stopped it.
 */
export const EGRESS_CODES = [
  'ERR_EGRESS_INVALID',
  'ERR_EGRESS_REFUSED',
  'ERR_EGRESS_TOO_LARGE',
  'ERR_EGRESS_TOO_MANY_REDIRECTS',
  'ERR_EGRESS_REDIRECT',
  'ERR_EGRESS_PROTOCOL',
  'ERR_EGRESS_TLS',
  'ERR_EGRESS_NETWORK',
  'ABORT_ERR',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
] as const;
export type EgressCode = (typeof EGRESS_CODES)[number];

/**
 * A call that got no answer. The message is one line for a log or an error: it names scheme, host and port at most, and
 * never holds a path, a query, a header, a body or a credential.
 */
export type EgressFailure = { ok: false; code: EgressCode; message: string };
export type Outcome = { ok: true; answer: OutgoingAnswer } | EgressFailure;

export type Opened = { ok: true; socket: Socket } | EgressFailure;

export type RequestOptions = {
  /** Stops the call at once, with `ABORT_ERR`. */
  signal?: AbortSignal;
  /** Milliseconds for the whole call, redirects and body included; the call's own `timeoutMs` can only shorten it. */
  timeoutMs: number;
  /**
   * Only the status is wanted: the body is not read, whatever becomes of it, and the answer holds none. To connect may take
   * as long as the call.
   */
  statusOnly?: boolean;
};

export interface Egress {
  /** Makes one call. `call` is untrusted and parsed here. An answer of any status is an answer; throws only faults of ours. */
  request(call: OutgoingCall, options: RequestOptions): Promise<Outcome>;
  /** Ends at once what is in flight (`ABORT_ERR`) and every connection; later calls end the same way. */
  close(): Promise<void>;
}

/** The same guard for connections that are no calls. */
export interface PlainEgress {
  /**
   * Opens a connection for a protocol in which the server speaks first (SMTP), so that no port is another protocol's
   * danger. Plain: whoever asked encrypts it. It is theirs to end.
   */
  connect(place: { host: string; port: number }, options: { timeoutMs: number }): Promise<Opened>;
}

/** Bounds of one call. */
export type EgressLimits = {
  /** Bytes of a request's body. */
  requestBytes: number;
  /** Bytes of an answer's body, as received and again after each decoding. */
  responseBytes: number;
  /** Bytes of a header block, in either direction. */
  headerBytes: number;
  /** Redirects that are followed. */
  redirects: number;
  /** Milliseconds to resolve a name, and again to connect with its TLS handshake. */
  connectMs: number;
};

/** What a host name stands for. Rejects with Node's codes (`ENOTFOUND`, `EAI_AGAIN`). */
export type Lookup = (hostname: string) => Promise<readonly { address: string; family: number }[]>;

/**
 * Not a refusal by value because it travels through the HTTP client as the reason why a connection failed. Thrown
 * inside this folder only: `createEgress` turns it into a value.
 */
export class EgressFault extends Error {
  override name = 'EgressFault';
  readonly code: EgressCode;
  constructor(code: EgressCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
