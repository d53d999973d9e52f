// Server, hosted pages: the recovery code that takes the place of the one just used.
import { html } from 'hono/html';
import { form } from '../form.ts';
import { icon } from '../icons.ts';
import { RECOVERY_CODE_SCRIPT, recoveryCodeText } from '../recovery-code-text.ts';
import { presentNote, refused, type Screen } from '../screen.ts';
import { speak } from '../speak.ts';

export const mfaRecoveryCodeNewCodeScreen: Screen = {
  prompt: 'mfa-recovery-code',
  name: 'mfa-recovery-code-challenge-new-code',
  scripts: () => [RECOVERY_CODE_SCRIPT],
  body: (view) => {
    const say = speak(view, 'mfa-recovery-code', 'mfa-recovery-code-challenge-new-code');
    const note = presentNote(view.login);
    return html`<div class="mark">${icon('recovery')}</div>
<h1>${say('title')}</h1>
<p class="lead">${say('description')}</p>
${recoveryCodeText(note?.kind === 'recovery-code' ? note.code : '', view.names.companyName, say)}
${form(view, html`<button type="submit" name="action" value="default">${say('buttonText')}</button>`)}`;
  },
  read: ({ action = 'default' }) =>
    action === 'default' ? { ok: true, input: { kind: 'acknowledged' } } : refused('authenticator-error'),
};
