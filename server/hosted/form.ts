// Server, hosted pages: the one form of a page and the error above it, tied together for those who only hear them.
import { html } from 'hono/html';
import type { Markup } from './page.ts';
import type { View } from './screen.ts';
import { noticeText } from './texts/texts.ts';

const ALERT_ID = 'refusal';

/** A form that posts to its own address, with the key of the login and the reason of a refusal. */
export function form({ action, state, notice, texts }: View, fields: Markup): Markup {
  return html`<form method="post" action="${action}"${notice ? html` data-error="${notice.key}"` : ''} novalidate>
${notice ? html`<p class="alert" role="alert" id="${ALERT_ID}">${noticeText(texts, notice)}</p>` : ''}
<input type="hidden" name="state" value="${state}">
${fields}
</form>`;
}

/** Attributes of the field that the error is about. */
export function invalid(isInvalid: boolean): Markup | '' {
  return isInvalid ? html` aria-invalid="true" aria-describedby="${ALERT_ID}"` : '';
}
