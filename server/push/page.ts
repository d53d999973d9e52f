// Server, push: the page on the phone. It is the same for everybody: which accounts the phone has is known to its scripts
// alone, and what they show is a template of this page with names and numbers put in.
import type { Context } from 'hono';
import { html, raw } from 'hono/html';
import type { Env } from '../deps.ts';
import { icon } from '../hosted/icons.ts';
import { type Markup, sendPage } from '../hosted/page.ts';
import { speak } from '../hosted/speak.ts';
import { spokenBy, voiceAt } from '../hosted/voice.ts';
import { enrolledView, enrollView, expiredView, unsupportedView } from './enroll-views.ts';
import { codeView, homeView, removeView } from './home-views.ts';
import { requestView, resultViews } from './request-views.ts';
import { MAIN_SCRIPT } from './scripts.ts';
import { slot, view } from './template.ts';

/** A code of an app is good for as many seconds. */
const STEP_SECONDS = 30;

/** @param manifest of the page that a home screen gets; without one it gets the very address that is shown. */
export async function showPushPage(c: Context<Env>, now: number, manifest?: string): Promise<Response> {
  const { tenant } = c.var;
  const voice = await voiceAt(c, { prompt: 'push-device', name: 'push-device' });
  const say = speak(voice, 'push-device', 'push-device');
  const sayRequest = speak(voice, 'push-device', 'push-device-request');
  const known = {
    base: tenant.baseUrl,
    now,
    company: voice.names.companyName,
    seconds: Array.from({ length: STEP_SECONDS }, (_, index) => say('codeDescription', { count: index + 1 })),
    unknown: sayRequest('unknownText'),
    failed: sayRequest('errorText'),
    notification: {
      title: sayRequest('notificationTitle', { application: slot('application') }),
      text: sayRequest('notificationText'),
    },
  };
  return sendPage(c, {
    status: 200,
    ...spokenBy(voice),
    scripts: [MAIN_SCRIPT],
    connects: true,
    workers: true,
    ...(manifest === undefined ? {} : { manifest }),
    body: html`<div id="stage"><noscript><h1>${say('title')}</h1>
<p class="lead">${say('noJSErrorDescription')}</p></noscript></div>
<p class="alert" id="trouble" role="alert" hidden></p>
<p class="info" id="offline" role="status" hidden>${icon('info')}<span>${say('offlineText')}</span></p>
${homeView(voice)}${codeView(voice)}${removeView(voice)}${requestView(voice)}${resultViews(voice)}
${enrollView(voice)}${enrolledView(voice)}${expiredView(voice)}${unsupportedView(voice)}
${view('busy', html`<p class="waiting" role="status"><span class="spinner"></span>${speak(voice, 'push-device', 'push-device-enrollment')('awaitingConfirmation')}</p>`)}
${json(known)}`,
  });
}

/** Data, not a script: no browser runs it. Nothing in it may end the element that holds it. */
function json(value: unknown): Markup {
  const text = JSON.stringify(value).replaceAll('<', '\\u003c');
  return html`<script type="application/json" id="known">${raw(text)}</script>`;
}
