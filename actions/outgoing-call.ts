// What crosses the wall when a script calls out: one HTTP request as data, one answer as data. The guest's `fetch` writes
// the one and reads the other; the server makes the request itself, behind its egress guard.

/** Bytes as they travel in JSON: as text when they are well-formed UTF-8, otherwise as base64. */
export type WireBytes = { text: string } | { base64: string };

/** The payload of operation `fetch`. Untrusted: a script may have written anything into it. */
export type OutgoingCall = {
  url: string;
  /** In upper case. */
  method: string;
  headers: [name: string, value: string][];
  body?: WireBytes;
  /** As of the Fetch standard, §2.2.5: what to do with an answer that redirects. */
  redirect: 'follow' | 'manual' | 'error';
  /** Credentials of a mutual TLS connection, as `https.Agent` takes them (PEM). */
  tls?: { cert?: string; key?: string; ca?: string; passphrase?: string; servername?: string };
  /** Milliseconds after which the script itself gives up; the runtime's own limits hold beside it. */
  timeoutMs?: number;
};

/** What comes back. A request that failed is no answer: the call is rejected with a code and a message. */
export type OutgoingAnswer = {
  status: number;
  statusText: string;
  /** The address that answered, after redirects. */
  url: string;
  redirected: boolean;
  /** Names in lower case; a name may come more than once (`set-cookie`). */
  headers: [name: string, value: string][];
  body: WireBytes;
};
