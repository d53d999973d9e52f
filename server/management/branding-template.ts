// Management: a tenant's page template. It is tried before it is kept, so that its author hears of a mistake, and not
// somebody who wants to log in.
import { z } from 'zod';
import type { PageRecord } from '#storage/records.ts';
import { TEMPLATE_KEY } from '../hosted/look.ts';
import { compile, render, TemplateFault } from '../hosted/page-template.ts';
import { SAMPLE_SCOPE } from '../hosted/template-scope.ts';
import { type Answer, answer, created, empty, NOT_FOUND } from './answer.ts';
import { type Incoming, NOTHING, type Route, route } from './route.ts';
import { invalid } from './validation.ts';

const PATH = '/branding/templates/universal-login';

/** The vendor's clients send either. */
const body = z.union([z.string(), z.strictObject({ template: z.string() })]);

export const brandingTemplateRoutes: Route[] = [
  route({
    method: 'GET',
    path: PATH,
    scopes: ['read:branding'],
    summary: 'Get the page template',
    answers: { 200: z.strictObject({ body: z.string() }) },
    async handle({ deps, tenant }) {
      const record = await deps.store.pages.findByKey(tenant.id, TEMPLATE_KEY);
      return record ? answer({ body: record.document.body }) : NOT_FOUND.pageTemplate;
    },
  }),

  route({
    method: 'PUT',
    path: PATH,
    scopes: ['update:branding'],
    summary: 'Set the page template',
    undo: { body: ({ body }) => ({ template: body ?? '' }) },
    answers: { 201: NOTHING, 204: NOTHING },
    body,
    handle: ({ body: given, ...incoming }) => keep(incoming, typeof given === 'string' ? given : given.template),
  }),

  route({
    method: 'DELETE',
    path: PATH,
    scopes: ['delete:branding'],
    summary: 'Remove the page template',
    answers: { 204: NOTHING },
    async handle({ deps, tenant }) {
      const record = await deps.store.pages.findByKey(tenant.id, TEMPLATE_KEY);
      if (record) await deps.store.pages.remove(tenant.id, record.id);
      return empty();
    },
  }),
];

async function keep(
  { deps, ports, tenant }: Pick<Incoming, 'deps' | 'ports' | 'tenant'>,
  source: string,
): Promise<Answer> {
  const problem = problemOf(source);
  if (problem !== undefined) return invalid('payload', problem, 'template');
  const now = ports.now();
  const record: PageRecord = {
    tenantId: tenant.id,
    id: `tpl_${ports.random.letters(16)}`,
    kind: 'template',
    name: 'universal-login',
    document: { body: source },
    createdAt: now,
    updatedAt: now,
  };
  const { pages } = deps.store;
  if ((await pages.insert(record)) === 'inserted') return created({});
  const present = await pages.findByKey(tenant.id, TEMPLATE_KEY);
  const replaced =
    present &&
    (await pages.update(tenant.id, present.id, (current) => ({
      ...current,
      document: record.document,
      // It tells versions apart: two within one millisecond are two.
      updatedAt: Math.max(now, current.updatedAt + 1),
    })));
  // Somebody removed it in between: theirs was the last word.
  return replaced === undefined || typeof replaced === 'string' ? NOT_FOUND.pageTemplate : empty();
}

/** What is wrong with a template, tried on a page that has everything and on one that has next to nothing. */
function problemOf(source: string): string | undefined {
  try {
    const compiled = compile(source);
    for (const scope of [SAMPLE_SCOPE, { locale: 'en' }]) {
      render(compiled, scope, { head: '', widget: '' }, { language: 'en', direction: 'ltr' });
    }
    return undefined;
  } catch (fault) {
    if (fault instanceof TemplateFault) return fault.message;
    throw fault;
  }
}
