// Server, hosted pages: the link by which somebody sets up a second factor is opened. That begins an enrollment in this
// browser and uses nothing up: scanners of mail open links too, and the person may open it again.
import { type Context, Hono } from 'hono';
import { type EnrollmentLink, readEnrollmentLink } from '#runtime/enrollment-ticket.ts';
import { ENROLLMENT_OPENINGS } from '#runtime/rate-limit.ts';
import type { Deps, Env } from '../deps.ts';
import { show } from '../door.ts';
import { readQuery } from '../request.ts';
import { ensureBinding } from './binding.ts';
import { enrollmentProblemPage } from './enrollment-problem.ts';
import { errorPage } from './error-page.ts';
import { hostedDoor } from './hosted.ts';
import { chooseLanguage } from './language.ts';

/** As the runtime makes them: anything else was never one of ours. */
const KEY = /^[A-Za-z0-9]{32}$/;

/** `GET /mfa/enrollment?ticket=` */
export function enrollmentLinkRoutes(deps: Deps): Hono<Env> {
  return new Hono<Env>().get('/mfa/enrollment', (c) => openLink(c, deps));
}

async function openLink(c: Context<Env>, deps: Deps): Promise<Response> {
  const { tenant } = c.var;
  // A HEAD is a look, and would begin an enrollment.
  if (c.req.method !== 'GET') return c.body(null, 200);
  const query = readQuery(c);
  const key = query.ok ? query.parameters.ticket : undefined;
  if (key === undefined || !KEY.test(key)) return enrollmentProblemPage(c, 'invalid-ticket');
  const ports = { store: deps.store, now: deps.clock.now };
  const link = await readEnrollmentLink(ports, tenant, key);
  if (link === 'gone') return enrollmentProblemPage(c, 'expired-ticket');
  if (link === 'enrolled') return enrollmentProblemPage(c, 'already-enrolled');
  const counted = `enrollment link ${link.ticketId}`;
  const opening = await deps.store.takeAttempt(tenant.id, counted, ENROLLMENT_OPENINGS, ports.now());
  if (opening.taken) return begin(c, deps, link);
  c.header('retry-after', String(opening.retryAfterSeconds));
  return errorPage(c, { status: 429, key: 'too-many-requests' });
}

async function begin(c: Context<Env>, deps: Deps, link: EnrollmentLink): Promise<Response> {
  const { tenant, caller } = c.var;
  const { ticketId, person, queue } = link;
  const wanted = link.locale === undefined ? [] : [link.locale];
  const shown = await deps.runtime.begin(
    tenant,
    {
      door: 'hosted',
      selection: 'server',
      purpose: 'enrollment',
      binding: ensureBinding(c, deps),
      person,
      queue,
      request: {
        clientId: '',
        reply: { by: 'page', ticketId },
        protocol: 'oidc-basic-profile',
        scope: [],
        prompt: [],
        uiLocales: wanted,
        acrValues: [],
        locale: chooseLanguage(tenant.enabledLocales, wanted, c.req.header('accept-language')),
        query: {},
        body: {},
      },
    },
    caller,
  );
  return show(hostedDoor, { c, deps }, shown);
}
