// Server, hosted pages: the page for everything that cannot go on and cannot be sent back to an application. No form; it
// says what to do, and nothing about accounts.
import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Env } from '../deps.ts';
import { chooseLanguage } from './language.ts';
import { type PageStatus, sendPage } from './page.ts';
import { type ProblemKey, textsIn } from './texts/texts.ts';

export type Problem = {
  status: PageStatus;
  key: ProblemKey;
  /** For the people who build the application; shown as it is, so never a secret. */
  reason?: string;
};

/** Answers with a page that explains a problem, in the language of `ui_locales` and the browser. */
export function errorPage(c: Context<Env>, { status, key, reason }: Problem): Response | Promise<Response> {
  const { tenant } = c.var;
  const uiLocales = c.req.query('ui_locales')?.slice(0, 200).split(' ') ?? [];
  const language = chooseLanguage(tenant.enabledLocales, uiLocales, c.req.header('accept-language'));
  const { texts } = textsIn(language);
  const { title, advice } = texts.problems[key];
  return sendPage(c, {
    status,
    language,
    title,
    brand: tenant.friendlyName ?? tenant.name,
    body: html`<h1>${title}</h1>
<p class="lead">${advice}</p>
${reason === undefined ? '' : html`<p class="fine">${texts.reason} <code>${reason}</code></p>`}`,
  });
}
