// Server, hosted pages: where the mail about an address to verify leads. Opening it changes nothing, because scanners of
// mail open links; the button does.
import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import { followVerificationLink, readVerificationLink } from '#runtime/verification-ticket.ts';
import type { Deps, Env } from '../deps.ts';
import { readFormValues, readQuery } from '../request.ts';
import { errorPage } from './error-page.ts';
import { icon } from './icons.ts';
import { isOwnForm } from './own-form.ts';
import { sendPage, sendTo } from './page.ts';
import { source } from './show-screen.ts';
import { speak } from './speak.ts';
import { spokenBy, voiceAt } from './voice.ts';

/** As `Random.key` makes them: anything else was never one of ours, and is not worth a line in the tenant's log. */
const KEY = /^[A-Za-z0-9_-]{43}$/;

const PROMPT = 'email-verification';

/** `GET` and `POST /u/email-verification?ticket=` */
export function emailVerificationRoutes(deps: Deps): Hono<Env> {
  const ports = { store: deps.store, now: deps.clock.now, random: deps.random };
  return new Hono<Env>()
    .get('/u/email-verification', async (c) => {
      const key = keyOf(c);
      const link = key === undefined ? undefined : await readVerificationLink(ports, c.var.tenant.id, key);
      if (key === undefined || !link) return gone(c);
      const { resultUrl } = link.ticket.content;
      // Browsers ask the policy of this page whether the redirect that answers its form may leave.
      const target = source(resultUrl);
      const voice = await voiceAt(c, { prompt: PROMPT, name: 'email-verification' });
      const say = speak(voice, PROMPT, 'email-verification');
      return sendPage(c, {
        status: 200,
        ...spokenBy(voice),
        formTargets: target === undefined ? [] : [target],
        body: html`<div class="mark">${icon('email')}</div>
<h1>${say('title')}</h1>
<p class="lead">${say('description', { email: link.email })}</p>
<form method="post" action="${`/u/email-verification?ticket=${key}`}">
<button type="submit" name="action" value="default" autofocus>${say('buttonText')}</button>
</form>`,
      });
    })
    .post('/u/email-verification', async (c) => {
      if (!isOwnForm(c)) return errorPage(c, { status: 403, key: 'foreign-form' });
      const body = await readFormValues(c);
      if (!body.ok) return errorPage(c, { status: body.problem === 'too-large' ? 413 : 400, key: 'bad-request' });
      const { tenant, caller } = c.var;
      const key = keyOf(c);
      const followed = key === undefined ? undefined : await followVerificationLink(ports, tenant, key, caller);
      if (!followed) return gone(c);
      if (followed.resultUrl !== undefined) {
        return sendTo(c, resultAt(followed.resultUrl, followed.includesEmail ? followed.email : undefined));
      }
      const voice = await voiceAt(c, { prompt: PROMPT, name: 'email-verification-result' });
      const say = speak(voice, PROMPT, 'email-verification-result');
      return sendPage(c, {
        status: 200,
        ...spokenBy(voice),
        body: html`<div class="mark good">${icon('check')}</div>
<h1>${say('verifiedTitle')}</h1>
<p class="lead">${say('verifiedDescription')}</p>`,
      });
    });
}

/** The parameters that Auth0 adds to `result_url`. */
function resultAt(resultUrl: string, email: string | undefined): string {
  const url = new URL(resultUrl);
  if (email !== undefined) url.searchParams.set('email', email);
  url.searchParams.set('success', 'true');
  url.searchParams.set('code', 'success');
  url.searchParams.set('message', 'Your email was verified. You can continue using the application.');
  return url.href;
}

function keyOf(c: Context<Env>): string | undefined {
  const query = readQuery(c);
  const key = query.ok ? query.parameters.ticket : undefined;
  return key !== undefined && KEY.test(key) ? key : undefined;
}

const gone = (c: Context<Env>) => errorPage(c, { status: 400, key: 'verification-link-used' });
