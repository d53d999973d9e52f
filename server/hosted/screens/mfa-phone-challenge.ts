// Server, hosted pages: how a phone is to be reached, asked before anything is sent.
import { html } from 'hono/html';
import { form } from '../form.ts';
import { icon } from '../icons.ts';
import { messageTypeRadios, readMessageType } from '../message-type-radios.ts';
import { hasOthers, refused, type Screen, sentValue, type View } from '../screen.ts';
import { speak } from '../speak.ts';
import { ANOTHER_ONE, hasSeveral, type Target, targetsOf } from '../targets.ts';

export const mfaPhoneChallengeScreen: Screen = {
  prompt: 'mfa-phone',
  name: 'mfa-phone-challenge',
  body: (view) => {
    const say = speak(view, 'mfa-phone', 'mfa-phone-challenge');
    const present = readMessageType(sentValue(view, 'type')) ?? 'sms';
    return html`<div class="mark">${icon('message')}</div>
<h1>${say('title')}</h1>
<p class="lead">${say('description', { phoneNumber: phoneOf(view)?.text ?? '' })}</p>
${form(
  view,
  html`${messageTypeRadios(present, say)}
<button type="submit" name="action" value="default">${say('continueButtonText')}</button>
${hasSeveral(view, 'phone') ? html`<button class="quiet-button" type="submit" name="action" value="pick-phone">${say('changePhoneText')}</button>` : ''}
${hasOthers(view.login) ? html`<button class="quiet-button" type="submit" name="action" value="pick-authenticator">${say('pickAuthenticatorText')}</button>` : ''}`,
)}`;
  },
  read: ({ action = 'default', type }, view) => {
    switch (action) {
      case 'pick-authenticator':
        return { ok: true, input: { kind: 'reconsidered' } };
      case 'pick-phone':
        return hasSeveral(view, 'phone') ? ANOTHER_ONE : refused('authenticator-error');
      case 'default': {
        const via = readMessageType(type ?? 'sms');
        if (!via) return refused('authenticator-error');
        // Where the last one was removed meanwhile, what else there is comes next.
        const phone = phoneOf(view);
        const which = phone ? { authenticatorId: phone.authenticatorId } : {};
        return { ok: true, input: { kind: 'chosen', factor: 'phone', ...which, via } };
      }
      default:
        return refused('authenticator-error');
    }
  },
};

/** The one that is asked about; another one of the person's when it was removed meanwhile. */
function phoneOf(view: View): Target | undefined {
  const { state } = view.login;
  const within = state.name === 'choosing' ? state.within : undefined;
  const meant = within?.by === 'channel' ? within.authenticatorId : undefined;
  const phones = targetsOf(view, 'phone');
  return phones.find(({ authenticatorId }) => authenticatorId === meant) ?? phones[0];
}
