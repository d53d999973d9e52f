// Server, MFA API: somebody who is signed in adds an authenticator, and proves it at the token endpoint with the access
// token that began it. That finds the enrollment by a key made of the token, and of the `oob_code` where there is one.
import { mfaAudience } from '#runtime/lifecycle/scopes.ts';
import { verifyAccessToken } from '../oauth/access-token.ts';
import type { GrantRequest } from '../oauth/grant.ts';

export const enrollmentKey = (accessToken: string, oobCode?: string): string =>
  oobCode === undefined ? accessToken : `${accessToken} ${oobCode}`;

/** Three or five parts: no `mfa_token` of ours has one of its dots. */
export const isAccessToken = (text: string): boolean => /^[\w-]*(\.[\w-]*){2,4}$/.test(text);

/** Whether the token still opens an enrollment, in the hands of who sent it. */
export async function mayEnrollWith(
  accessToken: string,
  { deps, tenant, keyThumbprint }: GrantRequest,
): Promise<boolean> {
  const verified = await verifyAccessToken(deps, tenant, accessToken);
  if (!verified.ok) return false;
  const { aud, scope, keyThumbprint: boundTo } = verified.claims;
  if (boundTo !== undefined && boundTo !== keyThumbprint) return false;
  return aud.includes(mfaAudience(tenant.baseUrl)) && scope.includes('enroll');
}
