// Server, protocol: which API an audience names, and which scopes somebody may get for it.
import { MFA_SCOPES, mfaAudience, OFFLINE_ACCESS, PERSON_SCOPES } from '#runtime/lifecycle/scopes.ts';
import type { ResourceServerRecord, TenantRecord } from '#storage/records.ts';
import type { Store } from '#storage/store.ts';

/** The API whose identifier the audience is, character by character. */
export async function findApi(
  store: Store,
  tenant: TenantRecord,
  audience: string,
): Promise<ResourceServerRecord | undefined> {
  return audience === mfaAudience(tenant.baseUrl)
    ? mfaApi(tenant)
    : store.resourceServers.findByKey(tenant.id, audience);
}

const MFA_TOKEN_SECONDS = 600;

/** The API by which people manage their authenticators. Every tenant has it, none can change it, so it has no row. */
function mfaApi(tenant: TenantRecord): ResourceServerRecord {
  return {
    tenantId: tenant.id,
    id: 'mfa',
    identifier: mfaAudience(tenant.baseUrl),
    scopes: MFA_SCOPES.map((value) => ({ value })),
    signingAlg: 'RS256',
    tokenLifetimeSeconds: MFA_TOKEN_SECONDS,
    tokenLifetimeForWebSeconds: MFA_TOKEN_SECONDS,
    allowOfflineAccess: false,
    isSystem: false,
    settings: {},
    createdAt: tenant.createdAt,
    updatedAt: tenant.createdAt,
  };
}

/** A scope that a script added to the access token, or took from it. */
export type ScopeChange = { scope: string; granted: boolean };

/**
 * Scopes a person's login gets of those it asked for: what OpenID Connect defines, and what the API offers. What nobody
 * offers is left out without a word. The Management API gives a person none of its scopes but those of `administration`,
 * which this very person has: whoever signs in would otherwise administer the tenant. `changes` are what scripts added and took away: an added scope need not be offered, but
 * none opens the Management API either. `offline`: a refresh token may be issued.
 */
export function grantedScopes(
  asked: string[],
  api: ResourceServerRecord | undefined,
  {
    changes = [],
    offline = false,
    administration = [],
  }: { changes?: readonly ScopeChange[]; offline?: boolean; administration?: readonly string[] } = {},
): string[] {
  const offered = api && !api.isSystem ? api.scopes.map(({ value }) => value) : [];
  const known = new Set<string>([
    ...PERSON_SCOPES,
    ...offered,
    ...administration,
    ...(offline ? [OFFLINE_ACCESS] : []),
  ]);
  const granted = new Set(asked.filter((scope) => known.has(scope)));
  for (const { scope, granted: isAdded } of changes) {
    if (!isAdded) granted.delete(scope);
    else if (!api?.isSystem) granted.add(scope);
  }
  return [...granted];
}
