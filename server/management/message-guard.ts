// Management: what a tenant's messages may cost it at most: to one number, to which countries and in a day. An address of
// ours: the vendor has none for it.
import { z } from 'zod';
import { isPrefix } from '#runtime/delivery/calling-codes.ts';
import { messageSpendOf } from '#runtime/delivery/spend-settings.ts';
import type { MessageSpendRecord } from '#storage/records.ts';
import { type Answer, answer, NOT_FOUND } from './answer.ts';
import { text, wholeNumber } from './fields.ts';
import { type Call, type Route, route } from './route.ts';

const PATH = '/attack-protection/message-spend';

/** `+44`, or a longer beginning of numbers. */
const prefixes = z
  .array(
    text(9).superRefine((value, context) => {
      if (isPrefix(value)) return;
      context.addIssue({ code: 'invalid_format', format: 'calling-code', input: value });
    }),
  )
  .max(500)
  .transform((given) => [...new Set(given)])
  .optional();

const countries = z.strictObject({ allow: prefixes, deny: prefixes }).optional();
/** Every time of a message to a number is kept as long as it counts. */
const toOneNumber = wholeNumber(1, 1000).nullable().optional();
const inOneDay = wholeNumber(0, 100_000_000).nullable().optional();

const change = z.strictObject({
  per_number: z.strictObject({ hour: toOneNumber, day: toOneNumber }).optional(),
  per_day: z.strictObject({ sms: inOneDay, voice: inOneDay, email: inOneDay }).optional(),
  countries: z.strictObject({ sms: countries, voice: countries }).optional(),
  alert_at: z.number().min(0.01).max(1).optional(),
});
type Change = z.output<typeof change>;

const bound = z.number().nullable();
const prefixList = z.array(z.string());
const shown = z
  .strictObject({
    per_number: z.strictObject({ hour: bound, day: bound }),
    per_day: z.strictObject({ sms: bound, voice: bound, email: bound }),
    countries: z.strictObject({
      sms: z.strictObject({ allow: prefixList, deny: prefixList }),
      voice: z.strictObject({ allow: prefixList, deny: prefixList }),
    }),
    alert_at: z.number(),
  })
  .meta({ id: 'MessageSpend' });

export const messageGuardRoutes: Route[] = [
  route({
    method: 'GET',
    path: PATH,
    scopes: ['read:attack_protection'],
    summary: 'Get what messages may cost',
    answers: { 200: shown },
    async handle({ tenant }) {
      return answer(messageSpendOf(tenant));
    },
  }),
  writing('PUT'),
  writing('PATCH'),
];

/** PUT begins from no bound at all, PATCH from what there is; a list that is given replaces the one that was. */
function writing(method: 'PUT' | 'PATCH'): Route {
  return route({
    method,
    path: PATH,
    scopes: ['update:attack_protection'],
    summary: `${method === 'PUT' ? 'Set' : 'Update'} what messages may cost`,
    answers: { 200: shown },
    body: change,
    async handle({ deps, tenant, body }: Call<undefined, Change>): Promise<Answer> {
      const updated = await deps.store.tenants.update(tenant.id, (current) => ({
        ...current,
        messageSpend: changed(messageSpendOf(method === 'PUT' ? {} : current), body),
        updatedAt: deps.clock.now(),
      }));
      return typeof updated === 'string' ? NOT_FOUND.page : answer(messageSpendOf(updated));
    },
  });
}

function changed(
  current: MessageSpendRecord,
  { per_number, per_day, countries, alert_at }: Change,
): MessageSpendRecord {
  return {
    per_number: over(current.per_number, per_number),
    per_day: over(current.per_day, per_day),
    countries: {
      sms: over(current.countries.sms, countries?.sms),
      voice: over(current.countries.voice, countries?.voice),
    },
    alert_at: alert_at ?? current.alert_at,
  };
}

/** What was given, over what was there. */
function over<T extends object>(current: T, given: { [K in keyof T]?: T[K] | undefined } = {}): T {
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...current, ...Object.fromEntries(set) };
}
