// Server, protocol: a login that is over becomes tokens, whichever grant it came by. Everybody it concerns is looked at once
// more: between the login and this moment a person may have been blocked, a membership may have ended.
import { OFFLINE_ACCESS } from '#runtime/lifecycle/scopes.ts';
import type { RestedLogin } from '#runtime/runtime.ts';
import { keyChange, newRefreshToken } from '#runtime/sessions/refresh-token.ts';
import type { ClientRecord, RefreshTokenRecord, ResourceServerRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import { refuseUnbound } from './dpop.ts';
import type { Granted, GrantRequest } from './grant.ts';
import { findParties } from './login-parties.ts';
import { mintLoginTokens } from './login-tokens.ts';
import type { TokenRefusal } from './token-answer.ts';

export type Issue = {
  login: RestedLogin;
  /** What is answered when the person, the API or the organization is not there any more. */
  gone: TokenRefusal;
  /** Told even where nothing differs from what was asked for. */
  tellsScope?: boolean;
  recoveryCode?: string;
};

export async function issueTokens(request: GrantRequest, issue: Issue): Promise<Granted> {
  const { deps, tenant, client, caller, keyThumbprint } = request;
  const { login, gone, recoveryCode } = issue;
  const { subject, request: asked } = login;
  if (subject.kind !== 'user') return { answer: gone };
  const about = { userId: subject.userId, connection: subject.connection, connectionId: subject.connectionId };
  const { audience } = asked;
  const parties = await findParties(deps.store, tenant, login);
  if (!parties) return { answer: gone, about };
  const { user, api, organization } = parties;

  const unbound = refuseUnbound(client, api, keyThumbprint);
  if (unbound) return { answer: unbound, about };

  const offline = mayGoOffline(login, client, api);
  const { body, accessTokenId, scopes } = await mintLoginTokens(deps, {
    tenant,
    client,
    login,
    offline,
    ...parties,
    ...(keyThumbprint === undefined ? {} : { keyThumbprint }),
  });
  // A script may have taken the scope away.
  const refresh = await refreshKey(
    request,
    login,
    { scopes, isNew: offline && scopes.includes(OFFLINE_ACCESS) },
    caller,
  );
  const tells = issue.tellsScope && body.scope === undefined && scopes.length > 0;
  return {
    answer: {
      ok: true,
      body: {
        ...body,
        ...(tells ? { scope: scopes.join(' ') } : {}),
        ...(refresh.key === undefined ? {} : { refresh_token: refresh.key }),
        ...(recoveryCode === undefined ? {} : { recovery_code: recoveryCode }),
      },
    },
    writes: refresh.writes,
    lost: gone,
    about: {
      ...about,
      ...(user.email === undefined ? {} : { userName: user.email }),
      ...(audience === undefined ? {} : { audience }),
      ...(organization ? { organizationId: organization.id, organizationName: organization.name } : {}),
      scope: scopes.join(' '),
    },
    details: {
      access_token_jti: accessTokenId,
      ...(refresh.token ? { refresh_token_id: refresh.token.id } : {}),
    },
  };
}

/** OpenID Connect Core §11, and what the client and the API allow. Whoever acts for somebody else gets none. */
function mayGoOffline({ request, origin }: RestedLogin, client: ClientRecord, api: ResourceServerRecord | undefined) {
  if (request.actor || !request.scope.includes(OFFLINE_ACCESS)) return false;
  if (origin.kind === 'refresh-token') return true;
  return client.grantTypes.includes('refresh_token') && (api?.allowOfflineAccess ?? true);
}

type Refresh = { key?: string; token?: RefreshTokenRecord; writes: Change[] };

/** The refresh token of the answer: a new one, the next key of one that rotates, or none. */
async function refreshKey(
  { deps, tenant, client, keyThumbprint }: GrantRequest,
  login: RestedLogin,
  { scopes, isNew }: { scopes: string[]; isNew: boolean },
  caller: GrantRequest['caller'],
): Promise<Refresh> {
  const { random, store, clock } = deps;
  const { origin } = login;
  if (origin.kind === 'refresh-token') {
    const token = await store.refreshTokens.find(tenant.id, origin.tokenId);
    if (!token?.rotating) return { ...(token ? { token } : {}), writes: [] };
    const key = random.key();
    return { key, token, writes: [keyChange(token, key)] };
  }
  if (!isNew) return { writes: [] };
  // RFC 9449 §5: that of a client with a secret is bound to the client already.
  const bound = keyThumbprint === undefined || client.authMethod !== 'none' ? {} : { keyThumbprint };
  const made = { login, client, scope: scopes, caller, ...bound };
  const token = newRefreshToken(random, made, clock.now());
  const key = random.key();
  return { key, token, writes: [{ kind: 'refresh-token.insert', token }, keyChange(token, key)] };
}
