// Server, protocol: which API an audience names, and which scopes somebody may get for it.
import type { ResourceServerRecord, TenantRecord } from '#storage/records.ts';
import type { Store } from '#storage/store.ts';

/** The API whose identifier the audience is, character by character. */
export function findApi(
  store: Store,
  tenant: TenantRecord,
  audience: string,
): Promise<ResourceServerRecord | undefined> {
  return store.resourceServers.findByKey(tenant.id, audience);
}

/** Scopes of OpenID Connect that say something about the person. */
export const PERSON_SCOPES = ['openid', 'profile', 'email', 'phone'] as const;

/** A scope that a script added to the access token, or took from it. */
export type ScopeChange = { scope: string; granted: boolean };

/**
 * Scopes a person's login gets of those it asked for: what OpenID Connect defines, and what the API offers. What nobody
 * offers is left out without a word. The Management API gives a person none of its scopes: whoever signs in would
 * otherwise administer the tenant. `changes` are what scripts added and took away: an added scope need not be offered, but
 * none opens the Management API either.
 */
export function grantedScopes(
  asked: string[],
  api: ResourceServerRecord | undefined,
  changes: readonly ScopeChange[] = [],
): string[] {
  const offered = api && !api.isSystem ? api.scopes.map(({ value }) => value) : [];
  const known = new Set<string>([...PERSON_SCOPES, ...offered]);
  const granted = new Set(asked.filter((scope) => known.has(scope)));
  for (const { scope, granted: isAdded } of changes) {
    if (!isAdded) granted.delete(scope);
    else if (!api?.isSystem) granted.add(scope);
  }
  return [...granted];
}
