// Management: `universal_login` of a tenant's settings, an older name of the wire for the colours of its pages: they are those
// of its branding, whichever name they were set by.
import { z } from 'zod';
import type { JsonObject, PageRecord, TenantRecord } from '#storage/records.ts';
import type { Deps } from '../deps.ts';
import { mergeSettings } from './fields.ts';

const colour = z.string().regex(/^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/);

export const paletteChange = z.strictObject({
  colors: z
    .strictObject({ primary: colour.nullable().optional(), page_background: colour.nullable().optional() })
    .nullable()
    .optional(),
});
type Given = z.output<typeof paletteChange> | null | undefined;

export const paletteShape = z.strictObject({
  colors: z.strictObject({ primary: z.string().optional(), page_background: z.unknown().optional() }).optional(),
  is_custom_theme_set: z.boolean().optional(),
  is_custom_template_set: z.boolean().optional(),
});

export function paletteOf({ branding }: TenantRecord): JsonObject {
  const { colors } = branding ?? {};
  return colors === undefined ? {} : { colors };
}

/** Whether pages have a theme and a template of the tenant's own; said only in answer to a change, as on the wire. */
export async function customParts({ store }: Pick<Deps, 'store'>, { id }: TenantRecord): Promise<JsonObject> {
  const has = async (kind: PageRecord['kind']) =>
    (await store.pages.list(id, { parent: kind, page: { offset: 0, limit: 1 } })).total > 0;
  return { is_custom_theme_set: await has('theme'), is_custom_template_set: await has('template') };
}

/** Colour by colour; null takes one away, or all. */
export function withPalette(tenant: TenantRecord, given: Given): TenantRecord {
  if (given === undefined || (given !== null && given.colors === undefined)) return tenant;
  const branding = tenant.branding ?? {};
  const { colors: current } = branding;
  const known = typeof current === 'object' && current !== null && !Array.isArray(current) ? current : {};
  const colors = given?.colors ? mergeSettings(known, given.colors) : {};
  return { ...tenant, branding: mergeSettings(branding, { colors: Object.keys(colors).length === 0 ? null : colors }) };
}
