// Server, protocol: the pages of signing out: the question, and what came of it. A plain form with two buttons.
import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Env } from '../deps.ts';
import { chooseLanguage } from '../hosted/language.ts';
import { sendPage } from '../hosted/page.ts';
import { source } from '../hosted/show-screen.ts';
import { type Texts, textsIn } from '../hosted/texts/texts.ts';

type LogoutPage =
  /** `action`: where the answer goes; `target`: where the browser goes after a yes. */
  { shows: 'question'; action: string; application?: string; target?: string } | { shows: 'done' | 'kept' };

/** @param uiLocales OpenID Connect `ui_locales`, as it was sent. */
export function logoutPage(c: Context<Env>, page: LogoutPage, uiLocales = ''): Response | Promise<Response> {
  const { tenant } = c.var;
  const wanted = uiLocales.slice(0, 200).split(' ');
  const { language, texts } = textsIn(chooseLanguage(tenant.enabledLocales, wanted, c.req.header('accept-language')));
  const brand = tenant.friendlyName ?? tenant.name;
  const target = page.shows === 'question' ? source(page.target) : undefined;
  return sendPage(c, {
    status: 200,
    language,
    brand,
    formTargets: target ? [target] : [],
    ...content(page, texts, brand),
  });
}

function content(page: LogoutPage, { logout }: Texts, brand: string) {
  if (page.shows !== 'question') {
    const { title, lead } = logout[page.shows];
    return { title, body: html`<h1>${title}</h1>\n<p class="lead">${lead}</p>` };
  }
  const lead = page.application === undefined ? logout.lead(brand) : logout.leadFrom(page.application, brand);
  return {
    title: logout.title,
    body: html`<h1>${logout.title}</h1>
<p class="lead">${lead}</p>
<form method="post" action="${page.action}">
<button type="submit" name="action" value="accept" autofocus>${logout.accept}</button>
<button type="submit" name="action" value="decline" class="quiet-button">${logout.decline}</button>
</form>`,
  };
}
