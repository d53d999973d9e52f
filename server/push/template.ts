// Server, push: a part of the page that scripts bring to the stage. Names in `${…}` are put in there, as text.
import { html } from 'hono/html';
import type { Markup } from '../hosted/page.ts';

export function view(name: string, body: Markup): Markup {
  return html`<template id="view-${name}">${body}</template>
`;
}

/** A place that scripts fill in. */
export const slot = (name: string): string => `\${${name}}`;

/** A button that scripts listen to. */
export function doing(action: string, text: string, kind?: 'quiet-button' | 'plain-button' | 'bad-button'): Markup {
  return html`<button type="button"${kind === undefined ? '' : html` class="${kind}"`} data-do="${action}">${text}</button>
`;
}
