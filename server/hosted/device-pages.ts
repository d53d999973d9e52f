// Server, hosted pages: what people see while they connect a device: the field for its code, the question whether the code
// is theirs, and what came of it. Plain forms without script; whoever only hears them misses nothing.
import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Notice } from '#runtime/codes.ts';
import type { Env } from '../deps.ts';
import { invalid } from './form.ts';
import { icon } from './icons.ts';
import { type Markup, type PageStatus, sendPage } from './page.ts';
import { noticeText, speak, type Voice } from './speak.ts';
import type { ScreenOf } from './texts/texts.ts';
import { spokenBy, voiceAt } from './voice.ts';

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

const PROMPT = 'device-flow';

const SCREENS = {
  entry: 'device-code-activation',
  check: 'device-code-check',
  confirmation: 'device-code-confirmation',
  allowed: 'device-code-activation-allowed',
  denied: 'device-code-activation-denied',
} as const satisfies Record<DevicePage['shows'], ScreenOf<typeof PROMPT>>;

/** @param locale that of the login; where there is none, `ui_locales` and the browser say it. */
export async function devicePage(c: Context<Env>, page: DevicePage, locale?: string): Promise<Response> {
  const notice = page.shows === 'entry' ? page.notice : undefined;
  if (notice && 'retryAfterSeconds' in notice) c.header('retry-after', String(notice.retryAfterSeconds));
  const voice = await voiceAt(
    c,
    { prompt: PROMPT, name: SCREENS[page.shows] },
    {
      ...(locale === undefined ? {} : { locale }),
      ...(page.shows === 'confirmation' ? { clientName: page.application } : {}),
    },
  );
  return sendPage(c, { status: statusOf(page), ...spokenBy(voice, notice), body: content(page, voice) });
}

function statusOf(page: DevicePage): PageStatus {
  if (page.shows === 'denied') return page.reason === undefined ? 200 : 400;
  if (page.shows !== 'entry' || !page.notice) return 200;
  return page.notice.key === 'too-many-failures' ? 429 : 400;
}

function content(page: DevicePage, voice: Voice): Markup {
  switch (page.shows) {
    case 'entry':
      return entry(page, voice);
    case 'check': {
      const say = speak(voice, PROMPT, SCREENS.check);
      return html`<h1>${say('title')}</h1>
${codeLine(say('codeText'), page.userCode)}
<p class="lead">${say('description')}</p>
<form method="post" action="${ACTIVATION_PATH}">
<input type="hidden" name="user_code" value="${page.userCode}">
${choice(say)}
</form>`;
    }
    case 'confirmation': {
      const say = speak(voice, PROMPT, SCREENS.confirmation);
      return html`<h1>${say('title')}</h1>
${codeLine(say('codeText'), page.userCode)}
<p class="lead">${say('description')}</p>
${page.account === '' ? '' : html`<p class="lead">${say('accountText', { account: page.account })}</p>`}
<form method="post" action="${CONFIRMATION_PATH}?state=${encodeURIComponent(page.state)}">
<input type="hidden" name="state" value="${page.state}">
${choice(say)}
</form>`;
    }
    case 'allowed':
    case 'denied': {
      const say = speak(voice, PROMPT, SCREENS[page.shows]);
      const reason = page.shows === 'denied' ? page.reason : undefined;
      const mark =
        page.shows === 'allowed'
          ? html`<div class="mark good">${icon('check')}</div>`
          : html`<div class="mark">${icon('cross')}</div>`;
      return html`${mark}
<h1>${say('title')}</h1>
<p class="lead" role="status">${say('description')}</p>
${reason === undefined ? '' : html`<p class="fine">${reason}</p>`}`;
    }
  }
}

const ALERT_ID = 'refusal';

function entry({ typed, notice }: Extract<DevicePage, { shows: 'entry' }>, voice: Voice): Markup {
  const say = speak(voice, PROMPT, SCREENS.entry);
  return html`<h1>${say('title')}</h1>
<p class="lead">${say('description')}</p>
<form method="post" action="${ACTIVATION_PATH}"${notice ? html` data-error="${notice.key}"` : ''} novalidate>
${notice ? html`<p class="alert" role="alert" id="${ALERT_ID}">${noticeText(voice, notice)}</p>` : ''}
<label for="user_code">${say('placeholder')}</label>
<input class="code-field" id="user_code" name="user_code" type="text" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="100" aria-required="true" value="${typed}"${invalid(notice !== undefined)} autofocus>
<button type="submit" name="action" value="default">${say('buttonText')}</button>
</form>`;
}

function codeLine(label: string, userCode: string): Markup {
  return html`<p class="key-line"><span class="key-label">${label}</span> <code class="key large">${userCode}</code></p>`;
}

/** Neither is chosen beforehand: a yes must be meant. */
function choice(say: (key: 'confirmButtonText' | 'cancelButtonText') => string): Markup {
  return html`<button type="submit" name="action" value="accept">${say('confirmButtonText')}</button>
<button class="quiet-button" type="submit" name="action" value="decline">${say('cancelButtonText')}</button>`;
}
