// Management: what a tenant's phone messages say where they have one provider. Types without a document of their own are
// listed as the vendor's texts, without an id; what cannot be rendered is refused with its place.
// Shapes and refusals: mfa-wire reference, sections 4.2, 4.3 and 4.5.
import { z } from 'zod';
import {
  checkPhoneBody,
  DEFAULT_BODIES,
  PHONE_TEMPLATE_TYPES,
  type PhoneTemplateType,
  readPhoneTemplate,
} from '#runtime/delivery/branding-phone-templates.ts';
import { LiquidFault } from '#runtime/delivery/liquid.ts';
import type { JsonObject, PageRecord, TenantRecord } from '#storage/records.ts';
import { answer, created, empty, NOT_FOUND, type Refusal, refuse } from './answer.ts';
import { iso } from './fields.ts';
import { boolean } from './paging.ts';
import { ACCEPTED, acceptedShape, trial } from './phone-trial.ts';
import { type Incoming, NOTHING, type Route, route } from './route.ts';
import { invalid } from './validation.ts';

const PATH = '/branding/phone/templates';
const KIND = 'phone-template';
const TAKEN = refuse(409, 'A template of this type already exists.');

const content = z.strictObject({
  syntax: z.literal('liquid').optional(),
  from: z.string().max(255).nullish(),
  body: z.strictObject({ text: z.string().optional(), voice: z.string().optional() }).optional(),
});
type Content = z.output<typeof content>;
const creation = z.strictObject({
  type: z.enum(PHONE_TEMPLATE_TYPES),
  disabled: z.boolean().default(false),
  content: content.optional(),
});
const change = z.strictObject({ disabled: z.boolean().optional(), content: content.optional() });

const templateShape = z
  .strictObject({
    id: z.string(),
    tenant: z.string(),
    channel: z.literal('phone'),
    type: z.enum(PHONE_TEMPLATE_TYPES),
    disabled: z.boolean(),
    created_at: z.string(),
    updated_at: z.string(),
    content: z.strictObject({
      syntax: z.literal('liquid'),
      from: z.string().optional(),
      body: z.strictObject({ text: z.string(), voice: z.string() }),
    }),
  })
  .meta({ id: 'PhoneTemplate' });
/** The vendor's own texts were never made, and have no id. */
const listed = z.strictObject({
  templates: z.array(templateShape.partial({ id: true, created_at: true, updated_at: true })),
});

export const brandingPhoneTemplateRoutes: Route[] = [
  route({
    method: 'GET',
    path: PATH,
    scopes: ['read:phone_templates'],
    summary: 'List phone templates',
    answers: { 200: listed },
    query: z.strictObject({ disabled: boolean.optional() }),
    async handle({ deps, tenant, query }) {
      const { records } = await deps.store.pages.list(tenant.id, { parent: KIND });
      const shown = PHONE_TEMPLATE_TYPES.map((type) => {
        const page = records.find(({ name }) => name === type);
        return page ? show(page, tenant) : shownDefault(type, tenant);
      });
      return answer({
        templates: shown.filter(({ disabled }) => query.disabled === undefined || disabled === query.disabled),
      });
    },
  }),

  route({
    method: 'POST',
    path: PATH,
    scopes: ['create:phone_templates'],
    summary: 'Create a phone template',
    answers: { 201: templateShape },
    body: creation,
    async handle({ deps, ports, tenant, body: { type, disabled, content } }) {
      const document = documentOf({ disabled, content: { body: DEFAULT_BODIES[type] } }, { content });
      const refusal = refuseDocument(document);
      if (refusal) return refusal;
      const at = ports.now();
      const id = `tem_${ports.random.letters(22)}`;
      const page: PageRecord = {
        tenantId: tenant.id,
        id,
        kind: KIND,
        name: type,
        document,
        createdAt: at,
        updatedAt: at,
      };
      return (await deps.store.pages.insert(page)) === 'inserted' ? created(show(page, tenant)) : TAKEN;
    },
  }),

  route({
    method: 'GET',
    path: `${PATH}/:id`,
    scopes: ['read:phone_templates'],
    summary: 'Get a phone template',
    answers: { 200: templateShape },
    async handle(call) {
      const page = await find(call);
      return page ? answer(show(page, call.tenant)) : NOT_FOUND.notification;
    },
  }),

  route({
    method: 'PATCH',
    path: `${PATH}/:id`,
    scopes: ['update:phone_templates'],
    summary: 'Update a phone template',
    answers: { 200: templateShape },
    body: change,
    async handle(call) {
      const page = await find(call);
      if (!page) return NOT_FOUND.notification;
      const refusal = refuseDocument(documentOf(readPhoneTemplate(page), call.body));
      return refusal ?? edit(call, page, (current) => documentOf(readPhoneTemplate(current), call.body));
    },
  }),

  route({
    method: 'DELETE',
    path: `${PATH}/:id`,
    scopes: ['delete:phone_templates'],
    summary: 'Delete a phone template',
    answers: { 204: NOTHING },
    async handle(call) {
      const page = await find(call);
      return page && (await call.deps.store.pages.remove(call.tenant.id, page.id)) ? empty() : NOT_FOUND.notification;
    },
  }),

  route({
    method: 'PATCH',
    path: `${PATH}/:id/reset`,
    scopes: ['update:phone_templates'],
    summary: 'Give a phone template our texts again',
    answers: { 200: templateShape },
    async handle(call) {
      const page = await find(call);
      if (!page) return NOT_FOUND.notification;
      // Where it comes from is no text.
      return edit(call, page, (current) =>
        documentOf(readPhoneTemplate(current), { content: { body: DEFAULT_BODIES[typeOf(current)] } }),
      );
    },
  }),

  route({
    method: 'POST',
    path: `${PATH}/:id/try`,
    scopes: ['create:phone_templates'],
    summary: 'Send a message by a phone template to try it',
    answers: { 202: acceptedShape },
    unrehearsed: 'it sends a message.',
    body: trial,
    async handle(call) {
      const page = await find(call);
      if (!page) return NOT_FOUND.notification;
      const { deps, tenant, caller, body } = call;
      await deps.runtime.tryPhone(tenant, { ...body, type: typeOf(page), caller });
      return ACCEPTED;
    },
  }),
];

/** Other documents of pages have ids too, and one of this kind is the phone factor's. */
async function find({ deps, tenant, param }: Pick<Incoming, 'deps' | 'tenant' | 'param'>) {
  const page = await deps.store.pages.find(tenant.id, param('id'));
  return page?.kind === KIND && PHONE_TEMPLATE_TYPES.some((type) => type === page.name) ? page : undefined;
}

const typeOf = ({ name }: PageRecord): PhoneTemplateType =>
  PHONE_TEMPLATE_TYPES.find((type) => type === name) ?? 'otp_verify';

async function edit(
  { deps, ports, tenant }: Pick<Incoming, 'deps' | 'ports' | 'tenant'>,
  page: PageRecord,
  documentFor: (current: PageRecord) => JsonObject,
) {
  const updated = await deps.store.pages.update(tenant.id, page.id, (current) => ({
    ...current,
    document: documentFor(current),
    updatedAt: ports.now(),
  }));
  return typeof updated === 'string' ? NOT_FOUND.notification : answer(show(updated, tenant));
}

type Kept = ReturnType<typeof readPhoneTemplate>;

/** What is kept, with what was given in its place. */
function documentOf(kept: Kept, given: { disabled?: boolean | undefined; content?: Content | undefined }): JsonObject {
  const { content = {} } = given;
  const { from = kept.content.from, body } = content;
  const { text, voice } = kept.content.body;
  return {
    disabled: given.disabled ?? kept.disabled,
    content: {
      syntax: 'liquid',
      ...(from ? { from } : {}),
      body: { text: body?.text ?? text, voice: body?.voice ?? voice },
    },
  };
}

function refuseDocument(document: JsonObject): Refusal | undefined {
  const { content } = readPhoneTemplate({ document });
  const parts = [
    ['content.body.text', content.body.text],
    ['content.body.voice', content.body.voice],
    ['content.from', content.from ?? ''],
  ] as const;
  for (const [path, text] of parts) {
    try {
      checkPhoneBody(text);
    } catch (fault) {
      if (fault instanceof LiquidFault) return invalid('payload', fault.message, path);
      throw fault;
    }
  }
  return undefined;
}

function show(page: PageRecord, tenant: TenantRecord) {
  const { disabled, content } = readPhoneTemplate(page);
  return {
    id: page.id,
    tenant: new URL(tenant.baseUrl).host,
    channel: 'phone',
    type: page.name,
    disabled,
    created_at: iso(page.createdAt),
    updated_at: iso(page.updatedAt),
    content: { syntax: 'liquid', ...content },
  };
}

function shownDefault(type: PhoneTemplateType, tenant: TenantRecord) {
  return {
    tenant: new URL(tenant.baseUrl).host,
    channel: 'phone',
    type,
    disabled: false,
    content: { syntax: 'liquid', body: DEFAULT_BODIES[type] },
  };
}
