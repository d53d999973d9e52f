// Server, hosted pages: the page for everything that cannot go on and cannot be sent back to an application. No form; it
// says what to do, and nothing about accounts.
import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Env } from '../deps.ts';
import { icon } from './icons.ts';
import { type PageStatus, sendPage } from './page.ts';
import { speak } from './speak.ts';
import type { ProblemKey } from './texts/texts.ts';
import { plainVoice, spokenBy, voiceAt } from './voice.ts';

export type Problem = {
  status: PageStatus;
  key: ProblemKey;
  /** For the people who build the application; shown as it is, so never a secret. */
  reason?: string;
};

/** Answers with a page that explains a problem, in the language of `ui_locales` and the browser. */
export async function errorPage(c: Context<Env>, { status, key, reason }: Problem): Promise<Response> {
  const at = { prompt: 'status', name: key } as const;
  // After a fault of ours the store may not answer either.
  const voice = status < 500 ? await voiceAt(c, at) : plainVoice(c, at);
  const say = speak(voice, 'status', key);
  const sayAll = speak(voice, 'status', 'status');
  return sendPage(c, {
    status,
    ...spokenBy(voice),
    body: html`<div class="mark bad">${icon('warning')}</div>
<h1>${say('title')}</h1>
<p class="lead">${say('description')}</p>
${reason === undefined ? '' : html`<p class="fine">${sayAll('reasonText')} <code>${reason}</code></p>`}`,
  });
}
