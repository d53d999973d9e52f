// Management: which factors a tenant has on, and the policies around them. Source: mfa-wire reference, section 3.

import { z } from 'zod';
import { GUARDIAN_FACTORS } from '#runtime/guardian-factors.ts';
import type { TenantRecord } from '#storage/records.ts';
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

export const guardianRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/guardian/factors',
    scopes: ['read:guardian_factors'],
    async handle({ tenant }) {
      return answer(GUARDIAN_FACTORS.map((name) => ({ name, enabled: tenant.factors[name], trial_expired: false })));
    },
  }),

  route({
    method: 'PUT',
    path: '/guardian/factors/:name',
    scopes: ['update:guardian_factors'],
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
    async handle({ tenant }) {
      return answer(tenant.policies);
    },
  }),

  route({
    method: 'PUT',
    path: '/guardian/policies',
    scopes: ['update:mfa_policies'],
    body: z.array(z.enum(['all-applications', 'confidence-score'])).superRefine(distinct),
    async handle(call) {
      return write(call, (tenant) => ({ ...tenant, policies: call.body }), call.body);
    },
  }),

  route({
    method: 'GET',
    path: '/guardian/factors/phone/message-types',
    scopes: ['read:guardian_factors'],
    async handle({ tenant }) {
      return answer({ message_types: tenant.messageTypes });
    },
  }),

  route({
    method: 'PUT',
    path: '/guardian/factors/phone/message-types',
    scopes: ['update:guardian_factors'],
    body: z.strictObject({
      message_types: z
        .array(z.enum(['sms', 'voice']))
        .min(1)
        .superRefine(distinct),
    }),
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
