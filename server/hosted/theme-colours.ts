// Server, hosted pages: arithmetic of colours, so that what a tenant chose can be read. Contrast is that of WCAG 2.2
// (1.4.3, "relative luminance"). Colours come in as text and leave as six digits, whatever else the text held.

/** Red, green and blue, each 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

export const BLACK: Colour = [0, 0, 0];
export const WHITE: Colour = [255, 255, 255];

/** `#rgb` and `#rrggbb`, and either with its opacity, which counts as on white; anything else is no colour. */
export function parseColour(text: unknown): Colour | undefined {
  if (typeof text !== 'string' || !/^#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/i.test(text)) return undefined;
  const digits = text.length < 7 ? text.slice(1).replaceAll(/./g, '$&$&') : text.slice(1);
  const [red = 0, green = 0, blue = 0, opacity = 255] = [...Buffer.from(digits, 'hex')];
  return mix(WHITE, [red, green, blue], opacity / 255);
}

export function colourText(colour: Colour): string {
  return `#${colour.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/** A hand that is `share` (0 to 1) of `other`. */
export function mix(colour: Colour, other: Colour, share: number): Colour {
  const part = (index: 0 | 1 | 2) => Math.round(colour[index] + (other[index] - colour[index]) * share);
  return [part(0), part(1), part(2)];
}

/** 0 for black to 1 for white. */
export function luminance([red, green, blue]: Colour): number {
  const linear = (part: number) => (part <= 10.31475 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

/** 1 (the same) to 21. */
export function contrast(one: Colour, other: Colour): number {
  const [first, second] = [luminance(one), luminance(other)];
  return (Math.max(first, second) + 0.05) / (Math.min(first, second) + 0.05);
}

/** Black or white, whichever is read more easily on a ground: at least 4.58 to 1 on any. */
export function inkOn(ground: Colour): Colour {
  return contrast(BLACK, ground) > contrast(WHITE, ground) ? BLACK : WHITE;
}

/** Steps from a colour to black or white in which a readable one is looked for. */
const STEPS = 64;

/**
 * The colour nearest to `wanted`, on its way to black or white, that has `ratio` against every ground.
 * Where none has, the end of the way that does best.
 */
export function readable(wanted: Colour, grounds: readonly Colour[], ratio: number): Colour {
  const worst = (colour: Colour) => Math.min(...grounds.map((ground) => contrast(colour, ground)));
  const end = worst(BLACK) > worst(WHITE) ? BLACK : WHITE;
  for (let step = 0; step < STEPS; step += 1) {
    const colour = mix(wanted, end, step / STEPS);
    if (worst(colour) >= ratio) return colour;
  }
  return end;
}
