// Management: the one provider of a tenant's phone messages, whatever they are for. It is in use where
// `phone_consolidated_experience` is on. Shapes and refusals: mfa-wire reference, sections 4.2, 4.3 and 4.5.
import { z } from 'zod';
import {
  BRANDING_PHONE,
  type BrandingPhone,
  DELIVERY_METHODS,
  findBrandingPhone,
  readBrandingPhone,
} from '#runtime/delivery/branding-phone.ts';
import { messagePlanOf } from '#runtime/pipeline/plan.ts';
import type { JsonObject, ProviderRecord } from '#storage/records.ts';
import { answer, created, empty, NOT_FOUND, type Refusal, refuse } from './answer.ts';
import { iso, text } from './fields.ts';
import { boolean } from './paging.ts';
import { ACCEPTED, acceptedShape, trial } from './phone-trial.ts';
import { type Incoming, NOTHING, type Route, route } from './route.ts';
import { invalid } from './validation.ts';

const PATH = '/branding/phone/providers';
const BAD_OPERATION = refuse(400, 'Bad Operation on Notification Resource');
const NO_ACTION = refuse(
  400,
  'No Action of the custom-phone-provider trigger is deployed.',
  // The wire's own word, of phones too.
  'custom_email_provider_deployed_action_not_found',
);

const name = z.enum(['twilio', 'custom']);
/** All but the methods are of Twilio. */
const configuration = z.strictObject({
  sid: text(255).optional(),
  default_from: text(64).optional(),
  mssid: text(255).optional(),
  delivery_methods: z
    .array(z.enum(DELIVERY_METHODS))
    .min(1)
    .max(2)
    .refine((methods) => new Set(methods).size === methods.length, 'Array items are not unique (indexes 0 and 1)')
    .optional(),
});
const credentials = z.strictObject({ auth_token: text(255).optional() });

const creation = z.strictObject({
  name,
  disabled: z.boolean().default(false),
  configuration: configuration.default({}),
  credentials: credentials.default({}),
});
const change = z.strictObject({
  name: name.optional(),
  disabled: z.boolean().optional(),
  configuration: configuration.optional(),
  credentials: credentials.optional(),
});

const providerShape = z
  .strictObject({
    id: z.string(),
    tenant: z.string(),
    name,
    channel: z.literal('phone'),
    disabled: z.boolean(),
    configuration,
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'PhoneProvider' });
/** A list says of each that it has no credentials to show. */
const listed = z.strictObject({ providers: z.array(providerShape.extend({ credentials: z.null() })) });

export const brandingPhoneProviderRoutes: Route[] = [
  route({
    method: 'GET',
    path: PATH,
    scopes: ['read:phone_providers'],
    summary: 'List phone providers',
    answers: { 200: listed },
    query: z.strictObject({ disabled: boolean.optional() }),
    async handle({ deps, tenant, query }) {
      const row = await findBrandingPhone(deps.store, tenant.id);
      const isAsked = row && (query.disabled === undefined || readBrandingPhone(row).disabled === query.disabled);
      return answer({ providers: row && isAsked ? [{ ...show(row, tenant), credentials: null }] : [] });
    },
  }),

  route({
    method: 'POST',
    path: PATH,
    scopes: ['create:phone_providers'],
    summary: 'Create the phone provider',
    answers: { 201: providerShape },
    body: creation,
    async handle({ deps, ports, tenant, body }) {
      const settings = plain(body);
      const refusal = await refuseSettings({ deps, tenant }, readBrandingPhone({ settings }));
      if (refusal) return refusal;
      const at = ports.now();
      const row: ProviderRecord = {
        tenantId: tenant.id,
        id: `pro_${ports.random.letters(22)}`,
        name: BRANDING_PHONE,
        settings,
        createdAt: at,
        updatedAt: at,
      };
      return (await deps.store.providers.insert(row)) === 'inserted' ? created(show(row, tenant)) : BAD_OPERATION;
    },
  }),

  route({
    method: 'GET',
    path: `${PATH}/:id`,
    scopes: ['read:phone_providers'],
    summary: 'Get a phone provider',
    answers: { 200: providerShape },
    async handle(call) {
      const row = await find(call);
      return row ? answer(show(row, call.tenant)) : NOT_FOUND.notification;
    },
  }),

  route({
    method: 'PATCH',
    path: `${PATH}/:id`,
    scopes: ['update:phone_providers'],
    summary: 'Update a phone provider',
    answers: { 200: providerShape },
    body: change,
    async handle(call) {
      const { deps, ports, tenant, body } = call;
      const row = await find(call);
      if (!row) return NOT_FOUND.notification;
      const edited = ({ settings }: ProviderRecord): JsonObject => ({ ...settings, ...plain(body) });
      const refusal = await refuseSettings({ deps, tenant }, readBrandingPhone({ settings: edited(row) }));
      if (refusal) return refusal;
      const updated = await deps.store.providers.update(tenant.id, row.id, (current) => ({
        ...current,
        settings: edited(current),
        updatedAt: ports.now(),
      }));
      return typeof updated === 'string' ? NOT_FOUND.notification : answer(show(updated, tenant));
    },
  }),

  route({
    method: 'DELETE',
    path: `${PATH}/:id`,
    scopes: ['delete:phone_providers'],
    summary: 'Delete a phone provider',
    answers: { 204: NOTHING },
    async handle(call) {
      const row = await find(call);
      return row && (await call.deps.store.providers.remove(call.tenant.id, row.id)) ? empty() : NOT_FOUND.notification;
    },
  }),

  route({
    method: 'POST',
    path: `${PATH}/:id/try`,
    scopes: ['create:phone_providers'],
    summary: 'Send a message by a phone provider to try it',
    answers: { 202: acceptedShape },
    unrehearsed: 'it sends a message.',
    body: trial,
    async handle(call) {
      if (!(await find(call))) return NOT_FOUND.notification;
      const { deps, tenant, caller, body } = call;
      await deps.runtime.tryPhone(tenant, { ...body, type: 'otp_verify', caller });
      return ACCEPTED;
    },
  }),
];

/** Other providers have ids too. */
async function find({ deps, tenant, param }: Pick<Incoming, 'deps' | 'tenant' | 'param'>) {
  const row = await deps.store.providers.find(tenant.id, param('id'));
  return row?.name === BRANDING_PHONE ? row : undefined;
}

/** Without credentials: nobody is ever shown them again. */
function show(row: ProviderRecord, tenant: Incoming['tenant']): Record<string, unknown> {
  const { name, disabled, configuration } = readBrandingPhone(row);
  const { id, createdAt, updatedAt } = row;
  return {
    id,
    tenant: new URL(tenant.baseUrl).host,
    name,
    channel: 'phone',
    disabled,
    configuration,
    created_at: iso(createdAt),
    updated_at: iso(updatedAt),
  };
}

/** Without what was not given. */
const plain = (body: object): JsonObject => JSON.parse(JSON.stringify(body)) as JsonObject;

/** What the settings lack for what they name. */
async function refuseSettings(
  { deps, tenant }: Pick<Incoming, 'deps' | 'tenant'>,
  { name, configuration, credentials }: BrandingPhone,
): Promise<Refusal | undefined> {
  if (name === 'custom') {
    const plan = await messagePlanOf(deps.store, tenant.id, 'custom-phone-provider');
    return plan.length === 0 ? NO_ACTION : undefined;
  }
  if (configuration.sid === undefined) return invalid('payload', 'Missing required property: sid', 'configuration');
  if (credentials.auth_token === undefined) {
    return invalid('payload', 'Missing required property: auth_token', 'credentials');
  }
  return configuration.default_from === undefined && configuration.mssid === undefined ? BAD_OPERATION : undefined;
}
