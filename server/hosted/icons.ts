// Server, hosted pages: pictures of ours, drawn in one weight on a field of 24 by 24. They stand beside words that say the
// same, so nobody hears them.
import { html, raw } from 'hono/html';
import type { Markup } from './page.ts';

const PHONE = '<rect x="6.5" y="2.5" width="11" height="19" rx="2.5"/>';
const CIRCLE = '<circle cx="12" cy="12" r="9"/>';

const SHAPES = {
  // Factors
  message:
    '<path d="M5.5 4.5h13a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H11l-4.5 3.5v-3.5h-1a2 2 0 0 1-2-2v-8a2 2 0 0 1 2-2z"/><path d="M8.3 10.5h.01M12 10.5h.01M15.7 10.5h.01"/>',
  call: '<path d="M6 3.5h2.8l1.7 4.2-2.1 1.6a11.5 11.5 0 0 0 6.3 6.3l1.6-2.1 4.2 1.7V18a2.5 2.5 0 0 1-2.7 2.5A16 16 0 0 1 3.5 6.2 2.5 2.5 0 0 1 6 3.5z"/>',
  push: `${PHONE}<path d="m9.3 12 1.9 2 3.5-4.2"/>`,
  app: `${PHONE}<path d="M10 8.5h.01M14 8.5h.01M10 12h.01M14 12h.01M10 15.5h.01M14 15.5h.01"/>`,
  email: '<rect x="3" y="5" width="18" height="14" rx="2.5"/><path d="m3.8 7.5 8.2 5.7 8.2-5.7"/>',
  recovery: '<rect x="4.5" y="3" width="15" height="18" rx="2.5"/><path d="M8.5 8h7M8.5 12h7M8.5 16h3.5"/>',
  'security-key':
    '<path d="M9 8.5v-6h6v6"/><rect x="7" y="8.5" width="10" height="13" rx="2.5"/><circle cx="12" cy="15" r="2"/>',
  fingerprint:
    '<path d="M4.3 15.5c.4-1.2.6-2.3.6-3.5a7.1 7.1 0 0 1 12-5.1"/><path d="M18.6 9.3c.7 2.6.6 5.3-.1 8"/><path d="M7 18.8c1-2.1 1.5-4.3 1.5-6.8a3.5 3.5 0 0 1 7 0c0 2.9-.4 5.7-1.4 8.5"/><path d="M12 12c0 3.3-.6 6.3-1.9 9"/>',
  passkey:
    '<circle cx="9.5" cy="7.5" r="4"/><path d="M2.5 20.5v-1a6 6 0 0 1 6-6H11"/><circle cx="17.5" cy="13.5" r="3"/><path d="M17.5 16.5v5l2-1.7M17.5 18.8h1.5"/>',
  // What is said
  check: '<path d="m5 12.5 4.5 4.5L19 7.5"/>',
  cross: '<path d="M6.5 6.5l11 11M17.5 6.5l-11 11"/>',
  warning: '<path d="M12 4 2.8 19.5h18.4z"/><path d="M12 10v4M12 16.9h.01"/>',
  info: `${CIRCLE}<path d="M12 11v5M12 7.9h.01"/>`,
  // What can be done
  back: '<path d="M19.5 12h-15M10.5 5.5 4 12l6.5 6.5"/>',
  forward: '<path d="m9 5.5 6.5 6.5L9 18.5"/>',
  plus: '<path d="M12 5v14M5 12h14"/>',
  shield: '<path d="M12 3 5 5.8v5.2c0 4.4 2.8 8 7 10 4.2-2 7-5.6 7-10V5.8z"/><path d="m9 11.8 2.2 2.2 3.9-4.3"/>',
  computer: '<rect x="4" y="4.5" width="16" height="11" rx="2"/><path d="M2.5 19.5h19"/>',
} as const;

export type IconName = keyof typeof SHAPES;

/** Those that mean a direction of reading. */
const TURNS: ReadonlySet<IconName> = new Set(['back', 'forward']);

/** A picture in the colour of the text around it; arrows turn round where text runs from right to left. */
export function icon(name: IconName): Markup {
  const kind = TURNS.has(name) ? 'icon turns' : 'icon';
  return html`<svg class="${kind}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${raw(SHAPES[name])}</svg>`;
}
