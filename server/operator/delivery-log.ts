// Server, operators: the tenant's log lines about messages: what went out, what did not and why, and what was held back.
import type { Context } from 'hono';
import { html } from 'hono/html';
import type { LogType } from '#runtime/codes.ts';
import type { LogRecord } from '#storage/records.ts';
import type { Deps, Env } from '../deps.ts';
import type { Markup } from '../hosted/page.ts';
import { addressOf, choice, chooser, PER_PAGE, pageAsked, sendView, turnPages, whenText } from './view.ts';

const PATH = '/operator/logs';
const TYPES = [
  'gd_send_sms',
  'gd_send_sms_failure',
  'gd_send_voice',
  'gd_send_voice_failure',
  'gd_send_email',
  'gd_send_email_failure',
  'gd_send_pn',
  'gd_send_pn_failure',
  'cs',
  'cls',
  'fn',
  'limit_messages',
  'limit_messages_warning',
] as const satisfies readonly LogType[];

export async function showDeliveryLog(c: Context<Env>, { store }: Deps): Promise<Response> {
  const type = choice(c, 'type', TYPES);
  const page = pageAsked(c);
  const { records, total } = await store.logs.list(c.var.tenant.id, {
    types: type === undefined ? TYPES : [type],
    order: 'newest',
    page: { limit: PER_PAGE, offset: page * PER_PAGE },
  });
  return sendView(
    c,
    'Log lines of messages',
    html`<p class="lead">The newest first. <a href="/operator/messages">The messages themselves</a></p>
<form class="filters" method="get" action="${PATH}">
${chooser('type', 'Type', TYPES, type)}
<div class="row"><button class="plain-button" type="submit">Filter</button></div>
</form>
${records.length === 0 ? html`<p>No such line.</p>` : table(records)}
${turnPages(page, total, (to) => addressOf(PATH, { type, page: to }))}`,
  );
}

const COLUMNS = ['Time (UTC)', 'Type', 'What', 'Person', 'Details'];

function table(records: readonly LogRecord[]): Markup {
  return html`<table class="folds">
<thead><tr>${COLUMNS.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${records.map(row)}</tbody>
</table>`;
}

function row({ at, type, description, userId, userName, details }: LogRecord): Markup {
  const isBad = type.endsWith('_failure') || type === 'fn' || type.startsWith('limit_');
  const cells: (Markup | string)[] = [
    whenText(at),
    html`<span class="badge${isBad ? ' bad' : ''}">${type}</span>`,
    description,
    userId ?? userName ?? '–',
    details === undefined
      ? '–'
      : html`<details><summary>Details</summary><pre tabindex="0">${JSON.stringify(details, undefined, 2)}</pre></details>`,
  ];
  return html`<tr>${cells.map((cell, at) => html`<td data-label="${COLUMNS[at]}">${cell}</td>`)}</tr>
`;
}
