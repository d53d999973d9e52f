// Server, hosted pages: the one form of a page and the error above it, tied together for those who only hear them.
import { html } from 'hono/html';
import { icon } from './icons.ts';
import type { Markup } from './page.ts';
import type { View } from './screen.ts';
import { noticeText } from './speak.ts';

const ALERT_ID = 'refusal';

/** A form that posts to its own address, with the key of the login and the reason of a refusal. */
export function form(view: View, fields: Markup): Markup {
  const { action, state, notice } = view;
  return html`<form method="post" action="${action}"${notice ? html` data-error="${notice.key}"` : ''} novalidate>
${notice ? html`<p class="alert" role="alert" id="${ALERT_ID}">${icon('warning')}<span>${noticeText(view, notice)}</span></p>` : ''}
<input type="hidden" name="state" value="${state}">
${fields}
</form>`;
}

/**
 * Attributes of a field: whether the error is about it, and what else describes it.
 * @param descriptions ids of elements that say more about the field.
 */
export function invalid(isInvalid: boolean, ...descriptions: string[]): Markup | '' {
  const ids = isInvalid ? [ALERT_ID, ...descriptions] : descriptions;
  const described = ids.length === 0 ? '' : html` aria-describedby="${ids.join(' ')}"`;
  return isInvalid ? html` aria-invalid="true"${described}` : described;
}
