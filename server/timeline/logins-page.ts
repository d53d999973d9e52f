// Server, timelines: the logins of a tenant as a list, the one that was moved last first. Of development and of operators.
import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import type { LoginStepRecord } from '#storage/records.ts';
import type { Deps, Env } from '../deps.ts';
import { errorPage } from '../hosted/error-page.ts';
import { type Markup, sendPage } from '../hosted/page.ts';
import { outcomeOf, type Timeline, timelineOf } from './timeline.ts';
import { moment, outcomeBadge, showTimeline } from './timeline-page.ts';
import { restText } from './words.ts';

const PER_PAGE = 50;

/** GET `<path>` and `<path>/{transaction id}`. Whoever mounts them guards them. */
export function loginPages(deps: Deps, path: '/dev/logins' | '/operator/logins'): Hono<Env> {
  return new Hono<Env>()
    .get(path, (c) => showLogins(c, deps, path))
    .get(`${path}/:id`, async (c) => {
      const timeline = await timelineOf(deps, c.var.tenant.id, c.req.param('id') ?? '');
      return timeline ? showTimeline(c, timeline, path) : errorPage(c, { status: 404, key: 'not-found' });
    });
}

async function showLogins(c: Context<Env>, deps: Deps, path: string): Promise<Response> {
  const { tenant } = c.var;
  const userId = (c.req.query('user_id') ?? '').trim().slice(0, 255);
  const from = c.req.query('from') ?? '';
  const { records, next } = await deps.store.loginSteps.logins(tenant.id, {
    ...(userId === '' ? {} : { userId }),
    ...(/^\d{1,15}$/.test(from) ? { before: Number(from) } : {}),
    limit: PER_PAGE,
  });
  const rows = await Promise.all(records.map((step) => rowOf(deps, step)));
  const older = new URLSearchParams({ ...(userId === '' ? {} : { user_id: userId }), from: String(next) });
  return sendPage(c, {
    status: 200,
    language: 'en',
    title: 'Logins',
    brand: tenant.friendlyName ?? tenant.name,
    wide: true,
    body: html`<h1>Logins</h1>
<p class="lead">The one that was moved last comes first. Each leads to what happened in it, and why.</p>
<form class="filters" method="get" action="${path}">
<div><label for="user_id">User <small>the whole id</small></label><input id="user_id" name="user_id" value="${userId}" autocomplete="off" spellcheck="false"></div>
<div class="row"><button class="plain-button" type="submit">Filter</button>${userId === '' ? '' : html`<a class="button quiet-button" href="${path}">Show all</a>`}</div>
</form>
${rows.length === 0 ? html`<p>No such login.</p>` : table(rows, path)}
${next === undefined ? '' : html`<nav class="row" aria-label="Pages"><a class="button plain-button" href="${path}?${older}">Older</a></nav>`}`,
  });
}

type Row = { step: LoginStepRecord; outcome: Timeline['outcome']; whose: string | undefined; client: string };

async function rowOf(deps: Deps, step: LoginStepRecord): Promise<Row> {
  const { tenantId, userId, clientId } = step;
  const [user, client, outcome] = await Promise.all([
    userId === undefined ? undefined : deps.store.users.find(tenantId, userId),
    deps.store.clients.find(tenantId, clientId),
    outcomeOf(deps, step),
  ]);
  const whose = user ? (user.email ?? user.username ?? user.phoneNumber ?? user.id) : userId;
  return { step, outcome, whose, client: client?.name ?? clientId };
}

const COLUMNS = ['Began (UTC)', 'Who', 'Application', 'Outcome', 'Now'];

function table(rows: readonly Row[], path: string): Markup {
  return html`<table class="folds">
<thead><tr>${COLUMNS.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${rows.map((row) => tableRow(row, path))}</tbody>
</table>`;
}

function tableRow({ step, outcome, whose, client }: Row, path: string): Markup {
  const began = new Date(step.beganAt).toISOString();
  const cells: (Markup | string)[] = [
    html`<a href="${path}/${encodeURIComponent(step.transactionId)}"><time datetime="${began}">${moment(began)}</time></a>`,
    whose ?? 'not known yet',
    client === '' ? '–' : client,
    outcomeBadge(outcome),
    restText(step),
  ];
  return html`<tr>${cells.map((cell, at) => html`<td data-label="${COLUMNS[at]}">${cell}</td>`)}</tr>
`;
}
