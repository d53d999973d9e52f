// Server, timelines: a login as a page: first what became of it and where the time went, then its steps one below the
// other, each with what was decided and why. HTML and CSS alone; pictures of time say the same in words beside them.
import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Json, JsonObject } from '#storage/records.ts';
import type { Env } from '../deps.ts';
import { TIMELINE_STYLESHEET_PATH } from '../hosted/assets.ts';
import { type Markup, sendPage } from '../hosted/page.ts';
import type { Timeline, TimelineStep } from './timeline.ts';
import { commandText, factorName, standingText } from './words.ts';

/** Answers with the page. `list`: the address of the list it stands in. */
export function showTimeline(c: Context<Env>, timeline: Timeline, list: string): Promise<Response> {
  const { tenant } = c.var;
  const whose = timeline.user_name ?? timeline.user_id ?? 'somebody unknown';
  return sendPage(c, {
    status: 200,
    language: 'en',
    title: `Login of ${whose}`,
    brand: tenant.friendlyName ?? tenant.name,
    wide: true,
    sheets: [TIMELINE_STYLESHEET_PATH],
    body: html`<h1>Login of ${whose}</h1>
<p class="lead">${outcomeBadge(timeline.outcome)} ${timeline.reason ?? OUTCOMES[timeline.outcome].means}</p>
${facts(timeline)}
<section aria-labelledby="time"><h2 id="time">Where the time went</h2>${timeTable(timeline)}</section>
${timeline.actions.length === 0 ? '' : html`<section aria-labelledby="actions"><h2 id="actions">Actions</h2>${actionTable(timeline.actions)}</section>`}
<section aria-labelledby="steps"><h2 id="steps">Step by step</h2>
<ol class="timeline">${timeline.steps.map((step) => stepItem(step, longest(timeline)))}</ol></section>
<p class="row"><a class="button quiet-button" href="${list}">All logins</a></p>`,
  });
}

const OUTCOMES = {
  completed: { name: 'completed', badge: 'good', means: 'The person got through.' },
  denied: { name: 'denied', badge: 'bad', means: 'The login was denied.' },
  waiting: { name: 'waiting', badge: '', means: 'The login waits for the person.' },
  'run-out': { name: 'run out', badge: '', means: 'The person did not come back in time.' },
} as const satisfies Record<Timeline['outcome'], { name: string; badge: string; means: string }>;

export function outcomeBadge(outcome: Timeline['outcome']): Markup {
  const { name, badge } = OUTCOMES[outcome];
  return html`<span class="badge ${badge}">${name}</span>`;
}

const DOORS: { readonly [door: string]: string } = {
  hosted: 'pages',
  silent: 'silently, without a page',
  token: 'the token endpoint',
  json: 'the JSON flow',
};

function facts(timeline: Timeline): Markup {
  const rows: [string, Markup | string | undefined][] = [
    ['User', timeline.user_id === undefined ? 'not known' : html`<code>${timeline.user_id}</code>`],
    ['Application', timeline.client_name ?? timeline.client_id],
    ['Came by', DOORS[timeline.door] ?? timeline.door],
    ['Was for', timeline.purpose === 'login' ? undefined : timeline.purpose],
    ['Began', html`<time datetime="${timeline.began_at}">${moment(timeline.began_at)} UTC</time>`],
    ['Last step', html`<time datetime="${timeline.moved_at}">${moment(timeline.moved_at)} UTC</time>`],
    ['Transaction', html`<code>${timeline.transaction_id}</code>`],
  ];
  return html`<dl class="facts">${rows.map(([name, value]) => (value === undefined || value === '' ? '' : html`<dt>${name}</dt><dd>${value}</dd>`))}</dl>`;
}

type Part = { kind: 'waiting' | 'own' | 'scripts' | 'calls'; ms: number };

const PARTS: { readonly [Kind in Part['kind']]: string } = {
  waiting: 'Waiting for the person',
  own: 'Our own work',
  scripts: 'Scripts',
  calls: 'Calls of scripts to outside services',
};

function timeTable({ time }: Timeline): Markup {
  const parts: Part[] = [
    { kind: 'waiting', ms: time.waiting_ms },
    { kind: 'own', ms: time.own_ms },
    { kind: 'scripts', ms: time.scripts_ms },
    { kind: 'calls', ms: time.calls_ms },
  ];
  const ours = parts.slice(1);
  const shown = parts.filter(({ kind, ms }) => kind !== 'calls' || ms > 0);
  const rows = shown.map(({ kind, ms }) => {
    const more = kind === 'scripts' ? ` (${length(time.cpu_ms)} of a processor)` : '';
    return html`<tr><th scope="row"><svg class="key for-${kind}" viewBox="0 0 1 1" width="12" height="12" aria-hidden="true"><rect width="1" height="1"/></svg>${PARTS[kind]}</th><td>${length(ms)}${more}</td></tr>
`;
  });
  return html`${bar(ours, sum(ours), 'thick')}
<table class="times"><tbody>${rows}<tr><th scope="row">Together</th><td>${length(time.total_ms)}</td></tr></tbody></table>
<p class="fine">The bar shows what was not waiting for the person.</p>`;
}

const sum = (parts: readonly Part[]): number => parts.reduce((total, { ms }) => total + ms, 0);
const longest = ({ steps }: Timeline): number => Math.max(...steps.map(({ took_ms }) => took_ms));

/** `whole`: how many milliseconds the full width stands for. */
function bar(parts: readonly Part[], whole: number, look = ''): Markup | '' {
  if (whole <= 0) return '';
  let at = 0;
  const rects = parts.map(({ kind, ms }) => {
    const width = Math.round((ms / whole) * 10_000) / 10;
    const rect = html`<rect class="for-${kind}" x="${at}" y="0" width="${width}" height="8"/>`;
    at += width;
    return width > 0 ? rect : '';
  });
  return html`<svg class="bar ${look}" viewBox="0 0 1000 8" preserveAspectRatio="none" aria-hidden="true">${rects}</svg>`;
}

function actionTable(actions: readonly JsonObject[]): Markup {
  return html`<table class="folds">
<thead><tr><th scope="col">Action</th><th scope="col">Version</th><th scope="col">Runs</th><th scope="col">Took</th></tr></thead>
<tbody>${actions.map(
    (action) =>
      html`<tr><td data-label="Action">${String(action.name)}${action.failed === true ? html` <span class="badge bad">failed</span>` : ''}</td><td data-label="Version">${String(action.version_number ?? '–')}</td><td data-label="Runs">${String(action.runs)}</td><td data-label="Took">${length(Number(action.duration_ms))}</td></tr>
`,
  )}</tbody></table>`;
}

function stepItem(step: TimelineStep, most: number): Markup {
  const { number, title, rest, at, waited_ms, took_ms, to, notice } = step;
  const end = to.state === 'denied' ? ' bad' : to.state === 'completed' ? ' good' : '';
  let run = 0;
  const works = step.work.map((work) => {
    const isRun = work.fact === 'ran' || work.fact === 'failed';
    return workItem(work, isRun ? step.runs[run++] : undefined);
  });
  return html`<li class="step${end}">
${waited_ms > 0 ? html`<p class="waited">${length(waited_ms)} for the person</p>` : ''}
<h3>${title}</h3>
<p class="fine"><time datetime="${at}">${moment(at)} UTC</time>, step ${number}, took ${length(took_ms)}</p>
${bar(partsOf(step), most)}
${works.length === 0 ? '' : html`<ol class="works">${works}</ol>`}
${notice === undefined ? '' : html`<p>The page said: <code>${notice}</code></p>`}
<p class="rest">${rest}</p>
${step.messages.map(messageLine)}
${step.logs.length === 0 ? '' : html`<details><summary>${step.logs.length} log ${step.logs.length === 1 ? 'line' : 'lines'}</summary><ul class="lines">${step.logs.map(logLine)}</ul></details>`}
</li>
`;
}

function partsOf({ runs, took_ms }: TimelineStep): Part[] {
  const calls = runs.reduce((total, run) => total + callsOf(run), 0);
  const scripts = Math.max(0, runs.reduce((total, run) => total + Number(run.duration_ms), 0) - calls);
  return [
    { kind: 'own', ms: Math.max(0, took_ms - scripts - calls) },
    { kind: 'scripts', ms: scripts },
    { kind: 'calls', ms: calls },
  ];
}

const callsOf = ({ calls }: JsonObject): number => Number(isObject(calls) ? calls.duration_ms : 0);

/** Where it is said why something was asked, that says it all. */
function workItem(work: JsonObject, run: JsonObject | undefined): Markup {
  const why = isObject(work.why) ? work.why : undefined;
  return html`<li><p>${why ? `${String(why.text)}.` : String(work.text)}${askedBy(why)} <small>${length(Number(work.took_ms))}</small></p>
${why ? standings(why) : ''}
${run ? runCard(run) : ''}</li>
`;
}

function askedBy(why: JsonObject | undefined): Markup | '' {
  return isObject(why?.asked_by) ? html` <small>For ${String(why.asked_by.action_name)}.</small>` : '';
}

function standings({ factors }: JsonObject): Markup | '' {
  const named = Array.isArray(factors) ? factors.filter(isObject) : [];
  if (named.length === 0) return '';
  return html`<ul class="standings">${named.map(({ factor, standing }) => html`<li><span class="badge${standing === 'usable' || standing === 'can-be-enrolled' ? ' good' : ''}">${factorName(factor)}</span> ${standingText(standing)}</li>`)}</ul>`;
}

function runCard(run: JsonObject): Markup {
  const commands = Array.isArray(run.commands) ? run.commands.filter(isObject) : [];
  const lines = Array.isArray(run.logs) ? run.logs.filter(isObject) : [];
  const { error, calls } = run;
  return html`<div class="run">
<p><strong>${String(run.action_name)}</strong>${run.version_number === undefined ? '' : ` version ${String(run.version_number)}`} <small>${length(Number(run.duration_ms))}, ${length(Number(run.cpu_ms))} of a processor${isObject(calls) ? `, ${String(calls.count)} ${calls.count === 1 ? 'call' : 'calls'} out` : ''}</small></p>
${isObject(error) ? html`<p class="alert">${String(error.msg)}${error.at === undefined ? '' : html` <small>${String(error.at)}</small>`}</p>` : ''}
${commands.length === 0 ? html`<p class="fine">It commanded nothing.</p>` : html`<ul>${commands.map(({ name, args }) => html`<li>${commandText({ name: String(name), args: Array.isArray(args) ? args : undefined })}</li>`)}</ul>`}
${lines.length === 0 ? '' : html`<pre tabindex="0">${lines.map(({ level, text }) => `${String(level)}: ${String(text)}\n`)}</pre>`}
</div>`;
}

function messageLine({ channel, to, state, provider, detail }: JsonObject): Markup {
  const badge = state === 'delivered' ? ' good' : state === 'failed' || state === 'unconfirmed' ? ' bad' : '';
  return html`<p>Message by ${String(channel)} to ${String(to)} <span class="badge${badge}">${String(state)}</span>${provider === undefined ? '' : html` <small>${String(provider)}</small>`}${detail === undefined ? '' : html` <small>${String(detail)}</small>`}</p>`;
}

function logLine({ type, description, details }: JsonObject): Markup {
  return html`<li><span class="badge">${String(type)}</span> ${String(description)}${details === undefined ? '' : html`<pre tabindex="0">${JSON.stringify(details, undefined, 2)}</pre>`}</li>
`;
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An ISO moment as people read it. */
export const moment = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 19)}`;

/** A length of time in the unit that fits it. */
function length(ms: number): string {
  if (ms < 1000) return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  return `${minutes} min ${Math.round(seconds - minutes * 60)} s`;
}
