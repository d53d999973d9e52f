// Server, hosted pages: a resting login becomes the page of its screen.
import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Notice } from '#runtime/codes.ts';
import type { Shown } from '#runtime/runtime.ts';
import type { ClientRecord } from '#storage/records.ts';
import type { Deps, Env } from '../deps.ts';
import { type PageStatus, sendPage } from './page.ts';
import { presentChallenge, type Screen } from './screen.ts';
import { addressOf } from './screens.ts';
import { textsIn } from './texts/texts.ts';

export type HostedContext = { c: Context<Env>; deps: Deps };

/** Why the form that was just sent is not accepted, and what was typed in it. */
export type Refusal = { notice: Notice; identifier?: string };

/** Answers with the page of `screen`; after a refusal with the same page, its reason and a status that says so. */
export async function showScreen(
  { c, deps }: HostedContext,
  screen: Screen,
  shown: Shown,
  refusal?: Refusal,
): Promise<Response> {
  const { login, key } = shown;
  const { tenant } = c.var;
  const client = await deps.store.clients.find(tenant.id, login.request.clientId);
  const { language, texts } = textsIn(login.request.locale);
  const notice = refusal?.notice ?? undelivered(shown);
  const title = screen.title(texts);
  if (notice?.key === 'too-many-failures') c.header('retry-after', String(notice.retryAfterSeconds));
  return sendPage(c, {
    status: refusal === undefined ? 200 : refusalStatus(refusal.notice),
    language,
    title: notice === undefined ? title : `${texts.errorPrefix}: ${title}`,
    brand: tenant.friendlyName ?? tenant.name,
    formTargets: formTargets(login.request.redirectUri, client),
    body: screen.body({
      login,
      action: addressOf(screen, key),
      state: key,
      texts,
      application: client?.name ?? login.request.clientId,
      ...(notice === undefined ? {} : { notice }),
      ...(refusal?.identifier === undefined ? {} : { identifier: refusal.identifier }),
    }),
  });
}

/** Somebody else's request is moving this login: the page asks again in a second. */
export function showBusy(c: Context<Env>, locale: string): Response | Promise<Response> {
  const { language, texts } = textsIn(locale);
  c.header('retry-after', '1');
  return sendPage(c, {
    status: 200,
    language,
    title: texts.busy.title,
    brand: c.var.tenant.friendlyName ?? c.var.tenant.name,
    refresh: { seconds: 1 },
    body: html`<h1>${texts.busy.title}</h1>
<p class="lead" role="status">${texts.busy.lead}</p>`,
  });
}

function refusalStatus({ key }: Notice): PageStatus {
  return key === 'too-many-failures' ? 429 : 400;
}

/** The message of the present challenge did not go out. */
function undelivered({ login, notice }: Shown): Notice | undefined {
  const challenge = presentChallenge(login);
  if (notice || !challenge?.undelivered) return notice;
  return { key: challenge.factor === 'phone' ? 'send-sms-failed' : 'send-email-failed' };
}

/**
 * Any form may be the last one, whose answer leads to the application and from its callback on to its other pages:
 * the origins that the client has registered.
 */
function formTargets(redirectUri: string, client: ClientRecord | undefined): string[] {
  const settings = ['web_origins', 'allowed_origins'].flatMap((name) => client?.settings[name] ?? []);
  const addresses = [redirectUri, ...(client?.callbacks ?? []), ...settings];
  return [...new Set(addresses.map(source).filter((found) => found !== undefined))];
}

/** A CSP source for an address: its origin, or its scheme where there is no origin (`com.example.app:/callback`). */
function source(address: unknown): string | undefined {
  if (typeof address !== 'string' || !URL.canParse(address)) return undefined;
  const { origin, protocol } = new URL(address);
  const found = origin === 'null' ? protocol : origin;
  // Nothing of a registered text may end the directive.
  return /^[a-z][a-z0-9+.-]*:(\/\/[A-Za-z0-9.:[\]*-]+)?$/i.test(found) ? found : undefined;
}
