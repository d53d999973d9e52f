// Server, account: what one of these pages is, and the frame that all of them share. A page shows, and takes its own form;
// what it says is of the prompt `account`.
import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Env } from '../deps.ts';
import { dayFormat, momentFormat } from '../hosted/formats.ts';
import { icon } from '../hosted/icons.ts';
import { type Markup, sendPage } from '../hosted/page.ts';
import type { Fields } from '../hosted/screen.ts';
import type { HostedContext } from '../hosted/show-screen.ts';
import { noticeText, type Say, speak, type Voice } from '../hosted/speak.ts';
import type { Language } from '../hosted/texts/catalogue.ts';
import type { ScreenOf } from '../hosted/texts/texts.ts';
import { spokenBy, voiceAt } from '../hosted/voice.ts';
import type { Visit } from './visit.ts';

export type AccountScreen = ScreenOf<'account'>;

export type AccountPage = {
  path: string;
  show(context: HostedContext, visit: Visit, query: Fields): Promise<Response>;
  /** `fields` come from a form of this very page and session. */
  take(context: HostedContext, visit: Visit, query: Fields, fields: Fields): Promise<Response>;
};

/** Why a form is shown again. */
export type AccountNotice = { key: 'no-nickname' } | { key: 'nickname-too-long' };

export type Speaker<S extends AccountScreen> = { voice: Voice; say: Say<'account', S>; language: Language };

/** How one of these pages speaks. */
export async function speakerAt<S extends AccountScreen>(c: Context<Env>, name: S): Promise<Speaker<S>> {
  const voice = await voiceAt(c, { prompt: 'account', name });
  return { voice, say: speak(voice, 'account', name), language: voice.language };
}

/** @param notice why the form is there again. */
export function sendAccountPage(
  c: Context<Env>,
  voice: Voice,
  body: Markup,
  { notice, wide }: { notice?: AccountNotice; wide?: true } = {},
): Promise<Response> {
  return sendPage(c, {
    status: notice ? 400 : 200,
    ...spokenBy(voice, notice),
    body,
    ...(wide ? { wide } : {}),
  });
}

/** The one form of a page. */
export function accountForm(
  { token }: Visit,
  action: string,
  fields: Markup,
  told?: { voice: Voice; notice: AccountNotice },
): Markup {
  return html`<form method="post" action="${action}"${told ? html` data-error="${told.notice.key}"` : ''} novalidate>
${told ? html`<p class="alert" role="alert" id="refusal">${noticeText(told.voice, told.notice)}</p>` : ''}
<input type="hidden" name="state" value="${token}">
${fields}
</form>`;
}

/** The way back to another of these pages. */
export function backLink(to: string, text: string): Markup {
  return html`<p><a class="back" href="${to}">${icon('back')}${text}</a></p>`;
}

/** What was done. */
export function doneLine(text: string): Markup {
  return html`<p class="info good" role="status">${icon('check')}<span>${text}</span></p>`;
}

/** A moment as the language writes it. */
export function moment(at: number, language: Language): Markup {
  return html`<time datetime="${new Date(at).toISOString()}">${momentFormat(language).format(at)} UTC</time>`;
}

/** A day as the language writes it. */
export function day(at: number, language: Language): string {
  return dayFormat(language).format(at);
}
