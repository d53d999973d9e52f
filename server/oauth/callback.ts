// Server, protocol: the address a login goes back to. Every answer names its issuer (RFC 9207), so that a client that
// talks to several servers cannot be made to mix them up.
import type { LoginRequest } from '#runtime/transaction/transaction.ts';

/**
 * The client's callback with `params`, the `state` it sent (if any) and `iss`. What its own query already holds stays.
 * @param issuer the tenant's base URL plus `/`.
 */
export function callbackUrl(
  request: Pick<LoginRequest, 'redirectUri' | 'state'>,
  issuer: string,
  params: Record<string, string>,
): string {
  const url = new URL(request.redirectUri);
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value);
  if (request.state !== undefined) url.searchParams.set('state', request.state);
  url.searchParams.set('iss', issuer);
  return url.href;
}
