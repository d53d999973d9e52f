// Server, hosted pages: the door people come through. A GET shows the present screen and writes nothing; a POST hands
// what was done to the runtime and redirects to whatever the login waits for next. A form for a screen that is not the
// present one changes nothing.
import { type Context, Hono } from 'hono';
import type { Found, Shown } from '#runtime/runtime.ts';
import type { Deps, Env } from '../deps.ts';
import { type Door, show } from '../door.ts';
import { callbackUrl } from '../oauth/callback.ts';
import { readParameters, readQuery } from '../request.ts';
import { readBinding } from './binding.ts';
import { errorPage } from './error-page.ts';
import { chooseLanguage } from './language.ts';
import { isOwnForm } from './own-form.ts';
import { sendTo } from './page.ts';
import type { Fields, Screen } from './screen.ts';
import { addressOf, screenAt, screenOf } from './screens.ts';
import { type HostedContext, showBusy, showScreen } from './show-screen.ts';
import { STYLESHEET_PATH, stylesheetResponse } from './stylesheet.ts';

/** How pages show a login: a redirect to its screen, to the end of the login, or back to the application. */
export const hostedDoor: Door<HostedContext> = {
  identifying: toScreen,
  choosing: toScreen,
  challenging: toScreen,
  completed: ({ c }, { login, key }) =>
    login.state.taken
      ? errorPage(c, { status: 400, key: 'already-used' })
      : sendTo(c, `/authorize/resume?state=${encodeURIComponent(key)}`),
  denied: ({ c }, { login }) =>
    sendTo(
      c,
      callbackUrl(login.request, `${c.var.tenant.baseUrl}/`, {
        error: login.state.code,
        error_description: login.state.reason,
      }),
    ),
};

function toScreen({ c }: HostedContext, { login, key }: Shown): Response | Promise<Response> {
  const screen = screenOf(login);
  return screen ? sendTo(c, addressOf(screen, key)) : errorPage(c, { status: 400, key: 'unknown-login' });
}

/** Every page below `/u`. */
export function hostedRoutes(deps: Deps): Hono<Env> {
  return new Hono<Env>()
    .get(STYLESHEET_PATH, () => stylesheetResponse())
    .get('/u/:screen', (c) => {
      const screen = screenAt(c.req.path);
      return screen ? get({ c, deps }, screen) : errorPage(c, { status: 404, key: 'not-found' });
    })
    .post('/u/:screen', (c) => {
      const screen = screenAt(c.req.path);
      return screen ? post({ c, deps }, screen) : errorPage(c, { status: 404, key: 'not-found' });
    });
}

async function get(context: HostedContext, screen: Screen): Promise<Response> {
  const { c, deps } = context;
  const query = readQuery(c);
  const key = query.ok ? query.parameters.state : undefined;
  if (key === undefined) return errorPage(c, { status: 400, key: 'unknown-login' });
  const found = await deps.runtime.read(c.var.tenant, { key, binding: readBinding(c) });
  if (found.found === 'present' && screenOf(found.shown.login) === screen) {
    return showScreen(context, screen, found.shown);
  }
  return elsewhere(context, found);
}

async function post(context: HostedContext, screen: Screen): Promise<Response> {
  const { c, deps } = context;
  if (!isOwnForm(c)) return errorPage(c, { status: 403, key: 'foreign-form' });
  const body = await readParameters(c, { json: false });
  if (!body.ok) return errorPage(c, { status: body.problem === 'too-large' ? 413 : 400, key: 'bad-request' });
  const key = stateOf(c, body.parameters);
  if (key === undefined) return errorPage(c, { status: 400, key: 'unknown-login' });
  const { tenant, caller } = c.var;
  const reference = { key, binding: readBinding(c) };

  const found = await deps.runtime.read(tenant, reference);
  if (found.found === 'busy') return sendTo(c, addressOf(screen, key));
  if (found.found !== 'present' || screenOf(found.shown.login) !== screen) return elsewhere(context, found);
  const typed = body.parameters.username;
  const identifier = typed === undefined ? {} : { identifier: typed };
  const reading = screen.read(body.parameters);
  if (!reading.ok) return showScreen(context, screen, found.shown, { notice: reading.notice, ...identifier });

  const submitted = await deps.runtime.submit(tenant, reference, reading.input, caller);
  switch (submitted.outcome) {
    case 'moved': {
      const { shown } = submitted;
      if (!shown.notice || screenOf(shown.login) !== screen) return show(hostedDoor, context, shown);
      return showScreen(context, screen, shown, { notice: shown.notice, ...identifier });
    }
    case 'elsewhere':
      return show(hostedDoor, context, submitted.shown);
    case 'busy':
      return sendTo(c, addressOf(screen, key));
    case 'expired':
    case 'nothing':
      return elsewhere(context, { found: submitted.outcome });
  }
}

/** The address and the form both carry the key; they must agree. */
function stateOf(c: Context<Env>, { state }: Fields): string | undefined {
  const query = readQuery(c);
  if (!query.ok) return undefined;
  const inAddress = query.parameters.state;
  if (state !== undefined && inAddress !== undefined && state !== inAddress) return undefined;
  return state ?? inAddress;
}

/** The asked-for screen is not where the login is. */
function elsewhere(context: HostedContext, found: Found): Response | Promise<Response> {
  const { c } = context;
  switch (found.found) {
    case 'present':
    case 'stale':
      return show(hostedDoor, context, found.shown);
    case 'busy':
      return showBusy(c, chooseLanguage(c.var.tenant.enabledLocales, [], c.req.header('accept-language')));
    case 'expired':
      return errorPage(c, { status: 400, key: 'expired' });
    case 'nothing':
      return errorPage(c, { status: 400, key: 'unknown-login' });
  }
}
