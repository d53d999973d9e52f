// Server, push: what the phone shows while nobody signs in: its accounts, a code of one, and taking one away.
import { html } from 'hono/html';
import { icon } from '../hosted/icons.ts';
import type { Markup } from '../hosted/page.ts';
import { speak, type Voice } from '../hosted/speak.ts';
import { doing, slot, view } from './template.ts';

export function homeView(voice: Voice): Markup {
  const say = speak(voice, 'push-device', 'push-device');
  const account = html`<template data-row="account"><div role="listitem"><p class="info">${icon('shield')}<span><bdi>${say('accountText', { account: slot('account') })}</bdi></span></p>
${doing('code', say('showCodeText'), 'plain-button')}${doing('remove', say('removeText'), 'bad-button')}</div></template>`;
  return html`${view(
    'home',
    html`<div class="mark">${icon('push')}</div>
<h1 tabindex="-1">${say('title')}</h1>
<p class="lead" role="status">${say('waitingTitle')}<br>${say('waitingDescription')}</p>
<div role="list" id="accounts">${account}</div>
${notifications(voice)}`,
  )}${view(
    'empty',
    html`<div class="mark">${icon('push')}</div>
<h1 tabindex="-1">${say('noAccountsTitle')}</h1>
<p class="lead">${say('noAccountsDescription')}</p>`,
  )}`;
}

/** How requests reach a phone whose page is closed. Each part is shown where the browser has it. */
export function notifications(voice: Voice): Markup {
  const say = speak(voice, 'push-device', 'push-device-enrollment');
  return html`<section data-if="notify" hidden><h2>${say('notificationsTitle')}</h2>
<p class="fine">${say('notificationsDescription')}</p>
${doing('notify', say('notificationsButtonText'), 'plain-button')}</section>
<p class="info" data-if="denied" hidden>${icon('info')}<span>${say('notificationsDeniedText')}</span></p>
<section data-if="install" hidden><h2>${say('installTitle')}</h2>
<p class="fine">${say('installDescription')}</p>
${doing('install', say('installButtonText'), 'plain-button')}</section>`;
}

/** No script can ask an iPhone to do it. */
export function installIos(voice: Voice): Markup {
  const say = speak(voice, 'push-device', 'push-device-enrollment');
  return html`<section data-if="install-ios" hidden><h2>${say('installTitle')}</h2>
<p class="fine">${say('installDescription')} ${say('installIosDescription')}</p></section>`;
}

export function codeView(voice: Voice): Markup {
  const say = speak(voice, 'push-device', 'push-device');
  const back = speak(voice, 'push-device', 'push-device-request')('backText');
  return view(
    'code',
    html`<h1 tabindex="-1">${say('codeTitle')}</h1>
<p class="lead"><bdi>${say('accountText', { account: slot('account') })}</bdi></p>
<b class="number" id="code" translate="no"></b>
<p class="fine" id="seconds"></p>
${doing('home', back)}`,
  );
}

export function removeView(voice: Voice): Markup {
  const say = speak(voice, 'push-device', 'push-device');
  return view(
    'remove',
    html`<div class="mark bad">${icon('warning')}</div>
<h1 tabindex="-1">${say('removeText')}</h1>
<p class="lead">${say('removeDescription', { account: slot('account') })}</p>
${doing('home', say('cancelButtonText'))}${doing('confirm', say('confirmButtonText'), 'bad-button')}`,
  );
}
