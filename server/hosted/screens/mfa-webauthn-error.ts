// Server, hosted pages: the browser, or the person in front of it, did not answer. Nothing is lost by it.
import { html } from 'hono/html';
import { otherMethod } from '../ceremony-form.ts';
import { form } from '../form.ts';
import { icon } from '../icons.ts';
import { skip } from '../new-key.ts';
import { presentChallenge, type Reading, refused, type Screen, type View } from '../screen.ts';
import { speak } from '../speak.ts';

export const mfaWebauthnErrorScreen: Screen = {
  prompt: 'mfa-webauthn',
  name: 'mfa-webauthn-error',
  title: titleOf,
  body: (view) => {
    const say = speak(view, 'mfa-webauthn', 'mfa-webauthn-error');
    const isSuggested = view.login.state.name === 'suggesting';
    const [another, text] = isSuggested
      ? (['refuse-add-device', say('refuseAddingAuthenticatorText')] as const)
      : otherMethod(view, say('pickAuthenticatorText'));
    return html`<div class="mark bad">${icon('warning')}</div>
<h1>${titleOf(view)}</h1>
<p class="lead">${say(isOfDevice(view) ? 'descriptionPlatform' : 'description')}</p>
${form(
  view,
  html`<button type="submit" name="action" value="try-again" autofocus>${say('tryAgainLinkText')}</button>
${text === undefined ? '' : html`<button class="quiet-button" type="submit" name="action" value="${another}">${text}</button>`}`,
)}`;
  },
  read: ({ action = 'try-again' }, view) => {
    const isSuggested = view.login.state.name === 'suggesting';
    if (action === 'try-again' || action === 'default') return tryAgain(view);
    if (isSuggested && action === 'refuse-add-device') return skip(view, 'for-good');
    if (action === 'pick-authenticator') return { ok: true, input: { kind: 'reconsidered' } };
    return refused('authenticator-error');
  },
};

/** A challenge is asked for anew, in case it has expired; what is being made waits where it was. */
function tryAgain({ login: { state } }: View): Reading {
  if (state.name === 'challenging') return { ok: true, input: { kind: 'resent' } };
  const factor = factorAt(state);
  if (factor === 'passkey') return { ok: true, turnTo: 'passkey-enrollment' };
  return factor === 'webauthn-platform'
    ? { ok: true, turnTo: 'mfa-webauthn-platform-enrollment' }
    : { ok: true, turnTo: 'mfa-webauthn-roaming-enrollment' };
}

function factorAt(state: View['login']['state']): string | undefined {
  if (state.name === 'suggesting') return state.suggestion.factor;
  return state.name === 'enrolling' ? state.enrollment.factor : undefined;
}

function isOfDevice({ login }: View): boolean {
  const factor = presentChallenge(login)?.factor ?? factorAt(login.state);
  return factor !== 'webauthn-roaming';
}

function titleOf(view: View): string {
  const say = speak(view, 'mfa-webauthn', 'mfa-webauthn-error');
  const isChallenge = view.login.state.name === 'challenging';
  if (isOfDevice(view)) return say(isChallenge ? 'errorTitlePlatformChallenge' : 'errorTitlePlatform');
  return say(isChallenge ? 'errorTitleChallenge' : 'errorTitle');
}
