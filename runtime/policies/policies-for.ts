// Which policies a login of the JSON flow carries: chosen once, when it begins, and copied into it.
import type { Store } from '#storage/store.ts';
import type { AuthenticationPolicy } from '../authentication-policy.ts';
import type { LoginRequest } from '../transaction/transaction.ts';

/** Highest first, down to the first that depends on nothing about the person. Empty: the tenant has none. */
export async function policiesFor(
  store: Pick<Store, 'authenticationPolicies'>,
  tenantId: string,
  _request: LoginRequest,
): Promise<AuthenticationPolicy[]> {
  const record = await store.authenticationPolicies.findByKey(tenantId, 'oauth');
  return record?.enabled ? (record.policies as AuthenticationPolicy[]) : [];
}
