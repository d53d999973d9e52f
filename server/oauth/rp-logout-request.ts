// Server, protocol: what an application asks for when it signs a person out (OpenID Connect RP-Initiated Logout 1.0 §2),
// checked before anything happens. A refusal is a page: an address that was not checked is sent nobody.
import type { ClientRecord, TenantRecord } from '#storage/records.ts';
import type { Parameters } from '../request.ts';
import type { KeyDeps } from './keys.ts';
import { isReturnable, logoutUrls } from './returnable-url.ts';
import { readLogoutHint } from './rp-logout-hint.ts';

export type LogoutRequest = {
  client?: ClientRecord;
  /** The session that the application says it speaks of; only its own people know the name. */
  sid?: string;
  /** Where to go afterwards, with the `state` that was sent. */
  target?: string;
};

type CheckedLogout = { ok: true; request: LogoutRequest } | { ok: false; reason: string };

export async function checkLogoutRequest(
  deps: KeyDeps,
  tenant: TenantRecord,
  parameters: Parameters,
): Promise<CheckedLogout> {
  const { id_token_hint: token, logout_hint: sid, client_id: clientId, post_logout_redirect_uri: uri } = parameters;
  const refuse = (reason: string) => ({ ok: false as const, reason: `invalid_request: ${reason}` });
  const hint = token === undefined ? undefined : await readLogoutHint(deps, tenant, token);
  if (token !== undefined && !hint) return refuse('id_token_hint is not an id_token of this tenant');
  if (hint && sid !== undefined && sid !== hint.sid) return refuse('logout_hint is not the sid of id_token_hint');
  if (hint && clientId !== undefined && clientId !== hint.client.id) {
    return refuse('client_id is not the audience of id_token_hint');
  }
  const named = hint || clientId === undefined ? undefined : await deps.store.clients.find(tenant.id, clientId);
  if (!hint && clientId !== undefined && !named) return refuse('unknown client_id');
  const client = hint?.client ?? named;
  if (uri !== undefined && !client) return refuse('post_logout_redirect_uri needs id_token_hint or client_id');
  // Every character counts (§3.1), the query included.
  if (uri !== undefined && client && !isReturnable(logoutUrls(client), uri)) {
    return refuse('post_logout_redirect_uri is not in the Allowed Logout URLs of the application');
  }
  const spoken = hint?.sid ?? sid;
  return {
    ok: true,
    request: {
      ...(client === undefined ? {} : { client }),
      ...(spoken === undefined ? {} : { sid: spoken }),
      ...(uri === undefined ? {} : { target: withState(uri, parameters.state) }),
    },
  };
}

function withState(uri: string, state: string | undefined): string {
  const url = new URL(uri);
  if (state !== undefined) url.searchParams.set('state', state);
  return url.href;
}
