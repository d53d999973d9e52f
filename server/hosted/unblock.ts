// Server, hosted pages: where the mail about a blocked account leads. Opening it changes nothing; the button does.
import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import { followUnblockLink, isUnblockLink } from '#runtime/protection/unblock.ts';
import type { Deps, Env } from '../deps.ts';
import { readFormValues, readQuery } from '../request.ts';
import { errorPage } from './error-page.ts';
import { chooseLanguage } from './language.ts';
import { isOwnForm } from './own-form.ts';
import { type Markup, sendPage } from './page.ts';
import { type Texts, textsIn } from './texts/texts.ts';

/** `GET` and `POST /u/unblock?ticket=` */
export function unblockRoutes(deps: Deps): Hono<Env> {
  const ports = { store: deps.store, now: deps.clock.now };
  return new Hono<Env>()
    .get('/u/unblock', async (c) => {
      const ticket = ticketOf(c);
      if (ticket === undefined || !(await isUnblockLink(ports, c.var.tenant.id, ticket))) return gone(c);
      const action = `/u/unblock?ticket=${encodeURIComponent(ticket)}`;
      return page(
        c,
        ({ unblock }) => html`<h1>${unblock.title}</h1>
<p class="lead">${unblock.lead}</p>
<form method="post" action="${action}">
<button type="submit" name="action" value="default" autofocus>${unblock.submit}</button>
</form>`,
      );
    })
    .post('/u/unblock', async (c) => {
      if (!isOwnForm(c)) return errorPage(c, { status: 403, key: 'foreign-form' });
      const body = await readFormValues(c);
      if (!body.ok) return errorPage(c, { status: body.problem === 'too-large' ? 413 : 400, key: 'bad-request' });
      const ticket = ticketOf(c);
      if (ticket === undefined || !(await followUnblockLink(ports, c.var.tenant.id, ticket))) return gone(c);
      return page(
        c,
        ({ unblock }) => html`<h1>${unblock.done}</h1>
<p class="lead">${unblock.next}</p>`,
      );
    });
}

function ticketOf(c: Context<Env>): string | undefined {
  const query = readQuery(c);
  return query.ok ? query.parameters.ticket : undefined;
}

const gone = (c: Context<Env>) => errorPage(c, { status: 400, key: 'link-used' });

function page(c: Context<Env>, body: (texts: Texts) => Markup): Response | Promise<Response> {
  const { tenant } = c.var;
  const { language, texts } = textsIn(chooseLanguage(tenant.enabledLocales, [], c.req.header('accept-language')));
  return sendPage(c, {
    status: 200,
    language,
    title: texts.unblock.title,
    brand: tenant.friendlyName ?? tenant.name,
    body: body(texts),
  });
}
