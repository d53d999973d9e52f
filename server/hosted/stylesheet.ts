// Server, hosted pages: the one stylesheet of all pages, under an address that changes with its content.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const css = readFileSync(new URL('./style.css', import.meta.url), 'utf8');
const version = createHash('sha256').update(css).digest('hex').slice(0, 12);

/** Where pages find it. It never changes there, so browsers may keep it. */
export const STYLESHEET_PATH = `/u/style-${version}.css`;

export function stylesheetResponse(): Response {
  return new Response(css, {
    headers: {
      'content-type': 'text/css; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
    },
  });
}
