// Management: what carries a tenant's mails. Credentials are kept sealed, and what is secret of them is never given back.
// Source: mfa-wire reference, sections 4.2 to 4.5, and recordings.
import { z } from 'zod';
import { readMailbox, readMailHeaders } from '#runtime/delivery/mail-letter.ts';
import {
  MAIL_PROVIDER_KEY,
  MAIL_PROVIDERS,
  type MailProviderName,
  objectIn,
  readMailSettings,
  SHOWN_CREDENTIALS,
} from '#runtime/delivery/mail-settings.ts';
import type { JsonObject, ProviderRecord } from '#storage/records.ts';
import { type Answer, answer, created, empty, NOT_FOUND, type Refusal, refuse } from './answer.ts';
import { jsonObject, text, wholeNumber } from './fields.ts';
import { fieldsQuery, project } from './paging.ts';
import { type Incoming, NOTHING, type Route, route } from './route.ts';
import { invalid, parse } from './validation.ts';

const PATH = '/emails/provider';
const TAKEN = refuse(409, 'There is already a configured email provider', 'email_provider_conflict');

const region = z.enum(['eu']).nullish();
const key = z.strictObject({ api_key: text(1000) });

/** What each provider needs, whole: a secret that stayed behind would be sent to the next host that somebody names. */
const CREDENTIALS: Readonly<Record<MailProviderName, z.ZodType>> = {
  smtp: z.strictObject({
    smtp_host: text(253).regex(/^(\[[0-9a-fA-F:.]+\]|[^\s/?#@:\\[\]]+)$/),
    smtp_port: wholeNumber(1, 65_535),
    smtp_user: z.string().max(1000).optional(),
    smtp_pass: z.string().max(1000).optional(),
    smtp_tls: z.enum(['required', 'optional', 'implicit']).optional(),
  }),
  sendgrid: key,
  resend: key,
  mailgun: z.strictObject({ api_key: text(1000), domain: text(253).regex(/^[a-zA-Z0-9.-]+$/), region }),
  ses: z.strictObject({
    accessKeyId: text(200),
    secretAccessKey: text(1000),
    region: text(40).regex(/^[a-z0-9-]+$/),
  }),
  mandrill: key,
  sparkpost: z.strictObject({ api_key: text(1000), region }),
  postmark: key,
  azure_cs: z.strictObject({ connectionString: text(2000) }),
  ms365: z.strictObject({ tenantId: text(200), clientId: text(200), clientSecret: text(1000) }),
  custom: z.strictObject({}),
};

const sender = z
  .string()
  .max(400)
  .superRefine((value, context) => {
    if (value !== '' && !readMailbox(value))
      context.addIssue({ code: 'invalid_format', format: 'email', input: value });
  });
const shared = {
  enabled: z.boolean().optional(),
  default_from_address: sender.optional(),
  settings: jsonObject.nullable().optional(),
};
const creation = z.strictObject({ ...shared, name: z.enum(MAIL_PROVIDERS), credentials: jsonObject });
const change = z.strictObject({
  ...shared,
  name: z.enum(MAIL_PROVIDERS).optional(),
  credentials: jsonObject.optional(),
});

const providerShape = z
  .strictObject({
    name: z.enum(MAIL_PROVIDERS),
    enabled: z.boolean(),
    default_from_address: z.string().optional(),
    /** What of them is no secret. */
    credentials: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
    settings: jsonObject.optional(),
  })
  .meta({ id: 'EmailProvider' });

export const emailProviderRoutes: Route[] = [
  route({
    method: 'GET',
    path: PATH,
    scopes: ['read:email_provider'],
    summary: 'Get the e-mail provider',
    answers: { 200: providerShape.partial() },
    query: z.strictObject(fieldsQuery),
    async handle({ query, ...call }) {
      const kept = await find(call);
      return kept ? answer(project(show(kept.settings), query)) : NOT_FOUND.emailProvider;
    },
  }),

  route({
    method: 'POST',
    path: PATH,
    scopes: ['create:email_provider'],
    summary: 'Set up the e-mail provider',
    answers: { 201: providerShape },
    body: creation,
    async handle({ deps, ports, tenant, body }) {
      const { name, credentials, enabled = true, default_from_address: from, settings } = body;
      const judged = judge(name, credentials, settings ?? undefined);
      if (judged) return judged;
      const at = ports.now();
      const kept: JsonObject = {
        name,
        enabled,
        ...(from === undefined ? {} : { default_from_address: from }),
        credentials,
        ...(settings ? { settings } : {}),
      };
      const row: ProviderRecord = {
        tenantId: tenant.id,
        id: ports.random.uuid(),
        name: MAIL_PROVIDER_KEY,
        settings: kept,
        createdAt: at,
        updatedAt: at,
      };
      return (await deps.store.providers.insert(row)) === 'inserted' ? created(show(kept)) : TAKEN;
    },
  }),

  route({
    method: 'PATCH',
    path: PATH,
    scopes: ['update:email_provider'],
    summary: 'Update the e-mail provider',
    answers: { 200: providerShape },
    body: change,
    async handle({ body, ...call }) {
      const { deps, ports, tenant } = call;
      const kept = await find(call);
      if (!kept) return NOT_FOUND.emailProvider;
      const before = readMailSettings(kept.settings).name;
      const name = body.name ?? before;
      if (name !== before && body.credentials === undefined) {
        return invalid('payload', 'Missing required property: credentials');
      }
      const settings = body.settings ?? undefined;
      const judged = judge(name, body.credentials ?? objectIn(kept.settings.credentials), settings);
      if (judged) return judged;
      const edited = { ...body, name };
      const updated = await deps.store.providers.update(tenant.id, kept.id, (current) => ({
        ...current,
        settings: merge(current.settings, edited),
        updatedAt: ports.now(),
      }));
      return typeof updated === 'string' ? NOT_FOUND.emailProvider : answer(show(updated.settings));
    },
  }),

  route({
    method: 'DELETE',
    path: PATH,
    scopes: ['delete:email_provider'],
    summary: 'Remove the e-mail provider',
    answers: { 204: NOTHING },
    async handle(call): Promise<Answer> {
      const kept = await find(call);
      if (kept) await call.deps.store.providers.remove(call.tenant.id, kept.id);
      return empty();
    },
  }),
];

const find = ({ deps, tenant }: Pick<Incoming, 'deps' | 'tenant'>): Promise<ProviderRecord | undefined> =>
  deps.store.providers.findByKey(tenant.id, MAIL_PROVIDER_KEY);

/** Settings are of one provider: with another they are gone, unless others come with it. */
function merge(
  current: JsonObject,
  { name, enabled, default_from_address: from, credentials, settings }: z.output<typeof change> & { name: string },
): JsonObject {
  const { settings: before, ...rest } = current;
  const stay = settings === undefined && before !== undefined && current.name === name ? { settings: before } : {};
  return {
    ...rest,
    name,
    ...(enabled === undefined ? {} : { enabled }),
    ...(from === undefined ? {} : { default_from_address: from }),
    ...(credentials === undefined ? {} : { credentials }),
    ...(settings ? { settings } : stay),
  };
}

function judge(name: MailProviderName, credentials: JsonObject, settings: JsonObject | undefined): Refusal | undefined {
  const parsed = parse('payload', z.strictObject({ credentials: CREDENTIALS[name] }), { credentials });
  if (!parsed.ok) return parsed.refusal;
  if (name === 'smtp' && settings && readMailHeaders(settings.headers) === undefined) {
    const reason = 'Headers are names with texts of one line, and replace none that every mail has';
    return invalid('payload', reason, 'settings.headers');
  }
  return undefined;
}

function show(kept: JsonObject): Record<string, unknown> {
  const { name } = readMailSettings(kept);
  const shown = Object.entries(objectIn(kept.credentials)).filter(([each]) => SHOWN_CREDENTIALS[name].includes(each));
  return { ...kept, credentials: Object.fromEntries(shown) };
}
