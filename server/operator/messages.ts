// Server, operators: what became of the messages of a tenant. Those that failed, or that nobody can say of whether they
// arrived, stand out; what a message said is not shown, and its address only to whoever named it.
import type { Context } from 'hono';
import { html } from 'hono/html';
import { logTypeOf } from '#runtime/delivery/delivery-log.ts';
import type { MessageRecord } from '#storage/records.ts';
import type { MessageQuery } from '#storage/store.ts';
import type { Deps, Env } from '../deps.ts';
import type { Markup } from '../hosted/page.ts';
import { MESSAGE_CHANNELS, MESSAGE_STATES, maskedAddress, writtenAddress } from '../management/messages.ts';
import { sumCosts } from './costs.ts';
import { addressOf, choice, chooser, PER_PAGE, pageAsked, sendView, turnPages, whenText } from './view.ts';

const PATH = '/operator/messages';
/** Costs are what providers write, so they are added up here, of so many messages. */
const COUNTED = 1000;

type Filter = Omit<MessageQuery, 'page'>;

export async function showMessages(c: Context<Env>, { store }: Deps): Promise<Response> {
  const tenantId = c.var.tenant.id;
  const filter = filterOf(c);
  const page = pageAsked(c);
  const list = (more: Partial<Filter>, limit: number, offset = 0) =>
    store.messages.list(tenantId, { ...filter, ...more, page: { limit, offset } });
  const [{ records, total }, { records: priced }, states] = await Promise.all([
    list({}, PER_PAGE, page * PER_PAGE),
    list({}, COUNTED),
    Promise.all(MESSAGE_STATES.map(async (state) => ({ state, count: (await list({ state }, 1)).total }))),
  ]);
  return sendView(
    c,
    'Messages',
    html`<p class="lead">What became of the messages that people of this tenant were sent. <a href="/operator/logs">Their log lines</a> <a href="/operator/log-streams">Log streams</a> <a href="/operator/logins">Logins</a></p>
${summary(states, sumCosts(priced), filter)}
${filterForm(filter)}
${records.length === 0 ? html`<p>No such message.</p>` : table(records, filter)}
${turnPages(page, total, (to) => addressOf(PATH, { ...filter, page: to }))}`,
  );
}

function filterOf(c: Context<Env>): Filter {
  const to = writtenAddress(c.req.query('to') ?? '').trim();
  const state = choice(c, 'state', MESSAGE_STATES);
  const channel = choice(c, 'channel', MESSAGE_CHANNELS);
  return {
    ...(to === '' ? {} : { to: to.slice(0, 320) }),
    ...(state === undefined ? {} : { state }),
    ...(channel === undefined ? {} : { channel }),
  };
}

/** `state` narrows the list, not the counts. */
function summary(
  states: readonly { state: MessageRecord['state']; count: number }[],
  costs: readonly string[],
  filter: Filter,
): Markup {
  return html`<dl class="facts">${states.map(
    ({ state, count }) =>
      html`<dt><a href="${addressOf(PATH, { ...filter, state })}">${state}</a></dt><dd>${count > 0 ? html`<span class="${badgeOf(state)}">${count}</span>` : count}</dd>`,
  )}<dt>Cost of the newest ${COUNTED}</dt><dd>${costs.length === 0 ? 'not known' : costs.join(', ')}</dd></dl>`;
}

function filterForm({ to, state, channel }: Filter): Markup {
  return html`<form class="filters" method="get" action="${PATH}">
<div><label for="to">To <small>the whole address</small></label><input id="to" name="to" value="${to ?? ''}" autocomplete="off" spellcheck="false"></div>
${chooser('state', 'State', MESSAGE_STATES, state)}
${chooser('channel', 'Channel', MESSAGE_CHANNELS, channel)}
<div class="row"><button class="plain-button" type="submit">Filter</button>${(to ?? state ?? channel) ? html`<a class="button quiet-button" href="${PATH}">Show all</a>` : ''}</div>
</form>`;
}

const COLUMNS = ['Time (UTC)', 'Channel', 'To', 'State', 'Provider', 'Attempts', 'Cost', 'Log'];

function table(records: readonly MessageRecord[], filter: Filter): Markup {
  return html`<table class="folds">
<thead><tr>${COLUMNS.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${records.map((message) => row(message, filter.to !== undefined))}</tbody>
</table>`;
}

function row(message: MessageRecord, isKnown: boolean): Markup {
  const { channel, to, state, attempts, at, outcome } = message;
  const cells: (Markup | string | number)[] = [
    whenText(at),
    channel,
    isKnown ? to : maskedAddress(message),
    html`<span><span class="${badgeOf(state)}">${state}</span>${outcome?.detail === undefined ? '' : html` <small>${outcome.detail}</small>`}</span>`,
    [outcome?.provider, outcome?.status].filter((part) => part !== undefined).join(', ') || '–',
    attempts,
    outcome?.cost ?? '–',
    logLink(message),
  ];
  return html`<tr>${cells.map((cell, at) => html`<td data-label="${COLUMNS[at]}">${cell}</td>`)}</tr>
`;
}

function badgeOf(state: MessageRecord['state']): string {
  if (state === 'failed' || state === 'unconfirmed') return 'badge bad';
  return state === 'delivered' ? 'badge good' : 'badge';
}

/** Nothing for those that the log does not tell of, yet or ever. */
function logLink(message: MessageRecord): Markup | string {
  const { state, channel, about, outcome } = message;
  if (state === 'pending' || state === 'attempting') return '–';
  const type = logTypeOf({ channel, kind: about?.kind ?? outcome?.kind }, state === 'delivered');
  return type === undefined ? '–' : html`<a href="${addressOf('/operator/logs', { type })}">log</a>`;
}
