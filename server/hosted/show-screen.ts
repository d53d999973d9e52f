// Server, hosted pages: a resting login becomes the page of its screen.
import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Notice } from '#runtime/codes.ts';
import { tooMany } from '#runtime/message-limit.ts';
import type { Shown } from '#runtime/runtime.ts';
import type { Reply } from '#runtime/transaction/transaction.ts';
import type { ClientRecord } from '#storage/records.ts';
import type { Deps, Env } from '../deps.ts';
import type { Values } from '../request.ts';
import { errorPage } from './error-page.ts';
import { undeliveredAtGate } from './gate.ts';
import { type Page, type PageStatus, sendPage, sendTo } from './page.ts';
import { partialsOf } from './partials.ts';
import {
  addressAt,
  type Fields,
  pathIn,
  presentChallenge,
  presentEnrollment,
  type Screen,
  type View,
} from './screen.ts';
import { screensOf } from './screens.ts';
import { speak } from './speak.ts';
import { surroundingsOf } from './surroundings.ts';
import { thisBrowser } from './this-browser.ts';
import { customTexts, plainVoice, spokenBy, voiceAt } from './voice.ts';

export type HostedContext = { c: Context<Env>; deps: Deps };

/** What the browser brought to the page: parameters of its address, and of the form if one was sent. */
export type Brought = { query: Fields; sent: Values };

/** How a screen sees a login, or where to go when the screen is closed. */
export async function lookAt(
  { c, deps }: HostedContext,
  screen: Screen,
  { login, key, notice }: Shown,
  { query, sent }: Brought,
): Promise<View | Response> {
  const surroundings = await surroundingsOf(deps, c.var.tenant, login);
  if (screen.isOpen && !screen.isOpen(surroundings)) {
    const other = screensOf(login, c.var.tenant).find((each) => each.isOpen?.(surroundings) ?? true);
    return other
      ? sendTo(c, addressAt(pathIn(login, other), key))
      : errorPage(c, { status: 400, key: 'bad-application' });
  }
  const { application, organization } = surroundings;
  const voice = plainVoice(c, screen, {
    locale: login.request.locale,
    clientName: application,
    ...(organization ? { organization } : {}),
  });
  // While a password is reset, a screen may have other words than in a login.
  const prompts = login.purpose === 'password-reset' ? ([screen.prompt, 'reset-password'] as const) : [screen.prompt];
  const { state: _key, ...rest } = query;
  return {
    ...voice,
    custom: await customTexts(deps.store, c.var.tenant, voice.language, prompts),
    partials: await partialsOf(deps.store, screen, {
      tenant: c.var.tenant,
      organization,
      page: { language: voice.language, application: applicationOf(login, surroundings) },
    }),
    login,
    action: addressAt(pathIn(login, screen), key, rest),
    state: key,
    surroundings,
    query,
    sent,
    browser: thisBrowser(c),
    now: deps.clock.now(),
    ...(notice === undefined ? {} : { notice }),
  };
}

/** Answers with the page; after a refusal with the same page, its reason and a status that says so. */
export function showScreen(
  { c }: HostedContext,
  screen: Screen,
  view: View,
  refusal?: Notice,
): Response | Promise<Response> {
  const { login, surroundings } = view;
  const notice = refusal ?? undelivered(view);
  const told = notice === undefined ? view : { ...view, notice };
  if (notice && 'retryAfterSeconds' in notice) c.header('retry-after', String(notice.retryAfterSeconds));
  return sendPage(c, {
    status: refusal === undefined ? 200 : refusalStatus(refusal),
    ...spokenBy(told, notice, screen.title?.(told)),
    ...(surroundings.organization ? { organization: surroundings.organization } : {}),
    application: applicationOf(login, surroundings),
    images: (screen.images?.(told) ?? []).map(source).filter((found) => found !== undefined),
    scripts: screen.scripts?.(told) ?? [],
    ...(screen.connects ? { connects: true } : {}),
    formTargets: formTargets(login.request.reply, surroundings.client),
    body: screen.body(told),
  });
}

/**
 * Somebody else's request is moving this login: the page asks again in a second.
 * @param to where it asks; its own address when left out.
 */
export async function showBusy(c: Context<Env>, locale: string, to?: string): Promise<Response> {
  const voice = await voiceAt(c, { prompt: 'common', name: 'busy' }, { locale });
  const say = speak(voice, 'common', 'busy');
  c.header('retry-after', '1');
  return sendPage(c, {
    status: 200,
    ...spokenBy(voice),
    refresh: { seconds: 1, ...(to === undefined ? {} : { to }) },
    body: html`<div class="mark"><span class="spinner"></span></div>
<h1>${say('title')}</h1>
<p class="lead" role="status">${say('description')}</p>`,
  });
}

function applicationOf(
  { request }: View['login'],
  { application, client }: View['surroundings'],
): NonNullable<Page['application']> {
  const logo = client?.settings.logo_uri;
  return { id: request.clientId, name: application, ...(typeof logo === 'string' ? { logo } : {}) };
}

/** Beside those whose key says so. */
const OVER_A_LIMIT: readonly Notice['key'][] = ['user-blocked', 'ip-blocked', 'same-user-login'];

function refusalStatus({ key }: Notice): PageStatus {
  return key.startsWith('too-many') || OVER_A_LIMIT.includes(key) ? 429 : 400;
}

/** The message with the code that is asked for did not go out, or nobody knows. */
function undelivered({ login, notice }: View): Notice | undefined {
  if (notice) return notice;
  const { state } = login;
  if (state.name === 'gated') return undeliveredAtGate(login);
  if (state.name === 'expecting') {
    if (state.unconfirmed) return { key: 'message-unconfirmed' };
    return state.undelivered ? { key: `send-${state.strategy}-failed` } : undefined;
  }
  const enrollment = presentEnrollment(login);
  if (enrollment?.factor === 'phone') {
    if (enrollment.sent?.unconfirmed) return { key: 'message-unconfirmed' };
    return enrollment.sent?.undelivered ? { key: `send-${enrollment.sent.via ?? 'sms'}-failed` } : undefined;
  }
  const challenge = presentChallenge(login);
  if (challenge?.unconfirmed) return { key: 'message-unconfirmed' };
  if (!challenge?.undelivered) return undefined;
  const { factor, via = 'sms', overLimit } = challenge;
  const channel = factor === 'phone' ? via : factor === 'push-notification' ? 'push' : 'email';
  return overLimit ? tooMany(channel) : { key: `send-${channel}-failed` };
}

/**
 * Any form may be the last one, whose answer leads to the application and from its callback on to its other pages:
 * the origins that the client has registered.
 */
function formTargets(reply: Reply, client: ClientRecord | undefined): string[] {
  const settings = ['web_origins', 'allowed_origins'].flatMap((name) => client?.settings[name] ?? []);
  const addresses = [
    ...(reply.by === 'redirect' ? [reply.redirectUri] : []),
    ...(client?.callbacks ?? []),
    ...settings,
  ];
  return [...new Set(addresses.map(source).filter((found) => found !== undefined))];
}

/** A CSP source for an address: its origin, or its scheme where there is no origin (`com.example.app:/callback`). */
export function source(address: unknown): string | undefined {
  if (typeof address !== 'string' || !URL.canParse(address)) return undefined;
  const { origin, protocol } = new URL(address);
  const found = origin === 'null' ? protocol : origin;
  // Nothing of a registered text may end the directive.
  return /^[a-z][a-z0-9+.-]*:(\/\/[A-Za-z0-9.:[\]*-]+)?$/i.test(found) ? found : undefined;
}
