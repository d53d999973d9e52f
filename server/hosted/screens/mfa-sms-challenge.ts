// Server, hosted pages: the code of a text message, and where it went (masked). The same page proves a number that is
// being enrolled; from there a way leads back to the number.
import { html } from 'hono/html';
import { codeForm, readCodeForm } from '../code-form.ts';
import { icon } from '../icons.ts';
import { refused, type Screen, sentTo } from '../screen.ts';
import { speak } from '../speak.ts';
import { ANOTHER_ONE, hasSeveral, reachesBothWays } from '../targets.ts';

export const mfaSmsChallengeScreen: Screen = {
  prompt: 'mfa-sms',
  name: 'mfa-sms-challenge',
  body: (view) => {
    const say = speak(view, 'mfa-sms', 'mfa-sms-challenge');
    const others: [string, string][] = [
      ...(reachesBothWays(view) ? [['switch-to-voice', say('resendVoiceActionText')] as [string, string]] : []),
      ...(hasSeveral(view, 'phone') ? [['pick-sms', say('changePhoneText')] as [string, string]] : []),
    ];
    const offers = { resend: say('resendActionText'), remember: say('rememberMeText'), edit: say('editText'), others };
    return html`<div class="mark">${icon('message')}</div>
<h1>${say('title')}</h1>
<p class="lead">${say('description', { phoneNumber: sentTo(view.login) })}</p>
${codeForm(view, say, offers)}`;
  },
  read: (fields, view) => {
    switch (fields.action) {
      case 'switch-to-voice':
        return reachesBothWays(view)
          ? { ok: true, input: { kind: 'resent', via: 'voice' } }
          : refused('authenticator-error');
      case 'pick-sms':
        return hasSeveral(view, 'phone') ? ANOTHER_ONE : refused('authenticator-error');
      default:
        return readCodeForm(fields, view, { canResend: true });
    }
  },
};
