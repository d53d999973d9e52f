// Server, hosted pages: a phone was asked about this sign-in. The number stands here and nowhere else: whoever approves has
// to have seen this page.
import { html } from 'hono/html';
import { factorOf, usable } from '#runtime/factors/catalogue.ts';
import { hasOtpFallback } from '#runtime/factors/verify-code.ts';
import { canBeRemembered, rememberBox } from '../code-form.ts';
import { isOver, waitForm, waiting, waitScripts } from '../push-wait.ts';
import { hasOthers, presentChallenge, refused, type Screen, type View } from '../screen.ts';
import { speak } from '../speak.ts';

export const mfaPushChallengePushScreen: Screen = {
  prompt: 'mfa-push',
  name: 'mfa-push-challenge-push',
  scripts: waitScripts,
  connects: true,
  body: (view) => {
    const say = speak(view, 'mfa-push', 'mfa-push-challenge-push');
    const number = presentChallenge(view.login)?.number;
    const shown = number === undefined || isOver(view) ? undefined : number;
    return html`<h1>${say('title')}</h1>
${
  shown === undefined
    ? ''
    : html`<p class="lead">${say('description', { deviceName: deviceName(view) })}</p>
<p class="number-line"><span class="unseen">${say('numberText')}</span> <b class="number" translate="no">${shown}</b></p>
<p class="fine">${say('openHintText')}</p>`
}
${waiting(view, say('awaitingConfirmation'))}
${waitForm(view, {
  above: canBeRemembered(view) ? rememberBox(view, say('rememberMeText')) : '',
  texts: {
    proceed: say('buttonText'),
    others: [
      ['resend', say('resendActionText')],
      ['enter-otp-code', hasOtpFallback(view.login) ? say('enterOtpCode') : undefined],
      ['pick-push', phonesOf(view) > 1 ? say('changeDeviceText') : undefined],
      ['pick-authenticator', hasOthers(view.login) ? say('pickAuthenticatorText') : undefined],
    ],
  },
})}`;
  },
  read: ({ action = 'continue', rememberBrowser }, view) => {
    switch (action) {
      case 'continue': {
        const remember = rememberBrowser === 'true' && canBeRemembered(view) ? { remember: true } : {};
        return { ok: true, input: { kind: 'polled', ...remember } };
      }
      case 'resend':
        return { ok: true, input: { kind: 'resent' } };
      case 'enter-otp-code':
        return hasOtpFallback(view.login)
          ? { ok: true, turnTo: 'mfa-push-challenge-code' }
          : refused('authenticator-error');
      case 'pick-push':
        return { ok: true, input: { kind: 'reconsidered', within: true } };
      case 'pick-authenticator':
        return { ok: true, input: { kind: 'reconsidered' } };
      default:
        return refused('authenticator-error');
    }
  },
};

/** What the person called the phone that was asked. */
function deviceName({ login, surroundings: { person } }: View): string {
  const factor = factorOf('push-notification');
  const id = presentChallenge(login)?.authenticatorId;
  const device = factor && person && usable(factor, person).find((each) => each.id === id);
  return (device && factor.describe(device)) ?? '';
}

function phonesOf({ login: { state } }: View): number {
  const offers = state.name === 'challenging' ? state.offers : [];
  return offers.find(({ factor }) => factor === 'push-notification')?.authenticators.length ?? 0;
}
