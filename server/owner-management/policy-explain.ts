// Owner management: what a policy means: how a login that has shown this and that would stand with it, and a picture of it.
// Nothing is written.
import { z } from 'zod';
import type { AuthenticationPolicy } from '#runtime/authentication-policy.ts';
import { methodOf } from '#runtime/interaction-names.ts';
import { choosePolicies } from '#runtime/policies/choose.ts';
import { judge } from '#runtime/policies/judge.ts';
import { diagramOf } from '#runtime/policies/mermaid.ts';
import type { CounterDocument } from '#runtime/policies/policy.ts';
import type { JsonObject } from '#storage/records.ts';
import { jsonObject, text, wholeNumber } from '../management/fields.ts';
import { notThere, type OwnerRefusal, shown } from './owner-answer.ts';
import { isUuid, notUuid } from './owner-body.ts';
import type { TenantCall, TenantRoute } from './owner-route.ts';
import { readBody } from './owner-schema.ts';

const SCOPES = ['read:mfa_policies'] as const;
const texts = z.array(text(600)).max(100);
const count = wholeNumber(0, 1_000_000);

const sample = z.strictObject({
  /** As `authentication-status` shows it, and the person under `user`. */
  document: jsonObject.exactOptional(),
  /** In short: how often an interaction succeeded, or how often it succeeded and failed. */
  counts: z
    .record(
      text(100),
      z.union([count, z.strictObject({ success_count: count.exactOptional(), failure_count: count.exactOptional() })]),
    )
    .exactOptional(),
  user: jsonObject.exactOptional(),
  client_id: text(600).exactOptional(),
  /** The usual request of a login where they are not given. */
  scopes: texts.exactOptional(),
  acr_values: texts.exactOptional(),
});

export const policyExplainRoutes: TenantRoute[] = [
  {
    method: 'POST',
    path: '/authentication-policies/:id/evaluate',
    scopes: SCOPES,
    takesBody: true,
    readsOnly: true,
    async handle(call) {
      const record = await recordOf(call);
      if ('ok' in record) return record;
      const read = readBody(sample, call.body);
      if (!read.ok) return read;
      const { client_id = '', scopes = ['openid'], acr_values = [] } = read.value;
      const policies = record.policies as AuthenticationPolicy[];
      const request = { clientId: client_id, scope: scopes, acrValues: acr_values };
      const document = documentOf(read.value);
      const { policy, standing, unmet, next } = judge(choosePolicies(policies, request), document);
      return shown({
        enabled: record.enabled,
        policy: policy ? placeOf(policies, policy) : null,
        status: standing,
        unmet,
        next,
        document,
      });
    },
  },

  {
    method: 'GET',
    path: '/authentication-policies/:id/diagram',
    scopes: SCOPES,
    async handle(call) {
      const record = await recordOf(call);
      if ('ok' in record) return record;
      const mermaid = diagramOf(record.policies as AuthenticationPolicy[]);
      if (call.query.format === 'json') return shown({ mermaid });
      return { ok: true, status: 200, text: mermaid, type: 'text/vnd.mermaid; charset=utf-8' };
    },
  },
];

async function recordOf({ deps, tenant, param }: TenantCall) {
  const id = param('id');
  if (!isUuid(id)) return notUuid(id);
  const record = await deps.store.authenticationPolicies.find(tenant.id, id);
  return record ?? missing(id);
}

const missing = (id: string): OwnerRefusal => notThere(`Authentication policy configuration not found: ${id}`);

/** Which one of the list counts. `fits`: by its conditions, and not because nothing else does. */
function placeOf(policies: readonly AuthenticationPolicy[], policy: AuthenticationPolicy): JsonObject {
  const index = policies.indexOf(policy);
  const { description, priority } = policy;
  return {
    index: Math.max(index, 0),
    ...(description === undefined ? {} : { description }),
    priority,
    fits: index !== -1,
  };
}

function documentOf({ document = {}, counts = {}, user }: z.output<typeof sample>): CounterDocument {
  const counted = Object.entries(counts).map(([interaction, given]) => {
    const { success_count: successes = 0, failure_count: failures = 0 } =
      typeof given === 'number' ? { success_count: given } : given;
    return [
      interaction,
      {
        operation_type: interaction.endsWith('-challenge') ? 'CHALLENGE' : 'AUTHENTICATION',
        method: methodOf(interaction),
        call_count: successes + failures,
        success_count: successes,
        failure_count: failures,
      },
    ] as const;
  });
  return { ...document, ...Object.fromEntries(counted), ...(user === undefined ? {} : { user }) };
}
