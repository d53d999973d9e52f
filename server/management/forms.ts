// Management: forms that scripts show with `api.prompt.render`. What is in one is for whoever renders it; here it is only
// made sure that it has the shape of a form. Source of the shape: the vendor's client libraries.
import { z } from 'zod';
import type { FormRecord, Json, JsonObject } from '#storage/records.ts';
import { type Answer, answer, created, empty, invalidBody, NOT_FOUND } from './answer.ts';
import { iso, jsonObject, mergeSettings, text } from './fields.ts';
import { listing } from './listing.ts';
import { type Incoming, NOTHING, type Route, route } from './route.ts';

/** All of a definition, as JSON in UTF-8. */
const LIMIT_BYTES = 512 * 1024;

const node = jsonObject.superRefine((value, context) => {
  const id = value.id;
  if (typeof id !== 'string' || id === '' || id.length > 255) {
    context.addIssue({ code: 'custom', message: 'Every node has an id, a text of at most 255 characters' });
  }
  if (!['STEP', 'FLOW', 'ROUTER'].includes(String(value.type))) {
    context.addIssue({ code: 'custom', message: 'Every node has a type: STEP, FLOW or ROUTER' });
  }
});

const nodes = z
  .array(node)
  .max(500)
  .superRefine((given, context) => {
    const ids = given.map(({ id }) => id);
    const again = ids.findIndex((id, index) => ids.indexOf(id) !== index);
    if (again === -1) return;
    const message = `Ids of nodes are not unique (indexes ${ids.indexOf(ids[again])} and ${again})`;
    context.addIssue({ code: 'custom', message });
  });

const definition = {
  messages: jsonObject.nullable().optional(),
  languages: jsonObject.nullable().optional(),
  translations: jsonObject.nullable().optional(),
  nodes: nodes.nullable().optional(),
  start: jsonObject.nullable().optional(),
  ending: jsonObject.nullable().optional(),
  style: jsonObject.nullable().optional(),
};

const creation = z.strictObject({ name: text(150), ...definition });
const change = z.strictObject({ name: text(150).optional(), ...definition });

/** What may be added to a form: counts and links of flows, of which there are none. */
const hydrate = z.string().max(255).optional();

const stamps = { created_at: z.string(), updated_at: z.string() };
const summaryShape = z.strictObject({ id: z.string(), name: z.string(), ...stamps });
const formShape = z.strictObject({ ...definition, ...summaryShape.shape }).meta({ id: 'Form' });

const FORMS = listing('forms', summaryShape, { paging: 'page' });

function summarize(form: FormRecord): Record<string, unknown> {
  return { id: form.id, name: form.name, created_at: iso(form.createdAt), updated_at: iso(form.updatedAt) };
}

const show = (form: FormRecord): Record<string, unknown> => ({ ...form.definition, ...summarize(form) });

export const formRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/forms',
    scopes: ['read:forms'],
    summary: 'List forms',
    query: z.strictObject({ ...FORMS.query, hydrate }),
    answers: FORMS.answers,
    async handle({ deps, tenant, query }) {
      return FORMS.answer(query, {
        read: (page) => deps.store.forms.list(tenant.id, { page }),
        show: summarize,
      });
    },
  }),

  route({
    method: 'POST',
    path: '/forms',
    scopes: ['create:forms'],
    summary: 'Create a form',
    answers: { 201: formShape },
    body: creation,
    handle: create,
  }),

  route({
    method: 'GET',
    path: '/forms/:id',
    scopes: ['read:forms'],
    summary: 'Get a form',
    query: z.strictObject({ hydrate }),
    answers: { 200: formShape },
    async handle({ deps, tenant, param }) {
      const form = await deps.store.forms.find(tenant.id, param('id'));
      return form ? answer(show(form)) : NOT_FOUND.form;
    },
  }),

  route({
    method: 'PATCH',
    path: '/forms/:id',
    scopes: ['update:forms'],
    summary: 'Update a form',
    answers: { 200: formShape },
    body: change,
    handle: edit,
  }),

  route({
    method: 'DELETE',
    path: '/forms/:id',
    scopes: ['delete:forms'],
    summary: 'Delete a form',
    answers: { 204: NOTHING },
    async handle({ deps, tenant, param }) {
      return (await deps.store.forms.remove(tenant.id, param('id'))) ? empty() : NOT_FOUND.form;
    },
  }),
];

async function create({ deps, ports, tenant, body }: Incoming & { body: z.output<typeof creation> }): Promise<Answer> {
  const { name, ...given } = body;
  const made = toDefinition({ nodes: [] }, given);
  if (isTooLarge(made)) return TOO_LARGE;
  const now = ports.now();
  const form: FormRecord = {
    tenantId: tenant.id,
    id: `ap_${ports.random.letters(22)}`,
    name,
    definition: made,
    createdAt: now,
    updatedAt: now,
  };
  if ((await deps.store.forms.insert(form)) === 'conflict') throw new Error('a new form id is already taken');
  return created(show(form));
}

async function edit({ deps, tenant, param, body }: Incoming & { body: z.output<typeof change> }): Promise<Answer> {
  const { name, ...given } = body;
  let tooLarge = false;
  const updated = await deps.store.forms.update(tenant.id, param('id'), (current) => {
    const made = toDefinition(current.definition, given);
    tooLarge = isTooLarge(made);
    if (tooLarge) return current;
    return { ...current, name: name ?? current.name, definition: made, updatedAt: deps.clock.now() };
  });
  if (tooLarge) return TOO_LARGE;
  return typeof updated === 'string' ? NOT_FOUND.form : answer(show(updated));
}

/** Each part is replaced whole; null removes it. A form without nodes has an empty list of them. */
function toDefinition(current: JsonObject, given: { [key: string]: Json | undefined }): JsonObject {
  const merged = mergeSettings(current, given);
  return { ...merged, nodes: merged.nodes ?? [] };
}

const isTooLarge = (made: JsonObject): boolean => Buffer.byteLength(JSON.stringify(made)) > LIMIT_BYTES;
const TOO_LARGE = invalidBody(`The form is too large, maximum ${LIMIT_BYTES} bytes.`);
