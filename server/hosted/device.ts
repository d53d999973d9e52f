// Server, hosted pages: a person connects a device (RFC 8628 §3.3): types its code, signs in like everywhere else, and says
// that the device is theirs. Opening an address changes nothing: links with a code in them are easily sent (§5.4).
import { type Context, Hono } from 'hono';
import { onceInAWhile } from '#runtime/protection/throttle.ts';
import { networkOf } from '#runtime/risk/address.ts';
import type { Found, Shown } from '#runtime/runtime.ts';
import type { LoginRequest } from '#runtime/transaction/transaction.ts';
import type { Deps, Env } from '../deps.ts';
import { show } from '../door.ts';
import { deviceLog } from '../oauth/device-log.ts';
import { takeCodeTry } from '../oauth/device-tries.ts';
import { showUserCode, userCodeKey } from '../oauth/device-user-code.ts';
import { type DeviceWait, decide, findByUserCode, findWait, isOpen } from '../oauth/device-wait.ts';
import { readSession, writeSession } from '../oauth/session-cookie.ts';
import { readParameters, readQuery } from '../request.ts';
import { ensureBinding, readBinding } from './binding.ts';
import { ACTIVATION_PATH, ALLOWED_PATH, CONFIRMATION_PATH, DENIED_PATH, devicePage } from './device-pages.ts';
import { errorPage } from './error-page.ts';
import { hostedDoor } from './hosted.ts';
import { chooseLanguage } from './language.ts';
import { isOwnForm } from './own-form.ts';
import { sendTo } from './page.ts';
import { addressAt } from './screen.ts';
import { type HostedContext, showBusy } from './show-screen.ts';

export function deviceRoutes(deps: Deps): Hono<Env> {
  return new Hono<Env>()
    .get(ACTIVATION_PATH, askForCode)
    .post(ACTIVATION_PATH, (c) => takeCode({ c, deps }))
    .get(CONFIRMATION_PATH, (c) => askToConfirm({ c, deps }))
    .post(CONFIRMATION_PATH, (c) => takeAnswer({ c, deps }))
    .get(ALLOWED_PATH, (c) => devicePage(c, { shows: 'allowed' }))
    .get(DENIED_PATH, (c) => devicePage(c, { shows: 'denied' }));
}

/** What devices are told when the person says no. */
const CANCELLED = 'User cancelled the confirmation prompt.';

/** `GET /activate`, with or without `user_code`. Whether there is such a code, only the form finds out. */
function askForCode(c: Context<Env>): Response | Promise<Response> {
  const query = readQuery(c);
  const typed = query.ok ? (query.parameters.user_code ?? '') : '';
  const key = userCodeKey(typed);
  return key === undefined
    ? devicePage(c, { shows: 'entry', typed: typed.slice(0, 100) })
    : devicePage(c, { shows: 'check', userCode: showUserCode(c.var.tenant, key) });
}

/** `POST /activate` */
async function takeCode(context: HostedContext): Promise<Response> {
  const { c, deps } = context;
  const form = await readForm(c);
  if (form instanceof Response) return form;
  const { user_code: typed = '', action = 'default' } = form;
  if (action !== 'default' && action !== 'accept' && action !== 'decline') {
    return errorPage(c, { status: 400, key: 'bad-request' });
  }
  const again = (key: 'no-code' | 'invalid-code') =>
    devicePage(c, { shows: 'entry', typed: typed.slice(0, 100), notice: { key } });
  if (typed.trim() === '') return again('no-code');
  const key = userCodeKey(typed);
  // What no device could show is no guess.
  if (key === undefined) return again('invalid-code');

  const { tenant, caller } = c.var;
  const tried = await takeCodeTry(deps, tenant, caller.ip);
  if (!tried.ok) {
    const { retryAfterSeconds } = tried;
    await tellOfTooMany(context);
    return devicePage(c, { shows: 'entry', typed: '', notice: { key: 'too-many-failures', retryAfterSeconds } });
  }
  const wait = await findByUserCode(deps, tenant, key);
  if (!wait) {
    await deps.store.commit([deviceLog(c, deps, { type: 'fdeac', description: 'Unknown or expired user code' })]);
    return again('invalid-code');
  }
  await deps.store.commit(tried.refund);
  return action === 'decline' ? decline(context, wait) : signIn(context, wait);
}

/** Refusing costs little and may happen thousands of times. */
async function tellOfTooMany({ c, deps }: HostedContext): Promise<void> {
  const { store, clock } = deps;
  const { tenant, caller } = c.var;
  const draft = { type: 'fdeac', description: 'Too many unknown user codes' } as const;
  const told = await onceInAWhile({ store, now: clock.now }, tenant.id, `user-code ${networkOf(caller.ip)}`, draft);
  if (told.length > 0) await store.commit(told.map((line) => deviceLog(c, deps, line)));
}

/** The login that the device waits for: a session of this browser stands in for the password, never for the scripts. */
async function signIn(context: HostedContext, wait: DeviceWait): Promise<Response> {
  const { c, deps } = context;
  const { tenant, caller } = c.var;
  const { ticket, clientId, scope, audience, body } = wait;
  const session = await readSession(c, deps);
  const request: LoginRequest = {
    clientId,
    reply: { by: 'device', ticketId: ticket.id },
    protocol: 'oauth2-device-code',
    scope,
    ...(audience === undefined ? {} : { audience }),
    prompt: [],
    uiLocales: [],
    acrValues: [],
    locale: chooseLanguage(tenant.enabledLocales, [], c.req.header('accept-language')),
    query: {},
    body,
  };
  const opening = { door: 'hosted', selection: 'server', binding: ensureBinding(c, deps) } as const;
  const shown = await deps.runtime.begin(tenant, { ...opening, request, ...(session ? { session } : {}) }, caller);
  return show(hostedDoor, context, shown);
}

/** `GET /u/device-code-confirmation?state=` */
async function askToConfirm(context: HostedContext): Promise<Response> {
  const { c, deps } = context;
  const query = readQuery(c);
  const found = await findLogin(context, query.ok ? query.parameters.state : undefined);
  if (found instanceof Response) return found;
  const { login, key, wait } = found;
  const { tenant } = c.var;
  const { clientId, locale } = login.request;
  const client = await deps.store.clients.find(tenant.id, clientId);
  const user = login.subject.kind === 'user' ? await deps.store.users.find(tenant.id, login.subject.userId) : undefined;
  const account = user?.email ?? user?.username ?? user?.phoneNumber ?? '';
  const application = client?.name ?? clientId;
  return devicePage(c, { shows: 'confirmation', userCode: wait.userCode, state: key, application, account }, locale);
}

/** `POST /u/device-code-confirmation?state=` */
async function takeAnswer(context: HostedContext): Promise<Response> {
  const { c, deps } = context;
  const form = await readForm(c);
  if (form instanceof Response) return form;
  const query = readQuery(c);
  const stateInAddress = query.ok ? query.parameters.state : undefined;
  const { state = stateInAddress, action } = form;
  // The address and the form both carry the key; they must agree.
  const agreed = stateInAddress === undefined || stateInAddress === state ? state : undefined;
  const found = await findLogin(context, agreed);
  if (found instanceof Response) return found;
  const { key, wait } = found;
  if (action === 'decline') return decline(context, wait, found);
  if (action !== 'accept') return errorPage(c, { status: 400, key: 'bad-request' });

  const { tenant } = c.var;
  const finished = await deps.runtime.finish(tenant, { key, binding: readBinding(c) });
  if (finished.outcome === 'elsewhere') return show(hostedDoor, context, finished.shown);
  if (finished.outcome !== 'finished') return noLogin(context, finished.outcome, key);
  const { login, code, session, sessionKey } = finished;
  writeSession(c, deps, sessionKey, session);
  if (login.subject.kind !== 'user') throw new Error('a login was finished by nobody');
  const granted = { name: 'granted', code, userId: login.subject.userId } as const;
  // Decided in another window meanwhile: the code that was made here is told to nobody.
  if (!(await decide(deps, tenant, wait.ticket.id, granted))) return errorPage(c, { status: 400, key: 'already-used' });
  return sendTo(c, ALLOWED_PATH);
}

async function decline({ c, deps }: HostedContext, wait: DeviceWait, by?: Pick<Shown, 'login'>): Promise<Response> {
  const { tenant } = c.var;
  const client = await deps.store.clients.find(tenant.id, wait.clientId);
  const subject = by?.login.subject;
  const who = subject?.kind === 'user' ? { userId: subject.userId } : {};
  const log = deviceLog(c, deps, { type: 'fdecc', description: CANCELLED, ...who }, client);
  const denied = await decide(deps, tenant, wait.ticket.id, { name: 'denied', reason: CANCELLED }, [log]);
  return denied ? sendTo(c, DENIED_PATH) : errorPage(c, { status: 400, key: 'already-used' });
}

type Confirmable = Pick<Shown, 'login' | 'key'> & { wait: DeviceWait };

/** The completed login of this browser, and the device that still waits for it; or where to go instead. */
async function findLogin(context: HostedContext, state: string | undefined): Promise<Confirmable | Response> {
  const { c, deps } = context;
  const { tenant } = c.var;
  if (state === undefined) return errorPage(c, { status: 400, key: 'unknown-login' });
  const found = await deps.runtime.read(tenant, { key: state, binding: readBinding(c) });
  if (found.found !== 'present' && found.found !== 'stale') return noLogin(context, found.found, state);
  const { login, key } = found.shown;
  const { reply } = login.request;
  const isHere = login.state.name === 'completed' && !login.state.taken && reply.by === 'device';
  if (found.found === 'stale' || !isHere) return show(hostedDoor, context, found.shown);
  const wait = await findWait(deps, tenant, reply.ticketId);
  const now = deps.clock.now();
  if (wait && isOpen(wait, now)) return { login, key, wait };
  return errorPage(c, { status: 400, key: wait && now < wait.endsAt ? 'already-used' : 'expired' });
}

function noLogin(
  { c }: HostedContext,
  why: Exclude<Found['found'], 'present' | 'stale'>,
  state: string,
): Response | Promise<Response> {
  switch (why) {
    case 'busy': {
      const locale = chooseLanguage(c.var.tenant.enabledLocales, [], c.req.header('accept-language'));
      return showBusy(c, locale, addressAt(CONFIRMATION_PATH, state));
    }
    case 'expired':
      return errorPage(c, { status: 400, key: 'expired' });
    case 'nothing':
      return errorPage(c, { status: 400, key: 'unknown-login' });
  }
}

/** The fields of a form of ours; a page for every other. */
async function readForm(c: Context<Env>): Promise<Record<string, string> | Response> {
  if (!isOwnForm(c)) return errorPage(c, { status: 403, key: 'foreign-form' });
  const body = await readParameters(c, { json: false });
  if (body.ok) return body.parameters;
  return errorPage(c, { status: body.problem === 'too-large' ? 413 : 400, key: 'bad-request' });
}
