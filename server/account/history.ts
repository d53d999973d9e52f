// Server, account: what the tenant's log knows of a person's sign-ins: when, from where, with what, and what came of it.
import { html } from 'hono/html';
import type { LogType } from '#runtime/codes.ts';
import type { LogRecord } from '#storage/records.ts';
import { type Markup, sendTo } from '../hosted/page.ts';
import { type AccountPage, backLink, moment, type Speaker, sendAccountPage, speakerAt } from './account-page.ts';
import { browserLabel } from './browser-label.ts';
import { ACCOUNT_PATH, HISTORY_PATH } from './paths.ts';

const PER_PAGE = 50;
/** Nobody turns more pages than these; each reads past all that came before. */
const LAST_PAGE = 20;

type Words =
  | 'successText'
  | 'failureText'
  | 'approvedText'
  | 'rejectedText'
  | 'changedText'
  | 'passwordText'
  | 'loggedOutText';

/** What is told, and in which words. */
const TOLD: { readonly [Type in LogType]?: Words } = {
  s: 'successText',
  f: 'failureText',
  fp: 'failureText',
  limit_wc: 'failureText',
  gd_auth_succeed: 'approvedText',
  gd_recovery_succeed: 'approvedText',
  gd_auth_failed: 'rejectedText',
  gd_auth_rejected: 'rejectedText',
  gd_recovery_failed: 'rejectedText',
  gd_webauthn_challenge_failed: 'rejectedText',
  gd_enrollment_complete: 'changedText',
  gd_unenroll: 'changedText',
  gd_update_device_account: 'changedText',
  scp: 'passwordText',
  slo: 'loggedOutText',
  session_revoked: 'loggedOutText',
};
const TYPES = Object.keys(TOLD);

export const historyPage: AccountPage = {
  path: HISTORY_PATH,
  async show({ c, deps }, visit, query) {
    const page = /^\d{1,3}$/.test(query.page ?? '') ? Math.min(Number(query.page), LAST_PAGE) : 0;
    const { id: userId, tenantId } = visit.person.user;
    const { records, total } = await deps.store.logs.list(tenantId, {
      userId,
      types: TYPES,
      order: 'newest',
      page: { offset: page * PER_PAGE, limit: PER_PAGE },
    });
    const speaker = await speakerAt(c, 'account-history');
    const { voice, say } = speaker;
    const turn = (to: number, text: string): Markup =>
      html`<a class="button plain-button" href="${HISTORY_PATH}?page=${to}">${text}</a>`;
    const isLast = page === LAST_PAGE || total <= (page + 1) * PER_PAGE;
    const body = html`${backLink(ACCOUNT_PATH, say('backText'))}
<h1>${say('title')}</h1>
<p class="lead">${say(records.length === 0 ? 'emptyText' : 'description')}</p>
${records.length === 0 ? '' : table(records, speaker)}
<p class="row">${page > 0 ? turn(page - 1, say('newerText')) : ''}${isLast ? '' : turn(page + 1, say('olderText'))}</p>`;
    return sendAccountPage(c, voice, body, { wide: true });
  },

  async take({ c }) {
    return sendTo(c, HISTORY_PATH);
  },
};

/** What was no application's doing was done here. */
function table(records: LogRecord[], { say, language, voice }: Speaker<'account-history'>): Markup {
  const columns = [say('timeText'), say('eventText'), say('applicationText'), say('deviceText'), say('placeText')];
  return html`<table class="folds" role="table">
<thead><tr role="row">${columns.map((name) => html`<th scope="col" role="columnheader">${name}</th>`)}</tr></thead>
<tbody>
${records.map((record) => {
  const words = TOLD[record.type as LogType];
  const cells = [
    moment(record.at, language),
    words === undefined ? record.description : say(words),
    html`<bdi>${record.clientName ?? (record.clientId ? say('unknownText') : voice.names.companyName)}</bdi>`,
    html`<bdi>${browserLabel(record.userAgent) ?? say('unknownText')}</bdi>`,
    html`<bdi>${record.ip ?? say('unknownText')}</bdi>`,
  ];
  return html`<tr role="row">${cells.map((cell, index) => html`<td role="cell" data-label="${columns[index]}">${cell}</td>`)}</tr>
`;
})}</tbody>
</table>`;
}
