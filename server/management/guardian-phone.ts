// Management: who carries text messages and calls of the phone factor, with what keys and in which words. Each address has
// an older name, `sms` in place of `phone`, for the same thing. Source: wire reference, section 3.
import { z } from 'zod';
import { LiquidFault } from '#runtime/delivery/liquid.ts';
import { checkPhoneTemplate, PHONE_TEMPLATES } from '#runtime/delivery/phone-template.ts';
import { MFA_TWILIO } from '#runtime/delivery/twilio-accounts.ts';
import type { JsonObject } from '#storage/records.ts';
import { answer, empty, NOT_FOUND } from './answer.ts';
import { keepPage } from './kept-page.ts';
import { keepProvider } from './kept-provider.ts';
import { NOTHING, type Route, route } from './route.ts';
import { invalid } from './validation.ts';

const READ = ['read:guardian_factors'] as const;
const WRITE = ['update:guardian_factors'] as const;

const selected = z.strictObject({ provider: z.enum(['auth0', 'twilio', 'phone-message-hook']) });

const TWILIO_KEYS = ['from', 'messaging_service_sid', 'auth_token', 'sid'] as const;
const secret = z.string().max(1000).nullish();
const twilio = z.strictObject({
  from: z.string().max(64).nullish(),
  messaging_service_sid: secret,
  auth_token: secret,
  sid: secret,
});

const TEMPLATE_KEYS = ['enrollment_message', 'verification_message'] as const;
const templates = z.strictObject({ enrollment_message: z.string(), verification_message: z.string() });

const providerShape = z.strictObject({ provider: z.string() });
const twilioShape = z.strictObject(
  Object.fromEntries(TWILIO_KEYS.map((key) => [key, z.string().nullable()])) as Record<
    (typeof TWILIO_KEYS)[number],
    z.ZodNullable<z.ZodString>
  >,
);

export const guardianPhoneRoutes: Route[] = (['phone', 'sms'] as const).flatMap((factor) => {
  const path = (rest: string) => `/guardian/factors/${factor}/${rest}`;
  return [
    route({
      method: 'GET',
      path: path('selected-provider'),
      scopes: READ,
      summary: `Get who carries messages (${factor})`,
      answers: { 200: providerShape.partial() },
      async handle({ tenant: { phoneProvider } }) {
        // Naming one here that nobody selected would have a tool that writes back what it read select it.
        return answer(phoneProvider === undefined ? {} : { provider: phoneProvider });
      },
    }),
    route({
      method: 'PUT',
      path: path('selected-provider'),
      scopes: WRITE,
      summary: `Select who carries messages (${factor})`,
      answers: { 200: providerShape },
      body: selected,
      async handle({ deps, tenant, body }) {
        const [phoneProvider, at] = [body.provider, deps.clock.now()];
        const edited = await deps.store.tenants.update(tenant.id, (kept) => ({
          ...kept,
          phoneProvider,
          updatedAt: at,
        }));
        return typeof edited === 'string' ? NOT_FOUND.page : answer(body);
      },
    }),

    route({
      method: 'GET',
      path: path('providers/twilio'),
      scopes: READ,
      summary: `Get the credentials of Twilio (${factor})`,
      answers: { 200: twilioShape },
      async handle({ deps, tenant }) {
        const row = await deps.store.providers.findByKey(tenant.id, MFA_TWILIO);
        return answer(Object.fromEntries(TWILIO_KEYS.map((key) => [key, row?.settings[key] ?? null])));
      },
    }),
    route({
      method: 'PUT',
      path: path('providers/twilio'),
      scopes: WRITE,
      summary: `Set the credentials of Twilio (${factor})`,
      answers: { 200: twilioShape.partial() },
      body: twilio,
      async handle({ ports, tenant, body }) {
        // What is left out is unset; what was sent is no secret to who sent it, and tools compare the answer with it.
        const given = body as JsonObject;
        await keepProvider(ports, { tenantId: tenant.id, name: MFA_TWILIO }, () => given);
        return answer(given);
      },
    }),

    route({
      method: 'GET',
      path: path('templates'),
      scopes: READ,
      summary: `Get the words of messages (${factor})`,
      answers: { 200: templates, 204: NOTHING },
      async handle({ deps, tenant }) {
        const { kind, name } = PHONE_TEMPLATES;
        const page = await deps.store.pages.findByKey(tenant.id, `${kind} ${name}`);
        return page ? answer(page.document) : empty();
      },
    }),
    route({
      method: 'PUT',
      path: path('templates'),
      scopes: WRITE,
      summary: `Set the words of messages (${factor})`,
      answers: { 200: templates },
      body: templates,
      async handle({ ports, tenant, body }) {
        for (const key of TEMPLATE_KEYS) {
          const problem = problemOf(() => checkPhoneTemplate(body[key], tenant));
          if (problem !== undefined) return invalid('payload', problem, key);
        }
        const page = { tenantId: tenant.id, ...PHONE_TEMPLATES };
        return answer((await keepPage(ports, page, () => body)).document);
      },
    }),
  ];
});

/** What the author of a template is told; undefined where there is nothing to tell. */
function problemOf(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (fault) {
    if (fault instanceof LiquidFault) return fault.message;
    throw fault;
  }
}
