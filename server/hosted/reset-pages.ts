// Server, hosted pages: pages on the way to a new password that belong to no login: asking for the mail, where to look for
// it, and why a link leads nowhere.
import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Notice } from '#runtime/codes.ts';
import type { Env } from '../deps.ts';
import { type Markup, type PageStatus, sendPage } from './page.ts';
import { noticeText, type Texts, textsIn } from './texts/texts.ts';

export const REQUEST_PATH = '/u/reset-password/request';

export type RequestPage = {
  /** Where the form goes. */
  action: string;
  identifier: string;
  /** Back to the login page that the person came from. */
  back?: string;
  notice?: Notice;
};

/** Asks for the address that the account is known by. */
export function resetRequestPage(
  c: Context<Env>,
  locale: string,
  { action, identifier, back, notice }: RequestPage,
): Response | Promise<Response> {
  if (notice && 'retryAfterSeconds' in notice) c.header('retry-after', String(notice.retryAfterSeconds));
  const status = notice === undefined ? 200 : 'retryAfterSeconds' in notice ? 429 : 400;
  return page(c, locale, status, (texts) => {
    const { title, lead, email, submit } = texts.resetRequest;
    const told = notice === undefined ? '' : html` aria-invalid="true" aria-describedby="refusal"`;
    return {
      title: notice === undefined ? title : `${texts.errorPrefix}: ${title}`,
      body: html`<h1>${title}</h1>
<p class="lead">${lead}</p>
<form method="post" action="${action}"${notice === undefined ? '' : html` data-error="${notice.key}"`} novalidate>
${notice === undefined ? '' : html`<p class="alert" role="alert" id="refusal">${noticeText(texts, notice)}</p>`}
<label for="email">${email}</label>
<input id="email" name="email" type="text" inputmode="email" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="320" aria-required="true" value="${identifier}" autofocus${told}>
<button type="submit" name="action" value="default">${submit}</button>
</form>
${backLink(texts, back)}`,
    };
  });
}

/** The same for everybody: who has an account is not told. */
export function resetSentPage(c: Context<Env>, locale: string, back: string | undefined): Response | Promise<Response> {
  return page(c, locale, 200, (texts) => {
    const { title, lead } = texts.resetSent;
    return {
      title,
      body: html`<h1>${title}</h1>
<p class="lead" role="status">${lead}</p>
${backLink(texts, back)}`,
    };
  });
}

/**
 * Why there is no form for a new password. `gone`: the link is unknown, used or too old; `often`: it was opened too often;
 * `denied`: `reason` says.
 */
export function resetProblemPage(
  c: Context<Env>,
  locale: string,
  problem: 'gone' | 'often' | 'denied',
  reason?: string,
): Response | Promise<Response> {
  return page(c, locale, problem === 'often' ? 429 : 400, (texts) => {
    const { title, lead } = texts.resetProblems[problem];
    return {
      title,
      body: html`<h1>${title}</h1>
<p class="lead">${reason ?? lead}</p>
${problem === 'often' ? '' : html`<p class="turn"><a href="${REQUEST_PATH}">${texts.resetProblems.again}</a></p>`}`,
    };
  });
}

const backLink = (texts: Texts, back: string | undefined): Markup | '' =>
  back === undefined ? '' : html`<p class="turn"><a href="${back}">${texts.resetRequest.back}</a></p>`;

function page(
  c: Context<Env>,
  locale: string,
  status: PageStatus,
  content: (texts: Texts) => { title: string; body: Markup },
): Response | Promise<Response> {
  const { tenant } = c.var;
  const { language, texts } = textsIn(locale);
  return sendPage(c, { status, language, brand: tenant.friendlyName ?? tenant.name, ...content(texts) });
}
