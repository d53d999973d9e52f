// Server, account: where else a person is signed in, and which browsers are asked for no second factor. Both can be ended here;
// with a session go the refresh tokens that came from it, because whoever ends it knows nothing of those.
import { html } from 'hono/html';
import { isAlive } from '#runtime/sessions/session.ts';
import type { RememberedBrowserRecord, SessionRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import { icon } from '../hosted/icons.ts';
import { type Markup, sendTo } from '../hosted/page.ts';
import type { HostedContext } from '../hosted/show-screen.ts';
import { accountLog } from './account-log.ts';
import {
  type AccountPage,
  accountForm,
  backLink,
  day,
  doneLine,
  type Speaker,
  sendAccountPage,
  speakerAt,
} from './account-page.ts';
import { browserLabel } from './browser-label.ts';
import { ACCOUNT_PATH, SESSIONS_PATH } from './paths.ts';
import type { Visit } from './visit.ts';

/** More than anybody looks through. */
const SESSIONS_SHOWN = 100;

export const sessionsPage: AccountPage = {
  path: SESSIONS_PATH,
  async show(context, visit, query) {
    const { c } = context;
    const speaker = await speakerAt(c, 'account-sessions');
    const { voice, say } = speaker;
    const [sessions, browsers] = await Promise.all([alive(context, visit), remembered(context, visit)]);
    const body = html`${backLink(ACCOUNT_PATH, say('backText'))}
<h1>${say('title')}</h1>
<p class="lead">${say('description')}</p>
${query.done === 'browser-forgotten' ? doneLine(say('browser-forgotten')) : ''}
${query.done === 'session-ended' ? doneLine(say('session-ended')) : ''}
${accountForm(
  visit,
  SESSIONS_PATH,
  html`<ul class="devices">
${sessions.map((session) => sessionCard(session, session.id === visit.session.id, speaker))}</ul>
${sessions.length > 1 ? html`<button class="plain-button" type="submit" name="action" value="end-others">${say('endOthersText')}</button>` : ''}
${browsers.length === 0 ? '' : rememberedList(browsers, speaker)}`,
)}`;
    return sendAccountPage(c, voice, body, { wide: true });
  },

  async take(context, visit, _query, { action = '' }) {
    const [verb = '', id = ''] = action.split('::', 2);
    if (verb === 'forget') return forget(context, visit, id);
    const ended =
      verb === 'end-others' ? await endOthers(context, visit) : verb === 'end' && (await end(context, visit, id));
    return sendTo(context.c, ended ? `${SESSIONS_PATH}?done=session-ended` : SESSIONS_PATH);
  },
};

/** The newest ones; those that have run out stay in storage for a while. */
async function alive({ deps }: HostedContext, { person: { user } }: Visit): Promise<SessionRecord[]> {
  const { records } = await deps.store.sessions.ofUser(user.tenantId, user.id, { offset: 0, limit: SESSIONS_SHOWN });
  return records.filter((session) => isAlive(session, deps.clock.now()));
}

async function end(context: HostedContext, visit: Visit, id: string): Promise<boolean> {
  const { store, clock } = context.deps;
  const { user } = visit.person;
  const session = id === visit.session.id ? undefined : await store.sessions.find(user.tenantId, id);
  if (session?.userId !== user.id || !isAlive(session, clock.now())) return false;
  return (await store.commit(endOf(context, visit, session))).ok;
}

/** All of them, also those that the page has no room for. */
async function endOthers(context: HostedContext, visit: Visit): Promise<boolean> {
  const { store } = context.deps;
  const { id: userId, tenantId } = visit.person.user;
  const page = { offset: 0, limit: SESSIONS_SHOWN };
  let ended = 0;
  for (;;) {
    const { records } = await store.sessions.ofUser(tenantId, userId, page);
    const others = records.filter(({ id }) => id !== visit.session.id);
    if (others.length === 0) return ended > 0;
    const committed = await store.commit(others.flatMap((session) => endOf(context, visit, session)));
    if (!committed.ok) throw new Error(`sessions could not be ended: ${committed.failed.kind} was refused`);
    ended += others.length;
  }
}

function endOf(context: HostedContext, visit: Visit, { tenantId, id, userId }: SessionRecord): Change[] {
  const draft = { type: 'session_revoked', description: 'Session revoked', details: { session_id: id } } as const;
  return [
    { kind: 'session.remove', tenantId, id, because: 'session-revoked' },
    { kind: 'refresh-token.remove-of-session', tenantId, userId, sessionId: id },
    accountLog(context, visit, draft),
  ];
}

async function forget(context: HostedContext, visit: Visit, device: string): Promise<Response> {
  const { c, deps } = context;
  const { tenantId, id } = visit.person.user;
  if (!(await deps.store.rememberedBrowsers.find(tenantId, id, device))) return sendTo(c, SESSIONS_PATH);
  await deps.store.rememberedBrowsers.clear(tenantId, id, device);
  const draft = { type: 'gd_update_device_account', description: 'Remembered browser forgotten' } as const;
  await deps.store.commit([accountLog(context, visit, draft)]);
  return sendTo(c, `${SESSIONS_PATH}?done=browser-forgotten`);
}

type Browser = RememberedBrowserRecord & { userAgent?: string };

/** With what each called itself when it was last seen. */
async function remembered({ deps: { store } }: HostedContext, { person: { user } }: Visit): Promise<Browser[]> {
  const [browsers, devices] = await Promise.all([
    store.rememberedBrowsers.ofUser(user.tenantId, user.id),
    store.devices.ofUser(user.tenantId, user.id),
  ]);
  return browsers.map((browser) => {
    const userAgent = devices.find(({ device }) => device === browser.device)?.userAgent;
    return userAgent === undefined ? browser : { ...browser, userAgent };
  });
}

function sessionCard(
  { id, device, createdAt, updatedAt }: SessionRecord,
  isThis: boolean,
  { say, language }: Speaker<'account-sessions'>,
): Markup {
  const name = browserLabel(device.lastUserAgent ?? device.initialUserAgent) ?? say('unknownText');
  const ip = device.lastIp ?? device.initialIp;
  return html`<li class="device">${icon('computer')}<div id="${id}"><bdi>${name}</bdi>${isThis ? html` <span class="badge good">${say('thisSessionText')}</span>` : ''}${ip === undefined ? '' : html`<small><bdi>${ip}</bdi></small>`}<small>${say('sinceText', { date: day(createdAt, language) })}</small><small>${say('lastUsedText', { date: day(updatedAt, language) })}</small></div>
${isThis ? '' : html`<div class="row"><button class="bad-button" type="submit" name="action" value="end::${id}" aria-describedby="${id}">${say('endSessionText')}</button></div>`}</li>
`;
}

function rememberedList(browsers: Browser[], { say, language }: Speaker<'account-sessions'>): Markup {
  return html`<h2>${say('browsersTitle')}</h2>
<p>${say('browsersDescription')}</p>
<ul class="devices">
${browsers.map(
  ({ device, userAgent, seenAt }) =>
    html`<li class="device">${icon('computer')}<div id="${device}"><bdi>${browserLabel(userAgent) ?? say('unknownText')}</bdi><small>${say('lastUsedText', { date: day(seenAt, language) })}</small></div>
<div class="row"><button class="plain-button" type="submit" name="action" value="forget::${device}" aria-describedby="${device}">${say('forgetText')}</button></div></li>
`,
)}</ul>`;
}
