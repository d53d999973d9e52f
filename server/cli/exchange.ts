// Server, command line: one request over HTTP and its answer. It follows no redirect, for a secret goes nowhere but where it
// was meant to go, and it finds names below `localhost` where the system does not (RFC 6761 §6.3).
import { type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import { isIP } from 'node:net';
import { CommandError } from './command.ts';
import { printable } from './printable.ts';

export type ExchangeRequest = {
  method: string;
  headers?: Readonly<Record<string, string>>;
  body?: string;
  signal: AbortSignal;
  /** How long nothing may come. */
  silentMs?: number;
};

export type Exchange = {
  status: number;
  /** In lower case. */
  header(name: string): string | undefined;
  /** All of it. */
  text(): Promise<string>;
  /** As it comes. */
  chunks: AsyncIterable<Buffer>;
};

const SILENT_MS = 30_000;
/** Above what 100 Actions of the greatest size take, in drafts and in versions. */
const LONGEST_ANSWER = 128 * 1024 * 1024;

/** It could not be reached, or the connection broke. */
export class Unreachable extends CommandError {}

/** Throws `Unreachable` where there is no answer; the reason of the signal where that ends it. */
export async function exchange(url: URL, request: ExchangeRequest): Promise<Exchange> {
  const { method, headers = {}, body, signal, silentMs = SILENT_MS } = request;
  signal.throwIfAborted();
  const send = url.protocol === 'https:' ? requestSecure : requestPlain;
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const options = { method, headers: { ...headers, ...length }, signal, ...addressOf(url) };
    const sending = send(url, options, resolve);
    sending.setTimeout(silentMs, () => sending.destroy(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })));
    sending.once('error', reject);
    sending.end(body);
  }).catch((error: unknown) => {
    throw explain(url, signal, error);
  });
  const chunks = read(url, signal, answer);
  return {
    status: answer.statusCode ?? 0,
    header: (name) => answer.headers[name]?.toString(),
    chunks,
    text: async () => {
      const parts: Buffer[] = [];
      let length = 0;
      for await (const chunk of chunks) {
        length += chunk.length;
        if (length > LONGEST_ANSWER) throw new CommandError(`${url.origin} answered with more than 128 MiB.`);
        parts.push(chunk);
      }
      return Buffer.concat(parts).toString();
    },
  };
}

/** A name below `localhost` is this machine, whatever the resolver says. */
function addressOf({ hostname }: URL): { lookup?: typeof loopback } {
  return hostname.endsWith('.localhost') && isIP(hostname) === 0 ? { lookup: loopback } : {};
}

type Found = (error: null, address: string | { address: string; family: number }[], family?: number) => void;
function loopback(_name: string, options: { all?: boolean | undefined }, found: Found): void {
  if (options.all) found(null, [{ address: '127.0.0.1', family: 4 }]);
  else found(null, '127.0.0.1', 4);
}

async function* read(url: URL, signal: AbortSignal, answer: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of answer) yield chunk as Buffer;
  } catch (error) {
    throw explain(url, signal, error);
  }
}

function explain(url: URL, signal: AbortSignal, error: unknown): unknown {
  if (signal.aborted) return signal.reason;
  const { code = '', message } = error as NodeJS.ErrnoException;
  const at = url.origin;
  if (/^(ENOTFOUND|EAI_AGAIN)$/.test(code)) return new Unreachable(`there is no host ${url.hostname}. Check the URL.`);
  if (code === 'ECONNREFUSED') return new Unreachable(`nothing answers at ${at}. Is the server running?`);
  if (code === 'ETIMEDOUT') return new Unreachable(`${at} did not answer in time.`);
  if (/ALTNAME|EXPIRED|NOT_YET_VALID/.test(code))
    return new Unreachable(`the certificate of ${at} is not valid: ${code}.`);
  if (/CERT|ISSUER|SELF_SIGNED|LEAF|CRL/.test(code)) {
    return new Unreachable(
      `the certificate of ${at} is not trusted: ${code}. Set NODE_EXTRA_CA_CERTS to the PEM file of its authority.`,
    );
  }
  if (/^(EPROTO|ERR_SSL|HPE_)/.test(code)) {
    const other = url.protocol === 'https:' ? 'http' : 'https';
    return new Unreachable(`${at} does not speak ${url.protocol.slice(0, -1)} (${code}). Does it speak ${other}?`);
  }
  return new Unreachable(`the connection to ${at} broke: ${printable(code || message)}.`);
}
