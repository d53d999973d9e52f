// Server, protocol: the login behind a grant that somebody's password or code is exchanged by: what the client asked for,
// without a browser to send anybody back to.
import { withoutCredentials } from '#runtime/pipeline/without-credentials.ts';
import type { LoginRequest } from '#runtime/transaction/transaction.ts';
import type { ConnectionRecord, ResourceServerRecord } from '#storage/records.ts';
import type { GrantRequest } from './grant.ts';
import { messageLanguage } from './message-language.ts';

export function loginRequestOf(
  { tenant, client, parameters, caller, keyThumbprint }: GrantRequest,
  connection: ConnectionRecord,
  api: ResourceServerRecord | undefined,
): LoginRequest {
  const asked = [...new Set((parameters.scope ?? '').split(' ').filter((scope) => scope !== ''))];
  return {
    clientId: client.id,
    reply: { by: 'token' },
    protocol: 'oauth2-password',
    // Whoever names no scope gets all that the API offers.
    scope: asked.length > 0 ? asked : (api?.scopes ?? []).map(({ value }) => value),
    ...(api ? { audience: api.identifier } : {}),
    ...(keyThumbprint === undefined ? {} : { keyThumbprint }),
    connection: connection.name,
    prompt: [],
    uiLocales: [],
    acrValues: [],
    locale: messageLanguage(tenant, caller),
    query: {},
    body: withoutCredentials(parameters),
  };
}
