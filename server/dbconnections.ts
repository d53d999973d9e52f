// Server: `/dbconnections`: accounts that applications with a form of their own make for people, and their passwords. Its
// errors are neither OAuth's nor the Management API's (wire reference, section 6.3).
import { type Context, Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { SignUpRefusal } from '#runtime/runtime.ts';
import type { TenantRecord, UserRecord } from '#storage/records.ts';
import { changePassword } from './change-password.ts';
import { allowOrigin, preflight } from './cross-origin.ts';
import type { Deps, Env } from './deps.ts';
import { messageLanguage } from './oauth/message-language.ts';
import { passwordError } from './password-error.ts';
import { readSignUp, type SignUpForm } from './sign-up-form.ts';

export function databaseRoutes(deps: Deps): Hono<Env> {
  return new Hono<Env>()
    .options('/dbconnections/signup', (c) => preflight(c))
    .post('/dbconnections/signup', (c) => {
      allowOrigin(c);
      return signUp(c, deps);
    })
    .options('/dbconnections/change_password', (c) => preflight(c))
    .post('/dbconnections/change_password', (c) => changePassword(c, deps))
    .on('ALL', ['/dbconnections/signup', '/dbconnections/change_password'], (c) => {
      c.header('allow', 'POST, OPTIONS');
      return c.json(badRequest('method_not_allowed', 'Use POST', 405), 405);
    });
}

async function signUp(c: Context<Env>, deps: Deps): Promise<Response> {
  const { tenant, caller } = c.var;
  const read = await readSignUp(c);
  if (!read.ok) return c.json(badRequest('invalid_request', read.description, read.status), read.status);
  const { form } = read;
  const client = await deps.store.clients.find(tenant.id, form.clientId);
  if (!client) return c.json(badRequest('invalid_client', 'Unknown client'), 400);
  const locale = messageLanguage(tenant, caller);
  const { connection, registration } = form;
  const made = await deps.runtime.signUp({ tenant, client, connection, caller, locale }, registration);
  if (made.ok) return c.json(shown(made.user, form), 200);
  const { refusal } = made;
  if (refusal.kind === 'throttled') c.header('retry-after', String(refusal.retryAfterSeconds));
  const { status, body } = answerTo(refusal, tenant, form);
  return c.json(body, status);
}

/** The account as the application that asked for it may see it: what was given, and what every account has. */
function shown({ id, email, username }: UserRecord, { registration }: SignUpForm): object {
  const { name, givenName, familyName, nickname, picture } = registration.profile;
  const { userMetadata } = registration;
  return {
    _id: id.slice(id.indexOf('|') + 1),
    email_verified: false,
    ...(email === undefined ? {} : { email }),
    ...(username === undefined ? {} : { username }),
    ...(name === undefined ? {} : { name }),
    ...(givenName === undefined ? {} : { given_name: givenName }),
    ...(familyName === undefined ? {} : { family_name: familyName }),
    ...(nickname === undefined ? {} : { nickname }),
    ...(picture === undefined ? {} : { picture }),
    ...(Object.keys(userMetadata).length === 0 ? {} : { user_metadata: userMetadata }),
  };
}

function badRequest(code: string, description: string, statusCode = 400, name = 'BadRequestError'): object {
  return { name, code, description, statusCode };
}

function answerTo(
  refusal: SignUpRefusal,
  tenant: TenantRecord,
  { registration }: SignUpForm,
): { status: ContentfulStatusCode; body: object } {
  const bad = (code: string, description: string) => ({ status: 400 as const, body: badRequest(code, description) });
  switch (refusal.kind) {
    case 'throttled': {
      const description = 'Too many sign-ups. Try again later.';
      return { status: 429, body: badRequest('too_many_requests', description, 429, 'TooManyRequestsError') };
    }
    case 'no-connection':
      return bad('invalid_request', 'the connection was not found');
    case 'closed':
      return bad('public_signup_disabled', 'public signup is disabled');
    case 'invalid':
      return refusal.missing
        ? bad('invalid_request', `Missing required property: ${refusal.field}`)
        : bad('invalid_request', `${refusal.field} is not valid`);
    case 'bad-password':
      return { status: 400, body: passwordError(refusal.flaw, registration.password) };
    case 'leaked-password': {
      const description = 'This password has been part of a leak of another site. Choose another one.';
      return { status: 400, body: badRequest('password_leaked', description, 400, 'PasswordLeakedError') };
    }
    case 'exists':
      return saysWhoExists(tenant)
        ? bad('user_exists', 'The user already exists.')
        : bad('invalid_signup', 'Invalid sign up');
    case 'denied':
      return { status: 400, body: fromScript('InternalExtensibilityError', 'extensibility_error', refusal) };
    case 'validation': {
      const { code, message } = refusal;
      return { status: 400, body: fromScript('ValidationError', code, { reason: message, userMessage: message }) };
    }
    case 'script-failed':
      return {
        status: 400,
        body: fromScript('InternalExtensibilityError', 'extensibility_error', { ...refusal, userMessage: '' }),
      };
  }
}

/** A tenant may tell applications that an account exists, at the price of telling everybody. */
function saysWhoExists({ settings: { flags } }: TenantRecord): boolean {
  const isObject = typeof flags === 'object' && flags !== null && !Array.isArray(flags);
  return isObject && flags.enable_public_signup_user_exists_error === true;
}

function fromScript(name: string, code: string, { reason, userMessage }: { reason: string; userMessage: string }) {
  return {
    name,
    code,
    statusCode: 400,
    message: reason,
    description: reason,
    ...(userMessage === '' ? {} : { friendly_message: userMessage }),
    fromSandbox: true,
  };
}
