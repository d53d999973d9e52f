// Server, hosted pages: pages on the way to a new password that belong to no login: asking for the mail, where to look for
// it, and why a link leads nowhere.
import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Notice } from '#runtime/codes.ts';
import type { Env } from '../deps.ts';
import { icon } from './icons.ts';
import { type Markup, sendPage } from './page.ts';
import { noticeText, speak } from './speak.ts';
import { spokenBy, voiceAt } from './voice.ts';

export const REQUEST_PATH = '/u/reset-password/request';

const PROMPT = 'reset-password';

export type RequestPage = {
  /** Where the form goes. */
  action: string;
  identifier: string;
  /** Back to the login page that the person came from. */
  back?: string;
  notice?: Notice;
};

/** Asks for the address that the account is known by. */
export async function resetRequestPage(
  c: Context<Env>,
  locale: string,
  { action, identifier, back, notice }: RequestPage,
): Promise<Response> {
  if (notice && 'retryAfterSeconds' in notice) c.header('retry-after', String(notice.retryAfterSeconds));
  const voice = await voiceAt(c, { prompt: PROMPT, name: 'reset-password-request' }, { locale });
  const say = speak(voice, PROMPT, 'reset-password-request');
  const told = notice === undefined ? '' : html` aria-invalid="true" aria-describedby="refusal"`;
  return sendPage(c, {
    status: notice === undefined ? 200 : 'retryAfterSeconds' in notice ? 429 : 400,
    ...spokenBy(voice, notice),
    body: html`<h1>${say('title')}</h1>
<p class="lead">${say('descriptionEmail')}</p>
<form method="post" action="${action}"${notice === undefined ? '' : html` data-error="${notice.key}"`} novalidate>
${notice === undefined ? '' : html`<p class="alert" role="alert" id="refusal">${noticeText(voice, notice)}</p>`}
<label for="email">${say('placeholderEmail')}</label>
<input id="email" name="email" type="text" inputmode="email" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="320" aria-required="true" value="${identifier}" autofocus${told}>
<button type="submit" name="action" value="default">${say('buttonText')}</button>
</form>
${backLink(say('backToLoginLinkText'), back)}`,
  });
}

/** The same for everybody: who has an account is not told. */
export async function resetSentPage(c: Context<Env>, locale: string, back: string | undefined): Promise<Response> {
  const voice = await voiceAt(c, { prompt: PROMPT, name: 'reset-password-email' }, { locale });
  const say = speak(voice, PROMPT, 'reset-password-email');
  return sendPage(c, {
    status: 200,
    ...spokenBy(voice),
    body: html`<div class="mark">${icon('email')}</div>
<h1>${say('title')}</h1>
<p class="lead" role="status">${say('emailDescription')}</p>
${backLink(say('backToLoginLinkText'), back)}`,
  });
}

const PROBLEMS = { gone: 'Expired', often: 'TooMany', denied: 'Generic' } as const;

/**
 * Why there is no form for a new password. `gone`: the link is unknown, used or too old; `often`: it was opened too often;
 * `denied`: `reason` says.
 */
export async function resetProblemPage(
  c: Context<Env>,
  locale: string,
  problem: keyof typeof PROBLEMS,
  reason?: string,
): Promise<Response> {
  const voice = await voiceAt(c, { prompt: PROMPT, name: 'reset-password-error' }, { locale });
  const say = speak(voice, PROMPT, 'reset-password-error');
  const title = say(`eventTitle${PROBLEMS[problem]}`);
  return sendPage(c, {
    status: problem === 'often' ? 429 : 400,
    ...spokenBy(voice, undefined, title),
    body: html`<div class="mark bad">${icon('warning')}</div>
<h1>${title}</h1>
<p class="lead">${reason ?? say(`description${PROBLEMS[problem]}`)}</p>
${problem === 'often' ? '' : html`<p class="turn"><a href="${REQUEST_PATH}">${say('resendLinkText')}</a></p>`}`,
  });
}

const backLink = (text: string, back: string | undefined): Markup | '' =>
  back === undefined ? '' : html`<p class="turn"><a href="${back}">${text}</a></p>`;
