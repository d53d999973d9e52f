// Delivery: how a gateway of a tenant's own knows that a message is from its tenant: a signed token that lives a little
// longer than a call may take.
import { SignJWT } from 'jose';

/** The option `gateway_authentication` of a connection, as it is understood. */
export type GatewayAuthentication = {
  subject?: string;
  audience?: string;
  secret: string;
  /** The secret is base64url, and what it stands for is signed with. */
  isBase64: boolean;
};

/** Seconds: the 30 of a call, and clocks that differ. */
const LIFETIME = 300;

/** A JSON Web Token, signed with HS256 (RFC 7518 §3.2). @param now milliseconds. */
export function gatewayToken(
  { subject, audience, secret, isBase64 }: GatewayAuthentication,
  { issuer, now }: { issuer: string; now: number },
): Promise<string> {
  const issuedAt = Math.floor(now / 1000);
  const token = new SignJWT()
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuer(issuer)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + LIFETIME);
  if (subject !== undefined) token.setSubject(subject);
  if (audience !== undefined) token.setAudience(audience);
  return token.sign(Buffer.from(secret, isBase64 ? 'base64url' : 'utf8'));
}
