// Server, development: the inbox as a page. What a person needs stands in front: the code to copy, the link to open, the
// mail as it looks. Everything works without scripts; with them it stays as it is while new messages join it.
import type { Context } from 'hono';
import { html } from 'hono/html';
import type { MessageRecord } from '#storage/records.ts';
import type { Env } from '../deps.ts';
import { scriptPath } from '../hosted/assets.ts';
import { type IconName, icon } from '../hosted/icons.ts';
import { type Markup, sendPage } from '../hosted/page.ts';
import { CHANNELS, type Wanted } from './inbox-messages.ts';

const REFRESH_SECONDS = 3;
const SCRIPT = scriptPath('inbox');

const ICONS: Record<MessageRecord['channel'], IconName> = {
  sms: 'message',
  voice: 'call',
  email: 'email',
  push: 'push',
};

export function showInbox(
  c: Context<Env>,
  wanted: Wanted,
  found: readonly MessageRecord[],
): Response | Promise<Response> {
  const isFiltered = wanted.to !== undefined || wanted.channel !== undefined;
  return sendPage(c, {
    status: 200,
    language: 'en',
    title: 'Dev inbox',
    brand: 'Sallyport',
    wide: true,
    scripts: [SCRIPT],
    connects: true,
    frames: true,
    refresh: { seconds: REFRESH_SECONDS, unscripted: true },
    body: html`<h1>Dev inbox</h1>
<p class="lead">Messages of this server that no provider carries, newest first. Nothing leaves the machine. New ones appear by themselves.</p>
${filters(wanted, found)}
<p class="unseen" role="status" data-news></p>
<div data-inbox>
<p data-none${found.length === 0 ? '' : html` hidden`}>${isFiltered ? 'No such message yet.' : html`No message yet. <a href="/dev/try">Start a login</a> that asks for a code, and it arrives here.`}</p>
<ul class="messages">${found.map((message) => messageRow(message, c.var.tenant.id))}</ul>
</div>`,
  });
}

function filters({ to, channel }: Wanted, found: readonly MessageRecord[]): Markup {
  const isFiltered = to !== undefined || channel !== undefined;
  const addresses = [...new Set(found.map((message) => message.to))];
  return html`<form class="filters" method="get" action="/dev/inbox">
<div><label for="to">To</label><input id="to" name="to" value="${to ?? ''}" list="addresses" autocomplete="off" spellcheck="false">
<datalist id="addresses">${addresses.map((address) => html`<option value="${address}"></option>`)}</datalist></div>
<div><label for="channel">Channel</label><select id="channel" name="channel"><option value="">All</option>${Object.entries(CHANNELS).map(([value, name]) => html`<option value="${value}"${value === channel ? html` selected` : ''}>${name}</option>`)}</select></div>
<div class="row"><button class="plain-button" type="submit">Filter</button>${isFiltered ? html`<a class="button quiet-button" href="/dev/inbox">Show all</a>` : ''}</div>
</form>`;
}

/** `here`: the tenant whose pages are open; logins of others are not among them. */
function messageRow(message: MessageRecord, here: string): Markup {
  const { id, channel, to, code, at, state, mail, outcome, tenantId, transactionId } = message;
  const when = new Date(at).toISOString();
  return html`<li id="message-${id}">
<h2>${icon(ICONS[channel])}<span>${CHANNELS[channel]} to <a href="/dev/inbox?to=${encodeURIComponent(to)}">${to}</a></span></h2>
<p class="fine"><time datetime="${when}">${when.slice(0, 10)} ${when.slice(11, 19)} UTC</time>${state === 'delivered' ? '' : html` <span class="badge${state === 'failed' ? ' bad' : ''}">${state}</span> ${outcome?.detail ?? ''}`}${transactionId !== undefined && tenantId === here ? html` <a href="/dev/logins/${transactionId}">Its login</a>` : ''}</p>
${mail ? html`<p><strong>${mail.subject}</strong></p>` : ''}
${code === undefined ? '' : html`<code class="big-code">${code}</code>`}
${actions(message)}
${mail?.html === undefined ? words(message) : mailParts(message, mail.html)}
</li>
`;
}

/** Buttons are for scripts and hidden without them: the code is marked by one click, and the link is a link. */
function actions({ channel, code, text, about }: MessageRecord): Markup | '' {
  const link = linksIn(text)[0];
  const spoken = channel === 'voice';
  if (code === undefined && link === undefined && !spoken) return '';
  return html`<div class="row">
${code === undefined ? '' : html`<button class="plain-button" type="button" data-copies="${code}" hidden>Copy code</button>`}
${link === undefined ? '' : html`<a class="button plain-button" href="${link}" target="_blank" rel="noopener">Open the link</a>`}
${spoken ? html`<button class="plain-button" type="button" data-says="${text}" lang="${about?.locale ?? 'en'}" hidden>Play the call</button>` : ''}
</div>`;
}

function words({ text }: MessageRecord): Markup {
  return html`<p class="words">${linked(text)}</p>`;
}

/** One of them is open at a time: they carry one name. */
function mailParts({ tenantId, id, text }: MessageRecord, source: string): Markup {
  const address = `/dev/inbox/mail/${encodeURIComponent(tenantId)}/${encodeURIComponent(id)}`;
  const name = `mail-${id}`;
  return html`<p>${excerpt(text)}</p>
<details name="${name}"><summary>As it looks</summary>
<iframe class="mail" name="${name}" src="${address}" sandbox="allow-popups allow-popups-to-escape-sandbox" loading="lazy" title="The mail as it looks"></iframe>
<p class="fine"><a href="${address}?pictures=1" target="${name}">Load its pictures from the network</a></p></details>
<details name="${name}"><summary>Plain text</summary><p class="words">${linked(text)}</p></details>
<details name="${name}"><summary>Source</summary><pre tabindex="0">${source}</pre></details>`;
}

const EXCERPT = 160;

function excerpt(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > EXCERPT ? `${line.slice(0, EXCERPT)}…` : line;
}

const LINK = /https?:\/\/[^\s<>"'「」]+[^\s<>"'「」.,;:!?)\]]/g;

const linksIn = (text: string): string[] => text.match(LINK) ?? [];

/** The text, its addresses made links. */
function linked(text: string): Markup {
  const links = linksIn(text);
  const between = text.split(LINK);
  return html`${between.map((words, at) => {
    const link = links[at];
    return link === undefined ? words : html`${words}<a href="${link}" target="_blank" rel="noopener">${link}</a>`;
  })}`;
}
