// Management: the tenant's templates of mails. What does not parse is refused when it is written, with its place, so that
// its author hears of it and not somebody who waits for a code. Shapes: mfa-wire reference, §4.2, §4.5, and recordings.
import { z } from 'zod';
import { checkLiquid, LiquidFault, MESSAGE_TEMPLATE_LIMIT } from '#runtime/delivery/liquid.ts';
import { MAIL_TEMPLATES, type MailTemplateName, mailTemplateKey } from '#runtime/delivery/mail-templates.ts';
import type { JsonObject, PageRecord } from '#storage/records.ts';
import { type Answer, answer, NOT_FOUND, type Refusal, refuse } from './answer.ts';
import { mergeSettings, wholeNumber } from './fields.ts';
import { keepPage } from './kept-page.ts';
import { type Incoming, type Route, route } from './route.ts';
import { STOCK_MAIL_TEMPLATES } from './stock-mail-templates.ts';
import { invalid } from './validation.ts';

/** 90 days, as for links that are asked for one by one. */
const LONGEST_SECONDS = 90 * 24 * 60 * 60;

const name = z.enum(MAIL_TEMPLATES);
const fields = {
  body: z.string().max(MESSAGE_TEMPLATE_LIMIT).nullable(),
  from: z.string().max(1000).nullable(),
  subject: z.string().max(1000).nullable(),
  syntax: z.literal('liquid').nullable(),
  enabled: z.boolean().nullable(),
};
const rest = {
  resultUrl: z.string().max(2048).nullish(),
  urlLifetimeInSeconds: wholeNumber(0, LONGEST_SECONDS).nullish(),
  includeEmailInRedirect: z.boolean().nullish(),
};
const whole = z.strictObject({ ...fields, ...rest, template: name });
const part = z.strictObject({ ...z.strictObject(fields).partial().shape, ...rest, template: name.optional() });

const templateShape = part.required({ template: true }).meta({ id: 'EmailTemplate' });

export const emailTemplateRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/email-templates',
    scopes: ['create:email_templates'],
    summary: 'Create an e-mail template',
    answers: { 200: templateShape },
    body: whole,
    async handle({ deps, ports, tenant, body }) {
      const flaw = flawIn(body);
      if (flaw) return flaw;
      const at = ports.now();
      const page: PageRecord = {
        tenantId: tenant.id,
        id: `pag_${ports.random.letters(16)}`,
        kind: 'email-template',
        name: body.template,
        document: mergeSettings({}, body),
        createdAt: at,
        updatedAt: at,
      };
      const taken = refuse(409, `Template ${body.template} already exists.`);
      return (await deps.store.pages.insert(page)) === 'inserted' ? answer(page.document) : taken;
    },
  }),

  route({
    method: 'GET',
    path: '/email-templates/:name',
    scopes: ['read:email_templates'],
    summary: 'Get an e-mail template',
    answers: { 200: templateShape },
    async handle(call) {
      const asked = nameIn(call);
      if (typeof asked !== 'string') return asked;
      const page = await call.deps.store.pages.findByKey(call.tenant.id, mailTemplateKey(asked));
      const document = page?.document ?? STOCK_MAIL_TEMPLATES[asked];
      return document ? answer(document) : NOT_FOUND.emailTemplate;
    },
  }),

  route({
    method: 'PUT',
    path: '/email-templates/:name',
    scopes: ['update:email_templates'],
    summary: 'Replace an e-mail template',
    answers: { 200: templateShape },
    body: part,
    handle: ({ body, ...call }) => change(call, body, () => ({})),
  }),

  route({
    method: 'PATCH',
    path: '/email-templates/:name',
    scopes: ['update:email_templates'],
    summary: 'Update an e-mail template',
    answers: { 200: templateShape },
    body: part,
    handle: ({ body, ...call }) => change(call, body, (current) => current),
  }),
];

/** @param kept what of the present document stands below what was given. */
async function change(
  call: Incoming,
  given: z.output<typeof part>,
  kept: (current: JsonObject) => JsonObject,
): Promise<Answer> {
  const asked = nameIn(call);
  if (typeof asked !== 'string') return asked;
  if (given.template !== undefined && given.template !== asked) {
    return invalid('payload', `The template of this address is ${asked}`, 'template');
  }
  const flaw = flawIn(given);
  if (flaw) return flaw;
  const { deps, ports, tenant } = call;
  const stock = STOCK_MAIL_TEMPLATES[asked];
  const isThere = stock !== undefined || (await deps.store.pages.findByKey(tenant.id, mailTemplateKey(asked)));
  if (!isThere) return NOT_FOUND.emailTemplate;
  const page = { tenantId: tenant.id, kind: 'email-template', name: asked } as const;
  // What was never written is edited as an empty document.
  const edit = (current: JsonObject) =>
    mergeSettings({ template: asked, ...kept(current.template === undefined ? (stock ?? {}) : current) }, given);
  return answer((await keepPage(ports, page, edit)).document);
}

function nameIn({ param }: Incoming): MailTemplateName | Refusal {
  const asked = param('name');
  return (
    MAIL_TEMPLATES.find((each) => each === asked) ??
    invalid('path', `No enum match for: ${JSON.stringify(asked)}`, 'templateName')
  );
}

/** The first text of a template that cannot be used. */
function flawIn(given: z.output<typeof part>): Refusal | undefined {
  for (const field of ['body', 'subject', 'from', 'resultUrl'] as const) {
    const template = given[field];
    if (typeof template !== 'string') continue;
    try {
      checkLiquid(template);
    } catch (fault) {
      if (fault instanceof LiquidFault) return invalid('payload', fault.message, field);
      throw fault;
    }
  }
  return undefined;
}
