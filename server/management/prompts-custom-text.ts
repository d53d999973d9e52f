// Management: what a tenant's pages say instead of our own texts, by prompt and language. Plain text: pages escape it like
// any other. Screens and keys that no page of ours asks for are kept and given back.
import { z } from 'zod';
import { LANGUAGE_TAGS, PROMPT_NAMES } from '../hosted/texts/wire-names.ts';
import { answer, type Refusal } from './answer.ts';
import { keepPage } from './kept-page.ts';
import { type Incoming, type Route, route } from './route.ts';
import { parse } from './validation.ts';

const PATH = '/prompts/:prompt/custom-text/:language';

/** A page of terms is the longest. */
const TEXT_LENGTH = 5000;
const name = (pattern: RegExp) => z.string().max(100).regex(pattern);
const few = (most: number) => (record: Record<string, unknown>) => Object.keys(record).length <= most;

const texts = z
  .record(
    name(/^[a-z][a-z0-9-]*$/),
    z.record(name(/^[A-Za-z][A-Za-z0-9_.:-]*$/), z.string().max(TEXT_LENGTH)).refine(few(500), 'More than 500 texts'),
  )
  .refine(few(100), 'More than 100 screens');

const path = z.object({
  prompt: z.enum(PROMPT_NAMES),
  language: z.enum(LANGUAGE_TAGS),
});

export const customTextRoutes: Route[] = [
  route({
    method: 'GET',
    path: PATH,
    scopes: ['read:prompts'],
    summary: 'Get the texts of a prompt in a language',
    answers: { 200: texts },
    async handle(call) {
      const at = placeOf(call);
      if (!at.ok) return at.refusal;
      const { deps, tenant } = call;
      const page = await deps.store.pages.findByKey(tenant.id, `custom-text ${at.name}`);
      return answer(page?.document ?? {});
    },
  }),

  route({
    method: 'PUT',
    path: PATH,
    scopes: ['update:prompts'],
    summary: 'Replace the texts of a prompt in a language',
    answers: { 200: texts },
    body: texts,
    async handle(call) {
      const at = placeOf(call);
      if (!at.ok) return at.refusal;
      const { ports, tenant, body } = call;
      const page = { tenantId: tenant.id, kind: 'custom-text', name: at.name } as const;
      return answer((await keepPage(ports, page, () => body)).document);
    },
  }),
];

function placeOf({ param }: Incoming): { ok: true; name: string } | { ok: false; refusal: Refusal } {
  const read = parse('path', path, { prompt: param('prompt'), language: param('language') });
  if (!read.ok) return read;
  const { prompt, language } = read.value;
  return { ok: true, name: `${prompt} ${language}` };
}
