// Management: pieces of a tenant's own that stand on the pages of a prompt, by screen and place. What cannot be shown is
// refused when it is written, so that its author hears of it, and not somebody who wants to log in.
import { z } from 'zod';
import { PARTIAL_PLACES, PARTIAL_PROMPTS, PartialFault, tryPartial } from '../hosted/partials.ts';
import { answer, type Refusal } from './answer.ts';
import { keepPage } from './kept-page.ts';
import { type Incoming, type Route, route } from './route.ts';
import { invalid, parse } from './validation.ts';

const PATH = '/prompts/:prompt/partials';
/** Characters of one piece. */
const LENGTH = 10_000;

const pieces = z.partialRecord(z.enum(PARTIAL_PLACES), z.string().max(LENGTH));
const partials = z
  .record(
    z
      .string()
      .max(100)
      .regex(/^[a-z][a-z0-9-]*$/),
    pieces.nullable(),
  )
  .refine((screens) => Object.keys(screens).length <= 20, 'More than 20 screens');
type Partials = z.output<typeof partials>;

const place = z.object({ prompt: z.enum(PARTIAL_PROMPTS) });

export const promptPartialRoutes: Route[] = [
  route({
    method: 'GET',
    path: PATH,
    scopes: ['read:prompts'],
    summary: 'Get the partials of a prompt',
    answers: { 200: partials },
    async handle(call) {
      const at = promptIn(call);
      if (!at.ok) return at.refusal;
      const page = await call.deps.store.pages.findByKey(call.tenant.id, `partials ${at.prompt}`);
      return answer(page?.document ?? {});
    },
  }),

  route({
    method: 'PUT',
    path: PATH,
    scopes: ['update:prompts'],
    summary: 'Replace the partials of a prompt',
    answers: { 200: partials },
    body: partials,
    async handle(call) {
      const at = promptIn(call);
      if (!at.ok) return at.refusal;
      const { ports, tenant, body } = call;
      const flaw = flawIn(body);
      if (flaw) return flaw;
      const kept = Object.fromEntries(Object.entries(body).flatMap(([name, given]) => (given ? [[name, given]] : [])));
      const page = { tenantId: tenant.id, kind: 'partials', name: at.prompt } as const;
      return answer((await keepPage(ports, page, () => kept)).document);
    },
  }),
];

function promptIn({ param }: Incoming): { ok: true; prompt: string } | { ok: false; refusal: Refusal } {
  const read = parse('path', place, { prompt: param('prompt') });
  return read.ok ? { ok: true, prompt: read.value.prompt } : read;
}

function flawIn(body: Partials): Refusal | undefined {
  for (const [screen, given] of Object.entries(body)) {
    for (const [at, source] of Object.entries(given ?? {})) {
      try {
        tryPartial(source);
      } catch (fault) {
        if (fault instanceof PartialFault) return invalid('payload', fault.message, `${screen}.${at}`);
        throw fault;
      }
    }
  }
  return undefined;
}
