// Server, hosted pages: a tenant's stylesheet. It holds values of the properties that style.css uses and nothing else, each
// written from a number or a parsed colour, so that no text of a tenant's gets into it. Colours that could not be read are
// moved until they can: WCAG 2.2, 1.4.3 and 1.4.11. Nobody chooses a dark look: where the system asks for one, and the
// tenant's card is light, the chosen colours come to our own dark card.

import type { Choices, Ground, Place } from './theme.ts';
import {
  BLACK,
  type Colour,
  colourText,
  contrast,
  inkOn,
  luminance,
  mix,
  parseColour,
  readable,
  WHITE,
} from './theme-colours.ts';

/** Of text, and of lines and pictures, against what is behind them. */
const TEXT = 4.5;
const SHAPE = 3;

type Base = Record<'card' | 'ink' | 'accent' | 'error' | 'good' | 'field', Colour>;

/** As in style.css: what holds where nothing was chosen. */
export const BASES: Readonly<Record<'light' | 'dark', Base>> = {
  light: base({
    card: '#ffffff',
    ink: '#151a23',
    accent: '#3148c8',
    error: '#b3261e',
    good: '#13703c',
    field: '#ffffff',
  }),
  dark: base({
    card: '#171c26',
    ink: '#eef1f6',
    accent: '#a5b4ff',
    error: '#ffb4ab',
    good: '#85d9a5',
    field: '#10151d',
  }),
};

/** The text of the stylesheet; empty when nothing was chosen that it could say. */
export function sheetText(choices: Choices): string {
  const shape = shapeValues(choices);
  const { card } = choices;
  if (card && isDark(card)) return block({ ...shape, '--scheme': 'dark', ...colourValues(choices, 'dark') });
  const scheme = (name: 'light' | 'dark', values: Values) => {
    const said = block(values);
    return said === '' ? '' : `@media (prefers-color-scheme:${name}){${said}}`;
  };
  const light = scheme('light', colourValues(choices, 'light'));
  return block(shape) + light + scheme('dark', colourValues(inTheDark(choices), 'dark'));
}

const isDark = (colour: Colour): boolean => luminance(colour) < 0.18;

/** Those that still mean something on a card that is not the tenant's. */
function inTheDark({ button, links, icons, error, good, page }: Choices): Choices {
  const { card } = BASES.dark;
  return {
    ...(page ? { page: { ...page, from: darkened(page.from), to: darkened(page.to) } } : {}),
    ...(button ? { button: readable(button, [card], SHAPE) } : {}),
    ...(links ? { links } : {}),
    ...(icons ? { icons } : {}),
    ...(error ? { error } : {}),
    ...(good ? { good } : {}),
  };
}

/** The same hue, behind a dark card. */
function darkened(colour: Colour): Colour {
  for (let share = 0; share < 1; share += 0.05) {
    const darker = mix(colour, BLACK, share);
    if (luminance(darker) <= 0.015) return darker;
  }
  return BLACK;
}

type Values = Record<string, string | undefined>;

function colourValues(choices: Choices, scheme: 'light' | 'dark'): Values {
  const { card: ownCard, ink: ownInk, page, button, edge, shadow } = choices;
  const base = BASES[scheme];
  const card = ownCard ?? base.card;
  const links = choices.links ?? base.accent;
  const tint = tinge(card, links, scheme === 'dark' ? 0.13 : 0.07);
  const ink = readable(ownInk ?? base.ink, [card, tint], TEXT);
  const field = choices.field ?? (ownCard ? card : base.field);
  const onCard = ownCard !== undefined || ownInk !== undefined;
  const text = (colour: Colour | undefined) => colour && readable(colour, [card, tint], TEXT);
  const said = (name: '--error' | '--good', wanted: Colour | undefined) => {
    if (!wanted) return {};
    const behind = tinge(card, wanted, 0.08);
    return colours({ [name]: readable(wanted, [card, behind], TEXT), [`${name}-tint`]: behind });
  };
  return {
    '--page': page && groundText(page),
    ...colours({
      // For what a page template puts around the card.
      '--on-page': page && readable(ink, [page.from, page.to], TEXT),
      ...(onCard
        ? {
            '--card': card,
            '--ink': ink,
            '--quiet': readable(mix(ink, card, 0.3), [card, tint], TEXT),
            '--line': mix(card, ink, 0.13),
          }
        : {}),
      ...(onCard || choices.field ? fieldColours(choices, { card, ink, field }) : {}),
      ...(onCard || choices.links ? { '--accent': text(links), '--tint': tint } : {}),
      '--heading': text(choices.heading),
      '--icon': choices.icons && readable(choices.icons, [card, tint], SHAPE),
      '--plain-line': choices.plainLine && readable(choices.plainLine, [card], SHAPE),
      '--plain-ink': text(choices.plainInk),
      ...(button ? buttonColours(button, choices.label) : {}),
    }),
    ...said('--error', choices.error ?? (onCard ? base.error : undefined)),
    ...said('--good', choices.good ?? (onCard ? base.good : undefined)),
    '--edge': edge === false ? 'transparent' : edge && colourText(edge),
    '--lift': shadow === false ? 'none' : undefined,
  };
}

/** A card with a hint of a colour, on which one can still read what can be read on the card. */
function tinge(card: Colour, colour: Colour, share: number): Colour {
  const ink = inkOn(card);
  const hinted = mix(card, colour, share);
  return contrast(ink, hinted) >= TEXT ? hinted : mix(card, ink === BLACK ? WHITE : BLACK, share);
}

function fieldColours(choices: Choices, { card, ink, field }: Record<'card' | 'ink' | 'field', Colour>) {
  return {
    '--field': field,
    '--field-ink': readable(choices.fieldInk ?? ink, [field], TEXT),
    '--field-line': readable(choices.fieldLine ?? mix(card, ink, 0.45), [card], SHAPE),
    '--label': choices.fieldLabel && readable(choices.fieldLabel, [card], TEXT),
  };
}

/** A label that cannot be read becomes black or white. Under the pointer a dark button is lighter, another one darker. */
function buttonColours(button: Colour, label: Colour | undefined) {
  const on = label && contrast(label, button) >= TEXT ? label : inkOn(button);
  const isLightOnDark = luminance(on) > luminance(button);
  const towards = mix(button, isLightOnDark ? WHITE : BLACK, 0.14);
  const strong = contrast(on, towards) >= 7 ? towards : mix(button, isLightOnDark ? BLACK : WHITE, 0.16);
  return { '--button': button, '--on-button': on, '--button-strong': strong };
}

function shapeValues(choices: Choices): Values {
  const { buttonRadius, fieldRadius, cardRadius, logoHeight, logoPlace, headPlace, cardPlace } = choices;
  return {
    '--radius': buttonRadius === 'pill' ? '1rem' : length(buttonRadius),
    '--button-radius': length(buttonRadius),
    '--field-radius': length(fieldRadius),
    '--card-radius': length(cardRadius),
    '--logo-height': length(logoHeight),
    '--logo-place': flexPlace(logoPlace),
    '--head': headPlace,
    '--mark-place': headPlace && MARK_PLACES[headPlace],
    '--place': flexPlace(cardPlace),
  };
}

/** Margins at both sides. */
const MARK_PLACES = { start: '0 auto', center: 'auto', end: 'auto 0' } as const satisfies Record<Place, string>;

const flexPlace = (place: Place | undefined) => (place === 'start' || place === 'end' ? `flex-${place}` : place);

/** Pixels grow with the reader's text. */
function length(pixels: number | 'pill' | undefined): string | undefined {
  if (pixels === undefined) return undefined;
  return pixels === 'pill' ? '100rem' : `${Math.round((pixels / 16) * 1000) / 1000}rem`;
}

function groundText({ from, to, degrees }: Ground): string {
  const [start, end] = [colourText(from), colourText(to)];
  return start === end ? start : `linear-gradient(${Math.round(degrees)}deg,${start},${end})`;
}

function colours(given: Record<string, Colour | undefined>): Values {
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, value && colourText(value)]));
}

function block(values: Values): string {
  const lines = Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [`${name}:${value}`]));
  return lines.length === 0 ? '' : `:root{${lines.join(';')}}`;
}

function base(given: Record<keyof Base, string>): Base {
  const parsed = Object.entries(given).map(([name, text]) => [name, parseColour(text)]);
  return Object.fromEntries(parsed) as Base;
}
