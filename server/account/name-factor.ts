// Server, account: what a person calls one of their factors. It opens nothing and closes nothing, so that no proof is asked.
import { html } from 'hono/html';
import type { AuthenticatorRecord } from '#storage/records.ts';
import { invalid } from '../hosted/form.ts';
import { sendTo } from '../hosted/page.ts';
import type { Fields } from '../hosted/screen.ts';
import type { HostedContext } from '../hosted/show-screen.ts';
import { accountLog } from './account-log.ts';
import {
  type AccountNotice,
  type AccountPage,
  accountForm,
  backLink,
  sendAccountPage,
  speakerAt,
} from './account-page.ts';
import { ACCOUNT_PATH, NAME_PATH } from './paths.ts';
import type { Visit } from './visit.ts';

/** As at the Management API. */
const LONGEST_NAME = 20;

export const nameFactorPage: AccountPage = {
  path: NAME_PATH,
  async show(context, visit, query) {
    const factor = factorOf(visit, query);
    return factor ? page(context, visit, factor, factor.name ?? '') : sendTo(context.c, ACCOUNT_PATH);
  },

  async take(context, visit, query, { nickname: typed = '' }) {
    const factor = factorOf(visit, query);
    if (!factor) return sendTo(context.c, ACCOUNT_PATH);
    const name = typed.trim().normalize();
    if (name === '') return page(context, visit, factor, typed, { key: 'no-nickname' });
    if ([...name].length > LONGEST_NAME) return page(context, visit, factor, typed, { key: 'nickname-too-long' });
    const { c, deps } = context;
    const { id, type, tenantId } = factor;
    const details = { authenticator: { id, type } };
    const draft = { type: 'gd_update_device_account', description: 'Second factor renamed', details } as const;
    const named = await deps.store.commit([
      { kind: 'authenticator.name', tenantId, id, name },
      accountLog(context, visit, draft),
    ]);
    return sendTo(c, `${ACCOUNT_PATH}?done=${named.ok ? 'factor-named' : 'nothing-changed'}`);
  },
};

/** One of this person's own. */
export function factorOf({ person }: Visit, { id }: Fields): AuthenticatorRecord | undefined {
  return person.authenticators.find((each) => each.id === id && each.confirmed);
}

async function page(
  { c }: HostedContext,
  visit: Visit,
  { id }: AuthenticatorRecord,
  value: string,
  notice?: AccountNotice,
): Promise<Response> {
  const { voice, say } = await speakerAt(c, 'account-name-factor');
  const body = html`${backLink(ACCOUNT_PATH, say('backText'))}
<h1>${say('title')}</h1>
<p class="lead">${say('description')}</p>
${accountForm(
  visit,
  `${NAME_PATH}?id=${id}`,
  html`<label for="name">${say('placeholder')}</label>
<input id="name" name="nickname" type="text" autocomplete="off" maxlength="60" aria-required="true" value="${value}"${invalid(notice !== undefined)} autofocus>
<button type="submit" name="action" value="default">${say('buttonText')}</button>`,
  notice && { voice, notice },
)}`;
  return sendAccountPage(c, voice, body, notice ? { notice } : {});
}
