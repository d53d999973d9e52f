// Server, account: the first page: what a person has to sign in with, and the ways to change it. Whatever takes a way in or
// away asks for a proof first, before it shows where that is done.
import { html } from 'hono/html';
import { endSession } from '#runtime/sessions/end-session.ts';
import type { AuthenticatorRecord } from '#storage/records.ts';
import { icon } from '../hosted/icons.ts';
import { type Markup, sendTo } from '../hosted/page.ts';
import type { HostedContext } from '../hosted/show-screen.ts';
import { logoutPage } from '../oauth/logout-page.ts';
import { clearSession } from '../oauth/session-cookie.ts';
import {
  type AccountPage,
  accountForm,
  day,
  doneLine,
  type Speaker,
  sendAccountPage,
  speakerAt,
} from './account-page.ts';
import { proveFirst } from './begin.ts';
import { kindOf, targetOf } from './factor-name.ts';
import { factorOf } from './name-factor.ts';
import { ACCOUNT_PATH, ADD_PATH, HISTORY_PATH, NAME_PATH, RECOVERY_PATH, REMOVE_PATH, SESSIONS_PATH } from './paths.ts';
import { accountName, type Visit } from './visit.ts';

/** What may be said on top of the page; anything else in the address says nothing. */
const DONE = ['factor-added', 'factor-named', 'factor-removed', 'nothing-changed'] as const;
/** How new a factor is that somebody comes back from adding. */
const JUST_ADDED_MS = 10 * 60_000;

type Say = Speaker<'account'>['say'];

export const overviewPage: AccountPage = {
  path: ACCOUNT_PATH,
  async show(context, visit, query) {
    const { voice, say, language } = await speakerAt(context.c, 'account');
    const done = DONE.find((each) => each === query.done);
    const told = done === 'factor-added' && !hasNew(context, visit) ? 'nothing-changed' : done;
    const isCode = ({ type }: AuthenticatorRecord): number => Number(type === 'recovery-code');
    // What stands in for the others comes last.
    const factors = visit.person.authenticators
      .filter(({ confirmed }) => confirmed)
      .toSorted((one, other) => isCode(one) - isCode(other));
    const body = html`<h1>${say('title')}</h1>
<p class="lead">${say('description', { account: accountName(visit) })}</p>
${told === undefined ? '' : doneLine(say(told))}
<h2>${say('factorsTitle')}</h2>
${accountForm(
  visit,
  ACCOUNT_PATH,
  html`${factors.length === 0 ? html`<p>${say('noFactorsText')}</p>` : factorList(visit, factors, say, (at) => day(at, language))}
<p><button class="with-icon" type="submit" name="action" value="add">${icon('plus')}${say('addButtonText')}</button></p>
<p class="turn"><a href="${HISTORY_PATH}">${say('historyLinkText')}</a></p>
<p class="turn"><a href="${SESSIONS_PATH}">${say('sessionsLinkText')}</a></p>
<button class="quiet-button" type="submit" name="action" value="log-out">${say('logOutText')}</button>`,
)}`;
    return sendAccountPage(context.c, voice, body, { wide: true });
  },

  async take(context, visit, _query, { action = '' }) {
    const { c, deps } = context;
    const [verb = '', id = ''] = action.split('::', 2);
    switch (verb) {
      case 'add':
        return (await proveFirst(context, visit, ADD_PATH)) ?? sendTo(c, ADD_PATH);
      case 'new-recovery-code':
        return (await proveFirst(context, visit, RECOVERY_PATH)) ?? sendTo(c, RECOVERY_PATH);
      case 'remove': {
        if (!factorOf(visit, { id })) return sendTo(c, ACCOUNT_PATH);
        const to = `${REMOVE_PATH}?id=${id}`;
        return (await proveFirst(context, visit, to)) ?? sendTo(c, to);
      }
      case 'log-out': {
        const ports = { store: deps.store, now: deps.clock.now, random: deps.random };
        await endSession(ports, { tenant: c.var.tenant, session: visit.session, caller: c.var.caller });
        clearSession(c);
        return logoutPage(c, { shows: 'done' });
      }
      default:
        return sendTo(c, ACCOUNT_PATH);
    }
  },
};

/** Somebody may come back from adding one without having added any. */
function hasNew({ deps }: HostedContext, { person }: Visit): boolean {
  const since = deps.clock.now() - JUST_ADDED_MS;
  return person.authenticators.some(({ confirmed, enrolledAt = 0 }) => confirmed && enrolledAt >= since);
}

function factorList(
  { person: { tenant } }: Visit,
  factors: AuthenticatorRecord[],
  say: Say,
  dayOf: (at: number) => string,
): Markup {
  return html`<ul class="devices">
${factors.map((factor) => {
  const { id, type, name, lastAuthAt, enrolledAt, createdAt } = factor;
  const { name: kind, icon: picture } = kindOf(type, tenant);
  const kindName = say(`authenticatorNames${kind}`);
  const called = name ?? kindName;
  const target = targetOf(factor);
  const used = lastAuthAt === undefined ? say('neverUsedText') : say('lastUsedText', { date: dayOf(lastAuthAt) });
  const isCode = type === 'recovery-code';
  return html`<li class="device">${icon(picture)}<div id="${id}"><bdi>${called}</bdi>${name === undefined ? '' : html`<small>${kindName}</small>`}${target === undefined ? '' : html`<small><bdi>${target}</bdi></small>`}<small>${say('addedText', { date: dayOf(enrolledAt ?? createdAt) })}</small><small>${used}</small></div>
<div class="row">${isCode ? html`<button class="plain-button" type="submit" name="action" value="new-recovery-code">${say('newRecoveryCodeText')}</button>` : html`<a class="button plain-button" href="${NAME_PATH}?id=${id}" aria-describedby="${id}">${say('renameText')}</a>`}<button class="bad-button" type="submit" name="action" value="remove::${id}" aria-describedby="${id}">${say('removeText')}</button></div></li>
`;
})}</ul>`;
}
