// Server, protocol: the code that a passwordless connection sent becomes tokens. The same login as on the pages, with the
// same scripts; whoever has to show a second factor goes on with the key that the answer holds.
import type { Notice } from '#runtime/codes.ts';
import { CODE_TRIES } from '#runtime/passwordless/code.ts';
import { strategyOf } from '#runtime/passwordless/connection.ts';
import type { ConnectionRecord } from '#storage/records.ts';
import { refuseUnbound } from './dpop.ts';
import type { Granted, GrantRequest } from './grant.ts';
import { loginRequestOf } from './login-request.ts';
import { findApiForPeople } from './open-apis.ts';
import { missing, refusal, type TokenRefusal, unknownApi } from './token-answer.ts';
import { answerByToken, refusedBy } from './token-door.ts';

export const PASSWORDLESS_GRANT = 'http://auth0.com/oauth/grant-type/passwordless/otp';

/** What a code was sent to, and by which connection. */
export type PresentedCode = { connection: ConnectionRecord; address: string; code: string };

const NO_ORGANIZATION = refusal(400, 'invalid_request', 'parameter organization is required for this client');
const SPENT = refusal(
  403,
  'invalid_grant',
  "You've reached the maximum number of attempts. Please try to login again.",
);
const EXPIRED = refusal(403, 'invalid_grant', 'The verification code has expired. Please try to login again.');

/** `POST /oauth/token` with `username`, `otp` and `realm`. */
export async function exchangePasswordlessCode(grant: GrantRequest): Promise<Granted> {
  const { deps, tenant, client, parameters } = grant;
  const { username, otp, realm } = parameters;
  if (username === undefined) return { answer: missing('username') };
  if (otp === undefined) return { answer: missing('otp') };
  if (realm === undefined) return { answer: missing('realm') };
  const connection = await deps.store.connections.findByKey(tenant.id, realm);
  if (!connection || !sendsCodes(connection)) {
    return { answer: refusal(403, 'unauthorized_client', 'The connection was not found.') };
  }
  if (!connection.enabledClients.includes(client.id)) {
    return { answer: refusal(403, 'unauthorized_client', 'The connection is not enabled for the client.') };
  }
  return logInByCode(grant, { connection, address: username, code: otp });
}

export const sendsCodes = (connection: Pick<ConnectionRecord, 'strategy'>): boolean =>
  strategyOf(connection) !== undefined;

/** A code that is not right: the texts tell by which address it was asked for, and nothing of who has it. */
export function wrongCode({ strategy }: Pick<ConnectionRecord, 'strategy'>): TokenRefusal {
  const address = strategy === 'sms' ? 'phone number' : 'email';
  return refusal(403, 'invalid_grant', `Wrong ${address} or verification code.`);
}

/** Why nobody was let in by a code: among the reasons is what scripts say about people who are new. */
export function refusedCode(notice: Notice, wrong: TokenRefusal): TokenRefusal {
  if (notice.key === 'sign-up-refused') return refusal(403, 'access_denied', notice.text);
  if (notice.key === 'authenticator-error') return refusal(403, 'access_denied', 'The account could not be made.');
  return refusedBy(notice, wrong);
}

/** Logs somebody in who has a code, as far as tokens or a second factor. The client may use the connection. */
export async function logInByCode(grant: GrantRequest, presented: PresentedCode): Promise<Granted> {
  const { deps, tenant, client, parameters, caller, keyThumbprint } = grant;
  const { connection, address, code } = presented;
  // There is no way to name one here, so whoever came this way would be of none.
  if (client.settings.organization_usage === 'require') return { answer: NO_ORGANIZATION };
  const audience = parameters.audience ?? tenant.defaultAudience;
  const api = audience === undefined ? undefined : await findApiForPeople(deps.store, tenant, audience, client.id);
  if (audience !== undefined && !api) return { answer: unknownApi(audience), about: { audience } };
  const unbound = refuseUnbound(client, api, keyThumbprint);
  if (unbound) return { answer: unbound };
  const wrong = await refusalOfWrong(grant, presented);
  const shown = await deps.runtime.begin(
    tenant,
    {
      door: 'token',
      selection: 'client',
      request: loginRequestOf(grant, connection, api),
      input: { kind: 'presented', connection: connection.name, address, code },
    },
    caller,
  );
  const { notice } = shown;
  const granted: Granted =
    notice && shown.login.state.name === 'identifying'
      ? { answer: refusedCode(notice, wrong) }
      : await answerByToken({ grant, wrong, gone: wrongCode(connection) }, shown);
  return { ...granted, about: { userName: address, connection: connection.name, ...granted.about } };
}

/**
 * What is said if this code is not right. A code that ran out, or was tried too often, says so: that it was asked for is
 * known to whoever asked, and anybody may ask.
 */
async function refusalOfWrong({ deps, tenant }: GrantRequest, presented: PresentedCode): Promise<TokenRefusal> {
  const { connection, address } = presented;
  const sent = await deps.store.passwordlessCodes.find(tenant.id, connection.id, address);
  if (!sent) return wrongCode(connection);
  if (sent.expiresAt <= deps.clock.now()) return EXPIRED;
  return sent.tries >= CODE_TRIES ? SPENT : wrongCode(connection);
}
