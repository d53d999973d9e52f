// Management: how a screen is to be rendered. Our pages are rendered here, whatever is said: a screen that is to be drawn by
// scripts of the tenant's own (`advanced`) is kept as one, and shown as the others. Shapes: recordings, and the vendor's clients.
import { z } from 'zod';
import type { JsonObject, PageRecord, TenantRecord } from '#storage/records.ts';
import { PROMPT_NAMES, SCREEN_NAMES } from '../hosted/texts/wire-names.ts';
import { answer, type Refusal } from './answer.ts';
import { jsonObject, mergeSettings, text } from './fields.ts';
import { keepPage } from './kept-page.ts';
import { listing } from './listing.ts';
import { slice } from './paging.ts';
import { type Incoming, type Route, route } from './route.ts';
import { parse } from './validation.ts';

const KIND = 'rendering';
const BULK = '/prompts/rendering';
const PATH = '/prompts/:prompt/screen/:screen/rendering';

const place = { prompt: z.enum(PROMPT_NAMES), screen: z.enum(SCREEN_NAMES) };
const mode = z.enum(['standard', 'advanced']);

const entity = z.union([z.strictObject({ id: text(255) }), z.strictObject({ metadata: jsonObject })]);
const entities = z.array(entity).max(100).optional();
const headTag = z.looseObject({
  tag: text(64).optional(),
  attributes: jsonObject.optional(),
  content: z.string().max(10_000).optional(),
});
const settings = {
  rendering_mode: mode.optional(),
  /** Names of what the page's own scripts would be given. */
  context_configuration: z.array(text(255)).max(200).nullish(),
  default_head_tags_disabled: z.boolean().nullish(),
  use_page_template: z.boolean().nullish(),
  head_tags: z.array(headTag).max(100).nullish(),
  filters: z
    .strictObject({
      match_type: z.enum(['includes_any', 'excludes_any']).optional(),
      clients: entities,
      organizations: entities,
      domains: entities,
    })
    .nullish(),
};
const change = z.strictObject(settings);
const bulk = z.strictObject({ configs: z.array(z.strictObject({ ...place, ...settings })).max(100) });

const renderingShape = z
  .strictObject({ tenant: z.string(), ...settings, prompt: z.string(), screen: z.string(), rendering_mode: mode })
  .meta({ id: 'ScreenRendering' });

const RENDERINGS = listing('configs', renderingShape, { paging: 'page', fields: true });

const DEFAULTS: JsonObject = {
  rendering_mode: 'standard',
  context_configuration: [],
  default_head_tags_disabled: false,
  head_tags: [],
};

export const promptRenderingRoutes: Route[] = [
  route({
    method: 'GET',
    path: BULK,
    scopes: ['read:prompts'],
    summary: 'List the screens whose rendering was set',
    query: z.strictObject({
      ...RENDERINGS.query,
      prompt: place.prompt.optional(),
      screen: place.screen.optional(),
      rendering_mode: mode.optional(),
    }),
    answers: RENDERINGS.answers,
    async handle({ deps, tenant, query }) {
      const { records } = await deps.store.pages.list(tenant.id, { parent: KIND });
      const asked = (['prompt', 'screen', 'rendering_mode'] as const).filter((name) => query[name] !== undefined);
      const shown = records
        .map((page) => show(tenant, placeIn(page), page))
        .filter((each) => asked.every((name) => each[name] === query[name]));
      return RENDERINGS.answer(query, { read: async (page) => slice(shown, page), show: (each) => each });
    },
  }),

  route({
    method: 'PATCH',
    path: BULK,
    scopes: ['update:prompts'],
    summary: 'Set how several screens are rendered',
    answers: { 200: bulk },
    body: bulk,
    async handle(call) {
      for (const { prompt, screen, ...given } of call.body.configs) await keep(call, { prompt, screen }, given);
      return answer(call.body);
    },
  }),

  route({
    method: 'GET',
    path: PATH,
    scopes: ['read:prompts'],
    summary: 'Get how a screen is rendered',
    answers: { 200: renderingShape },
    async handle(call) {
      const at = placeOf(call);
      if (!at.ok) return at.refusal;
      const { deps, tenant } = call;
      return answer(show(tenant, at.place, await deps.store.pages.findByKey(tenant.id, `${KIND} ${nameOf(at.place)}`)));
    },
  }),

  route({
    method: 'PATCH',
    path: PATH,
    scopes: ['update:prompts'],
    summary: 'Set how a screen is rendered',
    // What was given, not what holds now: so the wire has it.
    answers: { 200: change },
    body: change,
    async handle(call) {
      const at = placeOf(call);
      if (!at.ok) return at.refusal;
      await keep(call, at.place, call.body);
      return answer(call.body);
    },
  }),
];

type Place = { prompt: string; screen: string };

function placeOf({ param }: Incoming): { ok: true; place: Place } | { ok: false; refusal: Refusal } {
  const read = parse('path', z.object(place), { prompt: param('prompt'), screen: param('screen') });
  return read.ok ? { ok: true, place: read.value } : read;
}

const nameOf = ({ prompt, screen }: Place): string => `${prompt} ${screen}`;

function placeIn({ name }: PageRecord): Place {
  const [prompt = '', screen = ''] = name.split(' ');
  return { prompt, screen };
}

/** Setting by setting; null takes one back. */
async function keep(
  { ports, tenant }: Pick<Incoming, 'ports' | 'tenant'>,
  at: Place,
  given: z.output<typeof change>,
): Promise<void> {
  const page = { tenantId: tenant.id, kind: KIND, name: nameOf(at) } as const;
  // It came as JSON, and its schema has left it as it was.
  await keepPage(ports, page, (current) => mergeSettings(current, given as JsonObject));
}

function show(tenant: TenantRecord, at: Place, page: PageRecord | undefined): JsonObject {
  return { tenant: tenant.name, ...at, ...DEFAULTS, ...page?.document };
}
