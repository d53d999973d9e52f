// Management: the theme document of a tenant's pages, one at most. What pages make of it is said in hosted/theme.ts; what
// they make nothing of is kept and given back. Shape: the vendor's client libraries and recordings.
import { z } from 'zod';
import type { JsonObject, PageRecord } from '#storage/records.ts';
import { THEME_KEY } from '../hosted/look.ts';
import { type Answer, answer, empty, NOT_FOUND, refuse } from './answer.ts';
import { webAddress } from './branding.ts';
import { type Incoming, NOTHING, type Route, route } from './route.ts';

const TAKEN = refuse(
  409,
  'There was an error creating branding settings: a theme already exists',
  'theme_already_exists',
);
const GONE = refuse(404, 'There was an error deleting branding settings: invalid theme ID', 'theme_not_found');

/** `#rgb`, `#rrggbb`, and either with a digit or two for how opaque it is. */
const colour = z.string().regex(/^#(([0-9a-fA-F]{3}){1,2}|([0-9a-fA-F]{4}){1,2})$/);
const size = (minimum: number, maximum: number) => z.number().min(minimum).max(maximum);
const style = z.enum(['pill', 'rounded', 'sharp']);
const font = z.strictObject({ bold: z.boolean(), size: size(0, 150) });
/** An empty text stands for none. */
const address = z.union([z.literal(''), webAddress]);

const sections = {
  borders: z.strictObject({
    button_border_radius: size(0, 10),
    button_border_weight: size(0, 10),
    buttons_style: style,
    input_border_radius: size(0, 10),
    input_border_weight: size(0, 3),
    inputs_style: style,
    show_widget_shadow: z.boolean(),
    widget_border_weight: size(0, 10),
    widget_corner_radius: size(0, 50),
  }),
  colors: z.strictObject({
    base_focus_color: colour.optional(),
    base_hover_color: colour.optional(),
    body_text: colour,
    captcha_widget_theme: z.enum(['auto', 'dark', 'light']).optional(),
    error: colour,
    header: colour,
    icons: colour,
    input_background: colour,
    input_border: colour,
    input_filled_text: colour,
    input_labels_placeholders: colour,
    links_focused_components: colour,
    primary_button: colour,
    primary_button_label: colour,
    read_only_background: colour.optional(),
    secondary_button_border: colour,
    secondary_button_label: colour,
    success: colour,
    widget_background: colour,
    widget_border: colour,
  }),
  fonts: z.strictObject({
    body_text: font,
    buttons_text: font,
    font_url: address,
    input_labels: font,
    links: font,
    links_style: z.enum(['normal', 'underlined']),
    reference_text_size: size(12, 24),
    subtitle: font,
    title: font,
  }),
  page_background: z.strictObject({
    background_color: colour,
    background_image_url: address,
    page_layout: z.enum(['center', 'left', 'right']),
  }),
  widget: z.strictObject({
    header_text_alignment: z.enum(['center', 'left', 'right']),
    logo_height: size(1, 100),
    logo_position: z.enum(['center', 'left', 'none', 'right']),
    logo_url: address,
    social_buttons_layout: z.enum(['bottom', 'top']),
  }),
};

const free = {
  displayName: z.string().max(2048).optional(),
  identifiers: z
    .strictObject({
      login_display: z.enum(['separate', 'unified']),
      otp_autocomplete: z.boolean(),
      phone_display: z.strictObject({
        formatting: z.enum(['international', 'regional']),
        masking: z.enum(['hide_country_code', 'mask_digits', 'show_all']),
      }),
    })
    .optional(),
};

const creation = z.strictObject({ ...sections, ...free });
const change = z.strictObject({ ...sections, ...free }).partial();

const themeShape = creation.extend({ themeId: z.string() }).meta({ id: 'Theme' });

const show = (theme: PageRecord): Record<string, unknown> => ({ ...theme.document, themeId: theme.id });

export const brandingThemeRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/branding/themes',
    scopes: ['update:branding'],
    summary: 'Create the theme',
    answers: { 200: themeShape },
    body: creation,
    handle: create,
  }),

  route({
    method: 'GET',
    path: '/branding/themes/default',
    scopes: ['read:branding'],
    summary: 'Get the theme that is in use',
    answers: { 200: themeShape },
    async handle({ deps, tenant }) {
      const theme = await deps.store.pages.findByKey(tenant.id, THEME_KEY);
      return theme ? answer(show(theme)) : NOT_FOUND.theme;
    },
  }),

  route({
    method: 'GET',
    path: '/branding/themes/:id',
    scopes: ['read:branding'],
    summary: 'Get a theme',
    answers: { 200: themeShape },
    async handle(incoming) {
      const theme = await find(incoming);
      return theme ? answer(show(theme)) : NOT_FOUND.theme;
    },
  }),

  route({
    method: 'PATCH',
    path: '/branding/themes/:id',
    scopes: ['update:branding'],
    summary: 'Update a theme',
    answers: { 200: themeShape },
    body: change,
    async handle({ body, ...incoming }) {
      const { deps, tenant } = incoming;
      const theme = await find(incoming);
      if (!theme) return NOT_FOUND.theme;
      const updated = await deps.store.pages.update(tenant.id, theme.id, (current) => ({
        ...current,
        document: { ...current.document, ...document(body) },
        updatedAt: deps.clock.now(),
      }));
      return typeof updated === 'string' ? NOT_FOUND.theme : answer(show(updated));
    },
  }),

  route({
    method: 'DELETE',
    path: '/branding/themes/:id',
    scopes: ['delete:branding'],
    summary: 'Delete a theme',
    answers: { 204: NOTHING },
    async handle(incoming) {
      const theme = await find(incoming);
      return theme && (await incoming.deps.store.pages.remove(incoming.tenant.id, theme.id)) ? empty() : GONE;
    },
  }),
];

async function create({ deps, ports, tenant, body }: Incoming & { body: z.output<typeof creation> }): Promise<Answer> {
  const now = ports.now();
  const theme: PageRecord = {
    tenantId: tenant.id,
    id: ports.random.letters(32),
    kind: 'theme',
    name: 'default',
    document: document(body),
    createdAt: now,
    updatedAt: now,
  };
  return (await deps.store.pages.insert(theme)) === 'conflict' ? TAKEN : answer(show(theme));
}

/** Other documents of pages have ids too. */
async function find({ deps, tenant, param }: Pick<Incoming, 'deps' | 'tenant' | 'param'>) {
  const found = await deps.store.pages.find(tenant.id, param('id'));
  return found?.kind === 'theme' ? found : undefined;
}

/** Without the sections that were not given. */
function document(body: z.output<typeof change>): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([, section]) => section !== undefined)) as JsonObject;
}
