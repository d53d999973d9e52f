// Server, harness: a completed login becomes tokens as an application gets them: the login is taken, its code exchanged,
// and what comes of it checked by the tenant's own keys.
import type { Caller } from '#runtime/runtime.ts';
import type { ClientRecord, JsonObject, TenantRecord } from '#storage/records.ts';
import type { Deps } from '../deps.ts';
import { openAccessToken } from '../oauth/access-token.ts';
import type { GrantRequest } from '../oauth/grant.ts';
import { GRANTS } from '../oauth/grants.ts';
import { shareKeys } from '../oauth/keys.ts';
import { conclude } from '../oauth/token.ts';
import { SimulationError } from './misuse.ts';
import type { SimulatedTokens } from './simulation.ts';

export type Redemption = {
  deps: Deps;
  tenant: TenantRecord;
  client: ClientRecord;
  caller: Caller;
  callback: string;
  /** Of the login: its key and its browser. */
  reference: { key: string; binding: string };
};

const GRANT = 'authorization_code';

/** Under it stands what all copies of tenants know of their keys: to import one takes longer than to sign by it. */
const COPIES = {} as Deps['store'];

/** `sessionKey`: the value of the session cookie. Throws where the tokens are refused, with what the application is told. */
export async function redeemTokens(redemption: Redemption): Promise<{ tokens: SimulatedTokens; sessionKey: string }> {
  const { deps, tenant, client, caller, callback, reference } = redemption;
  const finished = await deps.runtime.finish(tenant, reference);
  if (finished.outcome !== 'finished') throw new SimulationError(`the completed login is ${finished.outcome}`);
  const { code, sessionKey } = finished;
  const grant = GRANTS.get(GRANT);
  if (!grant) throw new Error(`there is no grant ${GRANT}`);
  const parameters = { grant_type: GRANT, code, redirect_uri: callback, client_id: client.id };
  const request: GrantRequest = { deps, tenant, client, parameters, caller };
  shareKeys(COPIES, deps.store);
  const answer = await conclude(request, grant, await grant.run(request));
  if (!answer.ok) throw new SimulationError(`no tokens: ${answer.error}: ${answer.description}`);
  const { access_token, id_token, refresh_token } = answer.body;
  const access = await claimsOf(deps, tenant, access_token);
  const scope = typeof access.scope === 'string' ? access.scope.split(' ') : [];
  const idToken = id_token === undefined ? {} : await claimsOf(deps, tenant, id_token);
  shareKeys(deps.store, COPIES);
  return {
    sessionKey,
    tokens: {
      idToken,
      accessToken: access,
      scope,
      ...(refresh_token === undefined ? {} : { refreshToken: refresh_token }),
    },
  };
}

/** A token that does not bear one of the tenant's signatures, or has run out already, is a fault of ours. */
async function claimsOf(deps: Deps, tenant: TenantRecord, token: string): Promise<JsonObject> {
  const claims = await openAccessToken(deps, tenant, token);
  if (!claims) throw new Error('a token that was just made does not open');
  return claims as JsonObject;
}
