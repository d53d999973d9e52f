// Server, operators: how the log streams of a tenant fare, at a glance. What is done about it is done by the Management API.
import type { Context } from 'hono';
import { html } from 'hono/html';
import type { LogStreamRecord } from '#storage/records.ts';
import type { Deps, Env } from '../deps.ts';
import type { Markup } from '../hosted/page.ts';
import { healthOf } from '../management/log-stream-health.ts';
import { sendView, whenText } from './view.ts';

const COLUMNS = ['Stream', 'State', 'Waiting', 'Dead letters', 'Delivered', 'Failed', 'Last success'];

export async function showLogStreams(c: Context<Env>, deps: Pick<Deps, 'store'>): Promise<Response> {
  const { records } = await deps.store.logStreams.list(c.var.tenant.id);
  const rows = await Promise.all(records.map((stream) => row(deps, stream)));
  return sendView(
    c,
    'Log streams',
    html`<p class="lead">Where log lines of this tenant go. Times are UTC. <a href="/operator/logs">Log lines of messages</a></p>
${rows.length === 0 ? html`<p>There is no log stream.</p>` : table(rows)}`,
  );
}

const table = (rows: readonly Markup[]): Markup => html`<table class="folds">
<thead><tr>${COLUMNS.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${rows}</tbody>
</table>`;

async function row(deps: Pick<Deps, 'store'>, stream: LogStreamRecord): Promise<Markup> {
  const health = await healthOf(deps, stream);
  const { state, last_error: error } = health;
  const isBad = state === 'failing' || state === 'suspended' || health.dead_letters > 0;
  const at = (moment: string | undefined): Markup | string =>
    moment === undefined ? '–' : whenText(Date.parse(moment));
  const cells: (Markup | string)[] = [
    // With the name, for it is what is long.
    html`<span>${stream.name} (${stream.type})${error === undefined ? '' : html`<br><small>Last error, ${at(health.last_failure_at)}: ${error}</small>`}</span>`,
    html`<span class="badge${isBad ? ' bad' : ''}">${state}</span>`,
    health.oldest_queued_at === undefined
      ? String(health.queued)
      : html`<span>${health.queued}, since ${at(health.oldest_queued_at)}</span>`,
    String(health.dead_letters),
    String(health.delivered),
    String(health.failed),
    at(health.last_success_at),
  ];
  return html`<tr>${cells.map((cell, index) => html`<td data-label="${COLUMNS[index]}">${cell}</td>`)}</tr>
`;
}
