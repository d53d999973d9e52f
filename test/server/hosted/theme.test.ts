// Test: what a tenant's colours become: a stylesheet that holds nothing but values of properties, and can be read whatever
// was chosen.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { choicesIn } from '#server/hosted/theme.ts';
import { type Colour, colourText, contrast, inkOn, parseColour, readable } from '#server/hosted/theme-colours.ts';
import { BASES, sheetText } from '#server/hosted/theme-sheet.ts';
import type { JsonObject } from '#storage/records.ts';

const sheet = (documents: { branding?: JsonObject; theme?: JsonObject; organization?: JsonObject }): string =>
  sheetText(choicesIn({ branding: {}, theme: {}, organization: {}, ...documents }));

/** The properties of a stylesheet in each scheme. */
function properties(css: string): Record<'light' | 'dark', Map<string, string>> {
  const [, both = '', light = '', dark = ''] =
    /^(.*?)(?:@media \(prefers-color-scheme:light\)\{(.*?\})\})?(?:@media \(prefers-color-scheme:dark\)\{(.*?\})\})?$/.exec(
      css,
    ) ?? [];
  const read = (text: string) =>
    [...text.matchAll(/(--[a-z-]+):([^;}]+)/g)].map(([, name = '', value = '']) => [name, value] as const);
  return { light: new Map([...read(both), ...read(light)]), dark: new Map([...read(both), ...read(dark)]) };
}

const hex = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255)).map((parts) => colourText(parts as unknown as Colour));

/** Every colour of a theme document, whatever it is. */
const anyTheme = fc
  .record(
    Object.fromEntries(
      [
        'body_text error header icons input_background input_border input_filled_text input_labels_placeholders',
        'links_focused_components primary_button primary_button_label secondary_button_border secondary_button_label',
        'success widget_background widget_border',
      ]
        .flatMap((line) => line.split(' '))
        .map((name) => [name, hex]),
    ),
  )
  .map((colors) => ({ colors, page_background: { background_color: colors.header ?? '#fff' } }));

/** What stands on what, and how much contrast it needs (WCAG 2.2, 1.4.3 and 1.4.11). */
const PAIRS: [over: string, under: string, ratio: number][] = [
  ['--ink', '--card', 4.5],
  ['--ink', '--tint', 4.5],
  ['--quiet', '--card', 4.5],
  ['--quiet', '--tint', 4.5],
  ['--accent', '--card', 4.5],
  ['--accent', '--tint', 4.5],
  ['--heading', '--card', 4.5],
  ['--label', '--card', 4.5],
  ['--plain-ink', '--card', 4.5],
  ['--field-ink', '--field', 4.5],
  ['--error', '--card', 4.5],
  ['--error', '--error-tint', 4.5],
  ['--good', '--good-tint', 4.5],
  ['--on-button', '--button', 4.5],
  ['--on-button', '--button-strong', 4.5],
  ['--field-line', '--card', 3],
  ['--icon', '--card', 3],
  ['--icon', '--tint', 3],
];

describe('contrast', () => {
  const style = readFileSync(new URL('../../../server/hosted/style.css', import.meta.url), 'utf8');
  const [ownLight = '', ownDark = ''] = style.split('prefers-color-scheme: dark');
  const own = (text: string) =>
    new Map(
      [...text.matchAll(/(--[a-z-]+): (#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [name, value] as const),
    );
  const bases = { light: own(ownLight), dark: own(ownDark) };

  /** Pairs of a page that are hard to read: what the theme does not say, style.css says. */
  function hardToRead(css: string): string[] {
    const chosen = properties(css);
    return (['light', 'dark'] as const).flatMap((scheme) => {
      const isDarkAlways = chosen.light.get('--scheme') === 'dark';
      const value = (name: string) => chosen[scheme].get(name) ?? bases[isDarkAlways ? 'dark' : scheme].get(name);
      return PAIRS.flatMap(([over, under, ratio]) => {
        const [front, back] = [parseColour(value(over)), parseColour(value(under))];
        if (!front || !back) return [];
        return contrast(front, back) >= ratio ? [] : [`${scheme}: ${over} ${value(over)} on ${under} ${value(under)}`];
      });
    });
  }

  test('our own colours can be read, and are those that themes are measured against', () => {
    expect(hardToRead('')).toEqual([]);
    for (const scheme of ['light', 'dark'] as const) {
      for (const [name, colour] of Object.entries(BASES[scheme])) {
        expect([scheme, name, bases[scheme].get(`--${name}`)]).toEqual([scheme, name, colourText(colour)]);
      }
    }
  });

  test('any theme can be read', () => {
    fc.assert(
      fc.property(anyTheme, (theme) => {
        expect(hardToRead(sheet({ theme }))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test('any primary colour can be read, of a tenant and of an organization', () => {
    fc.assert(
      fc.property(hex, hex, (one, other) => {
        expect(hardToRead(sheet({ branding: { colors: { primary: one } } }))).toEqual([]);
        expect(hardToRead(sheet({ organization: { colors: { primary: one, page_background: other } } }))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ['#ffdd00', '#000000'],
    ['#000080', '#ffffff'],
    ['#777777', '#000000'],
  ])('text on a button of %s is %s', (primary, text) => {
    const { light } = properties(sheet({ branding: { colors: { primary } } }));
    expect(light.get('--button')).toBe(primary);
    expect(light.get('--on-button')).toBe(text);
  });

  test('what a template puts beside the card can be read', () => {
    const onPage = (page_background: string) => {
      const { light, dark } = properties(sheet({ branding: { colors: { page_background } } }));
      return [light.get('--on-page'), dark.get('--on-page')];
    };
    const [{ ink: darkInk }, { ink: lightInk }] = [BASES.light, BASES.dark];
    expect(onPage('#ffeedd')).toEqual([colourText(darkInk), colourText(lightInk)]);
    expect(contrast(parseColour(onPage('#0b3d91')[0]) ?? [0, 0, 0], [11, 61, 145])).toBeGreaterThanOrEqual(4.5);
  });

  test('a label that can be read stays, another one is replaced', () => {
    const label = (primary_button_label: string) =>
      properties(sheet({ theme: { colors: { primary_button: '#203080', primary_button_label } } })).light.get(
        '--on-button',
      );
    expect([label('#ffeecc'), label('#304090')]).toEqual(['#ffeecc', '#ffffff']);
  });

  test('in the dark: the page is dark, a button stands out from the card, a dark card stays as it is', () => {
    const { dark } = properties(
      sheet({
        branding: {
          colors: { primary: '#101020', page_background: { start: '#ffffff', end: '#ffe0e0', angle_deg: 35 } },
        },
      }),
    );
    const ends = [...(dark.get('--page') ?? '').matchAll(/#[0-9a-f]{6}/g)].map(([text]) => parseColour(text));
    expect(ends).toHaveLength(2);
    for (const end of ends) expect(contrast(end ?? [255, 255, 255], [0, 0, 0])).toBeLessThan(1.4);
    expect(contrast(parseColour(dark.get('--button')) ?? [0, 0, 0], BASES.dark.card)).toBeGreaterThanOrEqual(3);
    const always = sheet({ theme: { colors: { widget_background: '#101418' } } });
    expect(always).toContain('--scheme:dark');
    expect(always).not.toContain('@media');
  });

  test('black or white can be read on anything', () => {
    fc.assert(
      fc.property(hex, (text) => {
        const ground = parseColour(text) ?? [0, 0, 0];
        expect(contrast(inkOn(ground), ground)).toBeGreaterThanOrEqual(4.5);
        expect(contrast(readable(ground, [ground], 4.5), ground)).toBeGreaterThanOrEqual(4.5);
      }),
    );
  });
});

describe('what gets into the stylesheet', () => {
  /** All that a stylesheet of ours may consist of. */
  const VALUE = String.raw`(#[0-9a-f]{6}|linear-gradient\(\d+deg,#[0-9a-f]{6},#[0-9a-f]{6}\)|[\d.]+rem|start|end|center|flex-start|flex-end|dark|none|transparent|auto|0 auto|auto 0)`;
  const BLOCK = String.raw`:root\{--[a-z-]+:${VALUE}(;--[a-z-]+:${VALUE})*\}`;
  const inScheme = (name: string) => String.raw`(@media \(prefers-color-scheme:${name}\)\{${BLOCK}\})?`;
  const PURE = new RegExp(`^(${BLOCK})?${inScheme('light')}${inScheme('dark')}$`);

  test.each([
    'red;} body{display:none} a{',
    '#fff;background:url(https://evil.example)',
    '#fff}*{color:red',
    '#ffffff/*',
    'url(https://evil.example/)',
    'var(--card)',
    'expression(alert(1))',
    '</style><script>alert(1)</script>',
    '#ff',
    '#fffffff',
    '#ggg',
    '＃ffffff',
    '#fff\n',
    42,
    null,
    ['#ffffff'],
    { type: 'linear-gradient', start: '#fff;}', end: '#000', angle_deg: 10 },
    { type: 'linear-gradient', start: '#fff', end: '#000', angle_deg: '1deg,red)' },
  ])('nothing of %j', (value) => {
    const everywhere = {
      branding: { colors: { primary: value, page_background: value } },
      theme: {
        colors: {
          primary_button: value,
          widget_background: value,
          body_text: value,
          error: value,
          widget_border: value,
        },
        borders: { button_border_radius: value, buttons_style: value, widget_corner_radius: value },
        page_background: { background_color: value, page_layout: value },
        widget: { logo_height: value, logo_position: value, header_text_alignment: value },
      },
      organization: { colors: { primary: value, page_background: value } },
    } as { branding: JsonObject; theme: JsonObject; organization: JsonObject };
    expect(sheet(everywhere)).toMatch(PURE);
    expect(sheet(everywhere)).not.toMatch(/evil|script|\bred\b|--card\)/);
  });

  test('any JSON gives a stylesheet of values, or none', () => {
    const json = fc.jsonValue({ maxDepth: 3 }).map((value) => value as JsonObject);
    fc.assert(
      fc.property(fc.record({ colors: json, borders: json, widget: json, page_background: json }), (theme) => {
        expect(sheet({ theme, branding: theme, organization: theme })).toMatch(PURE);
      }),
      { numRuns: 200 },
    );
    expect(sheet({})).toBe('');
  });

  test('shapes and places', () => {
    const css = sheet({
      theme: {
        borders: {
          button_border_radius: 4,
          buttons_style: 'pill',
          input_border_radius: 8,
          inputs_style: 'rounded',
          show_widget_shadow: false,
          widget_border_weight: 0,
          widget_corner_radius: 20,
        },
        page_background: { page_layout: 'left' },
        widget: { header_text_alignment: 'right', logo_position: 'left', logo_height: 40 },
      },
    });
    expect(Object.fromEntries(properties(css).light)).toEqual({
      '--radius': '1rem',
      '--button-radius': '100rem',
      '--field-radius': '0.5rem',
      '--card-radius': '1.25rem',
      '--logo-height': '2.5rem',
      '--logo-place': 'flex-start',
      '--head': 'end',
      '--mark-place': 'auto 0',
      '--place': 'flex-start',
      '--edge': 'transparent',
      '--lift': 'none',
    });
  });

  test.each<[text: unknown, colour: Colour | undefined]>([
    ['#fff', [255, 255, 255]],
    ['#0059D6', [0, 89, 214]],
    ['#00000080', [127, 127, 127]],
    ['#0000', [255, 255, 255]],
    ['white', undefined],
    [' #fff', undefined],
    [undefined, undefined],
  ])('the colour %j is %j', (text, colour) => {
    expect(parseColour(text)).toEqual(colour);
  });
});
