// Server: applications with a login form of their own ask that a person be mailed a link to a new password. What is
// answered, and how soon, does not depend on whether there is such a person.
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { connectionFor } from '#runtime/factors/password.ts';
import { allowOrigin } from './cross-origin.ts';
import type { Deps, Env } from './deps.ts';
import { messageLanguage } from './oauth/message-language.ts';
import { readParameters, type Unreadable } from './request.ts';

/** `POST /dbconnections/change_password` (wire reference, section 6.3). */
export async function changePassword(c: Context<Env>, deps: Deps): Promise<Response> {
  allowOrigin(c);
  const { tenant, caller } = c.var;
  const read = await readParameters(c, { json: true });
  if (!read.ok) return refuse(c, statusOf(read), 'invalid_request', unreadable(read));
  const {
    client_id: clientId,
    connection: name,
    email,
    username,
    organization,
    correlation_id: mark,
  } = read.parameters;
  const missing = clientId === undefined ? 'client_id' : name === undefined ? 'connection' : undefined;
  const identifier = (email ?? username)?.trim();
  if (missing !== undefined || !identifier) {
    return refuse(c, 400, 'invalid_request', `Missing required property: ${missing ?? 'email'}`);
  }
  if (identifier.length > LONGEST) return refuse(c, 400, 'invalid_request', 'email is not valid');
  const client = await deps.store.clients.find(tenant.id, clientId ?? '');
  if (!client) return refuse(c, 400, 'invalid_client', 'Unknown client');
  const connection = await connectionFor(deps.store, tenant, client, name);
  if (!connection) return refuse(c, 400, 'invalid_request', 'the connection was not found');
  if (connection.options.disable_self_service_change_password === true) {
    return refuse(c, 400, 'change_password_disabled', 'changing the password is disabled for this connection');
  }
  const known = organization === undefined ? undefined : await deps.store.organizations.find(tenant.id, organization);
  if (organization !== undefined && !known) {
    return refuse(c, 400, 'invalid_request', 'the organization was not found');
  }
  const requested = await deps.runtime.requestPasswordReset({
    tenant,
    client,
    connection,
    identifier,
    caller,
    locale: messageLanguage(tenant, caller),
    ...(known ? { organizationId: known.id } : {}),
    ...(mark === undefined ? {} : { marks: { correlationId: mark.slice(0, MARK_LENGTH) } }),
  });
  if (requested.ok) return c.html("We've just sent you an email to reset your password.");
  c.header('retry-after', String(requested.retryAfterSeconds));
  const description = 'Too many requests for this user. Try again later.';
  return refuse(c, 429, 'too_many_requests', description, 'TooManyRequestsError');
}

/** No address is longer (RFC 5321 §4.5.3.1). */
const LONGEST = 320;
const MARK_LENGTH = 256;

function refuse(
  c: Context<Env>,
  statusCode: ContentfulStatusCode,
  code: string,
  description: string,
  name = 'BadRequestError',
): Response {
  return c.json({ name, code, description, statusCode }, statusCode);
}

function statusOf({ problem }: Unreadable): 400 | 413 | 415 {
  if (problem === 'too-large') return 413;
  return problem === 'wrong-type' || problem === 'coded' ? 415 : 400;
}

function unreadable(read: Unreadable): string {
  return 'name' in read ? `${read.name.slice(0, 100)} is not valid` : 'The request could not be read';
}
