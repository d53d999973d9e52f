// Server, hosted pages: a resting login becomes the page of its screen.
import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Notice } from '#runtime/codes.ts';
import type { Shown } from '#runtime/runtime.ts';
import type { Reply } from '#runtime/transaction/transaction.ts';
import type { ClientRecord } from '#storage/records.ts';
import type { Deps, Env } from '../deps.ts';
import type { Values } from '../request.ts';
import { errorPage } from './error-page.ts';
import { type PageStatus, sendPage, sendTo } from './page.ts';
import { addressAt, type Fields, presentChallenge, presentEnrollment, type Screen, type View } from './screen.ts';
import { screensOf } from './screens.ts';
import { surroundingsOf } from './surroundings.ts';
import { textsIn } from './texts/texts.ts';

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
    const other = screensOf(login).find((each) => each !== screen);
    return other ? sendTo(c, addressAt(other.path, key)) : errorPage(c, { status: 400, key: 'bad-application' });
  }
  const { language, texts } = textsIn(login.request.locale);
  const { state: _key, ...rest } = query;
  return {
    login,
    action: addressAt(screen.path, key, rest),
    state: key,
    texts,
    language,
    surroundings,
    query,
    sent,
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
  const { login, texts, language, surroundings } = view;
  const notice = refusal ?? undelivered(view);
  const told = notice === undefined ? view : { ...view, notice };
  const title = screen.title(told);
  if (notice && 'retryAfterSeconds' in notice) c.header('retry-after', String(notice.retryAfterSeconds));
  return sendPage(c, {
    status: refusal === undefined ? 200 : refusalStatus(refusal),
    language,
    title: notice === undefined ? title : `${texts.errorPrefix}: ${title}`,
    brand: surroundings.brand,
    images: (screen.images?.(told) ?? []).map(source).filter((found) => found !== undefined),
    formTargets: formTargets(login.request.reply, surroundings.client),
    body: screen.body(told),
  });
}

/**
 * Somebody else's request is moving this login: the page asks again in a second.
 * @param to where it asks; its own address when left out.
 */
export function showBusy(c: Context<Env>, locale: string, to?: string): Response | Promise<Response> {
  const { language, texts } = textsIn(locale);
  c.header('retry-after', '1');
  return sendPage(c, {
    status: 200,
    language,
    title: texts.busy.title,
    brand: c.var.tenant.friendlyName ?? c.var.tenant.name,
    refresh: { seconds: 1, ...(to === undefined ? {} : { to }) },
    body: html`<h1>${texts.busy.title}</h1>
<p class="lead" role="status">${texts.busy.lead}</p>`,
  });
}

/** Beside those whose key says so. */
const OVER_A_LIMIT: readonly Notice['key'][] = ['user-blocked', 'ip-blocked', 'same-user-login'];

function refusalStatus({ key }: Notice): PageStatus {
  return key.startsWith('too-many') || OVER_A_LIMIT.includes(key) ? 429 : 400;
}

/** The message with the code that is asked for did not go out. */
function undelivered({ login, notice }: View): Notice | undefined {
  if (notice) return notice;
  const enrollment = presentEnrollment(login);
  if (enrollment?.factor === 'phone') return enrollment.sent?.undelivered ? { key: 'send-sms-failed' } : undefined;
  const challenge = presentChallenge(login);
  if (!challenge?.undelivered) return undefined;
  return { key: challenge.factor === 'phone' ? 'send-sms-failed' : 'send-email-failed' };
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
