// Server, protocol: a name and a password become tokens (RFC 6749 §4.3). The same login as on the pages, with the same
// scripts; whoever has to show a second factor goes on with the key that the answer holds.
import { asksToAdminister } from '#runtime/lifecycle/administration.ts';
import { managementAudience } from '#runtime/lifecycle/scopes.ts';
import type { ConnectionRecord } from '#storage/records.ts';
import { refuseUnbound } from './dpop.ts';
import type { Granted, GrantRequest } from './grant.ts';
import { loginRequestOf } from './login-request.ts';
import { findApiForPeople } from './open-apis.ts';
import { missing, refusal, type TokenRefusal, unknownApi } from './token-answer.ts';
import { answerByToken } from './token-door.ts';

/** `password`: people of the tenant's default directory. */
export function exchangePassword(grant: GrantRequest): Promise<Granted> {
  const { defaultDirectory } = grant.tenant;
  // Not a fault of ours: nobody has said which directory it is.
  if (defaultDirectory === undefined) return Promise.resolve({ answer: NO_DIRECTORY });
  return exchange(grant, defaultDirectory);
}

/** The same where the client says which directory: `realm` is the name of a connection, or another name it goes by. */
export function exchangePasswordInRealm(grant: GrantRequest): Promise<Granted> {
  const { realm } = grant.parameters;
  if (realm === undefined) return Promise.resolve({ answer: missing('realm') });
  return exchange(grant, realm);
}

const NO_DIRECTORY = refusal(400, 'server_error', 'Authorization server not configured with default connection.');
const NO_ORGANIZATION = refusal(400, 'invalid_request', 'parameter organization is required for this client');
const WRONG = refusal(403, 'invalid_grant', 'Wrong email or password.');

async function exchange(grant: GrantRequest, realm: string): Promise<Granted> {
  const { deps, tenant, client, parameters, caller, keyThumbprint } = grant;
  const { username, password } = parameters;
  if (username === undefined) return { answer: missing('username') };
  if (password === undefined) return { answer: missing('password') };
  // There is no way to name one here, so whoever came this way would be of none.
  if (client.settings.organization_usage === 'require') return { answer: NO_ORGANIZATION };
  const connection = await findDirectory(grant, realm);
  if ('ok' in connection) return { answer: connection };
  const audience = parameters.audience ?? tenant.defaultAudience ?? audienceOfAdministration(grant);
  const api = audience === undefined ? undefined : await findApiForPeople(deps.store, tenant, audience, client.id);
  if (audience !== undefined && !api) return { answer: unknownApi(audience), about: { audience } };
  const unbound = refuseUnbound(client, api, keyThumbprint);
  if (unbound) return { answer: unbound };

  const shown = await deps.runtime.begin(
    tenant,
    {
      door: 'token',
      selection: 'client',
      request: loginRequestOf(grant, connection, api),
      input: { kind: 'submitted', identifier: username, password },
    },
    caller,
  );
  const granted = await answerByToken({ grant, wrong: WRONG, gone: WRONG }, shown);
  return { ...granted, about: { userName: username, connection: connection.name, ...granted.about } };
}

/** Whoever asks to administer need not know how the API of that is called. */
function audienceOfAdministration({ tenant, parameters }: GrantRequest): string | undefined {
  return asksToAdminister((parameters.scope ?? '').split(' ')) ? managementAudience(tenant.baseUrl) : undefined;
}

/** A database connection that the client may use. */
async function findDirectory(
  { deps, tenant, client }: GrantRequest,
  realm: string,
): Promise<ConnectionRecord | TokenRefusal> {
  const { records } = await deps.store.connections.list(tenant.id);
  const directories = records.filter(({ strategy }) => strategy === 'auth0');
  const connection =
    directories.find(({ name }) => name === realm) ??
    directories.find(({ settings }) => isCalled(settings.realms, realm));
  if (!connection) return refusal(403, 'unauthorized_client', 'The connection was not found.');
  if (!connection.enabledClients.includes(client.id)) {
    return refusal(403, 'unauthorized_client', 'The connection is not enabled for the client.');
  }
  return connection;
}

const isCalled = (realms: unknown, realm: string): boolean => Array.isArray(realms) && realms.includes(realm);
