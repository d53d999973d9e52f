// Server, protocol: the address a login goes back to. Every answer names its issuer (RFC 9207), so that a client that
// talks to several servers cannot be made to mix them up.
import type { Reply } from '#runtime/transaction/transaction.ts';

/** Where a client is reached through the browser. */
export type ReturnAddress = Extract<Reply, { by: 'redirect' }>;

/**
 * Everything that is said: `params`, the `state` that the client sent (if any) and `iss`.
 * @param issuer the tenant's base URL plus `/`.
 */
export function answerParameters(
  { state }: ReturnAddress,
  issuer: string,
  params: Record<string, string>,
): Record<string, string> {
  return { ...params, ...(state === undefined ? {} : { state }), iss: issuer };
}

/** The client's callback with what is said in its query or its fragment. What its own query already holds stays. */
export function callbackUrl(
  { redirectUri }: ReturnAddress,
  at: 'query' | 'fragment',
  said: Record<string, string>,
): string {
  const url = new URL(redirectUri);
  if (at === 'fragment') url.hash = String(new URLSearchParams(said));
  else for (const [name, value] of Object.entries(said)) url.searchParams.set(name, value);
  return url.href;
}
