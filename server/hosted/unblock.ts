// Server, hosted pages: where the mail about a blocked account leads. Opening it changes nothing; the button does.
import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import { followUnblockLink, isUnblockLink } from '#runtime/protection/unblock.ts';
import type { Deps, Env } from '../deps.ts';
import { readFormValues, readQuery } from '../request.ts';
import { errorPage } from './error-page.ts';
import { icon } from './icons.ts';
import { isOwnForm } from './own-form.ts';
import { sendPage } from './page.ts';
import { speak } from './speak.ts';
import { spokenBy, voiceAt } from './voice.ts';

const PROMPT = 'brute-force-protection';
const QUESTION_SCREEN = 'brute-force-protection-unblock';
const SUCCESS_SCREEN = 'brute-force-protection-unblock-success';

/** `GET` and `POST /u/unblock?ticket=` */
export function unblockRoutes(deps: Deps): Hono<Env> {
  const ports = { store: deps.store, now: deps.clock.now };
  return new Hono<Env>()
    .get('/u/unblock', async (c) => {
      const ticket = ticketOf(c);
      if (ticket === undefined || !(await isUnblockLink(ports, c.var.tenant.id, ticket))) return gone(c);
      const action = `/u/unblock?ticket=${encodeURIComponent(ticket)}`;
      const voice = await voiceAt(c, { prompt: PROMPT, name: QUESTION_SCREEN });
      const say = speak(voice, PROMPT, QUESTION_SCREEN);
      return sendPage(c, {
        status: 200,
        ...spokenBy(voice),
        body: html`<div class="mark">${icon('shield')}</div>
<h1>${say('title')}</h1>
<p class="lead">${say('description')}</p>
<form method="post" action="${action}">
<button type="submit" name="action" value="default" autofocus>${say('buttonText')}</button>
</form>`,
      });
    })
    .post('/u/unblock', async (c) => {
      if (!isOwnForm(c)) return errorPage(c, { status: 403, key: 'foreign-form' });
      const body = await readFormValues(c);
      if (!body.ok) return errorPage(c, { status: body.problem === 'too-large' ? 413 : 400, key: 'bad-request' });
      const ticket = ticketOf(c);
      if (ticket === undefined || !(await followUnblockLink(ports, c.var.tenant.id, ticket))) return gone(c);
      const voice = await voiceAt(c, { prompt: PROMPT, name: SUCCESS_SCREEN });
      const say = speak(voice, PROMPT, SUCCESS_SCREEN);
      return sendPage(c, {
        status: 200,
        ...spokenBy(voice),
        body: html`<div class="mark good">${icon('check')}</div>
<h1>${say('title')}</h1>
<p class="lead">${say('description')}</p>`,
      });
    });
}

function ticketOf(c: Context<Env>): string | undefined {
  const query = readQuery(c);
  return query.ok ? query.parameters.ticket : undefined;
}

const gone = (c: Context<Env>) => errorPage(c, { status: 400, key: 'link-used' });
