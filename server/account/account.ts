// Server, account: the pages on which a person who is signed in looks after how they sign in. Without a session the person
// signs in first and comes back. A form is taken only from a page of this session (own form, own word); what changes how
// somebody signs in asks for a proof beside (runtime/account-proof.ts).
import { type Context, Hono } from 'hono';
import type { Deps, Env } from '../deps.ts';
import { errorPage } from '../hosted/error-page.ts';
import { isOwnForm } from '../hosted/own-form.ts';
import type { HostedContext } from '../hosted/show-screen.ts';
import { readParameters, readQuery } from '../request.ts';
import type { AccountPage } from './account-page.ts';
import { addFactorPage } from './add-factor.ts';
import { signIn } from './begin.ts';
import { historyPage } from './history.ts';
import { nameFactorPage } from './name-factor.ts';
import { overviewPage } from './overview.ts';
import { ACCOUNT_PATH } from './paths.ts';
import { recoveryCodePage } from './recovery-code.ts';
import { removeFactorPage } from './remove-factor.ts';
import { sessionsPage } from './sessions.ts';
import { isOfVisit, readVisit } from './visit.ts';

const PAGES: readonly AccountPage[] = [
  overviewPage,
  addFactorPage,
  nameFactorPage,
  removeFactorPage,
  recoveryCodePage,
  historyPage,
  sessionsPage,
];

/** `/u/account` and what lies beside it. */
export function accountRoutes(deps: Deps): Hono<Env> {
  const routes = new Hono<Env>();
  for (const page of PAGES) {
    routes.get(page.path, (c) => get({ c, deps }, page)).post(page.path, (c) => post({ c, deps }, page));
  }
  return routes;
}

async function get(context: HostedContext, page: AccountPage): Promise<Response> {
  const { c } = context;
  // A HEAD is a look, and without a session it would begin a login.
  if (c.req.method !== 'GET') return c.body(null, 200);
  const query = readQuery(c);
  if (!query.ok) return errorPage(c, { status: 400, key: 'bad-request' });
  const visit = await readVisit(context);
  return visit ? page.show(context, visit, query.parameters) : signInFor(context, page, query.parameters.client_id);
}

async function post(context: HostedContext, page: AccountPage): Promise<Response> {
  const { c } = context;
  if (!isOwnForm(c)) return errorPage(c, { status: 403, key: 'foreign-form' });
  const form = await readForm(c);
  if (form instanceof Response) return form;
  const query = readQuery(c);
  if (!query.ok) return errorPage(c, { status: 400, key: 'bad-request' });
  const visit = await readVisit(context);
  // Nothing of the form is kept: whoever signs in now may be somebody else.
  if (!visit) return signInFor(context, page, undefined);
  const { state, ...fields } = form;
  if (!isOfVisit(visit, state)) return errorPage(c, { status: 403, key: 'foreign-form' });
  return page.take(context, visit, query.parameters, fields);
}

/** Back to the page itself, or to the first where it is about something of the session that is gone. */
function signInFor(context: HostedContext, { path }: AccountPage, clientId: string | undefined): Promise<Response> {
  const to = path === nameFactorPage.path || path === removeFactorPage.path ? ACCOUNT_PATH : path;
  return signIn(context, to, clientId);
}

async function readForm(c: Context<Env>): Promise<Record<string, string> | Response> {
  const body = await readParameters(c, { json: false });
  if (body.ok) return body.parameters;
  return errorPage(c, { status: body.problem === 'too-large' ? 413 : 400, key: 'bad-request' });
}
