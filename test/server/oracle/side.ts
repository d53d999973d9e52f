// Tests, oracle: what both servers look like to a probe. A probe speaks HTTP to one of them and does not know which.
import type { JWTPayload } from 'jose';
import type { Visitor } from './visitor.ts';

export type Side = {
  name: 'reference' | 'ours';
  /** Scheme, host and port. */
  site: string;
  /** Ends with a slash, as both servers say it. */
  issuer: string;
  /** The id of the one person there is. */
  subject: string;
  /** A browser that has no cookie yet. */
  nobody(): Visitor;
  /** A browser in which that person has signed in. */
  ana(): Visitor;
  /** Signs in on whatever page the answer leads to, and returns the last answer: the one for the client. */
  signIn(visitor: Visitor, answer: Response): Promise<Response>;
  /** Seconds since 1970, by the clock of the server. */
  now(): number;
  /** A JWT that this server's key has signed; `kid` and `alg` are right. */
  sign(claims: JWTPayload, typ?: string): Promise<string>;
  close(): Promise<void>;
};

export type Parameters = Record<string, string | undefined>;

/**
 * Parameters without those that are undefined, in the words of the server: what Auth0 calls `audience` is RFC 8707's
 * `resource`, and the library takes `offline_access` for asked only beside `prompt=consent`.
 */
export function spell(side: Side, parameters: Parameters): URLSearchParams {
  const spelt = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined) continue;
    spelt.set(name === 'audience' && side.name === 'reference' ? 'resource' : name, value);
  }
  const asksForCode = spelt.has('response_type');
  if (side.name === 'reference' && asksForCode && spelt.get('scope')?.includes('offline_access'))
    spelt.set('prompt', 'consent');
  return spelt;
}
