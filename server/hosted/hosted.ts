// Server, hosted pages: the door people come through. A GET shows the present screen and writes nothing; a POST hands
// what was done to the runtime and redirects to whatever the login waits for next. A form for a screen that is not the
// present one changes nothing.
import { Hono } from 'hono';
import type { Found, Shown } from '#runtime/runtime.ts';
import type { Reply } from '#runtime/transaction/transaction.ts';
import type { Deps, Env } from '../deps.ts';
import { type Door, show } from '../door.ts';
import { answerClient } from '../oauth/answer-client.ts';
import { onceEach, readFormValues, readQuery, type Values } from '../request.ts';
import { assetAt, assetResponse } from './assets.ts';
import { sendAway } from './away.ts';
import { readBinding } from './binding.ts';
import { CONFIRMATION_PATH } from './device-pages.ts';
import { errorPage } from './error-page.ts';
import { noticeOf } from './gate.ts';
import { chooseLanguage } from './language.ts';
import { sheetResponse } from './look.ts';
import { isOwnForm } from './own-form.ts';
import { sendTo } from './page.ts';
import { denyAtPage } from './page-end.ts';
import { PUSH_STATUS_PATH, showPushStatus } from './push-status.ts';
import { denyReset, endReset } from './reset-end.ts';
import { addressAt, type Fields, pathIn, type Screen } from './screen.ts';
import { screenAt, screensOf } from './screens.ts';
import { type Brought, type HostedContext, lookAt, showBusy, showScreen } from './show-screen.ts';
import { putOff } from './this-browser.ts';

/** How pages show a login: a redirect to its screen, to the end of the login, or back to the application. */
export const hostedDoor: Door<HostedContext> = {
  identifying: toScreen,
  gated: toScreen,
  expecting: toScreen,
  choosing: toScreen,
  challenging: toScreen,
  enrolling: toScreen,
  redirected: (context, shown) => {
    const { ask } = shown.login.state;
    return ask.kind === 'form' ? toScreen(context, shown) : sendAway(context, shown, ask.url);
  },
  consenting: toScreen,
  suggesting: toScreen,
  informing: toScreen,
  resetting: toScreen,
  completed: (context, shown) => {
    const { login, key } = shown;
    if (login.purpose === 'password-reset') return endReset(context, shown);
    if (login.purpose === 'enrollment') return endEnrollment(context, shown);
    return login.state.taken
      ? errorPage(context.c, { status: 400, key: 'already-used' })
      : sendTo(context.c, addressAt(exitOf(login.request.reply), key));
  },
  denied: ({ c, deps }, shown) => {
    const { login } = shown;
    if (login.purpose === 'password-reset') return denyReset({ c, deps }, shown);
    if (login.request.reply.by === 'page') return denyAtPage({ c, deps }, shown);
    const { code: error, reason: error_description } = login.state;
    return answerClient({ c, deps }, login.request.reply, { error, error_description });
  },
};

/** Back to the page that it was begun on, or to one that says that it is done. */
function endEnrollment(context: HostedContext, shown: Shown): Response | Promise<Response> {
  const { reply } = shown.login.request;
  const to = reply.by === 'page' ? reply.resultUrl : undefined;
  return to === undefined ? toScreen(context, shown) : sendTo(context.c, to);
}

/** Who connects a device says first that it is theirs. */
const exitOf = ({ by }: Reply): string => (by === 'device' ? CONFIRMATION_PATH : '/authorize/resume');

function toScreen({ c }: HostedContext, { login, key }: Shown): Response | Promise<Response> {
  const [screen] = screensOf(login, c.var.tenant);
  return screen
    ? sendTo(c, addressAt(pathIn(login, screen), key))
    : errorPage(c, { status: 400, key: 'unknown-login' });
}

/** Every page below `/u`. */
export function hostedRoutes(deps: Deps): Hono<Env> {
  return new Hono<Env>()
    .get('/u/:sheet{theme-[0-9a-f]+\\.css}', (c) => sheetResponse(c, deps))
    .get('/u/:screen{.+}', (c) => {
      const asset = assetAt(c.req.path);
      if (asset) return assetResponse(asset, c.req.header('accept-encoding'));
      if (c.req.path === PUSH_STATUS_PATH) return showPushStatus(c, deps);
      const screen = screenAt(c.req.path);
      return screen ? get({ c, deps }, screen) : errorPage(c, { status: 404, key: 'not-found' });
    })
    .post('/u/:screen{.+}', (c) => {
      const screen = screenAt(c.req.path);
      return screen ? post({ c, deps }, screen) : errorPage(c, { status: 404, key: 'not-found' });
    });
}

async function get(context: HostedContext, screen: Screen): Promise<Response> {
  const { c, deps } = context;
  const read = readQuery(c);
  const key = read.ok ? read.parameters.state : undefined;
  if (!read.ok || key === undefined) return errorPage(c, { status: 400, key: 'unknown-login' });
  const found = await deps.runtime.read(c.var.tenant, { key, binding: readBinding(c) });
  if (found.found !== 'present' || !isAt(context, found.shown, screen)) return elsewhere(context, found);
  const view = await lookAt(context, screen, found.shown, { query: read.parameters, sent: new Map() });
  return view instanceof Response ? view : showScreen(context, screen, view);
}

async function post(context: HostedContext, screen: Screen): Promise<Response> {
  const { c, deps } = context;
  if (!isOwnForm(c)) return errorPage(c, { status: 403, key: 'foreign-form' });
  const body = await readFormValues(c);
  if (!body.ok) return errorPage(c, { status: body.problem === 'too-large' ? 413 : 400, key: 'bad-request' });
  const fields = fieldsOf(screen, body.values);
  if (!fields) return errorPage(c, { status: 400, key: 'bad-request' });
  const query = readQuery(c);
  const key = query.ok ? keyOf(query.parameters, fields) : undefined;
  if (!query.ok || key === undefined) return errorPage(c, { status: 400, key: 'unknown-login' });
  const { tenant, caller } = c.var;
  const reference = { key, binding: readBinding(c) };
  const brought: Brought = { query: query.parameters, sent: body.values };

  const found = await deps.runtime.read(tenant, reference);
  if (found.found === 'busy') return sendTo(c, addressAt(c.req.path, key));
  if (found.found !== 'present' || !isAt(context, found.shown, screen)) return elsewhere(context, found);
  const view = await lookAt(context, screen, found.shown, brought);
  if (view instanceof Response) return view;
  const reading = screen.read(fields, view);
  if (!reading.ok) return showScreen(context, screen, view, reading.notice);
  if (!('input' in reading))
    return sendTo(c, addressAt(pathIn(view.login, { name: reading.turnTo }), key, reading.query));

  const submitted = await deps.runtime.submit(tenant, reference, reading.input, caller);
  switch (submitted.outcome) {
    case 'moved':
      if (reading.putOff) putOff(c, reading.putOff);
      return afterStep(context, screen, submitted.shown, brought);
    case 'elsewhere':
      return show(hostedDoor, context, submitted.shown);
    case 'busy':
      return sendTo(c, addressAt(c.req.path, key));
    case 'expired':
    case 'nothing':
      return elsewhere(context, { found: submitted.outcome });
  }
}

/** A refused step is told on the page it was made on; any other leads on. */
async function afterStep(context: HostedContext, screen: Screen, shown: Shown, brought: Brought): Promise<Response> {
  const notice = noticeOf(shown);
  if (!notice || !isAt(context, shown, screen)) return show(hostedDoor, context, shown);
  const view = await lookAt(context, screen, shown, brought);
  return view instanceof Response ? view : showScreen(context, screen, view, notice);
}

/** Whether the login is at this screen, under the address that was asked for. */
function isAt({ c }: HostedContext, { login }: Shown, screen: Screen): boolean {
  return screensOf(login, c.var.tenant).includes(screen) && pathIn(login, screen) === c.req.path;
}

/** The fields that a screen reads, each once; undefined when one comes twice that may not. */
function fieldsOf({ takesRepeatedFields }: Screen, values: Values): Fields | undefined {
  const may = (name: string, times: number) =>
    takesRepeatedFields && times > 1 && name !== 'state' && name !== 'action';
  const read = onceEach(new Map([...values].filter(([name, all]) => !may(name, all.length))));
  return read.ok ? read.parameters : undefined;
}

/** The address and the form both carry the key; they must agree. */
function keyOf({ state: inAddress }: Fields, { state }: Fields): string | undefined {
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
