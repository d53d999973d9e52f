// Server, hosted pages: "Forgot password?". From the login page the address holds the login, so that the mail is for its
// application and the way back is there; without one, as password managers come (`/.well-known/change-password`), it is
// for the tenant's own people. What is answered never depends on whether there is such a person.
import { type Context, Hono } from 'hono';
import { connectionFor } from '#runtime/factors/password.ts';
import type { ResetMarks } from '#runtime/reset-ticket.ts';
import type { RestedLogin } from '#runtime/runtime.ts';
import type { LoginRequest } from '#runtime/transaction/transaction.ts';
import type { ClientRecord, ConnectionRecord } from '#storage/records.ts';
import type { Deps, Env } from '../deps.ts';
import { show } from '../door.ts';
import { onceEach, readFormValues, readQuery } from '../request.ts';
import { readBinding } from './binding.ts';
import { errorPage } from './error-page.ts';
import { hostedDoor } from './hosted.ts';
import { chooseLanguage } from './language.ts';
import { isOwnForm } from './own-form.ts';
import { sendTo } from './page.ts';
import { REQUEST_PATH, resetRequestPage, resetSentPage } from './reset-pages.ts';
import { addressAt } from './screen.ts';
import { LOGIN_PATH } from './screens/login.ts';

/** `GET` and `POST /u/reset-password/request`, and where password managers look for it (W3C, change-password-url). */
export function resetRequestRoutes(deps: Deps): Hono<Env> {
  return new Hono<Env>()
    .get('/.well-known/change-password', (c) => sendTo(c, REQUEST_PATH))
    .get(REQUEST_PATH, async (c) => {
      const asked = await readAsked(c, deps);
      if (asked instanceof Response) return asked;
      const { locale, identifier } = asked;
      return resetRequestPage(c, locale, { ...placeOf(asked), identifier });
    })
    .post(REQUEST_PATH, async (c) => {
      if (!isOwnForm(c)) return errorPage(c, { status: 403, key: 'foreign-form' });
      const body = await readFormValues(c);
      if (!body.ok) return errorPage(c, { status: body.problem === 'too-large' ? 413 : 400, key: 'bad-request' });
      const read = onceEach(body.values);
      if (!read.ok) return errorPage(c, { status: 400, key: 'bad-request' });
      const asked = await readAsked(c, deps);
      if (asked instanceof Response) return asked;
      const identifier = read.parameters.email?.trim().slice(0, LONGEST);
      return identifier ? request(c, deps, asked, identifier) : refuse(c, asked, '');
    });
}

/** No address is longer (RFC 5321 §4.5.3.1). */
const LONGEST = 320;

type Asked = {
  locale: string;
  connection: ConnectionRecord;
  client?: ClientRecord;
  organizationId?: string;
  /** The key of the login that the person came from. */
  key?: string;
  identifier: string;
  marks?: ResetMarks;
};

async function request(c: Context<Env>, deps: Deps, asked: Asked, identifier: string): Promise<Response> {
  const { tenant, caller } = c.var;
  const { locale, connection, client, organizationId, marks } = asked;
  const requested = await deps.runtime.requestPasswordReset({
    tenant,
    connection,
    identifier,
    locale,
    caller,
    ...(client ? { client } : {}),
    ...(organizationId === undefined ? {} : { organizationId }),
    ...(marks ? { marks } : {}),
  });
  if (requested.ok) return resetSentPage(c, locale, placeOf(asked).back);
  const { retryAfterSeconds } = requested;
  const notice = { key: 'too-many-failures', retryAfterSeconds } as const;
  return resetRequestPage(c, locale, { ...placeOf(asked), identifier, notice });
}

function refuse(c: Context<Env>, asked: Asked, identifier: string): Response | Promise<Response> {
  return resetRequestPage(c, asked.locale, { ...placeOf(asked), identifier, notice: { key: 'no-email' } });
}

function placeOf({ key }: Asked): { action: string; back?: string } {
  if (key === undefined) return { action: REQUEST_PATH };
  return { action: addressAt(REQUEST_PATH, key), back: addressAt(LOGIN_PATH, key) };
}

/** Whose people are asked about: those that the login is for, or the tenant's. */
async function readAsked(c: Context<Env>, deps: Deps): Promise<Asked | Response> {
  const query = readQuery(c);
  if (!query.ok) return errorPage(c, { status: 400, key: 'bad-request' });
  const { state: key } = query.parameters;
  const { tenant } = c.var;
  if (key === undefined) {
    const { records } = await deps.store.connections.list(tenant.id);
    const databases = records.filter(({ strategy }) => strategy === 'auth0');
    const connection = databases.find(({ name }) => name === tenant.defaultDirectory) ?? databases[0];
    const locale = chooseLanguage(tenant.enabledLocales, [], c.req.header('accept-language'));
    return withOpen(c, connection, { locale, identifier: '' });
  }
  const found = await deps.runtime.read(tenant, { key, binding: readBinding(c) });
  if (found.found === 'busy') return sendTo(c, addressAt(LOGIN_PATH, key));
  if (found.found === 'expired') return errorPage(c, { status: 400, key: 'expired' });
  if (found.found === 'nothing') return errorPage(c, { status: 400, key: 'unknown-login' });
  if (found.found === 'stale' || found.shown.login.state.name !== 'identifying') {
    return show(hostedDoor, { c, deps }, found.shown);
  }
  return ofLogin(c, deps, found.shown.login, key);
}

async function ofLogin(c: Context<Env>, deps: Deps, { request }: RestedLogin, key: string): Promise<Asked | Response> {
  const { tenant } = c.var;
  const { locale, organizationId, loginHint: identifier = '' } = request;
  const client = await deps.store.clients.find(tenant.id, request.clientId);
  const connection = client && (await connectionFor(deps.store, tenant, client, request.connection));
  return withOpen(c, connection, {
    locale,
    identifier,
    key,
    marks: marksOf(request),
    ...(client ? { client } : {}),
    ...(organizationId === undefined ? {} : { organizationId }),
  });
}

function marksOf({ query, loginHint, uiLocales, reply }: LoginRequest): ResetMarks {
  const { correlation_id: correlationId } = query;
  const state = reply.by === 'redirect' ? reply.state : undefined;
  return {
    uiLocales,
    ...(correlationId === undefined ? {} : { correlationId }),
    ...(loginHint === undefined ? {} : { loginHint }),
    ...(state === undefined ? {} : { state }),
  };
}

/** A connection may leave new passwords to its administrators. */
function withOpen(
  c: Context<Env>,
  connection: ConnectionRecord | undefined,
  asked: Omit<Asked, 'connection'>,
): Asked | Response | Promise<Response> {
  if (connection && connection.options.disable_self_service_change_password !== true) return { ...asked, connection };
  return errorPage(c, { status: 404, key: 'not-found' });
}
