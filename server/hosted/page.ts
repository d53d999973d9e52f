// Server, hosted pages: the frame around every page. What a page shows is escaped by the template unless it is markup of
// ours. How it looks is the tenant's and the organization's choice (look.ts); a page of a fault asks nobody and is plain.
import type { Context } from 'hono';
import { html, raw } from 'hono/html';
import type { OrganizationRecord } from '#storage/records.ts';
import type { Env } from '../deps.ts';
import { STYLESHEET_PATH, WEBAUTHN_SCRIPT_PATH, WIDE_STYLESHEET_PATH } from './assets.ts';
import type { Logo, Look } from './look.ts';
import { type Permissions, protect } from './page-policy.ts';
import { directionOf, type Language } from './texts/catalogue.ts';

export type Markup = ReturnType<typeof html>;

export type PageStatus = 200 | 400 | 403 | 404 | 413 | 429 | 500 | 503;

export type Page = Permissions & {
  status: PageStatus;
  language: Language;
  /** Without the tenant's name, which is put behind it. */
  title: string;
  /** The tenant as people know it. */
  brand: string;
  body: Markup;
  /** The page asks for itself (or for `to`) again after so many seconds; `unscripted`: where its scripts do not do it. */
  refresh?: { seconds: number; to?: string; unscripted?: true };
  /** For pages of tables rather than of one question. */
  wide?: true;
  /** Addresses of stylesheets of ours beside those of every page. */
  sheets?: readonly string[];
  /** The organization that the login is for: its colours and logo come before the tenant's. */
  organization?: OrganizationRecord;
  /** What a page template may ask about. */
  screen?: { prompt: string; name: string };
  application?: { id: string; name: string; logo?: string };
};

/** The parts of a page: a template of the tenant's puts its own words around them. */
export type Parts = { head: Markup; widget: Markup };

/** Answers with a page. */
export async function sendPage(c: Context<Env>, page: Page): Promise<Response> {
  const { refresh } = page;
  // A page that waits says only that it does, and asks again by a header; an element that reloads a page is for those that
  // are left at once (WCAG 2.2.1, failure F41).
  if (refresh && refresh.seconds > 0 && !refresh.unscripted) c.header('refresh', refreshText(refresh));
  const look = page.status < 500 ? ((await c.var.lookOf?.(page.organization)) ?? {}) : {};
  const base = c.var.base ?? '';
  const parts = { head: await fromBase(head(page, look), base), widget: await fromBase(widget(page, look), base) };
  const framed = await look.template?.frame(page, parts);
  protect(c, { ...page, images: [...(page.images ?? []), ...(look.images ?? [])] }, framed?.styles);
  return c.html(framed ? framed.text : frame(page, parts), page.status);
}

/** A redirect between pages; it carries a handle, so nobody may keep it or pass it on. */
export function sendTo(c: Context<Env>, location: string): Response {
  protect(c);
  return c.redirect(location, 302);
}

/**
 * Our markup with its root-relative addresses put to where the tenant lies. It quotes each attribute with `"` and escapes
 * that character everywhere else, so nothing but an attribute is found.
 */
async function fromBase(markup: Markup, base: string): Promise<Markup> {
  if (base === '') return markup;
  const text = String(await markup);
  return raw(text.replaceAll(OWN_ADDRESS, (_all, before: string) => `${before}${base}/`));
}

const OWN_ADDRESS = /((?: (?:href|src|action|formaction|data-waits)="| content="\d+;url=))\/(?!\/)/g;

function frame({ language }: Page, { head, widget }: Parts): Markup {
  return html`<!doctype html>
<html lang="${language}" dir="${directionOf(language)}">
<head>
${head}
</head>
<body>
${widget}
</body>
</html>
`;
}

function refreshText({ seconds, to }: NonNullable<Page['refresh']>): string {
  return `${seconds}${to === undefined ? '' : `;url=${to}`}`;
}

function head(
  { title, brand, refresh, wide, sheets = [], scripts = [], manifest }: Page,
  { sheet, favicon }: Look,
): Markup {
  const goesOn = refresh?.seconds === 0 ? refreshText(refresh) : undefined;
  return html`<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
${goesOn === undefined ? '' : html`<meta http-equiv="refresh" content="${goesOn}">`}
${refresh?.unscripted ? html`<noscript><meta http-equiv="refresh" content="${refreshText(refresh)}"></noscript>` : ''}
<title>${title} | ${brand}</title>
<link rel="icon" href="${favicon ?? 'data:,'}">
<link rel="stylesheet" href="${STYLESHEET_PATH}">
${wide ? html`<link rel="stylesheet" href="${WIDE_STYLESHEET_PATH}">` : ''}
${sheets.map((address) => html`<link rel="stylesheet" href="${address}">`)}
${sheet === undefined ? '' : html`<link rel="stylesheet" href="${sheet.path}">`}
${manifest === undefined ? '' : html`<link rel="manifest" href="${manifest}">`}
${scripts.map((address) => html`<script src="${address}" ${address === WEBAUTHN_SCRIPT_PATH ? 'defer' : html`type="module"`}></script>`)}`;
}

function widget({ brand, body, wide }: Page, { logo }: Look): Markup {
  return html`<main${wide ? html` class="wide"` : ''}>
${brandLine(brand, logo)}
${body}
</main>`;
}

/** The tenant's logo, or our own mark beside its name. */
function brandLine(brand: string, logo: Logo | undefined): Markup | '' {
  if (logo === 'none') return '';
  if (logo) return html`<p class="brand"><img class="logo" src="${logo.url}" alt="${brand}"></p>`;
  return html`<p class="brand"><svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round"><path d="M3 18V9a7 7 0 0 1 14 0v9M7.5 18v-7a2.5 2.5 0 0 1 5 0v7"/></svg>${brand}</p>`;
}
