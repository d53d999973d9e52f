// Server, account: another recovery code in place of the one that a person has lost, or somebody else has seen.
import { html } from 'hono/html';
import { icon } from '../hosted/icons.ts';
import { sendTo } from '../hosted/page.ts';
import { accountLog } from './account-log.ts';
import { type AccountPage, accountForm, backLink, sendAccountPage, speakerAt } from './account-page.ts';
import { proveFirst } from './begin.ts';
import { ACCOUNT_PATH, RECOVERY_PATH } from './paths.ts';
import type { Visit } from './visit.ts';

export const recoveryCodePage: AccountPage = {
  path: RECOVERY_PATH,
  async show({ c }, visit) {
    if (!hasCode(visit)) return sendTo(c, ACCOUNT_PATH);
    const { voice, say } = await speakerAt(c, 'account-recovery-code');
    const body = html`${backLink(ACCOUNT_PATH, say('backText'))}
<h1>${say('title')}</h1>
<p class="lead">${say('description')}</p>
${accountForm(
  visit,
  RECOVERY_PATH,
  html`<button type="submit" name="action" value="default">${say('buttonText')}</button>`,
)}`;
    return sendAccountPage(c, voice, body);
  },

  async take(context, visit) {
    const { c, deps } = context;
    if (!hasCode(visit)) return sendTo(c, ACCOUNT_PATH);
    const proof = await proveFirst(context, visit, RECOVERY_PATH);
    if (proof) return proof;
    const code = await deps.runtime.renewRecoveryCode(c.var.tenant, visit.person.user);
    if (code === undefined) return sendTo(c, `${ACCOUNT_PATH}?done=nothing-changed`);
    const details = { authenticator: { type: 'recovery-code' } };
    const draft = { type: 'gd_update_device_account', description: 'Recovery code renewed', details } as const;
    await deps.store.commit([accountLog(context, visit, draft)]);
    const { voice, say } = await speakerAt(c, 'account-recovery-code');
    const groups = code.match(/.{1,4}/g) ?? [];
    const body = html`<div class="mark good">${icon('check')}</div>
<h1>${say('madeTitle')}</h1>
<p class="lead">${say('madeDescription')}</p>
<p class="key-line"><span class="key-label">${say('codeText')}</span><code class="key large">${groups.map((group) => html`<span>${group}</span>`)}</code></p>
<p><a class="button" href="${ACCOUNT_PATH}">${say('backText')}</a></p>`;
    return sendAccountPage(c, voice, body);
  },
};

const hasCode = ({ person: { tenant, authenticators } }: Visit): boolean =>
  tenant.factors['recovery-code'] &&
  authenticators.some(({ type, confirmed }) => type === 'recovery-code' && confirmed);
