// Server, hosted pages: the link of a mail about a forgotten password is opened. That begins a reset in this browser and
// uses nothing up: scanners of mail open links too, and the person may open it again.
import { type Context, Hono } from 'hono';
import { RESET_OPENINGS } from '#runtime/rate-limit.ts';
import { type ResetLink, readResetLink } from '#runtime/reset-ticket.ts';
import type { Deps, Env } from '../deps.ts';
import { show } from '../door.ts';
import { readQuery } from '../request.ts';
import { ensureBinding } from './binding.ts';
import { hostedDoor } from './hosted.ts';
import { chooseLanguage } from './language.ts';
import { resetProblemPage } from './reset-pages.ts';

/** `GET /u/reset-password/verify?ticket=` */
export function resetLinkRoutes(deps: Deps): Hono<Env> {
  return new Hono<Env>().get('/u/reset-password/verify', (c) => openLink(c, deps));
}

async function openLink(c: Context<Env>, deps: Deps): Promise<Response> {
  const { tenant } = c.var;
  // A HEAD is a look, and scripts that ask for a code would send it.
  if (c.req.method !== 'GET') return c.body(null, 200);
  const query = readQuery(c);
  const key = query.ok ? query.parameters.ticket : undefined;
  const ports = { store: deps.store, now: deps.clock.now };
  const link = key === undefined ? undefined : await readResetLink(ports, tenant.id, key);
  const wanted = link?.locale === undefined ? [] : [link.locale];
  const locale = chooseLanguage(tenant.enabledLocales, wanted, c.req.header('accept-language'));
  if (!link) return resetProblemPage(c, locale, 'gone');
  const opening = await deps.store.takeAttempt(tenant.id, `reset link ${link.ticketId}`, RESET_OPENINGS, ports.now());
  if (!opening.taken) {
    c.header('retry-after', String(opening.retryAfterSeconds));
    return resetProblemPage(c, locale, 'often');
  }
  return begin(c, deps, link, locale);
}

async function begin(c: Context<Env>, deps: Deps, link: ResetLink, locale: string): Promise<Response> {
  const { tenant, caller } = c.var;
  const { ticketId, resultUrl, person, clientId, organizationId, marks } = link;
  const { correlationId, loginHint, state, uiLocales = [] } = marks;
  const shown = await deps.runtime.begin(
    tenant,
    {
      door: 'hosted',
      selection: 'server',
      purpose: 'password-reset',
      binding: ensureBinding(c, deps),
      person,
      request: {
        clientId,
        reply: {
          by: 'page',
          ticketId,
          ...(resultUrl === undefined ? {} : { resultUrl }),
          ...(state === undefined ? {} : { state }),
        },
        protocol: 'oidc-basic-profile',
        scope: [],
        prompt: [],
        uiLocales,
        ...(loginHint === undefined ? {} : { loginHint }),
        acrValues: [],
        locale,
        ...(organizationId === undefined ? {} : { organizationId }),
        // The address holds the key of the link, which no script may see.
        query: correlationId === undefined ? {} : { correlation_id: correlationId },
        body: {},
      },
    },
    caller,
  );
  return show(hostedDoor, { c, deps }, shown);
}
