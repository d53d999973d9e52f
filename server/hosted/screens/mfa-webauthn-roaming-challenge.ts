// Server, hosted pages: a security key answers a challenge.
import { html } from 'hono/html';
import { CEREMONY_SCRIPTS } from '../ceremony-form.ts';
import { icon } from '../icons.ts';
import { keyChallengeForm, readKeyChallenge } from '../key-challenge.ts';
import type { Screen } from '../screen.ts';
import { speak } from '../speak.ts';

export const mfaWebauthnRoamingChallengeScreen: Screen = {
  prompt: 'mfa-webauthn',
  name: 'mfa-webauthn-roaming-challenge',
  scripts: () => [...CEREMONY_SCRIPTS],
  body: (view) => {
    const say = speak(view, 'mfa-webauthn', 'mfa-webauthn-roaming-challenge');
    return html`<div class="mark">${icon('security-key')}</div>
<h1>${say('title')}</h1>
<p class="lead">${say('description')}</p>
${keyChallengeForm(view, say)}`;
  },
  read: readKeyChallenge,
};
