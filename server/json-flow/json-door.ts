// Server, JSON flow: how this door shows a login that has come to rest. A program goes on by interactions; what needs a
// page is said to need one, with its address where a browser began the login. Only `authorize` fetches the end.
import type { Context } from 'hono';
import type { RestedLogin } from '#runtime/runtime.ts';
import type { Offer } from '#runtime/transaction/transaction.ts';
import type { Deps, Env } from '../deps.ts';
import type { Door } from '../door.ts';
import { endOfLogin } from '../oauth/front-channel.ts';
import { writeSession } from '../oauth/session-cookie.ts';
import { awaitedOf } from './awaited.ts';
import { type FlowReference, isItsBrowser, missing } from './find-login.ts';
import { answerRedirect } from './redirect-answer.ts';
import { conflict, refuse, send, unknownLogin } from './refusals.ts';

/** What was called: an interaction, or one of the two that end a login. */
export type Called = 'interaction' | 'authorize' | 'deny';

export type JsonContext = { c: Context<Env>; deps: Deps; reference: FlowReference; called: Called };

export const jsonDoor: Door<JsonContext> = {
  identifying: needsPage('The login waits for somebody at a page'),
  gated: (context, { login, answer }) => {
    const { c, called } = context;
    if (answer) return send(c, answer);
    const { ask, offers } = login.state;
    if (ask && called === 'authorize') return awaiting(context, login, offers);
    // Gates take every other call: somebody else's was first.
    return conflict(c);
  },
  expecting: needsPage('The login waits for a code at a page'),
  choosing: needsPage('Multifactor authentication required'),
  challenging: needsPage('Multifactor authentication required'),
  enrolling: needsPage('Multifactor authentication required: an authenticator is to be enrolled'),
  redirected: needsPage('User interaction required: the person is to be sent to another page'),
  consenting: needsPage('Consent required'),
  suggesting: needsPage('User interaction required'),
  informing: needsPage('User interaction required'),
  resetting: needsPage('User interaction required'),
  completed: ({ c, deps, reference, called }, { login, answer }) => {
    if (answer) return send(c, answer);
    if (called !== 'authorize' || login.state.taken) return unknownLogin(c, reference.key);
    return fetchEnd(c, deps, reference);
  },
  denied: ({ c, called }, { login, answer }) => {
    if (answer) return send(c, answer);
    const { code, reason } = login.state;
    // Asked for again, the same end is told again: nothing of it is secret.
    if (called !== 'interaction') {
      return answerRedirect(c, login.request, { error: code, error_description: reason });
    }
    return refuse(c, 403, 'access_denied', reason);
  },
};

/** The code leaves here, once; the browser that began the login gets its session. */
async function fetchEnd(c: Context<Env>, deps: Deps, reference: FlowReference): Promise<Response> {
  const { tenant } = c.var;
  const finished = await deps.runtime.finish(tenant, reference);
  switch (finished.outcome) {
    case 'finished': {
      const { login, session, sessionKey } = finished;
      if (isItsBrowser(login, reference)) writeSession(c, deps, sessionKey, session);
      return answerRedirect(c, login.request, await endOfLogin(deps, tenant, finished));
    }
    case 'elsewhere':
      return unknownLogin(c, reference.key);
    default:
      return missing(c, deps, reference, finished.outcome);
  }
}

/** A script has asked for a factor: which interactions show it. */
function awaiting({ c }: JsonContext, login: RestedLogin, offers: Offer[]): Response {
  const awaited = awaitedOf(offers);
  const description = `Multifactor authentication required: call ${awaited.interactions.join(', ')}, then authorize again`;
  return refuse(c, 400, 'interaction_required', description, { awaiting: awaited, ...pageOf(c, login) });
}

function needsPage(description: string) {
  return ({ c }: JsonContext, { login, answer }: { login: RestedLogin; answer?: Parameters<typeof send>[1] }) =>
    answer ? send(c, answer) : refuse(c, 400, 'interaction_required', description, pageOf(c, login));
}

/** Where a browser goes on; nowhere for what a program began. */
function pageOf(c: Context<Env>, { binding }: RestedLogin): { authorize_uri?: string } {
  const id = c.req.param('id');
  return binding === undefined || id === undefined
    ? {}
    : { authorize_uri: `${c.var.tenant.baseUrl}/authorize?id=${id.toLowerCase()}` };
}
