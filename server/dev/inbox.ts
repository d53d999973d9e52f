// Server, development: the messages that nobody delivered, as a page, as JSON, and the HTML of a mail as a page of its own.
import { Hono } from 'hono';
import type { MessageRecord } from '#storage/records.ts';
import type { Deps, Env } from '../deps.ts';
import { errorPage } from '../hosted/error-page.ts';
import { findMessage, findMessages, wantedOf } from './inbox-messages.ts';
import { showInbox } from './inbox-page.ts';
import { mailFrame } from './mail-frame.ts';

/** `/dev/inbox` and `/dev/inbox.json`, both with an optional `to` (the exact address) and `channel`. */
export function inboxRoutes(deps: Deps): Hono<Env> {
  return new Hono<Env>()
    .get('/dev/inbox', async (c) => {
      const wanted = wantedOf(c);
      return showInbox(c, wanted, await findMessages(c, deps, wanted));
    })
    .get('/dev/inbox.json', async (c) => {
      c.header('cache-control', 'no-store');
      return c.json((await findMessages(c, deps, wantedOf(c))).map(toWire));
    })
    .get('/dev/inbox/mail/:tenant/:id', async (c) => {
      const message = await findMessage(c, deps, { tenantId: c.req.param('tenant'), id: c.req.param('id') });
      const source = message?.mail?.html;
      if (source === undefined) return errorPage(c, { status: 404, key: 'not-found' });
      return mailFrame(source, { pictures: c.req.query('pictures') === '1' });
    });
}

function toWire({ id, channel, to, text, code, at, mail }: MessageRecord) {
  return {
    ...{ id, channel, to, text, code: code ?? null, at: new Date(at).toISOString() },
    ...(mail ? { subject: mail.subject } : {}),
    ...(mail?.html === undefined ? {} : { html: mail.html }),
  };
}
