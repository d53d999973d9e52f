// Management: who delivers push messages. Ours go to browsers (Web Push) and need no settings; credentials of providers for
// applications of a store are kept, sealed, so that tools which write a whole tenant go through, and for the day one of
// them has a row in the table of delivery. Source: mfa-wire reference, section 3, and recordings.
import { z } from 'zod';
import type { JsonObject } from '#storage/records.ts';
import { type Answer, answer, NOT_FOUND } from './answer.ts';
import { mergeSettings } from './fields.ts';
import { keepPage } from './kept-page.ts';
import { keepProvider } from './kept-provider.ts';
import { type Incoming, type Route, route } from './route.ts';

const PATH = '/guardian/factors/push-notification';
const READ = { method: 'GET', scopes: ['read:guardian_factors'] } as const;
const SCOPES = ['update:guardian_factors'] as const;

const text = (most: number) => z.string().max(most).nullish();

/** `shown`: what an answer may show; the rest is secret and is never given back. */
type Provider = {
  name: string;
  title: string;
  body: z.ZodType<Record<string, unknown>>;
  shown: readonly string[];
  echoed?: readonly string[];
};

const SNS_KEYS = [
  'aws_access_key_id',
  'aws_region',
  'sns_apns_platform_application_arn',
  'sns_gcm_platform_application_arn',
];
const SNS: Provider = {
  name: 'sns',
  title: 'Amazon SNS',
  body: z.strictObject({
    aws_access_key_id: text(1000),
    aws_secret_access_key: text(1000),
    aws_region: text(1000),
    sns_apns_platform_application_arn: text(1000),
    sns_gcm_platform_application_arn: text(1000),
  }),
  shown: SNS_KEYS,
  // What was just sent is no secret to who sent it, and tools compare the answer with it.
  echoed: [...SNS_KEYS, 'aws_secret_access_key'],
};
const APNS: Provider = {
  name: 'apns',
  title: 'Apple Push Notification',
  body: z.strictObject({ sandbox: z.boolean().optional(), bundle_id: text(1000), p12: text(10_000) }),
  shown: ['sandbox', 'bundle_id'],
};
const FCM: Provider = {
  name: 'fcm',
  title: 'Firebase Cloud Messaging',
  body: z.strictObject({ server_key: text(10_000) }),
  shown: [],
};
const FCM_V1: Provider = {
  name: 'fcmv1',
  title: 'Firebase Cloud Messaging v1',
  body: z.strictObject({ server_credentials: text(10_000) }),
  shown: [],
};

const shownBy = (keys: readonly string[]) =>
  z.strictObject(
    Object.fromEntries(keys.map((key) => [key, z.union([z.string(), z.boolean()]).nullable().optional()])),
  );
const application = shownBy(['app_name', 'apple_app_link', 'google_app_link']);

export const guardianPushRoutes: Route[] = [
  route({
    ...READ,
    path: `${PATH}/selected-provider`,
    summary: 'Get who delivers push messages',
    answers: { 200: z.strictObject({ provider: z.string() }) },
    async handle({ tenant }) {
      return answer({ provider: tenant.pushProvider ?? 'guardian' });
    },
  }),
  route({
    method: 'PUT',
    scopes: SCOPES,
    path: `${PATH}/selected-provider`,
    summary: 'Select who delivers push messages',
    answers: { 200: z.strictObject({ provider: z.string() }) },
    body: z.strictObject({ provider: z.enum(['guardian', 'sns', 'direct']) }),
    async handle({ deps, tenant, body }) {
      const { provider: pushProvider } = body;
      const at = deps.clock.now();
      const updated = await deps.store.tenants.update(tenant.id, (kept) => ({ ...kept, pushProvider, updatedAt: at }));
      return typeof updated === 'string' ? NOT_FOUND.page : answer(body);
    },
  }),

  route({
    ...READ,
    path: `${PATH}/providers/sns`,
    summary: 'Get the settings of Amazon SNS',
    answers: { 200: shownBy(SNS_KEYS) },
    async handle(call) {
      return answer(only(await read(call, SNS), SNS.shown));
    },
  }),
  route({
    ...READ,
    path: `${PATH}/providers/apns`,
    summary: 'Get the settings of Apple Push Notification',
    answers: {
      200: z.strictObject({ sandbox: z.boolean().optional(), bundle_id: z.string().optional(), enabled: z.boolean() }),
    },
    async handle(call) {
      const kept = await read(call, APNS);
      return answer({ ...only(kept, APNS.shown), enabled: kept.p12 !== undefined });
    },
  }),
  ...[SNS, APNS, FCM, FCM_V1].flatMap((provider) => [writing('PUT', provider), writing('PATCH', provider)]),

  route({
    method: 'GET',
    path: '/prompts/mfa-push',
    scopes: ['read:prompts'],
    summary: 'Get the application that takes push messages',
    answers: { 200: application },
    async handle({ deps, tenant }) {
      const kept = await deps.store.pages.findByKey(tenant.id, 'prompt mfa-push');
      return answer(kept?.document ?? {});
    },
  }),
  route({
    method: 'PATCH',
    path: '/prompts/mfa-push',
    scopes: ['update:prompts'],
    summary: 'Update the application that takes push messages',
    answers: { 200: application },
    body: z.strictObject({ app_name: text(200), apple_app_link: text(2000), google_app_link: text(2000) }),
    async handle({ ports, tenant, body }) {
      const page = { tenantId: tenant.id, kind: 'prompt', name: 'mfa-push' } as const;
      return answer((await keepPage(ports, page, (current) => mergeSettings(current, body))).document);
    },
  }),
];

/** PUT replaces what was kept, PATCH changes what it names; both answer with what was sent, less what is secret. */
function writing(method: 'PUT' | 'PATCH', provider: Provider): Route {
  return route({
    method,
    scopes: SCOPES,
    path: `${PATH}/providers/${provider.name}`,
    summary: `${method === 'PUT' ? 'Set' : 'Update'} the settings of ${provider.title}`,
    // What is secret no view shows.
    subject: provider.shown.length === 0 ? 'none' : `${PATH}/providers/${provider.name}`,
    answers: { 200: shownBy(provider.echoed ?? provider.shown) },
    body: provider.body,
    async handle(call) {
      const given = call.body as JsonObject;
      const edit = (kept: JsonObject) => mergeSettings(method === 'PUT' ? {} : kept, given);
      return write(call, provider, given, edit);
    },
  });
}

const nameOf = ({ name }: Provider): string => `push:${name}`;

async function read({ deps, tenant }: Incoming, provider: Provider): Promise<JsonObject> {
  return (await deps.store.providers.findByKey(tenant.id, nameOf(provider)))?.settings ?? {};
}

async function write(
  { ports, tenant }: Incoming,
  provider: Provider,
  given: JsonObject,
  edit: (kept: JsonObject) => JsonObject,
): Promise<Answer> {
  await keepProvider(ports, { tenantId: tenant.id, name: nameOf(provider) }, edit);
  return answer(only(given, provider.echoed ?? provider.shown));
}

function only(settings: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => names.includes(name)));
}
