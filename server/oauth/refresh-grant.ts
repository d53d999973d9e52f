// Server, protocol: a refresh token becomes tokens (RFC 6749 §6). The scripts run again, and only the commit that completes
// this login spends the key that was presented: whoever is asked for a factor, or refused, may come again with the same one.
import { withoutCredentials } from '#runtime/pipeline/without-credentials.ts';
import { judgeKey, refreshTokenPolicy } from '#runtime/sessions/refresh-token.ts';
import type { LoginRequest } from '#runtime/transaction/transaction.ts';
import type { RefreshTokenRecord } from '#storage/records.ts';
import { refuseUnbound } from './dpop.ts';
import type { Granted, GrantRequest } from './grant.ts';
import { messageLanguage } from './message-language.ts';
import { findApiForPeople } from './open-apis.ts';
import { badRefreshToken, missing, refusal, type TokenRefusal } from './token-answer.ts';
import { answerByToken } from './token-door.ts';

export async function exchangeRefreshToken(grant: GrantRequest): Promise<Granted> {
  const { deps, tenant, client, parameters, caller, keyThumbprint } = grant;
  const key = parameters.refresh_token;
  if (key === undefined) return { answer: missing('refresh_token') };
  const handle = await deps.store.handles.find(tenant.id, 'refresh-token', key);
  const token = handle && (await deps.store.refreshTokens.find(tenant.id, handle.targetId));
  if (!handle || token?.clientId !== client.id) return { answer: badRefreshToken() };

  const { userId, connection, connectionId } = token;
  const about = { userId, connection, connectionId };
  const now = deps.clock.now();
  switch (judgeKey(token, handle.ask, refreshTokenPolicy(client).leewaySeconds, now)) {
    case 'good':
      break;
    case 'expired':
      return { answer: badRefreshToken(), about };
    case 'spent':
      // RFC 9700 §4.14.2: one of two holders has stolen it; neither keeps anything.
      return {
        answer: badRefreshToken(),
        about,
        logType: 'ferrt',
        details: {
          refresh_token_id: token.id,
          failure_reason: 'The token was exchanged before; its family is revoked.',
        },
        writes: [{ kind: 'refresh-token.remove', tenantId: tenant.id, id: token.id }],
      };
  }
  // RFC 9449 §5: who presents it must hold the key it is bound to.
  if (token.keyThumbprint !== undefined && token.keyThumbprint !== keyThumbprint) {
    return { answer: badRefreshToken(), about };
  }
  const scope = [...new Set((parameters.scope ?? '').split(' ').filter((each) => each !== ''))];
  const wrong = checkAsked(token, scope, parameters.audience);
  if (wrong) return { answer: wrong, about };
  // Before the key is spent: whoever forgot the proof may come again with one, and an API may be opened again.
  const api =
    token.audience === undefined ? undefined : await findApiForPeople(deps.store, tenant, token.audience, client.id);
  if (token.audience !== undefined && !api) return { answer: badRefreshToken(), about };
  const unbound = refuseUnbound(client, api, keyThumbprint);
  if (unbound) return { answer: unbound, about };

  const shown = await deps.runtime.begin(
    tenant,
    {
      door: 'token',
      selection: 'client',
      request: requestOf(token, scope, grant),
      refresh: { token, generation: handle.ask },
    },
    caller,
  );
  return answerByToken({ grant, wrong: badRefreshToken(), gone: badRefreshToken() }, shown);
}

/** RFC 6749 §6: never more than was granted. */
function checkAsked(
  token: RefreshTokenRecord,
  scope: readonly string[],
  audience: string | undefined,
): TokenRefusal | undefined {
  if (!scope.every((each) => token.scope.includes(each))) {
    return refusal(400, 'invalid_scope', 'The refresh token was not granted every scope that is asked for');
  }
  if (audience === undefined || audience === token.audience) return undefined;
  return refusal(400, 'invalid_request', 'The refresh token was issued for another audience');
}

function requestOf(
  token: RefreshTokenRecord,
  scope: string[],
  { tenant, caller, parameters, keyThumbprint }: GrantRequest,
): LoginRequest {
  const { audience, organizationId, clientId } = token;
  return {
    clientId,
    reply: { by: 'token' },
    protocol: 'oauth2-refresh-token',
    scope: scope.length > 0 ? scope : token.scope,
    ...(audience === undefined ? {} : { audience }),
    ...(organizationId === undefined ? {} : { organizationId }),
    ...(keyThumbprint === undefined ? {} : { keyThumbprint }),
    prompt: [],
    uiLocales: [],
    acrValues: [],
    locale: messageLanguage(tenant, caller),
    query: {},
    body: withoutCredentials(parameters),
  };
}
