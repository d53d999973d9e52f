// Management: settings of the hosted pages as a whole. Our pages are of one kind, and ask for name and password together:
// what is set here is kept and given back.
import { z } from 'zod';
import type { JsonObject, PageRecord } from '#storage/records.ts';
import { answer } from './answer.ts';
import { mergeSettings } from './fields.ts';
import { keepPage } from './kept-page.ts';
import { type Route, route } from './route.ts';

const DEFAULTS: JsonObject = {
  universal_login_experience: 'new',
  identifier_first: false,
  webauthn_platform_first_factor: false,
};

const KEY = 'prompt settings';

const change = z.strictObject({
  universal_login_experience: z.enum(['new', 'classic']).optional(),
  identifier_first: z.boolean().nullish(),
  webauthn_platform_first_factor: z.boolean().nullish(),
});

const settingsShape = z
  .strictObject({
    universal_login_experience: z.enum(['new', 'classic']),
    identifier_first: z.boolean().optional(),
    webauthn_platform_first_factor: z.boolean().optional(),
  })
  .meta({ id: 'PromptSettings' });

const shown = (record: PageRecord | undefined): JsonObject => ({ ...DEFAULTS, ...record?.document });

export const promptRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/prompts',
    scopes: ['read:prompts'],
    summary: 'Get the settings of pages',
    answers: { 200: settingsShape },
    handle: async ({ deps, tenant }) => answer(shown(await deps.store.pages.findByKey(tenant.id, KEY))),
  }),

  route({
    method: 'PATCH',
    path: '/prompts',
    scopes: ['update:prompts'],
    summary: 'Update the settings of pages',
    answers: { 200: settingsShape },
    body: change,
    async handle({ ports, tenant, body }) {
      const page = { tenantId: tenant.id, kind: 'prompt', name: 'settings' } as const;
      return answer(shown(await keepPage(ports, page, (current) => mergeSettings(current, body))));
    },
  }),
];
