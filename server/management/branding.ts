// Management: colours, logo and icon of a tenant's pages, and the same of an organization. A value that pages could not
// use is refused; the font is kept and given back, because our pages load nothing from elsewhere but pictures.
import { z } from 'zod';
import type { Json, JsonObject } from '#storage/records.ts';
import { answer, NOT_FOUND } from './answer.ts';
import { mergeSettings, wholeNumber } from './fields.ts';
import { type Route, route } from './route.ts';

/** `#rgb` or `#rrggbb`. */
const colour = z.string().superRefine((value, context) => {
  if (/^#([0-9a-f]{3}|[0-9a-f]{6})$/i.test(value)) return;
  context.addIssue({ code: 'invalid_format', format: 'html-color', input: value });
});

/** The address of a picture. */
export const webAddress = z
  .string()
  .max(2048)
  .superRefine((value, context) => {
    const { protocol } = URL.canParse(value) ? new URL(value) : { protocol: '' };
    if (protocol === 'https:' || protocol === 'http:') return;
    context.addIssue({ code: 'invalid_format', format: 'strict-uri', input: value });
  });

const gradient = z.strictObject({
  type: z.literal('linear-gradient'),
  start: colour,
  end: colour,
  angle_deg: wholeNumber(0, 360),
});

const change = z.strictObject({
  colors: z
    .strictObject({
      primary: colour.nullable().optional(),
      page_background: z.union([colour, gradient]).nullable().optional(),
    })
    .nullable()
    .optional(),
  favicon_url: webAddress.nullable().optional(),
  logo_url: webAddress.nullable().optional(),
  font: z.strictObject({ url: webAddress.nullable().optional() }).nullable().optional(),
});
type Change = z.output<typeof change>;

const brandingShape = z
  .strictObject({
    colors: z
      .strictObject({ primary: z.string().optional(), page_background: z.union([z.string(), gradient]).optional() })
      .optional(),
    favicon_url: z.string().optional(),
    logo_url: z.string().optional(),
    font: z.strictObject({ url: z.string() }).optional(),
  })
  .meta({ id: 'Branding' });

/** `branding` of an organization. */
export const organizationBranding = z
  .strictObject({
    logo_url: webAddress.optional(),
    colors: z.strictObject({ primary: colour.optional(), page_background: colour.optional() }).optional(),
  })
  .transform((given) => given as JsonObject);

export const brandingRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/branding',
    scopes: ['read:branding'],
    summary: 'Get the branding of pages',
    answers: { 200: brandingShape },
    async handle({ tenant }) {
      return answer(tenant.branding ?? {});
    },
  }),

  route({
    method: 'PATCH',
    path: '/branding',
    scopes: ['update:branding'],
    summary: 'Update the branding of pages',
    answers: { 200: brandingShape },
    body: change,
    async handle({ deps, tenant, body }) {
      const updated = await deps.store.tenants.update(tenant.id, (current) => ({
        ...current,
        branding: changed(current.branding ?? {}, body),
        updatedAt: deps.clock.now(),
      }));
      return typeof updated === 'string' ? NOT_FOUND.page : answer(updated.branding ?? {});
    },
  }),
];

/** Colour by colour; null removes one, and what is empty then. */
function changed(current: JsonObject, { colors, font, ...rest }: Change): JsonObject {
  return mergeSettings(current, {
    ...rest,
    colors: group(current.colors, colors),
    font: group(current.font, font),
  });
}

type Given = { [key: string]: Json | undefined } | null | undefined;

function group(current: Json | undefined, given: Given): JsonObject | null | undefined {
  if (given === undefined || given === null) return given;
  const known = typeof current === 'object' && current !== null && !Array.isArray(current) ? current : {};
  const merged = mergeSettings(known, given);
  return Object.keys(merged).length === 0 ? null : merged;
}
