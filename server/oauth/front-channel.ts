// Server, protocol: what a login that is over hands out by the browser: the code, and for implicit and hybrid requests the
// tokens themselves. Never a refresh token.
import { createHash } from 'node:crypto';
import type { Finished } from '#runtime/runtime.ts';
import type { TenantRecord } from '#storage/records.ts';
import type { Deps } from '../deps.ts';
import { refuseUnbound } from './dpop.ts';
import { findParties } from './login-parties.ts';
import { mayHaveIdToken, mintAccessToken, mintIdToken, scopesOf } from './login-tokens.ts';
import { inFrontChannel } from './response-type.ts';

/** A token that passes through a browser and is good for userinfo alone. */
const USERINFO_TOKEN_SECONDS = 7200;

/** What is said to the client beside `state` and `iss`; for a client that is reached otherwise, nothing. */
export async function endOfLogin(
  deps: Pick<Deps, 'store' | 'clock' | 'random'>,
  tenant: TenantRecord,
  { login, code }: Extract<Finished, { outcome: 'finished' }>,
): Promise<Record<string, string>> {
  const { reply } = login.request;
  if (reply.by !== 'redirect') return {};
  const { responseTypes } = reply;
  const codePart: Record<string, string> = responseTypes.includes('code') ? { code } : {};
  if (!inFrontChannel(responseTypes)) return codePart;

  const [client, parties] = await Promise.all([
    deps.store.clients.find(tenant.id, login.request.clientId),
    findParties(deps.store, tenant, login),
  ]);
  if (!client || !parties) return refused('access_denied', 'The login is not valid any more');
  const mint = { tenant, client, login, offline: false, ...parties };
  const parts = { ...codePart };

  let access: Awaited<ReturnType<typeof mintAccessToken>> | undefined;
  if (responseTypes.includes('token')) {
    // A token that passes through the browser is anybody's who holds it.
    const unbound = refuseUnbound(client, parties.api, undefined);
    if (unbound) return refused('access_denied', unbound.description);
    access = await mintAccessToken(deps, mint, parties.api?.tokenLifetimeForWebSeconds ?? USERINFO_TOKEN_SECONDS);
    const { body } = access;
    Object.assign(parts, { ...body, expires_in: String(body.expires_in) });
  }
  const scopes = access?.scopes ?? scopesOf(mint);
  if (responseTypes.includes('id_token')) {
    if (!mayHaveIdToken(mint, scopes)) return refused('access_denied', 'The scope openid was not granted');
    parts.id_token = await mintIdToken(deps, mint, scopes, {
      ...(access ? { at_hash: leftHalf(access.body.access_token) } : {}),
      ...(responseTypes.includes('code') ? { c_hash: leftHalf(code) } : {}),
    });
  }
  return parts;
}

const refused = (error: string, description: string) => ({ error, error_description: description });

/** OpenID Connect Core §3.3.2.11. Every algorithm that we sign with hashes by SHA-256. */
function leftHalf(text: string): string {
  return createHash('sha256').update(text, 'ascii').digest().subarray(0, 16).toString('base64url');
}
