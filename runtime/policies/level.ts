// Policies: what a login amounts to by the methods it was shown: its authentication context class, and the scopes that
// want more than that. Source: idp-server reference, §3.6.
import type { AuthenticationPolicy, InteractionCounts } from '../authentication-policy.ts';

/** Methods that showed something; asking for a code shows nothing. */
export function performedMethods(interactions: InteractionCounts): string[] {
  const shown = Object.values(interactions).filter(
    ({ operation, successes }) => operation !== 'CHALLENGE' && successes > 0,
  );
  return [...new Set(shown.map(({ method }) => method))];
}

/** The first class, in the order of the policy, of which a method was performed. */
export function acrOf(
  { acr_mapping_rules: rules }: AuthenticationPolicy,
  performed: readonly string[],
): string | undefined {
  return Object.entries(rules).find(([, methods]) => intersect(methods, performed))?.[0];
}

/** Scopes that are to be had only after certain methods, none of which was performed. */
export function scopesOutOfReach(
  { level_of_authentication_scopes: levels }: AuthenticationPolicy,
  performed: readonly string[],
): string[] {
  return Object.entries(levels)
    .filter(([, methods]) => !intersect(methods, performed))
    .map(([scope]) => scope);
}

const intersect = (wanted: readonly string[], given: readonly string[]): boolean =>
  wanted.some((each) => given.includes(each));
