// Server, hosted pages: what people see while they connect a device: the field for its code, the question whether the code
// is theirs, and what came of it. Plain forms without script; whoever only hears them misses nothing.
import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Notice } from '#runtime/codes.ts';
import type { Env } from '../deps.ts';
import { invalid } from './form.ts';
import { chooseLanguage } from './language.ts';
import { type Markup, type PageStatus, sendPage } from './page.ts';
import { noticeText, type Texts, textsIn } from './texts/texts.ts';

export const ACTIVATION_PATH = '/activate';
export const CONFIRMATION_PATH = '/u/device-code-confirmation';
export const ALLOWED_PATH = '/u/device-code-activation-allowed';
export const DENIED_PATH = '/u/device-code-activation-denied';

export type DevicePage =
  /** `typed`: what was entered before. */
  | { shows: 'entry'; typed: string; notice?: Notice }
  /** The code came with the address: is it the one on the device? */
  | { shows: 'check'; userCode: string }
  /** Somebody has signed in. `state`: the key of the login; `account`: who it is, empty where the account has no name. */
  | { shows: 'confirmation'; userCode: string; state: string; application: string; account: string }
  | { shows: 'allowed' }
  /** `reason`: why the login was refused, where it was not the person who said no. */
  | { shows: 'denied'; reason?: string };

/** @param locale that of the login; where there is none, `ui_locales` and the browser say it. */
export function devicePage(c: Context<Env>, page: DevicePage, locale?: string): Response | Promise<Response> {
  const { tenant } = c.var;
  const uiLocales = c.req.query('ui_locales')?.slice(0, 200).split(' ') ?? [];
  const chosen = locale ?? chooseLanguage(tenant.enabledLocales, uiLocales, c.req.header('accept-language'));
  const { language, texts } = textsIn(chosen);
  const notice = page.shows === 'entry' ? page.notice : undefined;
  if (notice && 'retryAfterSeconds' in notice) c.header('retry-after', String(notice.retryAfterSeconds));
  const { title, body } = content(page, texts);
  return sendPage(c, {
    status: statusOf(page),
    language,
    title: notice === undefined ? title : `${texts.errorPrefix}: ${title}`,
    brand: tenant.friendlyName ?? tenant.name,
    body,
  });
}

function statusOf(page: DevicePage): PageStatus {
  if (page.shows === 'denied') return page.reason === undefined ? 200 : 400;
  if (page.shows !== 'entry' || !page.notice) return 200;
  return page.notice.key === 'too-many-failures' ? 429 : 400;
}

function content(page: DevicePage, texts: Texts): { title: string; body: Markup } {
  const { device } = texts;
  switch (page.shows) {
    case 'entry':
      return { title: device.entry.title, body: entry(page, texts) };
    case 'check': {
      const { title, lead } = device.check;
      return {
        title,
        body: html`<h1>${title}</h1>
${codeLine(page.userCode, texts)}
<p class="lead">${lead}</p>
<form method="post" action="${ACTIVATION_PATH}">
<input type="hidden" name="user_code" value="${page.userCode}">
${choice(device.check)}
</form>`,
      };
    }
    case 'confirmation': {
      const { title, lead, as } = device.confirmation;
      return {
        title,
        body: html`<h1>${title}</h1>
${codeLine(page.userCode, texts)}
<p class="lead">${lead(page.application)}</p>
${page.account === '' ? '' : html`<p class="lead">${as(page.account)}</p>`}
<form method="post" action="${CONFIRMATION_PATH}?state=${encodeURIComponent(page.state)}">
<input type="hidden" name="state" value="${page.state}">
${choice(device.confirmation)}
</form>`,
      };
    }
    case 'allowed':
    case 'denied': {
      const { title, lead } = device[page.shows];
      const reason = page.shows === 'denied' ? page.reason : undefined;
      return {
        title,
        body: html`<h1>${title}</h1>
<p class="lead" role="status">${lead}</p>
${reason === undefined ? '' : html`<p class="fine">${reason}</p>`}`,
      };
    }
  }
}

const ALERT_ID = 'refusal';

function entry({ typed, notice }: Extract<DevicePage, { shows: 'entry' }>, texts: Texts): Markup {
  const { title, lead, code, submit } = texts.device.entry;
  return html`<h1>${title}</h1>
<p class="lead">${lead}</p>
<form method="post" action="${ACTIVATION_PATH}"${notice ? html` data-error="${notice.key}"` : ''} novalidate>
${notice ? html`<p class="alert" role="alert" id="${ALERT_ID}">${noticeText(texts, notice)}</p>` : ''}
<label for="user_code">${code}</label>
<input class="code-field" id="user_code" name="user_code" type="text" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="100" aria-required="true" value="${typed}"${invalid(notice !== undefined)} autofocus>
<button type="submit" name="action" value="default">${submit}</button>
</form>`;
}

function codeLine(userCode: string, { device }: Texts): Markup {
  return html`<p class="key-line"><span class="key-label">${device.code}</span> <code class="key">${userCode}</code></p>`;
}

/** Neither is chosen beforehand: a yes must be meant. */
function choice({ accept, decline }: { accept: string; decline: string }): Markup {
  return html`<button type="submit" name="action" value="accept">${accept}</button>
<button class="quiet-button" type="submit" name="action" value="decline">${decline}</button>`;
}
