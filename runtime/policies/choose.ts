// Policies: which of a tenant's policies a request can come under. What depends on the person is left open: nobody is
// known yet. Source: idp-server reference, §3.1.
import type { AuthenticationPolicy } from '../authentication-policy.ts';
import type { LoginRequest } from '../transaction/transaction.ts';

/** What of a request conditions are held against. */
export type PolicyRequest = Pick<LoginRequest, 'clientId' | 'acrValues' | 'scope'>;

/**
 * Those that fit, highest priority first, of equals the earlier, down to the first that asks nothing about the person:
 * it always holds, so what follows it never counts. A policy that never lets anybody through is passed over. What is left
 * for a request, or a person, that nothing fits is the tenant's first policy, whatever it asks.
 */
export function choosePolicies(
  policies: readonly AuthenticationPolicy[],
  request: PolicyRequest,
): AuthenticationPolicy[] {
  const [first] = policies;
  if (!first) return [];
  const fitting = choosingOrder(policies.filter((policy) => isConfigured(policy) && fits(policy, request)));
  const last = fitting.findIndex(asksNobody);
  if (last !== -1) return fitting.slice(0, last + 1);
  return [...fitting, { ...first, conditions: { ...first.conditions, user_attributes: [] } }];
}

/** As they are tried: the highest priority first, of equals the earlier. */
export function choosingOrder(policies: readonly AuthenticationPolicy[]): AuthenticationPolicy[] {
  return policies.toSorted((a, b) => b.priority - a.priority);
}

/** Whether it says at all when somebody has shown enough. */
export function isConfigured({ success_conditions: success }: AuthenticationPolicy): boolean {
  return success !== undefined && success.any_of.length > 0;
}

export const asksNobody = ({ conditions }: AuthenticationPolicy): boolean => conditions.user_attributes.length === 0;

function fits({ conditions }: AuthenticationPolicy, { clientId, acrValues, scope }: PolicyRequest): boolean {
  return (
    meets(conditions.client_ids, [clientId]) &&
    meets(conditions.acr_values, acrValues) &&
    meets(conditions.scopes, scope)
  );
}

const meets = (wanted: readonly string[], given: readonly string[]): boolean =>
  wanted.length === 0 || wanted.some((each) => given.includes(each));
