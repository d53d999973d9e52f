// Server, hosted pages: the device's own authenticator answers a challenge.
import { html } from 'hono/html';
import { CEREMONY_SCRIPTS } from '../ceremony-form.ts';
import { icon } from '../icons.ts';
import { keyChallengeForm, readKeyChallenge } from '../key-challenge.ts';
import type { Screen } from '../screen.ts';
import { speak } from '../speak.ts';

export const mfaWebauthnPlatformChallengeScreen: Screen = {
  prompt: 'mfa-webauthn',
  name: 'mfa-webauthn-platform-challenge',
  scripts: () => [...CEREMONY_SCRIPTS],
  body: (view) => {
    const say = speak(view, 'mfa-webauthn', 'mfa-webauthn-platform-challenge');
    return html`<div class="mark">${icon('fingerprint')}</div>
<h1>${say('title')}</h1>
<p class="lead">${say('description')}</p>
${keyChallengeForm(view, say)}`;
  },
  read: readKeyChallenge,
};
