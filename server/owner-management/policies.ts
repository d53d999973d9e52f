// Owner management: authentication policies: when a login has shown enough. Kept and shown with everything filled in that
// was left out. Source: idp-server reference, §3.
import { checkPolicy } from '#runtime/policies/check-policy.ts';
import { normalisePolicies } from '#runtime/policies/normalise-policy.ts';
import type { AuthenticationPolicyRecord } from '#storage/records.ts';
import { type Family, familyRoutes } from './kept-family.ts';
import { invalidRequest } from './owner-answer.ts';
import type { TenantRoute } from './owner-route.ts';
import { unknownNames } from './owner-schema.ts';
import { policyExplainRoutes } from './policy-explain.ts';

const KNOWN = ['id', 'flow', 'enabled', 'policies'];
const FLOW = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/;
const INVALID = 'The authentication policy is invalid.';

const family: Family<AuthenticationPolicyRecord> = {
  path: '/authentication-policies',
  noun: 'Authentication policy configuration',
  scopes: { read: 'read:mfa_policies', write: 'update:mfa_policies' },
  collection: (store) => store.authenticationPolicies,
  key: { name: 'flow', of: ({ flow }) => flow },

  async read({ deps, tenant, body }) {
    const { flow, policies = [] } = body;
    if (flow === undefined) return invalidRequest(INVALID, ['flow is missing']);
    if (typeof flow !== 'string' || !FLOW.test(flow)) {
      return invalidRequest(INVALID, ['flow must be a text of letters, digits, hyphens, dots and underscores']);
    }
    const { records } = await deps.store.authenticationConfigurations.list(tenant.id);
    const types = records.filter(({ enabled }) => enabled).map(({ type }) => type);
    const { errors, warnings } = checkPolicy(flow, policies, types);
    if (errors.length > 0 || !Array.isArray(policies)) return invalidRequest(INVALID, errors);
    const own = { flow, policies: normalisePolicies(policies) };
    return { ok: true, make: (kept) => ({ ...kept, ...own }), warnings: [...unknownNames(body, KNOWN), ...warnings] };
  },

  show: ({ id, flow, enabled, policies }) => ({ id, flow, enabled, policies }),
};

export const policyRoutes: TenantRoute[] = [...familyRoutes(family), ...policyExplainRoutes];
