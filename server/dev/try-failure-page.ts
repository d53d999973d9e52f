// Server, development: what the demo application shows when a login did not end with tokens.
import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Env } from '../deps.ts';
import { sendPage } from '../hosted/page.ts';

const ADVICE: Record<string, string> = {
  access_denied:
    'A script of the tenant, or something it asked for, ended the login; the tenant log says more. Somebody without any factor cannot give what the demo scripts ask for: sign in as a user who has one, or enroll one through the Management API.',
  login_required: 'The application asked for an answer without a page, and nobody is signed in here.',
  interaction_required: 'The application asked for an answer without a page, and a person is needed.',
  unauthorized: 'This user may not log in any more.',
  invalid_grant: 'The code was used before, or it is too old. Start again.',
  unknown_state: 'Cookies may be off, or this page was reloaded. A login can be fetched only once. Start again.',
};

export function showFailure(
  c: Context<Env>,
  { error, description, timeline }: { error: string; description: string; timeline?: string },
): Response | Promise<Response> {
  return sendPage(c, {
    // The page is the application's own answer to an error that was told to it; the request for it was in order.
    status: 200,
    language: 'en',
    title: 'No tokens this time',
    brand: c.var.tenant.friendlyName ?? c.var.tenant.name,
    wide: true,
    body: html`<h1>No tokens this time</h1>
<p class="alert" role="alert"><code>${error}</code>${description === '' ? '' : html`: ${description}`}</p>
<p>${ADVICE[error] ?? 'The description says what the server did not accept.'}</p>
<p class="row">${timeline === undefined ? '' : html`<a class="button" href="${timeline}">See what happened</a>`}<a class="button${timeline === undefined ? '' : ' quiet-button'}" href="/dev/try/start?prompt=login">Sign in again</a><a class="button quiet-button" href="/dev/try">Back to the start</a></p>`,
  });
}
