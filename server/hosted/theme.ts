// Server, hosted pages: what a tenant and an organization chose about the looks of their pages, read from what is stored.
// Choices that cannot be read are none: the pages then look as without them. What other choices a theme document may hold
// is kept by management and has no effect here (docs/compatibility.md).
import type { Json, JsonObject } from '#storage/records.ts';
import { type Colour, parseColour } from './theme-colours.ts';

/** One colour, or two and the way between them. */
export type Ground = { from: Colour; to: Colour; degrees: number };

/** Whether something stands where a line of text begins, in the middle, or where it ends. */
export type Place = 'start' | 'center' | 'end';

export type Choices = {
  page?: Ground;
  /** The fill of buttons, and the text on it. */
  button?: Colour;
  label?: Colour;
  links?: Colour;
  card?: Colour;
  /** `false`: there is no line. */
  edge?: Colour | false;
  ink?: Colour;
  heading?: Colour;
  icons?: Colour;
  field?: Colour;
  fieldInk?: Colour;
  fieldLine?: Colour;
  fieldLabel?: Colour;
  plainLine?: Colour;
  plainInk?: Colour;
  error?: Colour;
  good?: Colour;
  shadow?: false;
  /** Pixels; `pill`: as round as it is high. */
  buttonRadius?: number | 'pill';
  fieldRadius?: number | 'pill';
  cardRadius?: number;
  logoPlace?: Place;
  logoHeight?: number;
  headPlace?: Place;
  cardPlace?: Place;
};

/** What three documents say, under their wire names. */
export type Documents = {
  /** `TenantRecord.branding` */
  branding: JsonObject;
  theme: JsonObject;
  /** `branding` of the organization that the login is for. */
  organization: JsonObject;
};

/** An organization's choice comes before the theme's, and the theme's before that of the tenant's branding. */
export function choicesIn({ branding, theme, organization }: Documents): Choices {
  const own = part(organization, 'colors');
  const colours = part(theme, 'colors');
  const plain = part(branding, 'colors');
  const colour = (key: string) => parseColour(colours[key]);
  const primary = parseColour(own.primary);
  return without({
    page:
      ground(own.page_background) ??
      ground(part(theme, 'page_background').background_color) ??
      ground(plain.page_background),
    button: primary ?? colour('primary_button') ?? parseColour(plain.primary),
    // Somebody else's label on an organization's button would be an accident.
    label: primary ? undefined : colour('primary_button_label'),
    links: primary ?? colour('links_focused_components') ?? parseColour(plain.primary),
    card: colour('widget_background'),
    edge: part(theme, 'borders').widget_border_weight === 0 ? false : colour('widget_border'),
    ink: colour('body_text'),
    heading: colour('header'),
    icons: colour('icons'),
    field: colour('input_background'),
    fieldInk: colour('input_filled_text'),
    fieldLine: colour('input_border'),
    fieldLabel: colour('input_labels_placeholders'),
    plainLine: colour('secondary_button_border'),
    plainInk: colour('secondary_button_label'),
    error: colour('error'),
    good: colour('success'),
    ...shapes(part(theme, 'borders')),
    ...places(part(theme, 'widget'), part(theme, 'page_background')),
  });
}

function shapes(borders: JsonObject): { [Key in keyof Choices]?: Choices[Key] | undefined } {
  const rounded = (style: Json | undefined, radius: Json | undefined) => {
    if (style === 'pill') return 'pill';
    return style === 'sharp' ? 0 : number(radius, 50);
  };
  return {
    shadow: borders.show_widget_shadow === false ? false : undefined,
    buttonRadius: rounded(borders.buttons_style, borders.button_border_radius),
    fieldRadius: rounded(borders.inputs_style, borders.input_border_radius),
    cardRadius: number(borders.widget_corner_radius, 50),
  };
}

function places(widget: JsonObject, page: JsonObject): { [Key in keyof Choices]?: Choices[Key] | undefined } {
  return {
    logoPlace: place(widget.logo_position),
    logoHeight: number(widget.logo_height, 100),
    headPlace: place(widget.header_text_alignment),
    cardPlace: place(page.page_layout),
  };
}

/** The names on the wire are of sides; ours turn round with the language. */
const PLACES: ReadonlyMap<Json | undefined, Place> = new Map([
  ['left', 'start'],
  ['center', 'center'],
  ['right', 'end'],
]);
const place = (value: Json | undefined): Place | undefined => PLACES.get(value);

function number(value: Json | undefined, most: number): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= most ? value : undefined;
}

function ground(value: Json | undefined): Ground | undefined {
  const plain = parseColour(value);
  if (plain) return { from: plain, to: plain, degrees: 0 };
  const { start, end, angle_deg: degrees } = objectIn(value);
  const [from, to] = [parseColour(start), parseColour(end)];
  return from && to ? { from, to, degrees: number(degrees, 360) ?? 0 } : undefined;
}

/** An object within a document; empty where there is none. */
export const part = (document: JsonObject, key: string): JsonObject => objectIn(document[key]);

function objectIn(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

/** What was chosen. */
function without<T extends object>(all: { [Key in keyof T]: T[Key] | undefined }): T {
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as T;
}
