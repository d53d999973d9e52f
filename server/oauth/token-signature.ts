// Server, protocol: what a token is signed with and how it is typed: what its API or its client chose.
import { hasSecret } from '#runtime/lifecycle/client.ts';
import type { ClientRecord, JsonObject, ResourceServerRecord, SigningKeyAlgorithm } from '#storage/records.ts';

/** A key pair of the tenant, or a secret that the reader of the token knows too. */
export type Signature = { algorithm: SigningKeyAlgorithm } | { algorithm: 'HS256'; secret: Uint8Array };

/** What can be chosen, the default first. */
export const TOKEN_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'HS256'] as const;

const DEFAULT: Signature = { algorithm: 'RS256' };
const ID_TOKEN_SECONDS = 36_000;

export function apiSignature({ signingAlg, signingSecret }: ResourceServerRecord): Signature {
  if (signingAlg !== 'HS256') return { algorithm: signingAlg };
  if (signingSecret === undefined) throw new Error('an API that is signed for by HS256 has no secret');
  return { algorithm: 'HS256', secret: Buffer.from(signingSecret) };
}

/** Access tokens as RFC 9068 wants them: `typ: at+jwt`, and `client_id` where Auth0's own have `azp`. */
export function hasRfc9068Profile({ settings }: ResourceServerRecord): boolean {
  return settings.token_dialect === 'rfc9068_profile' || settings.token_dialect === 'rfc9068_profile_authz';
}

/** Whether its access tokens say what their holder may: it asks for permissions, and its dialect has them. */
export function tellsPermissions({ settings }: ResourceServerRecord): boolean {
  const { token_dialect: dialect, enforce_policies: enforces } = settings;
  return enforces === true && (dialect === 'access_token_authz' || dialect === 'rfc9068_profile_authz');
}

/**
 * `id_token_signed_response_alg` (OpenID Connect Registration 1.0 §2), otherwise `jwt_configuration.alg`. A client
 * without a secret gets the default in place of HS256: an empty one is known to everybody.
 */
export function idTokenSignature(client: ClientRecord): Signature {
  const { alg, secret_encoded: encoded } = idTokenConfiguration(client);
  const wanted = TOKEN_ALGORITHMS.find((known) => known === (client.settings.id_token_signed_response_alg ?? alg));
  if (wanted === undefined) return DEFAULT;
  if (wanted !== 'HS256') return { algorithm: wanted };
  const own = hasSecret(client.authMethod) ? (client.secret ?? '') : '';
  const secret = Buffer.from(own, encoded === true ? 'base64url' : 'utf8');
  return secret.length === 0 ? DEFAULT : { algorithm: 'HS256', secret };
}

/** How long an id_token of this client lives. */
export function idTokenSeconds(client: ClientRecord): number {
  const { lifetime_in_seconds: seconds } = idTokenConfiguration(client);
  return typeof seconds === 'number' ? seconds : ID_TOKEN_SECONDS;
}

/** `jwt_configuration` of a client, under its wire names, with what was left out. */
export function idTokenConfiguration({ settings }: ClientRecord): JsonObject {
  const chosen = settings.jwt_configuration;
  const defaults = { alg: DEFAULT.algorithm, lifetime_in_seconds: ID_TOKEN_SECONDS, secret_encoded: false };
  return typeof chosen === 'object' && chosen !== null && !Array.isArray(chosen)
    ? { ...defaults, ...chosen }
    : defaults;
}
