// Server, account: a person takes one of their factors away. The last one takes the recovery code with it, and browsers that
// were remembered for it are forgotten.
import { html } from 'hono/html';
import { icon } from '../hosted/icons.ts';
import { sendTo } from '../hosted/page.ts';
import { accountLog } from './account-log.ts';
import { type AccountPage, accountForm, sendAccountPage, speakerAt } from './account-page.ts';
import { proveFirst } from './begin.ts';
import { kindOf, targetOf } from './factor-name.ts';
import { factorOf } from './name-factor.ts';
import { ACCOUNT_PATH, REMOVE_PATH } from './paths.ts';

export const removeFactorPage: AccountPage = {
  path: REMOVE_PATH,
  async show({ c }, visit, query) {
    const factor = factorOf(visit, query);
    if (!factor) return sendTo(c, ACCOUNT_PATH);
    const { voice, say } = await speakerAt(c, 'account-remove-factor');
    const kind = kindOf(factor.type, visit.person.tenant);
    const factorName = [factor.name ?? say(`authenticatorNames${kind.name}`), targetOf(factor)]
      .filter((each) => each !== undefined)
      .join(', ');
    const body = html`<div class="mark bad">${icon(kind.icon)}</div>
<h1>${say('title')}</h1>
<p class="lead">${say('description', { factorName })}</p>
${accountForm(
  visit,
  `${REMOVE_PATH}?id=${factor.id}`,
  html`<button type="submit" name="action" value="default">${say('confirmButtonText')}</button>
<button class="quiet-button" type="submit" name="action" value="back-action">${say('cancelButtonText')}</button>`,
)}`;
    return sendAccountPage(c, voice, body);
  },

  async take(context, visit, query, { action }) {
    const { c, deps } = context;
    const factor = factorOf(visit, query);
    if (!factor || action !== 'default') return sendTo(c, ACCOUNT_PATH);
    const { id, type, tenantId } = factor;
    const proof = await proveFirst(context, visit, `${REMOVE_PATH}?id=${id}`);
    if (proof) return proof;
    const { store } = deps;
    if (!(await store.authenticators.remove(tenantId, id))) return sendTo(c, `${ACCOUNT_PATH}?done=nothing-changed`);
    const details = { authenticator: { id, type } };
    const draft = { type: 'gd_unenroll', description: 'Second factor removed', details } as const;
    await store.commit([accountLog(context, visit, draft)]);
    return sendTo(c, `${ACCOUNT_PATH}?done=factor-removed`);
  },
};
