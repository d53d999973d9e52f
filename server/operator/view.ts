// Server, operators: what their pages have in common.
import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Env } from '../deps.ts';
import { type Markup, sendPage } from '../hosted/page.ts';

export const PER_PAGE = 50;
const MOST_PAGES = 10_000;

export function sendView(c: Context<Env>, title: string, body: Markup): Promise<Response> {
  const { tenant } = c.var;
  return sendPage(c, {
    status: 200,
    language: 'en',
    title,
    brand: tenant.friendlyName ?? tenant.name,
    wide: true,
    body: html`<h1>${title}</h1>${body}`,
  });
}

/** From 0; whatever is no number is the first. */
export function pageAsked(c: Context<Env>): number {
  const asked = c.req.query('page') ?? '';
  return /^\d{1,5}$/.test(asked) ? Math.min(Number(asked), MOST_PAGES) : 0;
}

/** One of a closed list, or nothing. */
export function choice<T extends string>(c: Context<Env>, name: string, known: readonly T[]): T | undefined {
  return known.find((each) => each === c.req.query(name));
}

export function whenText(at: number): Markup {
  const when = new Date(at).toISOString();
  return html`<time datetime="${when}">${when.slice(0, 10)} ${when.slice(11, 19)}</time>`;
}

/** An address of ours with those of the parameters that say something. */
export function addressOf(path: string, parameters: Record<string, string | number | undefined>): string {
  const said = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== '' && value !== 0);
  const query = new URLSearchParams(said.map(([name, value]): [string, string] => [name, String(value)]));
  return said.length === 0 ? path : `${path}?${query}`;
}

/** Links to what is newer and older, where there is any. */
export function turnPages(page: number, total: number, addressOfPage: (page: number) => string): Markup | '' {
  const hasMore = (page + 1) * PER_PAGE < total;
  if (page === 0 && !hasMore) return '';
  return html`<nav class="row" aria-label="Pages">
${page > 0 ? html`<a class="button plain-button" href="${addressOfPage(page - 1)}">Newer</a>` : ''}
${hasMore ? html`<a class="button plain-button" href="${addressOfPage(page + 1)}">Older</a>` : ''}
</nav>`;
}

/** A field to choose one of a list; the empty choice stands for all. */
export function chooser(name: string, label: string, known: readonly string[], chosen: string | undefined): Markup {
  return html`<div><label for="${name}">${label}</label><select id="${name}" name="${name}"><option value="">All</option>${known.map((each) => html`<option${each === chosen ? html` selected` : ''}>${each}</option>`)}</select></div>`;
}
