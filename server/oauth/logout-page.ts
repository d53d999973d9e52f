// Server, protocol: the pages of signing out: the question, and what came of it. A plain form with two buttons.
import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Env } from '../deps.ts';
import { icon } from '../hosted/icons.ts';
import { type Markup, sendPage } from '../hosted/page.ts';
import { source } from '../hosted/show-screen.ts';
import { speak, type Voice } from '../hosted/speak.ts';
import { spokenBy, voiceAt, wantedLanguage } from '../hosted/voice.ts';

type LogoutPage =
  /** `action`: where the answer goes; `target`: where the browser goes after a yes. */
  { shows: 'question'; action: string; application?: string; target?: string } | { shows: 'done' | 'kept' };

const SCREENS = { question: 'logout', done: 'logout-complete', kept: 'logout-aborted' } as const;

/** @param uiLocales OpenID Connect `ui_locales`, as it was sent. */
export async function logoutPage(c: Context<Env>, page: LogoutPage, uiLocales = ''): Promise<Response> {
  const application = page.shows === 'question' ? page.application : undefined;
  const voice = await voiceAt(
    c,
    { prompt: 'logout', name: SCREENS[page.shows] },
    { locale: wantedLanguage(c, uiLocales), ...(application === undefined ? {} : { clientName: application }) },
  );
  const target = page.shows === 'question' ? source(page.target) : undefined;
  return sendPage(c, {
    status: 200,
    ...spokenBy(voice),
    formTargets: target ? [target] : [],
    body: content(page, voice),
  });
}

function content(page: LogoutPage, voice: Voice): Markup {
  if (page.shows !== 'question') {
    const say = speak(voice, 'logout', SCREENS[page.shows]);
    const mark = page.shows === 'done' ? html`<div class="mark good">${icon('check')}</div>\n` : '';
    return html`${mark}<h1>${say('title')}</h1>\n<p class="lead">${say('description')}</p>`;
  }
  const say = speak(voice, 'logout', SCREENS.question);
  return html`<h1>${say('title')}</h1>
<p class="lead">${say(page.application === undefined ? 'description' : 'descriptionClient')}</p>
<form method="post" action="${page.action}">
<button type="submit" name="action" value="accept" autofocus>${say('acceptButtonText')}</button>
<button type="submit" name="action" value="decline" class="quiet-button">${say('declineButtonText')}</button>
</form>`;
}
