// Server, hosted pages: a recovery code that is shown this once. The login goes on when the person says that it is kept.
import { html } from 'hono/html';
import { form, invalid } from '../form.ts';
import { icon } from '../icons.ts';
import { RECOVERY_CODE_SCRIPT, recoveryCodeText } from '../recovery-code-text.ts';
import { presentEnrollment, presentNote, refused, type Screen, type View } from '../screen.ts';
import { speak } from '../speak.ts';

export const mfaRecoveryCodeEnrollmentScreen: Screen = {
  prompt: 'mfa-recovery-code',
  name: 'mfa-recovery-code-enrollment',
  scripts: () => [RECOVERY_CODE_SCRIPT],
  body: (view) => {
    const say = speak(view, 'mfa-recovery-code', 'mfa-recovery-code-enrollment');
    const isUnconfirmed = view.notice?.key === 'no-confirmation';
    return html`<div class="mark">${icon('recovery')}</div>
<h1>${say('title')}</h1>
<p class="lead">${say('description')}</p>
${recoveryCodeText(codeOf(view), view.names.companyName, say)}
${form(
  view,
  html`<p class="tick"><input id="saved" name="saved" type="checkbox" value="on" aria-required="true"${invalid(isUnconfirmed)}><label for="saved">${say('checkboxText')}</label></p>
<button type="submit" name="action" value="default">${say('buttonText')}</button>`,
)}`;
  },
  read: ({ action = 'default', saved }, { login }) => {
    if (action !== 'default') return refused('authenticator-error');
    if (saved !== 'on') return refused('no-confirmation');
    // An enrollment of its own is proved by these words; beside another factor the code is kept already.
    return { ok: true, input: presentNote(login) ? { kind: 'acknowledged' } : { kind: 'responded', code: 'saved' } };
  },
};

function codeOf({ login }: View): string {
  const note = presentNote(login);
  if (note?.kind === 'recovery-code') return note.code;
  const enrollment = presentEnrollment(login);
  return enrollment?.factor === 'recovery-code' ? enrollment.code : '';
}
