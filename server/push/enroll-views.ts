// Server, push: from the picture to a phone that approves sign-ins.
import { html } from 'hono/html';
import { icon } from '../hosted/icons.ts';
import type { Markup } from '../hosted/page.ts';
import { speak, type Voice } from '../hosted/speak.ts';
import { installIos, notifications } from './home-views.ts';
import { doing, slot, view } from './template.ts';

const LONGEST_NAME = 60;

export function enrollView(voice: Voice): Markup {
  const say = speak(voice, 'push-device', 'push-device-enrollment');
  return view(
    'enroll',
    html`<div class="mark">${icon('push')}</div>
<h1 tabindex="-1">${say('title')}</h1>
<p class="lead">${say('description', { account: slot('account') })}</p>
<form data-do="enroll"><label for="name">${say('nameText')}</label>
<input id="name" name="name" type="text" maxlength="${LONGEST_NAME}" autocomplete="off" required>
<button type="submit">${say('buttonText')}</button></form>
${installIos(voice)}`,
  );
}

export function enrolledView(voice: Voice): Markup {
  const say = speak(voice, 'push-device', 'push-device-enrollment');
  const onwards = speak(voice, 'push-device', 'push-device-request')('backText');
  return view(
    'enrolled',
    html`<div class="mark good">${icon('check')}</div>
<h1 tabindex="-1">${say('enrolledTitle')}</h1>
<p class="lead" role="status">${say('enrolledDescription')}</p>
${notifications(voice)}
${doing('home', onwards, 'quiet-button')}`,
  );
}

export function expiredView(voice: Voice): Markup {
  const say = speak(voice, 'push-device', 'push-device-enrollment');
  return view(
    'enrollment-over',
    html`<div class="mark bad">${icon('warning')}</div>
<h1 tabindex="-1">${say('expiredTitle')}</h1>
<p class="lead">${say('expiredDescription')}</p>`,
  );
}

export function unsupportedView(voice: Voice): Markup {
  const say = speak(voice, 'push-device', 'push-device-enrollment');
  return view(
    'unsupported',
    html`<div class="mark bad">${icon('warning')}</div>
<h1 tabindex="-1">${say('unsupportedTitle')}</h1>
<p class="lead">${say('unsupportedDescription')}</p>`,
  );
}
