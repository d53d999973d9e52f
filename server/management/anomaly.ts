// Management: whether an address is stopped by the suspicious IP throttling, and letting it try again.
import { isThrottled, throttleOf } from '#runtime/protection/throttle.ts';
import { readAddress } from '#runtime/risk/address.ts';
import type { TenantRecord, ThrottledStage } from '#storage/records.ts';
import { answer, empty, NOT_FOUND, type Refusal } from './answer.ts';
import { type Incoming, NOTHING, type Route, route } from './route.ts';
import { invalid } from './validation.ts';

const STAGES: readonly ThrottledStage[] = ['pre-login', 'pre-user-registration', 'pre-custom-token-exchange'];

export const anomalyRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/anomaly/blocks/ips/:id',
    scopes: ['read:anomaly_blocks'],
    summary: 'Say whether an address is blocked',
    answers: { 200: NOTHING },
    async handle(call) {
      const { deps, tenant, param } = call;
      const malformed = refuseAddress(call);
      if (malformed) return malformed;
      if (!isThrottled(tenant, param('id'))) return NOT_FOUND.page;
      const now = deps.clock.now();
      const full = await Promise.all(
        throttlesOf(tenant, param('id')).map(({ key, bucket }) => deps.store.isExhausted(tenant.id, key, bucket, now)),
      );
      return full.includes(true) ? answer({}) : NOT_FOUND.page;
    },
  }),

  route({
    method: 'DELETE',
    path: '/anomaly/blocks/ips/:id',
    scopes: ['delete:anomaly_blocks'],
    summary: 'Unblock an address',
    answers: { 204: NOTHING },
    async handle(call) {
      const { deps, tenant, param } = call;
      const malformed = refuseAddress(call);
      if (malformed) return malformed;
      for (const { key } of throttlesOf(tenant, param('id'))) await deps.store.clearAttempts(tenant.id, key);
      return empty();
    },
  }),
];

const throttlesOf = (tenant: TenantRecord, ip: string) => STAGES.map((stage) => throttleOf(tenant, stage, ip));

function refuseAddress({ param }: Incoming): Refusal | undefined {
  if (readAddress(param('id'))) return undefined;
  return invalid('path', `Object didn't pass validation for format ip-address: ${param('id')}`, 'id');
}
