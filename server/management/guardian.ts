// Management: which factors a tenant has on, and the policies around them. Source: mfa-wire reference, section 3.

import { z } from 'zod';
import { GUARDIAN_FACTORS } from '#runtime/guardian-factors.ts';
import type { JsonObject, TenantRecord } from '#storage/records.ts';
import { type Answer, answer, NOT_FOUND } from './answer.ts';
import { type Incoming, type Route, route } from './route.ts';
import { invalid } from './validation.ts';

const distinct = <T>(items: T[], context: z.RefinementCtx) => {
  const again = items.findIndex((item, index) => items.indexOf(item) !== index);
  const item = items[again];
  if (item === undefined) return;
  const message = `Array items are not unique (indexes ${items.indexOf(item)} and ${again})`;
  context.addIssue({ code: 'custom', message });
};

const factorShape = z
  .strictObject({ name: z.enum(GUARDIAN_FACTORS), enabled: z.boolean(), trial_expired: z.boolean() })
  .meta({ id: 'GuardianFactor' });
const policies = z.array(z.enum(['all-applications', 'confidence-score']));
const messageTypes = z.array(z.enum(['sms', 'voice']));

export const guardianRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/guardian/factors',
    scopes: ['read:guardian_factors'],
    summary: 'List second factors',
    answers: { 200: z.array(factorShape) },
    async handle({ tenant }) {
      return answer(GUARDIAN_FACTORS.map((name) => ({ name, enabled: tenant.factors[name], trial_expired: false })));
    },
  }),

  route({
    method: 'PUT',
    path: '/guardian/factors/:name',
    scopes: ['update:guardian_factors'],
    summary: 'Turn a second factor on or off',
    subject: '/guardian/factors',
    // The list shows each under its name.
    undo: {
      body(view, param) {
        const { enabled } = (view[param('name')] ?? {}) as JsonObject;
        return { enabled: enabled === true };
      },
    },
    answers: { 200: z.strictObject({ enabled: z.boolean() }) },
    body: z.strictObject({ enabled: z.boolean() }),
    async handle(call) {
      const name = GUARDIAN_FACTORS.find((factor) => factor === call.param('name'));
      if (!name) return invalid('path', `No enum match for: ${JSON.stringify(call.param('name'))}`, 'name');
      const { enabled } = call.body;
      return write(call, (tenant) => ({ ...tenant, factors: { ...tenant.factors, [name]: enabled } }), { enabled });
    },
  }),

  route({
    method: 'GET',
    path: '/guardian/policies',
    scopes: ['read:mfa_policies'],
    summary: 'Get the policies of second factors',
    answers: { 200: policies },
    async handle({ tenant }) {
      return answer(tenant.policies);
    },
  }),

  route({
    method: 'PUT',
    path: '/guardian/policies',
    scopes: ['update:mfa_policies'],
    summary: 'Set the policies of second factors',
    answers: { 200: policies },
    body: policies.superRefine(distinct),
    async handle(call) {
      return write(call, (tenant) => ({ ...tenant, policies: call.body }), call.body);
    },
  }),

  route({
    method: 'GET',
    path: '/guardian/factors/phone/message-types',
    scopes: ['read:guardian_factors'],
    summary: 'Get how codes reach a phone',
    answers: { 200: z.strictObject({ message_types: messageTypes }) },
    async handle({ tenant }) {
      return answer({ message_types: tenant.messageTypes });
    },
  }),

  route({
    method: 'PUT',
    path: '/guardian/factors/phone/message-types',
    scopes: ['update:guardian_factors'],
    summary: 'Set how codes reach a phone',
    answers: { 200: z.strictObject({ message_types: messageTypes }) },
    body: z.strictObject({ message_types: messageTypes.min(1).superRefine(distinct) }),
    async handle(call) {
      return write(call, (tenant) => ({ ...tenant, messageTypes: call.body.message_types }), call.body);
    },
  }),
];

async function write(
  { deps, tenant }: Incoming,
  edit: (current: TenantRecord) => TenantRecord,
  shown: unknown,
): Promise<Answer> {
  const updated = await deps.store.tenants.update(tenant.id, (current) => ({
    ...edit(current),
    updatedAt: deps.clock.now(),
  }));
  return typeof updated === 'string' ? NOT_FOUND.page : answer(shown);
}
