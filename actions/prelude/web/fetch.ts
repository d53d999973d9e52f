// Guest code: fetch, Fetch standard §5.6, with the texts of Node. The request is made outside, behind the egress guard;
// redirects are followed there.

import type { OutgoingCall } from '../../outgoing-call.ts';
import { contentIn, wireOf } from './body.ts';
import { readDataUrl } from './data-url.ts';
import { exceptionOf } from './dom-exception.ts';
import { entriesOf } from './headers.ts';
import { type Signal, send } from './outgoing.ts';
import { Request, type RequestInit } from './request.ts';
import { type Response, responseOf } from './response.ts';
import { bytesToWire } from './wire-bytes.ts';

const failed = (cause: unknown): TypeError => new TypeError('fetch failed', { cause });

/** What would mean something else if it were not heeded. */
function refuseUnsupported(request: Request): void {
  if (request.integrity !== '') {
    throw failed(new Error('scripts have no subresource integrity: compare a digest of the body instead'));
  }
  if (request.cache === 'only-if-cached') throw failed(new Error('there is no cache that could answer'));
}

function readLocally(request: Request): Response {
  const read = readDataUrl(request.url);
  if (read === undefined) throw failed(new Error('invalid data: URL'));
  return responseOf(
    {
      status: 200,
      statusText: 'OK',
      url: request.url,
      redirected: false,
      headers: [['content-type', read.type]],
      body: bytesToWire(read.bytes),
    },
    request.method,
  );
}

/** Signals of packages may have none. */
const reasonOf = (signal: Signal): unknown =>
  signal.reason === undefined ? exceptionOf('AbortError', 'This operation was aborted') : signal.reason;

async function perform(request: Request): Promise<Response> {
  const { signal } = request;
  if (signal.aborted) throw reasonOf(signal);
  refuseUnsupported(request);
  if (request.url.startsWith('data:')) return readLocally(request);
  const content = contentIn(request);
  const call: OutgoingCall = {
    url: request.url,
    method: request.method,
    headers: entriesOf(request.headers),
    ...(content === null ? {} : { body: await wireOf(content) }),
    redirect: request.redirect,
  };
  // Outside of the `try`: what it throws at once is no failure of the network.
  const sent = send(call, signal);
  try {
    return responseOf(await sent, request.method);
  } catch (error) {
    throw signal.aborted && error === signal.reason ? reasonOf(signal) : failed(error);
  }
}

/** Rejects with `TypeError: fetch failed` whose `cause` has the code and the words of the egress guard. */
export async function fetch(input: unknown, init?: RequestInit): Promise<Response> {
  return perform(new Request(input, init));
}
