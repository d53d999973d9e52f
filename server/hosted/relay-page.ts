// Server, hosted pages: a form that another site sent comes without our cookies (SameSite=Lax), so it cannot be told
// whose login it continues. This page sends the same form again from our own origin, with one press of a button. It says
// nothing about logins: it looks the same whether or not there is one.
import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Env } from '../deps.ts';
import type { Values } from '../request.ts';
import { sendPage } from './page.ts';
import { speak } from './speak.ts';
import { spokenBy, voiceAt } from './voice.ts';

/** Whether a page of another site sent this. A browser that does not say so is one that knows no `Sec-Fetch-Site`. */
export function isFromAnotherSite(c: Context<Env>): boolean {
  const site = c.req.header('sec-fetch-site');
  if (site !== undefined) return site === 'cross-site';
  const origin = c.req.header('origin');
  return origin !== undefined && origin !== new URL(c.var.tenant.baseUrl).origin;
}

/** @param action where the form goes, with its query. */
export async function relayPage(c: Context<Env>, action: string, values: Values): Promise<Response> {
  const voice = await voiceAt(c, { prompt: 'common', name: 'redeem-ticket' });
  const say = speak(voice, 'common', 'redeem-ticket');
  const fields = [...values].flatMap(([name, all]) => all.map((value) => [name, value] as const));
  return sendPage(c, {
    status: 200,
    ...spokenBy(voice),
    // The answer may lead to any application: which one, only the login knows.
    formTargets: 'any',
    body: html`<h1>${say('title')}</h1>
<p class="lead">${say('description')}</p>
<form method="post" action="${action}">
${fields.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">\n`)}
<button type="submit" autofocus>${say('buttonText')}</button>
</form>`,
  });
}
