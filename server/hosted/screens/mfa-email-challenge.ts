// Server, hosted pages: the code of an e-mail, and where it went (masked).
import { html } from 'hono/html';
import { codeForm, readCodeForm } from '../code-form.ts';
import { icon } from '../icons.ts';
import { refused, type Screen, sentTo } from '../screen.ts';
import { speak } from '../speak.ts';
import { ANOTHER_ONE, hasSeveral } from '../targets.ts';

export const mfaEmailChallengeScreen: Screen = {
  prompt: 'mfa-email',
  name: 'mfa-email-challenge',
  body: (view) => {
    const say = speak(view, 'mfa-email', 'mfa-email-challenge');
    const others: [string, string][] = hasSeveral(view, 'email') ? [['pick-email', say('changeEmailText')]] : [];
    return html`<div class="mark">${icon('email')}</div>
<h1>${say('title')}</h1>
<p class="lead">${say('description', { email: sentTo(view.login) })}</p>
${codeForm(view, say, { resend: say('resendActionText'), remember: say('rememberMeText'), others })}`;
  },
  read: (fields, view) => {
    if (fields.action !== 'pick-email') return readCodeForm(fields, view, { canResend: true });
    return hasSeveral(view, 'email') ? ANOTHER_ONE : refused('authenticator-error');
  },
};
