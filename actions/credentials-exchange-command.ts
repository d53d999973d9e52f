// The commands a credentials-exchange script can record, once the host has checked them. Scripts record; the runtime acts.

/** What `api.access.deny` takes as code. */
export const EXCHANGE_REFUSALS = ['invalid_scope', 'invalid_request', 'server_error'] as const;
export type ExchangeRefusal = (typeof EXCHANGE_REFUSALS)[number];

/** `name` is the method of `api` that recorded it. Times are milliseconds since 1970. */
export type CredentialsExchangeCommand =
  | { name: 'access.deny'; code: ExchangeRefusal; reason: string }
  | { name: 'accessToken.setCustomClaim'; key: string; value: unknown }
  | { name: 'cache.set'; key: string; value: string; expiresAt: number }
  | { name: 'cache.delete'; key: string }
  | { name: 'transaction.addTargetScope'; scope: string }
  | { name: 'transaction.removeTargetScope'; scope: string }
  | { name: 'transaction.setTargetScopes'; scopes: string[] }
  | { name: 'transaction.clearTargetScopes' };
