// Egress: from an error of a socket, of TLS or of the HTTP client to a code and one sentence. The errors themselves go
// no further: they may quote what was sent. What is not a fault of the network is ours, and is thrown on.
import { errors } from 'undici';
import { EGRESS_CODES, type EgressCode, EgressFault } from './egress.ts';

const KNOWN: ReadonlySet<string> = new Set(EGRESS_CODES);
const RENAMED: { readonly [code: string]: EgressCode } = {
  UND_ERR_CONNECT_TIMEOUT: 'ETIMEDOUT',
  UND_ERR_HEADERS_TIMEOUT: 'ETIMEDOUT',
  UND_ERR_BODY_TIMEOUT: 'ETIMEDOUT',
  UND_ERR_SOCKET: 'ECONNRESET',
  EPIPE: 'ECONNRESET',
  ECONNABORTED: 'ECONNRESET',
  EHOSTDOWN: 'EHOSTUNREACH',
  ENETDOWN: 'ENETUNREACH',
  ENODATA: 'ENOTFOUND',
  EAI_NODATA: 'ENOTFOUND',
  EAI_NONAME: 'ENOTFOUND',
  EAI_FAIL: 'ENOTFOUND',
  UND_ERR_HEADERS_OVERFLOW: 'ERR_EGRESS_TOO_LARGE',
  HPE_HEADER_OVERFLOW: 'ERR_EGRESS_TOO_LARGE',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'ERR_EGRESS_PROTOCOL',
  UND_ERR_CLOSED: 'ABORT_ERR',
  UND_ERR_DESTROYED: 'ABORT_ERR',
};
const UNTRUSTED =
  'the operator can trust its authority with NODE_EXTRA_CA_CERTS, a call its own with a CA in its TLS options';

const SENTENCES: { readonly [code in EgressCode]?: (host: string, origin: string) => string } = {
  ENOTFOUND: (host) => `getaddrinfo ENOTFOUND ${host}: the name has no address`,
  EAI_AGAIN: (host) => `getaddrinfo EAI_AGAIN ${host}: the name server gave no answer for now`,
  ECONNREFUSED: (_, origin) => `connect ECONNREFUSED ${origin}: nothing accepts connections there`,
  ECONNRESET: (_, origin) => `ECONNRESET ${origin}: the connection ended before the answer was complete`,
  EHOSTUNREACH: (_, origin) => `connect EHOSTUNREACH ${origin}: no way leads to this host`,
  ENETUNREACH: (_, origin) => `connect ENETUNREACH ${origin}: no way leads to its network`,
  ETIMEDOUT: (_, origin) => `connect ETIMEDOUT ${origin}: no connection in time`,
  CERT_HAS_EXPIRED: (_, origin) => `the certificate of ${origin} has expired (CERT_HAS_EXPIRED)`,
  CERT_NOT_YET_VALID: (_, origin) => `the certificate of ${origin} is not valid yet (CERT_NOT_YET_VALID)`,
  ERR_TLS_CERT_ALTNAME_INVALID: (host, origin) =>
    `the certificate of ${origin} is not for the name ${host} (ERR_TLS_CERT_ALTNAME_INVALID)`,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted('is signed by itself', 'DEPTH_ZERO_SELF_SIGNED_CERT'),
  SELF_SIGNED_CERT_IN_CHAIN: untrusted('comes from an authority that is not trusted', 'SELF_SIGNED_CERT_IN_CHAIN'),
  UNABLE_TO_GET_ISSUER_CERT: untrusted('has no complete chain', 'UNABLE_TO_GET_ISSUER_CERT'),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted(
    'comes from an authority that is not trusted',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  ),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted(
    'comes from an authority that is not trusted, or without its chain',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  ),
  ERR_EGRESS_TOO_LARGE: (_, origin) => `the headers of the answer of ${origin} are too large`,
  ABORT_ERR: () => 'the call was stopped: the server is ending',
};

/**
 * Says what went wrong.
 * @param url where the hop that failed was going.
 * @throws the error itself when it is no fault of the network.
 */
export function explain(error: unknown, url: URL): EgressFault {
  if (error instanceof EgressFault) return error;
  const given = codeOf(error);
  if (given === undefined) throw error;
  const code = RENAMED[given] ?? (KNOWN.has(given) ? (given as EgressCode) : familyOf(given, error));
  if (code === undefined) throw error;
  const sentence = SENTENCES[code]?.(url.hostname, url.origin) ?? general(code, given, url.origin);
  return new EgressFault(code, sentence, { cause: error });
}

function untrusted(what: string, code: EgressCode): (host: string, origin: string) => string {
  return (_, origin) => `the certificate of ${origin} ${what} (${code}); ${UNTRUSTED}`;
}

function general(code: EgressCode, given: string, origin: string): string {
  if (code === 'ERR_EGRESS_TLS') return `the TLS handshake with ${origin} failed (${given})`;
  if (code === 'ERR_EGRESS_PROTOCOL') return `${origin} did not answer in well-formed HTTP (${given})`;
  return `the connection to ${origin} failed (${given})`;
}

function codeOf(error: unknown): string | undefined {
  // The parser's own code is often missing.
  if (error instanceof errors.HTTPParserError) return error.code ?? 'HPE_UNKNOWN';
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** OpenSSL and the verifier have hundreds of codes, the parser dozens; each family has one of ours. */
function familyOf(code: string, error: unknown): EgressCode | undefined {
  if (
    /^(ERR_SSL_|ERR_TLS_|ERR_OSSL_|EPROTO$|CERT_|CRL_|UNABLE_TO_|INVALID_|HOSTNAME_MISMATCH$|PATH_LENGTH)/.test(code)
  ) {
    return 'ERR_EGRESS_TLS';
  }
  if (code.startsWith('HPE_')) return 'ERR_EGRESS_PROTOCOL';
  return error instanceof Error && 'syscall' in error ? 'ERR_EGRESS_NETWORK' : undefined;
}
