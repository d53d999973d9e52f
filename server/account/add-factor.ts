// Server, account: which factor a person adds. Each row begins an enrollment, as in a login.
import { html } from 'hono/html';
import type { FactorType } from '#actions/post-login.ts';
import { enrollable, factors } from '#runtime/factors/catalogue.ts';
import { takesPasskeys } from '#runtime/factors/passkey-settings.ts';
import type { AuthenticatorType } from '#storage/records.ts';
import { icon } from '../hosted/icons.ts';
import { sendTo } from '../hosted/page.ts';
import { type AccountPage, accountForm, backLink, sendAccountPage, speakerAt } from './account-page.ts';
import { enroll } from './begin.ts';
import { kindOf } from './factor-name.ts';
import { ACCOUNT_PATH, ADD_PATH } from './paths.ts';
import type { Visit } from './visit.ts';

type Addable = FactorType | 'passkey';

/** Several of these tell each other apart; a second app or mailbox would only be another one to lose. */
const SEVERAL: ReadonlySet<Addable> = new Set<Addable>([
  'phone',
  'push-notification',
  'webauthn-roaming',
  'webauthn-platform',
]);
/** As many of one kind as administrators can give. */
const MOST_OF_A_KIND = 20;

export const addFactorPage: AccountPage = {
  path: ADD_PATH,
  async show({ c }, visit) {
    const { voice, say } = await speakerAt(c, 'account-add-factor');
    const rows = addable(visit).map((factor) => ({ factor, kind: kindOf(typeOf(factor), visit.person.tenant) }));
    const body = html`${backLink(ACCOUNT_PATH, say('backText'))}
<h1>${say('title')}</h1>
<p class="lead">${say(rows.length === 0 ? 'nothingText' : 'description')}</p>
${accountForm(
  visit,
  ADD_PATH,
  html`<ul class="picks">
${rows.map(
  ({ factor, kind: { name, icon: picture } }) =>
    html`<li><button class="pick" type="submit" name="action" value="${factor}">${icon(picture)}<span class="pick-text">${say(`authenticatorNames${name}`)} <small>${say(`authenticatorHints${name}`)}</small></span>${icon('forward')}</button></li>
`,
)}</ul>`,
)}`;
    return sendAccountPage(c, voice, body);
  },

  async take(context, visit, _query, { action }) {
    const factor = addable(visit).find((each) => each === action);
    if (factor === undefined) return sendTo(context.c, ADD_PATH);
    return enroll(
      context,
      visit,
      { from: ADD_PATH, to: `${ACCOUNT_PATH}?done=factor-added` },
      factor,
      SEVERAL.has(factor),
    );
  },
};

/** What the person may add now, in the order of the pickers. */
function addable({ person, connection }: Visit): Addable[] {
  const has = (type: AuthenticatorType): number => person.authenticators.filter((each) => each.type === type).length;
  const own = factors('server')
    .filter((factor) => {
      if (has(typeOf(factor.type)) >= MOST_OF_A_KIND) return false;
      return enrollable(factor, person, { selection: 'server' }, { further: SEVERAL.has(factor.type) });
    })
    .map(({ type }): Addable => type);
  return takesPasskeys(connection) && has('passkey') < MOST_OF_A_KIND ? ['passkey', ...own] : own;
}

/** As it will be stored. */
function typeOf(factor: Addable): AuthenticatorType {
  if (factor === 'otp') return 'totp';
  return factor === 'push-notification' ? 'push' : factor;
}
