// Server, hosted pages: the way to another site that a script sends the person to.
import { html } from 'hono/html';
import type { Shown } from '#runtime/runtime.ts';
import { sendPage, sendTo } from './page.ts';
import type { HostedContext } from './show-screen.ts';
import { speak } from './speak.ts';
import { spokenBy, voiceAt } from './voice.ts';

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
export async function goTo(c: HostedContext['c'], locale: string, url: string): Promise<Response> {
  const isForm = c.req.method === 'POST' && c.req.header('sec-fetch-mode') === 'navigate';
  if (!isForm) return sendTo(c, url);
  const voice = await voiceAt(c, { prompt: 'common', name: 'redirecting' }, { locale });
  const say = speak(voice, 'common', 'redirecting');
  return sendPage(c, {
    status: 200,
    ...spokenBy(voice),
    refresh: { seconds: 0, to: url },
    body: html`<h1>${say('title')}</h1>
<p class="lead" role="status">${say('description')}</p>
<p><a class="button" href="${url}">${say('buttonText')}</a></p>`,
  });
}
