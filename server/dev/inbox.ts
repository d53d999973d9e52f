// Server, development: the messages that nobody delivered, as a page and as JSON. A tenant's host shows its own; the
// default tenant's host shows those of all, because it is where developers look.
import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import type { MessageRecord } from '#storage/records.ts';
import type { Deps, Env } from '../deps.ts';
import { type Markup, sendPage } from '../hosted/page.ts';

const SHOWN = 100;
const REFRESH_SECONDS = 3;

/** GET `/dev/inbox` and `/dev/inbox.json`, both with an optional `to`: the exact address. */
export function inboxRoutes(deps: Deps): Hono<Env> {
  return new Hono<Env>()
    .get('/dev/inbox', async (c) => {
      const to = recipient(c);
      return inboxPage(c, to, await messages(c, deps, to));
    })
    .get('/dev/inbox.json', async (c) => {
      c.header('cache-control', 'no-store');
      return c.json((await messages(c, deps, recipient(c))).map(toWire));
    });
}

/** An empty `to` counts as none. A plus sign that was not encoded arrives as a space, and no address begins with one. */
function recipient(c: Context<Env>): string | undefined {
  const to = c.req.query('to');
  return to ? to.replace(/^ /, '+') : undefined;
}

/** Mails that follow an answer are on their way: whoever looks here after it is to find them. */
const ON_THEIR_WAY_MS = 500;

/** Newest first. */
async function messages(
  c: Context<Env>,
  { store, config, runtime }: Deps,
  to: string | undefined,
): Promise<MessageRecord[]> {
  await runtime.drain(ON_THEIR_WAY_MS);
  const here = c.var.tenant;
  if (here.name !== config.tenantName) return store.messages.inbox(here.id, to, SHOWN);
  const owners = await store.owners.list();
  const tenants = (await Promise.all(owners.map(({ id }) => store.tenants.ofOwner(id)))).flat();
  const found = await Promise.all(tenants.map(({ id }) => store.messages.inbox(id, to, SHOWN)));
  // Stable: messages of one tenant and one millisecond keep their order.
  return found
    .flat()
    .sort((a, b) => b.at - a.at)
    .slice(0, SHOWN);
}

function toWire({ id, channel, to, text, code, at }: MessageRecord) {
  return { id, channel, to, text, code: code ?? null, at: new Date(at).toISOString() };
}

const CHANNELS = { sms: 'SMS', voice: 'Call', email: 'Email', push: 'Push' } as const;

function inboxPage(c: Context<Env>, to: string | undefined, found: MessageRecord[]): Response | Promise<Response> {
  return sendPage(c, {
    status: 200,
    language: 'en',
    title: 'Dev inbox',
    brand: 'Sallyport',
    wide: true,
    refresh: { seconds: REFRESH_SECONDS },
    body: html`<h1>Dev inbox</h1>
<p class="lead">Text messages and e-mails of this server, newest first. Nothing leaves the machine. The page looks for new ones every ${REFRESH_SECONDS} seconds.${to === undefined ? '' : html` Showing ${to} only; <a href="/dev/inbox">show all</a>.`}</p>
${
  found.length === 0
    ? html`<p>No message yet. <a href="/dev/try">Start a login</a> that asks for a code, and it arrives here.</p>`
    : html`<ul class="messages">${found.map(messageRow)}</ul>`
}`,
  });
}

function messageRow({ channel, to, text, code, at }: MessageRecord): Markup {
  const when = new Date(at).toISOString();
  return html`<li><p><strong>${CHANNELS[channel]}</strong> to <a href="/dev/inbox?to=${encodeURIComponent(to)}">${to}</a> <span class="fine"><time datetime="${when}">${when.slice(11, 19)} UTC</time></span></p>
${code === undefined ? '' : html`<code class="big-code">${code}</code>`}
<p class="fine">${text}</p></li>
`;
}
