// Server, protocol: what the token endpoint answers, refusals included. Statuses and texts are those Auth0's clients
// match on (wire reference, section 1.4).

import type { JsonObject } from '#storage/records.ts';

export type TokenRefusal = {
  ok: false;
  /** 500 is answered where a script says so, and never by ourselves. */
  status: 400 | 401 | 403 | 404 | 405 | 413 | 415 | 429 | 500;
  error: string;
  description: string;
  /** Members beside the two that every refusal has: an `mfa_token`. */
  more?: JsonObject;
  retryAfterSeconds?: number;
};

export type TokenBody = {
  access_token: string;
  /** `DPoP`: good only with a proof of the key it is bound to. */
  token_type: 'Bearer' | 'DPoP';
  /** Seconds. */
  expires_in: number;
  id_token?: string;
  refresh_token?: string;
  /** Takes the place of the one that was just used. */
  recovery_code?: string;
  /** What was made of a token from elsewhere (RFC 8693 §2.2.1). */
  issued_token_type?: string;
  scope?: string;
};

export type TokenAnswer = { ok: true; body: TokenBody } | TokenRefusal;

export function refusal(status: TokenRefusal['status'], error: string, description: string): TokenRefusal {
  return { ok: false, status, error, description };
}

export const missing = (name: string): TokenRefusal =>
  refusal(400, 'invalid_request', `Missing required parameter: ${name}`);
export const unauthorized = (): TokenRefusal => refusal(401, 'access_denied', 'Unauthorized');
export const badCode = (): TokenRefusal => refusal(403, 'invalid_grant', 'Invalid authorization code');
export const unknownApi = (audience: string): TokenRefusal =>
  refusal(403, 'access_denied', `Service not enabled within domain: ${audience.slice(0, 600)}`);
export const badRefreshToken = (): TokenRefusal => refusal(403, 'invalid_grant', 'Unknown or invalid refresh token.');
