// Server, push: somebody signs in, and the person says whether it is them.
import { html } from 'hono/html';
import { icon } from '../hosted/icons.ts';
import type { Markup } from '../hosted/page.ts';
import { speak, type Voice } from '../hosted/speak.ts';
import { doing, slot, view } from './template.ts';

export function requestView(voice: Voice): Markup {
  const say = speak(voice, 'push-device', 'push-device-request');
  const facts = [
    ['application', say('applicationText')],
    ['place', say('placeText')],
    ['ip', say('addressText')],
    ['browser', say('browserText')],
    ['time', say('timeText')],
  ] as const;
  const number = html`<template data-row="number"><button type="button" data-do="approve" aria-label="${say('approveText', { number: slot('number') })}" translate="no">${slot('number')}</button></template>`;
  return html`${view(
    'request',
    html`<h1 tabindex="-1">${say('title')}</h1>
<p class="lead">${say('description', { account: slot('account') })}</p>
<dl class="facts">${facts.map(([name, text]) => html`<dt>${text}</dt><dd><bdi>${slot(name)}</bdi></dd>`)}</dl>
<div data-if="numbers"><p id="numbers">${say('numberText')}</p>
<div class="numbers" role="group" aria-labelledby="numbers">${number}</div></div>
<div data-if="plain">${doing('approve', say('approveButtonText'))}</div>
${doing('refuse', say('refuseButtonText'), 'bad-button')}`,
  )}${view(
    'answering',
    html`<h1 tabindex="-1">${say('title')}</h1>
<p class="waiting" role="status"><span class="spinner"></span>${say('awaitingConfirmation')}</p>`,
  )}`;
}

/** What became of it. */
export function resultViews(voice: Voice): Markup {
  const say = speak(voice, 'push-device', 'push-device-request');
  const back = doing('home', say('backText'));
  const result = (name: string, good: boolean, title: string, text: string) =>
    view(
      name,
      html`<div class="mark ${good ? 'good' : 'bad'}">${icon(good ? 'check' : 'warning')}</div>
<h1 tabindex="-1">${title}</h1>
<p class="lead" role="status">${text}</p>
${back}`,
    );
  return html`${result('approved', true, say('approvedTitle'), say('approvedDescription'))}${result('refused', true, say('refusedTitle'), say('refusedDescription'))}${result('wrong-number', false, say('wrongNumberTitle'), say('wrongNumberDescription'))}${result('expired', false, say('expiredTitle'), say('expiredDescription'))}`;
}
