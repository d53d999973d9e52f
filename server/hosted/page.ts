// Server, hosted pages: the frame around every page, and the headers it leaves with. No script, inline or other, runs on
// any page; what a page shows is escaped by the template unless it is markup of ours.
import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Env } from '../deps.ts';
import { STYLESHEET_PATH } from './stylesheet.ts';

export type Markup = ReturnType<typeof html>;

export type PageStatus = 200 | 400 | 403 | 404 | 413 | 429 | 500 | 503;

export type Page = {
  status: PageStatus;
  language: string;
  /** Without the tenant's name, which is put behind it. */
  title: string;
  /** The tenant as people know it. */
  brand: string;
  body: Markup;
  /** The page asks for itself (or for `to`) again after so many seconds. */
  refresh?: { seconds: number; to?: string };
  /** Sources that answers to this page's form may lead to, beside our own origin. */
  formTargets?: string[] | 'any';
  /** Sources of pictures beside our own origin. */
  images?: string[];
  /** For pages of tables rather than of one question. */
  wide?: true;
};

/** Answers with a page. */
export function sendPage(c: Context<Env>, page: Page): Response | Promise<Response> {
  for (const [name, value] of Object.entries(PAGE_HEADERS)) c.header(name, value);
  c.header('content-security-policy', policy(page));
  return c.html(frame(page), page.status);
}

/** A redirect between pages; it carries a handle, so nobody may keep it or pass it on. */
export function sendTo(c: Context<Env>, location: string): Response {
  for (const [name, value] of Object.entries(PAGE_HEADERS)) c.header(name, value);
  return c.redirect(location, 302);
}

const PAGE_HEADERS = {
  'cache-control': 'no-store',
  // The address holds the handle of the login: no other site may learn it.
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  // For browsers that do not know `frame-ancestors`.
  'x-frame-options': 'DENY',
} as const;

/** Browsers apply `form-action` to every redirect that follows a form, the one to the application included. */
function policy({ formTargets = [], images = [] }: Page): string {
  return [
    "default-src 'none'",
    "style-src 'self'",
    ["img-src 'self' data:", ...images].join(' '),
    ...(formTargets === 'any' ? [] : [["form-action 'self'", ...formTargets].join(' ')]),
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
}

function frame({ language, title, brand, body, refresh, wide }: Page): Markup {
  const again = refresh && `${refresh.seconds}${refresh.to === undefined ? '' : `;url=${refresh.to}`}`;
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
${again === undefined ? '' : html`<meta http-equiv="refresh" content="${again}">`}
<title>${title} | ${brand}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${STYLESHEET_PATH}">
</head>
<body>
<main${wide ? html` class="wide"` : ''}>
<p class="brand"><svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round"><path d="M3 18V9a7 7 0 0 1 14 0v9M7.5 18v-7a2.5 2.5 0 0 1 5 0v7"/></svg>${brand}</p>
${body}
</main>
</body>
</html>
`;
}
