// Policies: those that a login of the JSON flow carries, chosen once, when it begins, and copied into it.
import type { Store } from '#storage/store.ts';
import type { AuthenticationPolicy } from '../authentication-policy.ts';
import { choosePolicies, type PolicyRequest } from './choose.ts';

/** The flow of logins: policies of other flows say nothing about them. */
const FLOW = 'oauth';

/** Highest first, down to the first that depends on nothing about the person. Empty: the tenant has none. */
export async function policiesFor(
  store: Pick<Store, 'authenticationPolicies'>,
  tenantId: string,
  request: PolicyRequest,
): Promise<AuthenticationPolicy[]> {
  const record = await store.authenticationPolicies.findByKey(tenantId, FLOW);
  // Stored as it was normalised when it was written.
  return record?.enabled ? choosePolicies(record.policies as AuthenticationPolicy[], request) : [];
}
