// Management: what a tenant's scripts may use, and how long records of them are kept. A tenant moves its limits between
// the least with which a script runs and the most that the operator allows; null goes back to the default.
import { z } from 'zod';
import { EXECUTION_DAYS } from '#runtime/pipeline/execution.ts';
import { LEAST_LIMITS, LIMIT_NAMES, limitsFor, type ScriptLimits } from '#runtime/script-limits.ts';
import type { TenantRecord } from '#storage/records.ts';
import { LIMIT_WIRE_NAMES } from '../limit-names.ts';
import { answer, NOT_FOUND } from './answer.ts';
import { wholeNumber } from './fields.ts';
import { type Route, route } from './route.ts';
import { invalid } from './validation.ts';

/** Bounds come from the operator, so that they are judged after the shape. */
const limit = wholeNumber(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER).nullable().optional();
const change = z.strictObject({
  cpu_ms: limit,
  wall_ms: limit,
  memory_mb: limit,
  calls: limit,
  output_size: limit,
  console_size: limit,
  commands: limit,
  execution_days: limit,
});
type Change = z.output<typeof change>;

const figures = {
  cpu_ms: z.int(),
  wall_ms: z.int(),
  memory_mb: z.int(),
  calls: z.int(),
  output_size: z.int(),
  console_size: z.int(),
  commands: z.int(),
  execution_days: z.int(),
};
const limitsShape = z.strictObject({ ...figures, maximum: z.strictObject(figures) }).meta({ id: 'ScriptLimits' });

export const scriptLimitRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/actions/limits',
    scopes: ['read:actions'],
    summary: 'Get what scripts may use',
    answers: { 200: limitsShape },
    async handle({ deps, tenant }) {
      return answer(show(tenant, deps.runtime.scriptLimits));
    },
  }),

  route({
    method: 'PATCH',
    path: '/actions/limits',
    scopes: ['update:actions'],
    summary: 'Update what scripts may use',
    answers: { 200: limitsShape },
    body: change,
    async handle({ deps, tenant, body }) {
      const most = deps.runtime.scriptLimits;
      for (const name of LIMIT_NAMES) {
        const refusal = outOfBounds(
          LIMIT_WIRE_NAMES[name],
          body[LIMIT_WIRE_NAMES[name]],
          LEAST_LIMITS[name],
          most[name],
        );
        if (refusal) return refusal;
      }
      const { least, most: mostDays } = EXECUTION_DAYS;
      const refusal = outOfBounds('execution_days', body.execution_days, least, mostDays);
      if (refusal) return refusal;
      const updated = await deps.store.tenants.update(tenant.id, (current) => edited(current, body, deps.clock.now()));
      return typeof updated === 'string' ? NOT_FOUND.page : answer(show(updated, most));
    },
  }),
];

function show(tenant: TenantRecord, most: Readonly<ScriptLimits>) {
  return {
    ...onWire(limitsFor(tenant.scriptLimits, most)),
    execution_days: tenant.executionDays ?? EXECUTION_DAYS.default,
    maximum: { ...onWire(most), execution_days: EXECUTION_DAYS.most },
  };
}

const onWire = (limits: Readonly<ScriptLimits>) =>
  Object.fromEntries(LIMIT_NAMES.map((name) => [LIMIT_WIRE_NAMES[name], limits[name]]));

function outOfBounds(property: string, value: number | null | undefined, least: number, most: number) {
  if (value === null || value === undefined) return undefined;
  if (value > most) return invalid('payload', `Value ${value} is greater than maximum ${most}`, property);
  if (value < least)
    return invalid('payload', `Value ${value} is less than minimum ${least}, maximum ${most}`, property);
  return undefined;
}

function edited(current: TenantRecord, body: Change, updatedAt: number): TenantRecord {
  const { scriptLimits: asked, executionDays, ...rest } = current;
  const limits = { ...asked };
  for (const name of LIMIT_NAMES) {
    const value = body[LIMIT_WIRE_NAMES[name]];
    if (value === null) delete limits[name];
    else if (value !== undefined) limits[name] = value;
  }
  const days = body.execution_days === undefined ? executionDays : (body.execution_days ?? undefined);
  return {
    ...rest,
    ...(Object.keys(limits).length === 0 ? {} : { scriptLimits: limits }),
    ...(days === undefined ? {} : { executionDays: days }),
    updatedAt,
  };
}
