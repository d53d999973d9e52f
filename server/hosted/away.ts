// Server, hosted pages: the way to another site that a script sends the person to.
import { html } from 'hono/html';
import type { Shown } from '#runtime/runtime.ts';
import { sendPage, sendTo } from './page.ts';
import type { HostedContext } from './show-screen.ts';
import { textsIn } from './texts/texts.ts';

/**
 * A redirect, with the key that brings the person back to `/continue` in the parameter `state`.
 *
 * The site is known only when the script has run, so that no page that was shown before can name it in its policy, and a
 * browser stops a form whose redirects leave what the policy names. There the form is answered with a page that goes on
 * by itself: a navigation of its own, which belongs to no form.
 */
export function sendAway({ c }: HostedContext, { login, key }: Shown, url: string): Response | Promise<Response> {
  const target = new URL(url);
  target.searchParams.set('state', key);
  return goTo(c, login.request.locale, target.href);
}

/** The way to a site that no page before could name; `url` as it is. */
export function goTo(c: HostedContext['c'], locale: string, url: string): Response | Promise<Response> {
  const isForm = c.req.method === 'POST' && c.req.header('sec-fetch-mode') === 'navigate';
  if (!isForm) return sendTo(c, url);
  const { language, texts } = textsIn(locale);
  const { title, lead, link } = texts.leaving;
  return sendPage(c, {
    status: 200,
    language,
    title,
    brand: c.var.tenant.friendlyName ?? c.var.tenant.name,
    refresh: { seconds: 0, to: url },
    body: html`<h1>${title}</h1>
<p class="lead" role="status">${lead}</p>
<p><a class="button" href="${url}">${link}</a></p>`,
  });
}
