// Server, MFA API: whose login it is. The `mfa_token` names its client, so no credentials are needed beside it; those that
// are sent are checked all the same, and have to be that client's.
import type { Context } from 'hono';
import type { ClientRecord } from '#storage/records.ts';
import type { Deps, Env } from '../deps.ts';
import { authenticateClient } from '../oauth/client-authentication.ts';
import { refusal, type TokenRefusal, unauthorized } from '../oauth/token-answer.ts';
import type { Parameters } from '../request.ts';
import type { MfaLogin } from './mfa-login.ts';

const OTHER_CLIENT = refusal(400, 'invalid_request', 'mfa_token not issued to this client');

/** The grants that the dashboard's one switch for MFA puts on a client. */
export const MFA_GRANTS = {
  otp: 'http://auth0.com/oauth/grant-type/mfa-otp',
  oob: 'http://auth0.com/oauth/grant-type/mfa-oob',
  recoveryCode: 'http://auth0.com/oauth/grant-type/mfa-recovery-code',
} as const;

/** Credentials that were sent beside a token that is `clientId`'s. */
export async function checkCredentials(
  c: Context<Env>,
  deps: Deps,
  clientId: string,
  parameters: Parameters,
): Promise<TokenRefusal | undefined> {
  const { client_id: named, client_secret: secret, client_assertion: assertion } = parameters;
  const header = c.req.header('authorization');
  const basic = header !== undefined && /^basic /i.test(header) ? header : undefined;
  if (basic !== undefined || secret !== undefined || assertion !== undefined) {
    const authenticated = await authenticateClient(deps, c.var.tenant, basic, parameters);
    if (!authenticated.ok) return authenticated;
    return authenticated.client.id === clientId ? undefined : OTHER_CLIENT;
  }
  return named === undefined || named === clientId ? undefined : OTHER_CLIENT;
}

/** The same for a challenge, which is for clients that can go on with it. */
export async function checkClient(
  c: Context<Env>,
  deps: Deps,
  { request: { clientId } }: MfaLogin,
  parameters: Parameters,
): Promise<TokenRefusal | undefined> {
  const wrong = await checkCredentials(c, deps, clientId, parameters);
  if (wrong) return wrong;
  const client = await deps.store.clients.find(c.var.tenant.id, clientId);
  if (!client) return unauthorized();
  return mayChallenge(client)
    ? undefined
    : refusal(403, 'unauthorized_client', `Grant type '${MFA_GRANTS.oob}' not allowed for the client.`);
}

const mayChallenge = ({ grantTypes }: ClientRecord): boolean =>
  Object.values(MFA_GRANTS).some((grant) => grantTypes.includes(grant));
