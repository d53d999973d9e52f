// Egress: what a redirect makes of a request. Pure; Fetch standard §4.4, "HTTP-redirect fetch". Each hop is judged anew
// before a connection is made, and credentials stay with the origin they were meant for.
import type { Call, HeaderPair } from './call.ts';
import { EgressFault } from './egress.ts';
import { readTarget } from './guard.ts';

/** One request of a call. */
export type Hop = Pick<Call, 'url' | 'method' | 'headers' | 'body' | 'identity'>;

const REDIRECTS = [301, 302, 303, 307, 308];
const OF_THE_BODY = /^content-(encoding|language|location|type)$/i;
const CREDENTIALS = /^(authorization|cookie|cookie2)$/i;

/** Whether an answer asks to go elsewhere. */
export function isRedirect(status: number, location: string | string[] | undefined): location is string | string[] {
  return REDIRECTS.includes(status) && location !== undefined;
}

/**
 * The request that follows.
 * @param location the header's value, one character a byte as it was received.
 * @throws EgressFault `ERR_EGRESS_REDIRECT` for an address that is none, `ERR_EGRESS_REFUSED` for one that is not for us.
 */
export function follow(hop: Hop, status: number, location: string | string[]): Hop {
  if (typeof location !== 'string') throw unusable(hop.url, 'with more than one Location');
  const written = Buffer.from(location, 'latin1').toString('utf8');
  if (!URL.canParse(written, hop.url)) throw unusable(hop.url, 'to an address that cannot be parsed');
  const url = readTarget(written, hop.url);
  const becomesGet =
    (status === 303 && hop.method !== 'GET' && hop.method !== 'HEAD') ||
    ((status === 301 || status === 302) && hop.method === 'POST');
  const sameOrigin = url.origin === hop.url.origin;
  const keeps = ([name]: HeaderPair) =>
    !(becomesGet && OF_THE_BODY.test(name)) && !(!sameOrigin && CREDENTIALS.test(name));
  return {
    url,
    method: becomesGet ? 'GET' : hop.method,
    headers: hop.headers.filter(keeps),
    ...(hop.body === undefined || becomesGet ? {} : { body: hop.body }),
    // A client certificate, its CA and its server name are credentials of one origin too.
    ...(hop.identity === undefined || !sameOrigin ? {} : { identity: hop.identity }),
  };
}

function unusable(from: URL, how: string): EgressFault {
  return new EgressFault('ERR_EGRESS_REDIRECT', `${from.origin} redirects ${how}`);
}
