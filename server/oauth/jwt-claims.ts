// Server, protocol: the claims of a JWT whose signature is good. When it is good for is for the caller to judge.
import { compactVerify, type JWTPayload } from 'jose';

/** Throws as jose does where the signature is not good, and a SyntaxError where the payload is no JSON. */
export async function claimsOf(
  token: string,
  key: Parameters<typeof compactVerify>[1],
  algorithm: string,
): Promise<JWTPayload> {
  const { payload } = await compactVerify(token, key, { algorithms: [algorithm] });
  const claims = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload)) as JWTPayload | null;
  // A payload that is no object has no claims (RFC 7519 §7.2).
  return typeof claims === 'object' && claims !== null && !Array.isArray(claims) ? claims : {};
}
